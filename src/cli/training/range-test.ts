/** Trains a network while the learning rate rises, and records the loss of each batch. */

import { type Dataset, DivergenceError, type FitOptions, type Network } from '../../index.ts';
import type { Follower } from '../../network/fit-options.ts';
import { hasDiverged, type Point, smoothing } from './suggested-rate.ts';

/** From which learning rate to which, in how many updates. */
export interface Range {
  from: number;
  to: number;
  updates: number;
}

export type Ending = 'complete' | 'diverged' | 'interrupted';

/**
 * α of each update: from `from` to `to`, each larger than the one before by the same factor. To six
 * digits, since engines may differ in the last bit of a power.
 */
function ratesOf({ from, to, updates }: Range): number[] {
  const rate = (i: number) => from * (to / from) ** (i / (updates - 1));
  return Array.from({ length: updates }, (_, i) => Number(rate(i).toPrecision(6)));
}

/**
 * Runs the test. The network is of no use afterwards.
 *
 * @param options of `fit`; the learning rate is the test's, and the epochs are as many as it takes
 * @param interruption ends it after the batch that is under way
 * @param onPoint called after each update
 */
export async function rangeTest(
  network: Network,
  dataset: Dataset,
  options: FitOptions,
  range: Range,
  interruption: AbortSignal,
  onPoint: (point: Point, update: number) => void,
): Promise<{ points: Point[]; ending: Ending }> {
  const rates = ratesOf(range);
  const smooth = smoothing(range.updates);
  const points: Point[] = [];
  const enough = new AbortController();
  const batchSize = Math.min(options.batchSize ?? 32, dataset.length);
  const steps = Math.ceil(dataset.length / batchSize);
  let lossBefore = 0;
  // `fit` looks its learning rate up before each update, in the plan that its follower has too.
  const rising: Follower = {
    begin({ plan }) {
      plan.learningRate = rates[0]!;
      return {
        after({ step, lossSum }, ended) {
          if (ended) return undefined;
          const count = Math.min(batchSize, dataset.length - (step - 1) * batchSize);
          const loss = (lossSum - (step === 1 ? 0 : lossBefore)) / count;
          lossBefore = lossSum;
          const learningRate = rates[points.length]!;
          const point = { learningRate, loss, smoothed: smooth(loss) };
          points.push(point);
          onPoint(point, points.length);
          if (points.length === rates.length || hasDiverged(points, range.updates)) enough.abort();
          else plan.learningRate = rates[points.length]!;
          return undefined;
        },
      };
    },
  };
  let blewUp = false;
  try {
    await network.fit(dataset, {
      ...options,
      learningRate: range.from,
      epochs: Math.ceil(range.updates / steps),
      signal: AbortSignal.any([interruption, enough.signal]),
      checkpoints: rising,
    });
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    blewUp = true;
  }
  if (blewUp || hasDiverged(points, range.updates)) return { points, ending: 'diverged' };
  return { points, ending: points.length < rates.length ? 'interrupted' : 'complete' };
}
