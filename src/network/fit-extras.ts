/** What of a training's options few trainings have: loaded with the first that does. */
import { exampleWeightsOf } from '../core/example-weights.ts';
import type { Dataset } from '../data/dataset.ts';
import { checkedStopping } from './early-stopping.ts';
import type { NetworkShape } from './evaluation.ts';
import type { CheckedFitOptions, Extras } from './fit-options.ts';
import { checkedSchedule, scheduled } from './schedule.ts';

/**
 * Checks schedule, early stopping and weights.
 *
 * @param settings of which early stopping gets its defaults
 * @throws TypeError or RangeError that names the option
 */
export function extras(
  dataset: Dataset,
  settings: CheckedFitOptions,
  network: NetworkShape,
): Extras {
  const { warmup, earlyStopping, classWeights, exampleWeights } = settings;
  const schedule = checkedSchedule('schedule', settings.schedule);
  if (earlyStopping !== undefined) {
    settings.earlyStopping = checkedStopping('earlyStopping', earlyStopping, settings);
  }
  const areWeighted = [classWeights, exampleWeights].some((weights) => weights !== undefined);
  return {
    weights: areWeighted ? exampleWeightsOf(dataset, settings, network) : undefined,
    factor: (at) => scheduled(schedule, warmup, at),
  };
}
