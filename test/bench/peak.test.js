import { expect, test } from 'vitest';
import { greatestDifference, relativeDifference } from '../../bench/equality.js';
import { measurePeak } from '../../bench/peak.js';

test('the probe adds up what it says it multiplies, at some speed', async () => {
  // It throws where its sums are not what its steps make.
  expect(await measurePeak()).toBeGreaterThan(0.1);
});

test('differences are those of elements and of norms, and of other lengths there is none', () => {
  expect(greatestDifference([1, 2, -4], [1, 2.5, -5])).toBe(0.2);
  expect(relativeDifference([3, 4], [0, 5])).toBeCloseTo(Math.sqrt(10) / 5);
  expect(greatestDifference([1], [1, 2])).toBeNaN();
  expect(relativeDifference([1], [1, 2])).toBeNaN();
  expect(greatestDifference([Number.NaN], [1])).toBeNaN();
});
