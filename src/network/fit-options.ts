/** The options of `fit`, and their checks. */
import {
  boolean,
  callable,
  classOf,
  integer,
  method,
  notNegative,
  options,
  positive,
  seedNumber,
  share,
  wrongType,
} from '../base/arguments.ts';
import { onDemand } from '../base/on-demand.ts';
import type { Functions } from '../core/activations.ts';
import type { Core } from '../core/core.ts';
import type { Architecture, Image } from '../core/layers.ts';
import type { Normalization } from '../core/normalization.ts';
import {
  checkedOptimizer,
  type Optimizer,
  type OptimizerName,
  type OptimizerOptions,
  rowOf,
} from '../core/optimizers.ts';
import type { LayerParameters } from '../core/parameters.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Inputs } from '../data/numbers.ts';
import { fittingDataset, type NetworkShape } from './evaluation.ts';
import type { Augmentation, EarlyStopping, Extras } from './fit-extras.ts';
import type { BatchReport, EpochReport, History } from './history.ts';
import type { Pace } from './pace.ts';
import type { Schedule } from './schedule.ts';

/** The options that decide the outcome of a training, with the dataset and the initial parameters. */
export interface TrainingSettings {
  epochs: number;
  batchSize: number;
  optimizer: Optimizer;
  learningRate: number;
  weightDecay: number;
  clipNorm: number;
  schedule: Schedule;
  warmup: number;
  dropout: number;
  augmentation: Augmentation | undefined;
  classWeights: 'balanced' | readonly number[] | undefined;
  exampleWeights: readonly number[] | undefined;
  seed: number;
  shuffle: boolean;
  earlyStopping: EarlyStopping | undefined;
}

/** The progress of a training. */
export interface Moment {
  /** The current epoch, from 1, and its updates so far. */
  epoch: number;
  step: number;
  /** Of this epoch so far: the sum of the losses, and the number of correct predictions. */
  lossSum: number;
  correct: number;
  /** When it began, in ms of `performance.now()`; of a training that was resumed so much before as it had taken. */
  began?: number;
}

/** The state of a training between two updates. */
export interface Snapshot {
  parameters: LayerParameters[];
  /** What the optimizer keeps, each in the form of the parameters: velocity, or mean and square. */
  state: LayerParameters[][];
  progress: Omit<Moment, 'began'> & {
    /** Seconds of the current epoch so far; 0 in checkpoints of versions that did not store them. */
    seconds: number;
    /** The epochs before the current one. */
    history: EpochReport[];
    /** With early stopping: the best epoch so far, and its validation loss. */
    best?: { epoch: number; loss: number } | undefined;
  };
  /** The parameters of the best epoch. */
  best?: LayerParameters[] | undefined;
}

/** The network of a training. */
export interface FollowedNetwork extends NetworkShape, Functions, Pick<Architecture, 'layers'> {
  readonly input: Image | undefined;
  /** From the dataset where the network has none. */
  classNames: readonly string[] | undefined;
  readonly normalization: Normalization | undefined;
}

/** A training, as a follower sees it. */
export interface Training {
  readonly network: FollowedNetwork;
  readonly settings: TrainingSettings;
  /** The number of training examples, and of updates in an epoch. */
  readonly examples: number;
  readonly steps: number;
  readonly core: Core;
  /** Its progress, and with early stopping the parameters of its best epoch. */
  moment: Moment;
  readonly history: History;
  best: Snapshot['progress']['best'];
  bestParameters: Snapshot['best'];
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
  /** Called before the first update; may restore the training. */
  ready?(): void;
  /**
   * Called after each update, and when the signal has `ended` the training, which waits for the
   * promise.
   *
   * @param updates how many the training has made, of all epochs
   */
  after(updates: number, ended: boolean): Promise<void> | undefined;
  /** Called when the training is over, however it ends. */
  end?(): void;
}

