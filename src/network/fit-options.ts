/** The options of `fit`, and their checks. */
import {
  boolean,
  callable,
  classOf,
  integer,
  notNegative,
  options,
  positive,
  seedNumber,
  share,
  wrongType,
} from '../base/arguments.ts';
import type { Core } from '../core/core.ts';
import {
  checkedOptimizer,
  type Optimizer,
  type OptimizerName,
  type OptimizerOptions,
  rowOf,
} from '../core/optimizers.ts';
import type { Dataset, Inputs } from '../data/dataset.ts';
import { type Best, checkedStopping, type EarlyStopping } from './early-stopping.ts';
import { fittingDataset, type NetworkShape } from './evaluation.ts';
import type { BatchReport, EpochReport, History } from './history.ts';
import { Pace } from './pace.ts';
import { checkedSchedule, type Schedule } from './schedule.ts';

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
  readonly history: History;
  readonly best: Best | undefined;
}

/** Follows trainings, one after another, from update to update: the `Checkpoints` of `relumax/checkpoint`. */
export interface Follower {
  /**
   * Called when a training begins, before anything has changed.
   *
   * @throws Error where it cannot be followed
   * @hidden
   */
  begin(training: Training): Following;
}

/** One training that is followed. */
export interface Following {
  /** Sets all of the training to where it goes on, and returns where; undefined: at its beginning. */
  resume?(): Moment | undefined;
  /**
   * Called after each update, and when the signal has `ended` the training; what it promises is
   * waited for.
   */
  after(moment: Moment, ended: boolean): Promise<void> | undefined;
  /** Called when the training is over, however it ends. */
  end?(): void;
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
  /** The learning rate α, a finite number above 0. Default: the optimizer's; of sgd 0.1. */
  learningRate?: number;
  /** The optimizer. Default: `sgd`. */
  optimizer?: OptimizerName | OptimizerOptions;
  /**
   * λ, a finite number from 0. Default: 0; 0.01 with adamw. λW is added to the gradient of each W, but
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

const MOST = 2 ** 32 - 1;

/** The defaults that depend on nothing. */
const DEFAULTS: FitOptions = {
  epochs: 1,
  batchSize: 32,
  optimizer: 'sgd',
  clipNorm: Infinity,
  schedule: 'constant',
  warmup: 0,
  dropout: 0,
  seed: 0,
  shuffle: true,
};

/** The check of each option, for values other than undefined; the plan has what was checked before. */
const CHECKS: {
  readonly [Name in keyof Plan]: (
    name: string,
    value: NonNullable<FitOptions[Name]>,
    network: NetworkShape,
    plan: Plan,
  ) => Plan[Name];
} = {
  epochs: (name, value) => integer(name, value, 1, MOST),
  batchSize: (name, value) =>
    value === Infinity ? value : integer(name, value, 1, Number.MAX_SAFE_INTEGER, ', or Infinity'),
  optimizer: checkedOptimizer,
  learningRate: positive,
  weightDecay: notNegative,
  clipNorm: (name, value) => (value === Infinity ? value : positive(name, value)),
  schedule: checkedSchedule,
  warmup: (name, value) => integer(name, value, 0, MOST),
  dropout: share,
  augmentation: (name, value) => ({
    settings: options(name, value).settings,
    augment: method(name, value, 'augment'),
  }),
  seed: seedNumber,
  shuffle: boolean,
  validation: fittingDataset,
  earlyStopping: checkedStopping,
  signal(name, value) {
    // What only says that it is one has no such state, or throws.
    if (classOf(value) === 'AbortSignal' && typeof value.aborted === 'boolean') return value;
    throw wrongType(name, value, 'an AbortSignal');
  },
  pace(name, value) {
    if (value instanceof Pace) return value;
    throw wrongType(name, value, 'a Pace');
  },
  onEpoch: callable,
  onBatch: callable,
  checkpoints: (name, value) => ({ begin: method(name, options(name, value), 'begin') }),
};

/** A method of an object, read once and bound to it. */
function method<K extends string, T extends { [key in K]: (...args: never[]) => unknown }>(
  argument: string,
  object: T,
  name: K,
): T[K] {
  return callable(`${argument}.${name}`, object[name]).bind(object) as T[K];
}

/**
 * Checks the options of `fit`, and reads each once.
 *
 * @throws TypeError or RangeError that names the option
 */
export function planFit(network: NetworkShape, given: FitOptions): Plan {
  const names = Object.keys(CHECKS) as (keyof Plan)[];
  options('options', given, names);
  const plan = {} as Plan;
  for (const name of names) {
    const { [name]: value = DEFAULTS[name] } = given;
    const check = CHECKS[name] as (...args: unknown[]) => never;
    plan[name] = value === undefined ? (value as never) : check(name, value, network, plan);
  }
  const { learningRate, decoupledDecay = 0 } = rowOf(plan.optimizer);
  plan.learningRate ??= learningRate;
  plan.weightDecay ??= decoupledDecay;
  return plan;
}
