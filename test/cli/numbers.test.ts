import { expect, it } from 'vitest';
import { clock, count, duration, loss, percent, rate } from '../../src/cli/numbers.ts';

const imageRate = (value: number) => rate(value, 'images');

it.each<[(value: number) => string, number, string]>([
  [count, 0, '0'],
  [count, 999, '999'],
  [count, 1000, '1,000'],
  [count, 1234567, '1,234,567'],
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
