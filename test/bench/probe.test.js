import { expect, test } from 'vitest';
import { greatestDifference, relativeDifference } from '../../bench/equality.js';
import { measureBandwidth, measureClock, measureProbe } from '../../bench/probe.js';
import { threadCounts } from '../../bench/terminal.js';

test('the probe adds up what it says it multiplies, at some speed', async () => {
  // It throws where its sums are not what its steps make.
  expect(await measureProbe()).toBeGreaterThan(0.1);
});

test('two threads meet before each try, and both give their rates', async () => {
  expect(await measureProbe(2)).toBeGreaterThan(0.1);
});

test('the clock and the memory are probed by what computes correctly', async () => {
  // They throw where it does not.
  expect(await measureClock()).toBeGreaterThan(0.01);
  expect(await measureBandwidth(96 * 1024)).toBeGreaterThan(0.01);
});

test('the numbers of threads double up to that of the cores', () => {
  expect([1, 2, 4, 6, 16].map((cores) => threadCounts(cores))).toEqual([
    [1],
    [1, 2],
    [1, 2, 4],
    [1, 2, 4, 6],
    [1, 2, 4, 8, 16],
  ]);
});

test('differences are those of elements and of norms, and of other lengths there is none', () => {
  expect(greatestDifference([1, 2, -4], [1, 2.5, -5])).toBe(0.2);
  expect(relativeDifference([3, 4], [0, 5])).toBeCloseTo(Math.sqrt(10) / 5);
  expect(greatestDifference([1], [1, 2])).toBeNaN();
  expect(relativeDifference([1], [1, 2])).toBeNaN();
  expect(greatestDifference([Number.NaN], [1])).toBeNaN();
});
