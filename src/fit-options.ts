/** The options of `fit`, and their checks. */
import {
  classOf,
  integer,
  notNegative,
  optionalFunction,
  options,
  positive,
  seedNumber,
  share,
  wrongType,
} from './arguments.ts';
import type { Dataset } from './data/dataset.ts';
import { type Best, checkedStopping, type EarlyStopping } from './early-stopping.ts';
import { fittingDataset } from './evaluation.ts';
import type { BatchReport, EpochReport, History } from './history.ts';
import {
  checkedOptimizer,
  defaultLearningRate,
  type Optimizer,
  type OptimizerName,
  type OptimizerOptions,
} from './optimizer.ts';
import { Pace } from './pace.ts';
import { checkedSchedule, type Schedule } from './schedule.ts';
import type { Core, Inputs, OptimizerState } from './wasm.ts';

/** What decides the outcome of a training, with its dataset and its first parameters. */
export interface TrainingSettings {
  epochs: number;
  batchSize: number;
  learningRate: number;
  optimizer: Optimizer;
  weightDecay: number;
  clipNorm: number;
  schedule: Schedule;
  warmup: number;
  earlyStopping: EarlyStopping | undefined;
  dropout: number;
  augmentation: Augmentation | undefined;
  seed: number;
  shuffle: boolean;
}

/** Data augmentation: changes the training examples, anew in each epoch. */
export interface Augmentation {
  /** What decides how, for those who compare trainings: JSON can write it. */
  readonly settings: object;
  /**
   * The inputs of an epoch, in place of the given ones and as many; decided by the
   * given ones, the seed and the epoch's number alone.
   *
   * @param at features: how many inputs an example has
   */
  augment(
    inputs: Inputs,
    at: { features: number; seed: number; epoch: number },
  ): Inputs | Promise<Inputs>;
}

/** How far a training has come. */
export interface Moment {
  /** The epoch under way, from 1, and its updates so far. */
  epoch: number;
  step: number;
  /** Of this epoch so far: the sum of the losses, and how many were classified rightly. */
  lossSum: number;
  correct: number;
}

/** A training as one sees it who follows it. */
export interface Training {
  readonly core: Core;
  readonly plan: TrainingSettings;
  /** How many examples an epoch has, and how many updates. */
  readonly examples: number;
  readonly steps: number;
  readonly state: OptimizerState;
  readonly history: History;
  readonly best: Best | undefined;
}

/** Follows a training from update to update: the `Checkpoints` of `relumax/checkpoint`. */
export interface Follower {
  /**
   * Where the training is to go on, for which all of it has been set; undefined: at its beginning.
   *
   * @hidden
   */
  begin(training: Training): Moment | undefined;
  /**
   * Called after each update, and when the signal has `ended` the training; what it promises is
   * waited for.
   *
   * @hidden
   */
  after(moment: Moment, ended: boolean): Promise<void> | undefined;
}

/** How `fit` trains. */
export interface FitOptions {
  /** Number of epochs, a whole number from 1. Default: 1. */
  epochs?: number;
  /**
   * Examples per update, a whole number from 1, or Infinity for all of them (full-batch gradient
   * descent). Default: 32. The last batch of an epoch may be smaller.
   */
  batchSize?: number;
  /** The learning rate α, a finite number above 0. Default: 0.1; 0.001 for adam and adamw. */
  learningRate?: number;
  /** The optimizer. Default: `sgd`. */
  optimizer?: OptimizerName | OptimizerOptions;
  /**
   * λ, a finite number from 0. Default: 0; 0.01 for adamw. λW is added to the gradient of each W, but
   * not to that of a bias; with adamw the decay is decoupled: αλW is subtracted from W.
   */
  weightDecay?: number;
  /** Clips the norm of the gradient of all parameters together, a number above 0. Default: no clipping. */
  clipNorm?: number;
  /** The learning rate schedule. Default: `constant`. `cosine` ends near 0. */
  schedule?: Schedule;
  /** Updates over which α rises to its full value, a whole number from 0. Default: 0. */
  warmup?: number;
  /**
   * Ends the training when the validation loss has not fallen by more than `minDelta` (default: 0) for
   * `patience` epochs. However it ends, the network then has the parameters of its best epoch.
   */
  earlyStopping?: { patience: number; minDelta?: number };
  /**
   * Dropout rate of the hidden units: the fraction set to 0 at random, with the others scaled up, from
   * 0 to below 1. Default: 0.
   */
  dropout?: number;
  /** Data augmentation, for images that of `relumax/augmentation`. */
  augmentation?: Augmentation;
  /**
   * Random seed of the order of the examples, dropout and augmentation, 0 to 2⁵³ − 1. Default: 0.
   */
  seed?: number;
  /**
   * Whether each epoch takes the examples in a new random order. Default: true. Full-batch training
   * does not shuffle.
   */
  shuffle?: boolean;
  /** Evaluated after each epoch; the network is not trained on it. */
  validation?: Dataset;
  /** Ends the training after the current batch; the network keeps its parameters. */
  signal?: AbortSignal;
  /** Pauses the training, and lets it go on. */
  pace?: Pace;
  /** Called after each epoch. An error that it throws ends the training and rejects `fit`. */
  onEpoch?: (report: EpochReport) => void;
  /** Called after each update, likewise. */
  onBatch?: (report: BatchReport) => void;
  /** Keeps the training while it runs, or goes on with one that was kept: `relumax/checkpoint`. */
  checkpoints?: Follower;
}

