/** The reports of a training. */

/** One epoch. Loss and accuracy are those of each batch before its update. */
export interface EpochReport {
  /** From 1. */
  epoch: number;
  /** Mean over the examples, in nats. */
  loss: number;
  /** Fraction of correct predictions, 0 to 1; none with linear outputs. */
  accuracy?: number;
  /** Whether `loss` is weighted, by `classWeights` or `exampleWeights`; that of the validation set is not. */
  weighted?: true;
  /** Number of examples used: all, unless the training was ended within the epoch. */
  examples: number;
  /** Seconds of training, without validation. */
  seconds: number;
  /** On the validation set, after the epoch. */
  validation?: { loss: number; accuracy?: number };
}

/** One update. Loss and accuracy are those of the epoch so far. */
export interface BatchReport {
  /** From 1. */
  epoch: number;
  /** From 1 to `steps`, the number of updates in an epoch. */
  step: number;
  steps: number;
  /** Number of examples used in this epoch so far. */
  examples: number;
  loss: number;
  /** None with linear outputs. */
  accuracy?: number;
  /** The loss of this batch, before its update. */
  batchLoss: number;
  /**
   * The losses of all batches since the last report, this one's last. In a worker, which reports at most
   * once a frame, they may be many.
   */
  batchLosses: readonly number[];
}

/** The result of `fit`. */
export interface History {
  /** One entry per epoch; an epoch that was ended early comes last, with fewer examples. */
  epochs: EpochReport[];
  /** Whether the signal ended the training early. */
  aborted: boolean;
  /** With early stopping: the epoch whose parameters the network has, from 1. */
  bestEpoch?: number;
}
