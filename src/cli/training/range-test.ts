/** A training whose learning rate rises with each update, with the loss of each batch. */

import { type Dataset, DivergenceError, type FitOptions, type Network } from '../../index.ts';
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
 * @param options of `fit`; learning rate, schedule and epochs are those of the test
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
  /** Of the epoch so far: its examples, and the sum of their losses. */
  let [seen, sum] = [0, 0];
  let blewUp = false;
  try {
    await network.fit(dataset, {
      ...options,
      // Of 1, so that the schedule gives the rate itself.
      learningRate: 1,
      schedule: ({ update }) => rates[update]!,
      epochs: Math.ceil(range.updates / steps),
      signal: AbortSignal.any([interruption, enough.signal]),
      onBatch({ step, examples, loss: mean }) {
        if (step === 1) [seen, sum] = [0, 0];
        const loss = (mean * examples - sum) / (examples - seen);
        [seen, sum] = [examples, mean * examples];
        const learningRate = rates[points.length]!;
        points.push({ learningRate, loss, smoothed: smooth(loss) });
        onPoint(points.at(-1)!, points.length);
        if (points.length === rates.length || hasDiverged(points, range.updates)) enough.abort();
      },
    });
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    blewUp = true;
  }
  if (blewUp || hasDiverged(points, range.updates)) return { points, ending: 'diverged' };
  return { points, ending: points.length < rates.length ? 'interrupted' : 'complete' };
}
