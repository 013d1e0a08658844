import { expect, it } from 'vitest';
import {
  hasDiverged,
  type Point,
  rounded,
  smoothing,
  steepestDescent,
} from '../../../src/cli/training/suggested-rate.ts';

/** Points whose smoothed losses are these. */
function curve(losses: number[]): Point[] {
  return losses.map((smoothed, i) => ({ learningRate: 10 ** (i - 9), loss: 0, smoothed }));
}

it('takes the running mean without a pull to 0', () => {
  // 20 updates: β = 1/2. 4; (4/4 + 1/2 · 1) / (3/4); (4/8 + 1/4 + 2/2) / (7/8).
  const smooth = smoothing(20);
  expect(smooth(4)).toBe(4);
  expect(smooth(1)).toBe(2);
  expect(smooth(2)).toBe(2);
});

it('forgets over a tenth of the updates', () => {
  const smooth = smoothing(100);
  for (let i = 0; i < 1000; i++) smooth(1);
  expect(smooth(11)).toBeCloseTo(2, 10);
});

it('finds the middle of the steepest descent', () => {
  const points = curve([9, 9, 9, 8, 7, 5, 2, 1, 1, 1, 1]);
  // Σ j·loss for j = −2 … 2 at 2 … 8: −5, −10, −17, −19, −16, −9, −2.
  expect(steepestDescent(points, 20)).toBe(5);
});

it('is not misled by what comes down from a divergence', () => {
  const points = curve([9, 9, 8, 7, 6, 5, 5, 40, 90, 99, 30, 10, 6, 6, 6]);
  expect(steepestDescent(points, 20)).toBe(3);
});

it('is not misled by one batch that was easier than its neighbours', () => {
  // From one batch to the next the loss falls most at 4; Σ j·loss is −3 at 2, −9.2 at 8, −9 at 9.
  const points = curve([9, 9, 9, 9, 7.5, 9, 8.6, 8, 7, 6, 5, 4.5, 4, 4, 4]);
  expect(steepestDescent(points, 20)).toBe(8);
});

it('suggests nothing where the loss falls nowhere, or there are too few points', () => {
  expect(steepestDescent(curve([1, 1, 1, 1, 1, 1, 1, 1]), 20)).toBeUndefined();
  expect(steepestDescent(curve([1, 2, 3, 4, 5, 6, 7, 8]), 20)).toBeUndefined();
  expect(steepestDescent(curve([4, 3, 2, 1]), 20)).toBeUndefined();
  expect(steepestDescent([], 20)).toBeUndefined();
});

it('has enough of a loss above four times the least, once a tenth of the updates is made', () => {
  expect(hasDiverged(curve([3, 2, 8]), 20)).toBe(false);
  expect(hasDiverged(curve([3, 2, 8.1]), 20)).toBe(true);
  expect(hasDiverged(curve([1, 5]), 20)).toBe(false);
  expect(hasDiverged([], 20)).toBe(false);
});

it('is told in two digits', () => {
  expect([0.1519, 0.00401, 12.6].map(rounded)).toEqual([0.15, 0.004, 13]);
});
