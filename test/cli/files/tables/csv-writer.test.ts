import { describe, expect, it } from 'vitest';
import { csvRow, harmlessCell } from '../../../../src/cli/files/tables/csv-writer.ts';
import { expectWithin } from '../../../times.ts';

describe('a row', () => {
  it('has quotes where a cell needs them', () => {
    expect(csvRow(['a', '1.5', '', 'b c'], ',')).toBe('a,1.5,,b c\n');
    expect(csvRow(['a,b', 'say "x"', 'two\nlines', ' blank', '#1', '%'], ',')).toBe(
      '"a,b","say ""x""","two\nlines"," blank","#1","%"\n',
    );
    expect(csvRow(['a,b', 'c;d'], ';')).toBe('a,b;"c;d"\n');
    expect(csvRow([''], ',')).toBe('""\n');
  });

  it('with a long cell takes no quadratic time', () => {
    const begin = performance.now();
    csvRow([`a${' '.repeat(1e6)}b`, `a${' '.repeat(1e6)}`], ',');
    expectWithin(1000, performance.now() - begin);
  });
});

it.each([
  ['=1+1', "'=1+1"],
  ['+x', "'+x"],
  ['-x', "'-x"],
  ['@x', "'@x"],
  ['\t=1', "'\t=1"],
  ['-1.5', '-1.5'],
  ['+1e-7', '+1e-7'],
  ['-', "'-"],
  ['no = yes', 'no = yes'],
])('the cell %j is written as %j', (cell, written) => {
  expect(harmlessCell(cell)).toBe(written);
});
