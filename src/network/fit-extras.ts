/** What of a training's options few trainings have: loaded with the first that does. */
import { integer, method, notNegative, options, outOfRange, wrongType } from '../base/arguments.ts';
import { exampleWeightsOf, type Weighting } from '../core/example-weights.ts';
import { checkedInputs } from '../core/inputs.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Inputs } from '../data/numbers.ts';
import type { NetworkShape } from './evaluation.ts';
import { checkedSchedule, type Schedule, type ScheduleMoment, scheduled } from './schedule.ts';

/** When to stop: see `FitOptions`. */
export interface EarlyStopping {
  patience: number;
  minDelta: number;
}

/** Data augmentation: changes the training examples, anew in each epoch. */
export interface Augmentation {
  /** The settings that decide how, for checkpoints to compare: values that JSON can hold. */
  readonly settings: object;
  /**
   * The inputs of an epoch, in place of the given ones and as many. They depend only on the given
   * ones, the seed and the epoch's number.
   *
   * @param at features: the number of inputs of an example; threads: how many threads it may use, as
   *   many as the network has: it need not
   */
  augment(
    inputs: Inputs,
    at: { features: number; seed: number; epoch: number; threads?: number },
  ): Inputs | Promise<Inputs>;
}

/** The options. */
interface Settings extends Weighting {
  schedule: Schedule;
  readonly warmup: number;
  earlyStopping: EarlyStopping | undefined;
  augmentation: Augmentation | undefined;
  readonly seed: number;
  readonly validation: Dataset | undefined;
}

/** What becomes of them. */
export interface Extras {
  /** Of the examples, where the options give any. */
  readonly weights: Float32Array | undefined;
  /** The factor of the learning rate for an update. */
  factor(at: ScheduleMoment): number;
  /** The inputs of an epoch, where they are augmented. */
  augmented?(epoch: number, threads: number): Promise<Inputs>;
}

/**
 * Checks schedule, early stopping, augmentation and weights.
 *
 * @param settings which are completed
 * @throws TypeError or RangeError that names the option
 */
export function extras(dataset: Dataset, settings: Settings, network: NetworkShape): Extras {
  const { warmup, earlyStopping, classWeights, exampleWeights } = settings;
  const schedule = checkedSchedule('schedule', settings.schedule);
  if (earlyStopping !== undefined) {
    settings.earlyStopping = checkedStopping('earlyStopping', earlyStopping, settings);
  }
  const { augmentation } = settings;
  if (augmentation !== undefined) {
    settings.augmentation = {
      settings: options('augmentation', augmentation).settings,
      augment: method('augmentation', augmentation, 'augment'),
    };
  }
  // Not by `??`: null is wrong, and is to be found so.
  const areWeighted = classWeights !== undefined || exampleWeights !== undefined;
  return {
    weights: areWeighted ? exampleWeightsOf(dataset, settings, network) : undefined,
    factor: (at) => scheduled(schedule, warmup, at),
    ...(settings.augmentation && {
      augmented: (epoch, threads) => augmented(dataset, settings, epoch, threads),
    }),
  };
}

/**
 * Checks the option, and that there is a validation set.
 *
 * @throws TypeError or RangeError that names the option
 */
function checkedStopping(
  argument: string,
  given: { patience: number; minDelta?: number },
  { validation }: { validation: object | undefined },
): EarlyStopping {
  const { patience, minDelta = 0 } = options(argument, given, ['patience', 'minDelta']);
  integer(`${argument}.patience`, patience, 1, 2 ** 32 - 1);
  notNegative(`${argument}.minDelta`, minDelta);
  if (validation === undefined) {
    throw wrongType('validation', validation, 'a Dataset, for early stopping to judge by');
  }
  return { patience, minDelta };
}

async function augmented(
  dataset: Dataset,
  { augmentation, seed }: Settings,
  epoch: number,
  threads: number,
): Promise<Inputs> {
  const { inputs, features, length } = dataset;
  dataset.checkMemory('dataset.');
  const given = await augmentation!.augment(inputs, { features, seed, epoch, threads });
  dataset.checkMemory('dataset.');
  const own = checkedInputs(given, features);
  if (own.length === length * features) return own;
  throw outOfRange('augmentation.augment', given, `what gives ${length} examples`);
}