/** The options of `fit`, checked and complete. */
export interface Plan extends TrainingSettings {
  validation: Dataset | undefined;
  signal: AbortSignal | undefined;
  pace: Pace | undefined;
  onEpoch: FitOptions['onEpoch'];
  onBatch: FitOptions['onBatch'];
  checkpoints: Follower | undefined;
}

const OPTION_NAMES = [
  'epochs',
  'batchSize',
  'learningRate',
  'optimizer',
  'weightDecay',
  'clipNorm',
  'schedule',
  'warmup',
  'earlyStopping',
  'dropout',
  'augmentation',
  'seed',
  'shuffle',
  'validation',
  'signal',
  'pace',
  'onEpoch',
  'onBatch',
  'checkpoints',
] as const;

/**
 * Checks the options of `fit`.
 *
 * @throws TypeError or RangeError that names the option
 */
export function planFit(core: Parameters<typeof fittingDataset>[2], given: FitOptions): Plan {
  options('options', given, OPTION_NAMES);
  const { epochs = 1, batchSize = 32, seed = 0, shuffle = true } = given;
  const { validation, signal, pace, earlyStopping, checkpoints, augmentation, dropout = 0 } = given;
  optionalFunction('checkpoints.begin', checkpoints?.begin);
  if (augmentation && typeof augmentation.augment !== 'function') {
    throw wrongType('augmentation.augment', augmentation.augment, 'a function');
  }
  const optimizer = checkedOptimizer(given.optimizer ?? 'sgd');
  const { learningRate = defaultLearningRate(optimizer.name) } = given;
  const { weightDecay = optimizer.name === 'adamw' ? 0.01 : 0 } = given;
  const { clipNorm = Infinity, schedule = 'constant', warmup = 0 } = given;
  if (typeof shuffle !== 'boolean') throw wrongType('shuffle', shuffle, 'true or false');
  if (signal !== undefined && classOf(signal) !== 'AbortSignal') {
    throw wrongType('signal', signal, 'an AbortSignal');
  }
  if (pace !== undefined && !(pace instanceof Pace)) throw wrongType('pace', pace, 'a Pace');
  return {
    epochs: integer('epochs', epochs, 1, 2 ** 32 - 1),
    batchSize:
      batchSize === Infinity
        ? Infinity
        : integer('batchSize', batchSize, 1, Number.MAX_SAFE_INTEGER, ', or Infinity'),
    learningRate: positive('learningRate', learningRate),
    optimizer,
    weightDecay: notNegative('weightDecay', weightDecay),
    clipNorm: clipNorm === Infinity ? clipNorm : positive('clipNorm', clipNorm),
    schedule: checkedSchedule(schedule),
    warmup: integer('warmup', warmup, 0, 2 ** 32 - 1),
    earlyStopping: earlyStopping && checkedStopping(earlyStopping, validation),
    dropout: share('dropout', dropout),
    augmentation,
    seed: seedNumber('seed', seed),
    shuffle,
    validation: validation && fittingDataset('validation', validation, core),
    signal,
    pace,
    onEpoch: optionalFunction('onEpoch', given.onEpoch),
    onBatch: optionalFunction('onBatch', given.onBatch),
    checkpoints,
  };
}