/** The options of `fit`. */
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
  /**
   * The learning rate schedule, or a function that returns the factor of each update. Default:
   * `constant`. `cosine` ends near 0.
   */
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
   * A weight for each class, by which the loss and gradient of its examples are multiplied: finite
   * numbers from 0; `balanced`: length / (classes that occur × examples of the class), as scikit-learn.
   * With one sigmoid output, whose targets must then be 0 or 1, the weights of 0 and of 1.
   */
  classWeights?: 'balanced' | readonly number[] | Inputs;
  /** A weight for each example of the dataset, likewise; with `classWeights` the two are multiplied. */
  exampleWeights?: readonly number[] | Inputs;
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
  /** Pauses and resumes the training. */
  pace?: Pace;
  /**
   * Whether to end another `fit` of the network that runs, which then resolves with `aborted: true`, and
   * train in its place. Of several that wait for it only the last one trains. Default: false, which is
   * an error while another runs.
   */
  replace?: boolean;
  /**
   * Called after each epoch. The training waits for a promise that it returns. What it throws, or rejects
   * with, ends the training and rejects `fit`.
   */
  onEpoch?: (report: EpochReport) => unknown;
  /** Called after each update, likewise. */
  onBatch?: (report: BatchReport) => unknown;
  /**
   * Called where the training ends badly: a network with linear outputs is worse than always answering the
   * mean of the training targets. Default: `console.warn`.
   */
  onWarning?: (message: string) => void;
  /** Takes checkpoints of the training, or resumes it from one: `Checkpoints` of `relumax/checkpoint`. */
  checkpoints?: Follower;
}

/** Which of them `trainOnBatch` takes. */
export const BATCH_OPTIONS = ['optimizer', 'learningRate', 'weightDecay', 'clipNorm'] as const;

/** The options of `trainOnBatch`, as those of `fit`. */
export type BatchOptions = Pick<FitOptions, (typeof BATCH_OPTIONS)[number]>;
export type CheckedBatchOptions = Pick<CheckedFitOptions, (typeof BATCH_OPTIONS)[number]>;

/** The options of `fit`, checked and complete. */
export interface CheckedFitOptions extends TrainingSettings {
  validation: Dataset | undefined;
  signal: AbortSignal | undefined;
  pace: Pace | undefined;
  replace: boolean;
  onEpoch: FitOptions['onEpoch'];
  onBatch: FitOptions['onBatch'];
  onWarning: NonNullable<FitOptions['onWarning']>;
  checkpoints: Follower | undefined;
}

/** One option of `fit`. */
interface FitOption<Name extends keyof CheckedFitOptions> {
  /**
   * Whether it decides the outcome: then checkpoints keep and compare it, and a worker gets it. Default:
   * true.
   */
  readonly decides?: Name extends keyof TrainingSettings ? true : false;
  /** The default, which may depend on the options above it; none: undefined. */
  readonly default?: (checked: CheckedFitOptions) => CheckedFitOptions[Name];
  /**
   * Checks a value that was given.
   *
   * @param checked the options above it
   * @throws TypeError or RangeError that names the option
   */
  readonly check: (
    name: string,
    value: NonNullable<FitOptions[Name]>,
    network: NetworkShape,
    checked: CheckedFitOptions,
  ) => CheckedFitOptions[Name];
}

type AnyFitOption = Record<'default' | 'check', (...args: unknown[]) => unknown>;

const MOST = 2 ** 32 - 1;

