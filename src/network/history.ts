/** What a training reports. */

/** One epoch. Loss and accuracy are of each example as it was seen, before the update. */
export interface EpochReport {
  /** From 1. */
  epoch: number;
  /** Mean over the examples, in nats. */
  loss: number;
  /** Share of the examples that were classified rightly, 0 to 1. */
  accuracy: number;
  /** How many examples were seen: all, unless the training was ended within the epoch. */
  examples: number;
  /** Seconds of training, validation not counted. */
  seconds: number;
  /** On the validation set, after the epoch. */
  validation?: { loss: number; accuracy: number };
}

/** One update. Loss and accuracy are those of the epoch so far. */
export interface BatchReport {
  /** From 1. */
  epoch: number;
  /** From 1 to `steps`, which is how many updates an epoch has. */
  step: number;
  steps: number;
  /** How many examples the epoch has seen so far. */
  examples: number;
  loss: number;
  accuracy: number;
}

/** What `fit` did. */
export interface History {
  /** One entry an epoch; an epoch that was cut short comes last, with fewer examples. */
  epochs: EpochReport[];
  /** Whether the signal ended the training early. */
  aborted: boolean;
  /** With early stopping: the epoch whose parameters the network has, from 1. */
  bestEpoch?: number;
}
