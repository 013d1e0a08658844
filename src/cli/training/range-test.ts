/** The learning rate range test (L. Smith, 2015): a training whose learning rate rises, and what it suggests. */

import { type Dataset, DivergenceError, type FitOptions, type Network } from '../../index.ts';
import { least } from '../terminal/numbers.ts';

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
      // It is to end badly.
      onWarning: () => undefined,
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

/** The fraction of all updates over which the mean is taken, and half of that which a slope spans. */
const SPAN = 0.1;
/** A loss so many times the least is past all good. */
const DIVERGED = 4;

/** The loss of one update, and the running mean there. */
export interface Point {
  learningRate: number;
  loss: number;
  smoothed: number;
}

/** How many updates a slope spans to either side of its middle. */
function reachOf(updates: number): number {
  return Math.round(SPAN * updates);
}

/**
 * Running mean of losses: m ← βm + (1 − β)loss, divided by 1 − βᵗ so that it is not drawn to 0 at
 * first. β = 1 − 10 / updates, which is 0.9 of 100: what a longer test has more of is not noise.
 *
 * @param updates of the whole test
 */
export function smoothing(updates: number): (loss: number) => number {
  const beta = 1 - 1 / (SPAN * updates);
  let mean = 0;
  let power = 1;
  return (loss) => {
    mean = beta * mean + (1 - beta) * loss;
    power *= beta;
    return mean / (1 - power);
  };
}

/** Whether the loss has risen so far that larger rates need not be tried. */
export function hasDiverged(points: readonly Point[], updates: number): boolean {
  if (points.length <= reachOf(updates)) return false;
  return points.at(-1)!.smoothed > DIVERGED * least(points.map(({ smoothed }) => smoothed));
}

/**
 * The place where the smoothed loss falls most steeply over the logarithm of the learning rate: the
 * middle of the straight line, fitted by least squares to the points of a tenth of all updates to
 * either side, with the least slope. Only places up to the least loss count, since a loss that
 * comes down from a divergence falls more steeply than any other.
 *
 * @param points at equal steps of the logarithm
 * @returns its index; undefined where there are too few points or the loss falls nowhere
 */
export function steepestDescent(points: readonly Point[], updates: number): number | undefined {
  const reach = reachOf(updates);
  const losses = points.map(({ smoothed }) => smoothed);
  const lowest = losses.indexOf(least(losses));
  let [steepest, place]: [number, number | undefined] = [0, undefined];
  for (let i = reach; i <= Math.min(lowest, points.length - 1 - reach); i++) {
    let slope = 0;
    for (let j = -reach; j <= reach; j++) slope += j * losses[i + j]!;
    // All slopes have the same divisor, Σj², and rounding alone is no descent.
    if (slope < steepest - 1e-9 * losses[i]!) [steepest, place] = [slope, i];
  }
  return place;
}

/** Two digits, as one would type it: more of them say nothing. */
export function rounded(learningRate: number): number {
  return Number(learningRate.toPrecision(2));
}
