import { expect, it } from 'vitest';
import { Turns } from '../../../src/base/event-loop.ts';
import {
  clock,
  count,
  counted,
  duration,
  fixed,
  loss,
  number,
  percent,
  rate,
  significant,
} from '../../../src/cli/terminal/numbers.ts';
import { Normalizer, normalizationOf } from '../../../src/core/normalization.ts';
import { Dataset } from '../../../src/data/dataset.ts';

const imageRate = (value: number) => rate(value, 'images');
const rows = (value: number) => counted(value, 'rows');
const bare = (value: number) => counted(value, '');

it.each<[(value: number) => string, number, string]>([
  [count, 0, '0'],
  [count, 999, '999'],
  [count, 1000, '1,000'],
  [count, 1234567, '1,234,567'],
  [rows, 0, '0 rows'],
  [rows, 1, '1 row'],
  [rows, 2000, '2,000 rows'],
  [bare, 1, '1'],
  [percent, 0.92351, '92.35 %'],
  [percent, 1, '100.00 %'],
  [loss, 0.27125, '0.2712'],
  [duration, 0.01234, '12.3 ms'],
  [duration, 1.234, '1.23 s'],
  [duration, 83.4, '1:23 min'],
  [clock, 0.9, '0:00'],
  [clock, 83.4, '1:23'],
  [clock, 3683, '1:01:23'],
  [imageRate, 950.4, '950 images/s'],
  [imageRate, 9994, '9,994 images/s'],
  [imageRate, 9996, '10.0k images/s'],
  [imageRate, 99_949, '99.9k images/s'],
  [imageRate, 99_951, '100k images/s'],
  [imageRate, 412_345, '412k images/s'],
  [imageRate, 999_600, '1.00M images/s'],
  [imageRate, 1_234_567, '1.23M images/s'],
])('%o %d', (write, value, text) => {
  expect(write(value)).toBe(text);
});

it.each([
  [0.0123456, 3, '0.0123'],
  [33.2, 4, '33.2'],
  [1_234_567, 4, '1235000'],
  [-0, 3, '0'],
])('%d to %i digits is %s', (value, digits, text) => {
  expect(significant(value, digits)).toBe(text);
});

it.each([
  [-0.00001, 4, '0.0000'],
  [-0, 2, '0.00'],
  [-0.004, 2, '0.00'],
  [-0.006, 2, '-0.01'],
  [-10, 0, '-10'],
  [-0.4, 0, '0'],
])('%d to %i decimals is %s', (value, decimals, text) => {
  expect(fixed(value, decimals)).toBe(text);
});

it.each([
  [-1.6942e-7, 0.82, '0'],
  [0.00099998, 0.82, '0.001'],
  [112.08000183, 7.1, '112.08'],
  [12_345_678, 1e7, '12345678'],
  [1.2345e-20, 1e-20, '1.2345e-20'],
  [0.10000000149, undefined, '0.1'],
  [-0, undefined, '0'],
  [Number.NaN, 1, 'NaN'],
])('%d among numbers with a standard deviation of %d is %s', (value, std, text) => {
  expect(number(value, std)).toBe(text);
});

it('writes each number of a column as it was before it was standardised', async () => {
  const columns = [
    [0, 0, 1, 2, 0.001],
    [-0.25, 0, 3.125, 0, 0.5],
    [1e-7, 0, 2e-7, 0, 5e-8],
    [12_000, 0, 31_000, 500, 0],
    [100.25, 107.5, 0, 93.75, 88],
  ];
  for (const column of columns) {
    const targets = Float64Array.from(column);
    const dataset = Dataset.from({ inputs: targets, targets, outputs: 1 });
    const normalization = await normalizationOf(
      dataset,
      { hidden: 'relu', output: 'linear' },
      new Turns(),
    );
    const normalizer = new Normalizer(normalization);
    const standard = new Float32Array(column.length);
    normalizer.standardize('targets', targets, standard);
    const again = normalizer.restored(standard);
    const written = Array.from(again, (value) => number(value, normalization.targets!.std[0]));
    expect(written).toEqual(column.map(String));
  }
});