/** The options of `fit`, in the order in which they are checked. */
export const FIT_OPTIONS: { readonly [Name in keyof CheckedFitOptions]: FitOption<Name> } = {
  epochs: {
    default: () => 1,
    check: (name, value) => integer(name, value, 1, MOST),
  },
  batchSize: {
    default: () => 32,
    check: (name, value) =>
      value === Infinity
        ? value
        : integer(name, value, 1, Number.MAX_SAFE_INTEGER, ', or Infinity'),
  },
  optimizer: {
    // `trainOnBatch` begins with that of the last call.
    default: ({ optimizer }) => optimizer ?? { name: 'sgd' },
    check: checkedOptimizer,
  },
  learningRate: {
    default: ({ optimizer }) => rowOf(optimizer).learningRate,
    check: positive,
  },
  weightDecay: {
    default: ({ optimizer }) => rowOf(optimizer).decoupledDecay ?? 0,
    check: notNegative,
  },
  clipNorm: {
    default: () => Infinity,
    check: (name, value) => (value === Infinity ? value : positive(name, value)),
  },
  // Checked where it is loaded; likewise those below that are only copied.
  schedule: { default: () => 'constant', check: copied },
  warmup: {
    default: () => 0,
    check: (name, value) => integer(name, value, 0, MOST),
  },
  dropout: { default: () => 0, check: share },
  augmentation: {
    check: (name, value) => ({
      settings: options(name, value).settings,
      augment: method(name, value, 'augment'),
    }),
  },
  classWeights: { check: copied },
  exampleWeights: { check: copied },
  seed: { default: () => 0, check: seedNumber },
  shuffle: { default: () => true, check: boolean },
  validation: { decides: false, check: fittingDataset },
  earlyStopping: { check: copied },
  signal: {
    decides: false,
    check(name, value) {
      // What only says that it is one has no such state, or throws.
      if (classOf(value) === 'AbortSignal' && typeof value.aborted === 'boolean') return value;
      throw wrongType(name, value, 'an AbortSignal');
    },
  },
  pace: {
    decides: false,
    check(name, value) {
      // By its method, so that pages without one do not load the class.
      if (typeof value?.hold === 'function') return value;
      throw wrongType(name, value, 'a Pace');
    },
  },
  replace: { decides: false, default: () => false, check: boolean },
  onEpoch: { decides: false, check: callable },
  onBatch: { decides: false, check: callable },
  onWarning: { decides: false, default: () => console.warn, check: callable },
  checkpoints: {
    decides: false,
    check: (name, value) => ({ begin: method(name, options(name, value), 'begin') }),
  },
};

/**
 * A copy of an object, whose properties are read once, or of the numbers of a list, without its holes;
 * anything else as it is.
 */
function copied<T>(_: string, value: unknown): T {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  if (isList) return Object.values(value) as T;
  return (classOf(value) === 'Object' ? { ...(value as object) } : value) as T;
}

/**
 * Checks options of `fit`, and reads each once.
 *
 * @param names those that there are
 * @param optimizer the default one, if it is not `sgd`
 * @throws TypeError or RangeError that names the option
 */
export function checkedFitOptions(
  network: NetworkShape,
  given: FitOptions,
  names: readonly (keyof CheckedFitOptions)[] = Object.keys(FIT_OPTIONS) as never,
  optimizer?: Optimizer,
): CheckedFitOptions {
  options('options', given, names);
  const checked = { optimizer } as CheckedFitOptions;
  for (const name of names) {
    const option = FIT_OPTIONS[name] as AnyFitOption;
    const value = given[name];
    checked[name] = (
      value === undefined ? option.default?.(checked) : option.check(name, value, network, checked)
    ) as never;
  }
  return checked;
}

/** The error of a method that cannot work while `fit` runs. */
export function busy(method: string): Error {
  return new Error(`${method}: the network is being trained by fit`);
}

/**
 * What the options ask for that few trainings have, loaded on demand; undefined where that is nothing. The
 * options are checked, and completed, when it resolves.
 *
 * @throws TypeError or RangeError that names the option
 */
export function extrasOf(
  dataset: Dataset,
  checked: CheckedFitOptions,
  network: NetworkShape,
): Promise<Extras> | undefined {
  const { schedule, warmup, earlyStopping, augmentation, classWeights, exampleWeights } = checked;
  const rare = [earlyStopping, augmentation, classWeights, exampleWeights];
  const given = rare.some((value) => value !== undefined);
  if (!given && !warmup && schedule === 'constant') return undefined;
  return onDemand(import('./fit-extras.ts')).then(({ extras }) =>
    extras(dataset, checked, network),
  );
}

/** Of checked options, those that decide the outcome. */
export function trainingSettings(checked: TrainingSettings): TrainingSettings {
  const entries = Object.entries(checked).filter(
    ([name]) => FIT_OPTIONS[name as keyof CheckedFitOptions].decides !== false,
  );
  return Object.fromEntries(entries) as unknown as TrainingSettings;
}
