import { describe, expect, it } from 'vitest';
import { isMissing, numberIn, writtenNumber } from '../../src/table/numbers.ts';

describe('a number', () => {
  it.each([
    ['3e2', 300],
    ['-2.5', -2.5],
    ['+.5', 0.5],
    ['1.', 1],
    ['007', 7],
    ['1,234', 1234],
    ['-1,234,567.5', -1234567.5],
    ['1 234', 1234],
    ['1\u00a0234.5', 1234.5],
    ["1'234", 1234],
    ['12%', 12],
    ['12.5 %', 12.5],
    ['$1,234.50', 1234.5],
    ['-$5', -5],
    ['€ 5', 5],
    ['5 €', 5],
    ['−5', -5],
  ])('with decimal points: %s', (text, value) => {
    expect(numberIn(text, '.')).toBe(value);
  });

  it.each([
    ['1,5', 1.5],
    ['-,5', -0.5],
    ['5', 5],
    ['1.234', 1234],
    ['1.234,5', 1234.5],
    ['1,5e3', 1500],
    ['1,5 €', 1.5],
    ['12,5%', 12.5],
  ])('with decimal commas: %s', (text, value) => {
    expect(numberIn(text, ',')).toBe(value);
  });

  it.each([
    ...['', 'x', '1x', '0x10', '1;5', 'Infinity', 'NaN', '1e309', '--1', '+-1', '1.2.3', '12,34'],
    ...['1,2345', '1,234 567', '$', '%', '$5%', '5%%', '1-2', '1/2', '.', 'e5', '1e', '$1$', '1,5'],
    ...['0,250', '-0,250', '00,250'],
  ])('is not %j, with decimal points', (text) => {
    expect(numberIn(text, '.')).toBeNaN();
  });

  it.each(['1.5', '0.250', '1,2,3', '1.23', '12.34,5', '1,234.5'])(
    'is not %j, with decimal commas',
    (text) => {
      expect(numberIn(text, ',')).toBeNaN();
    },
  );

  it('has a unit', () => {
    const units = ['5', '5%', '$5', '5 €'].map((text) => writtenNumber(text, '.')?.unit);
    expect(units).toEqual(['', '%', '$', '€']);
  });
});

describe('a missing value', () => {
  it.each(['', 'NA', 'na', 'N/A', '#N/A', '<NA>', 'NaN', 'nan', 'null', 'NULL', '?', '-'])(
    'is %j',
    (text) => expect(isMissing(text)).toBe(true),
  );
  it.each(['none', 'None', '0', '+', '--', 'NAN!', 'n', 'missing', '.'])('is not %j', (text) =>
    expect(isMissing(text)).toBe(false),
  );
});
