/** What of a training's options few trainings have: loaded with the first that does. */
import { integer, notNegative, options, outOfRange, wrongType } from '../base/arguments.ts';
import type { Core } from '../core/core.ts';
import { exampleWeightsOf, type Weighting } from '../core/example-weights.ts';
import { checkedInputs } from '../core/inputs.ts';
import type { LayerParameters } from '../core/parameters.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Inputs } from '../data/numbers.ts';
import type { NetworkShape } from './evaluation.ts';
import type { EpochReport } from './history.ts';
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
  readonly augmentation: Augmentation | undefined;
  readonly seed: number;
  readonly validation: Dataset | undefined;
}

/** The best epoch so far, and its validation loss. */
type Best = { epoch: number; loss: number } | undefined;

/** A training, as early stopping sees it. */
interface Judged {
  readonly core: Pick<Core, 'parameters'>;
  best: Best;
  bestParameters?: LayerParameters[] | undefined;
}

/** What becomes of them. */
export interface Extras {
  /** Of the examples, where the options give any. */
  readonly weights: Float32Array | undefined;
  /** The factor of the learning rate for an update. */
  factor(at: ScheduleMoment): number;
  /** With early stopping: whether an epoch comes too late to wait for. */
  isPast(best: Best, epoch: number): boolean;
  /** With early stopping: keeps the parameters of an epoch where it is the best so far. */
  judge(training: Judged, report: EpochReport): void;
  /** The inputs of an epoch, where they are augmented. */
  augmented?(epoch: number, threads: number): Promise<Inputs>;
}

/**
 * Checks schedule, early stopping and weights.
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
  // Not by `??`: null is wrong, and is to be found so.
  const areWeighted = classWeights !== undefined || exampleWeights !== undefined;
  return {
    weights: areWeighted ? exampleWeightsOf(dataset, settings, network) : undefined,
    factor: (at) => scheduled(schedule, warmup, at),
    isPast: (best, epoch) =>
      epoch > (best?.epoch ?? epoch) + (settings.earlyStopping?.patience ?? 0),
    judge(training, { epoch, validation }) {
      if (!settings.earlyStopping) return;
      const { loss } = validation!;
      const { best } = training;
      if (best && !(loss < best.loss - settings.earlyStopping.minDelta)) return;
      training.best = { epoch, loss };
      training.bestParameters = training.core.parameters();
    },
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
