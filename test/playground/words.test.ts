import { expect, test } from 'vitest';
import { count, percent, short } from '../../playground/words.ts';

test.each([
  [0.91534, 1, '91.5 %'],
  [1, 0, '100 %'],
  [0.995, 0, '> 99 %'],
  [0.994, 0, '99 %'],
  [0.99999, 0, '> 99 %'],
  [0.9996, 1, '> 99.9 %'],
  [0.9994, 1, '99.9 %'],
  [1, 1, '100.0 %'],
  [0, 0, '0 %'],
  [0.004, 0, '< 1 %'],
  [1e-9, 1, '< 0.1 %'],
  [0.006, 0, '1 %'],
  [Number.NaN, 1, '–'],
])('%d as a share', (share, digits, words) => {
  expect(percent(share, digits)).toBe(words);
});

test.each([
  [0, '0'],
  [1.234, '1.23'],
  [-12.34, '−12.3'],
  [0.01234, '0.0123'],
  [-0.0000123, '−1.2e−5'],
  [-12345.6, '−12,346'],
  [Number.NaN, '–'],
])('%d in short', (number, words) => {
  expect(short(number)).toBe(words);
});

test('a count has its thousands', () => {
  expect(count(1234567)).toBe('1,234,567');
});
