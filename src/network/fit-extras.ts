/** What of a training's options few trainings have: loaded with the first that does. */
import { exampleWeightsOf, type Weighting } from '../core/example-weights.ts';
import type { Dataset } from '../data/dataset.ts';
import { checkedStopping, type EarlyStopping } from './early-stopping.ts';
import type { NetworkShape } from './evaluation.ts';
import { checkedSchedule, type Schedule, type ScheduleMoment, scheduled } from './schedule.ts';

/** The options. */
interface Settings extends Weighting {
  schedule: Schedule;
  readonly warmup: number;
  earlyStopping: EarlyStopping | undefined;
  readonly validation: Dataset | undefined;
}

/** What becomes of them. */
export interface Extras {
  /** Of the examples, where the options give any. */
  readonly weights: Float32Array | undefined;
  /** The factor of the learning rate for an update. */
  factor(at: ScheduleMoment): number;
}

/**
 * Checks schedule, early stopping and weights.
 *
 * @param settings of which early stopping gets its defaults
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
  };
}
