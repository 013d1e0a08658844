/** What the loss at rising learning rates says of the one to take (L. Smith, 2015). */

import { least } from '../terminal/numbers.ts';

/** Of all updates, the share over which the mean forgets, and half of that which a slope spans. */
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
