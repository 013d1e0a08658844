import { expect, test } from 'vitest';
import { count, exact, numbersIn, percent, precise, short } from '../../playground/texts/words.ts';

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

test.each([
  [0.001, '0.001'],
  [0.1 + 0.2, '0.30000000000000004'],
  [-1000, '−1000'],
])('%d with all its digits', (number, words) => {
  expect(exact(number)).toBe(words);
});

test.each([
  [12.34, '12.3'],
  [-123456.789, '−123,456.8'],
  [1.5e20, '1.5000e+20'],
])('%d precisely', (number, words) => {
  expect(precise(number)).toBe(words);
});

test('a count has its thousands', () => {
  expect(count(1234567)).toBe('1,234,567');
});

test.each([
  ['de', '91,5\u00a0%', '−12.346', '−1,2e−5', '2,0'],
  ['fr', '91,5\u202f%', '−12\u202f346', '−1,2e−5', '2,0'],
  ['es', '91,5\u00a0%', '−12.346', '−1,2e−5', '2,0'],
] as const)('numbers in %s', (language, share, large, small, decimal) => {
  const numbers = numbersIn(language);
  expect(numbers.percent(0.91534)).toBe(share);
  expect(numbers.short(-12345.6)).toBe(large);
  expect(numbers.short(-0.0000123)).toBe(small);
  expect(numbers.decimal(2, 1)).toBe(decimal);
});
