import fc from 'fast-check';
import papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import type { GivenForm } from '../../../src/table/text/form.ts';
import { RowCutter } from '../../../src/table/text/row-cutter.ts';

/** The rows of a text that comes in pieces of so many characters. */
function rowsOf(text: string, given: GivenForm = {}, piece = 2 ** 20): string[][] {
  const cutter = new RowCutter('t', given);
  const rows: string[][] = [];
  for (let at = 0; at < text.length; at += piece) {
    rows.push(...cutter.push(text.slice(at, at + piece)));
  }
  return [...rows, ...cutter.push(undefined)];
}

describe('rows', () => {
  it.each<[string, string[][]]>([
    ['', []],
    ['a', [['a']]],
    ['a,b\n', [['a', 'b']]],
    [
      'a,\n,b',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
    ['a,b\r\n\r\nc,d\r\n', [['a', 'b'], [''], ['c', 'd']]],
    [
      '"a","b"\r\n"c","d"\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['"a""b",c\n', [['a"b', 'c']]],
    ['"a,\n b"  ,c\n', [['a,\n b', 'c']]],
    ['a,"b"  \n', [['a', 'b']]],
    ['a, "b"\n', [['a', ' "b"']]],
    ['5",b\n', [['5"', 'b']]],
    ['"a",', [['a', '']]],
    ['"","""",""\n', [['', '"', '']]],
    [
      'a,b\rc,d\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
  ])('of %j', (text, rows) => {
    expect(rowsOf(text)).toEqual(rows);
    expect(rowsOf(text, { delimiter: ',' }, 1)).toEqual(rows);
  });

  it('are those that papaparse finds, in whatever pieces they come', () => {
    const piece = fc.constantFrom('"', '""', ',', '\n', 'a', ' ', '1', '","', '"\n', '\n"', 'ä');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (parts, n) => {
          // Unlike it, this takes blanks after a last quote at the end of a file too.
          const text = `a,b\n${parts.join('')}\n`;
          const { data, errors } = papa.parse<string[]>(text, { delimiter: ',', newline: '\n' });
          if (errors.some(({ type }) => type === 'Quotes')) {
            expect(() => rowsOf(text, { delimiter: ',' }, n)).toThrow(/^t, row \d+: found a quote/);
          } else {
            // It has an empty row after the last end of line.
            expect(rowsOf(text, { delimiter: ',' }, n)).toEqual(data.slice(0, -1));
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each<[string, string, string[][]]>([
    ['blanks', ' 5.1 3.5  x\n\n4.9\t3.0 y \n', [['5.1', '3.5', 'x'], [''], ['4.9', '3.0', 'y']]],
    [
      'blanks and quotes',
      '"a b" c\n1 "2\n3"',
      [
        ['a b', 'c'],
        ['1', '2\n3'],
      ],
    ],
    [
      'blanks before the ends of lines of Windows',
      'a b\r\n1 2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
  ])('of %s', (_, text, rows) => {
    expect(rowsOf(text, { delimiter: ' ' })).toEqual(rows);
    expect(rowsOf(text, { delimiter: ' ' }, 1)).toEqual(rows);
  });

  it('are empty where a line is to be skipped', () => {
    const text = 'a;b\n#"1;2\n3;#\n#4;5';
    expect(rowsOf(text, { comment: '#' })).toEqual([['a', 'b'], [''], ['3', '#'], ['']]);
    expect(rowsOf(text, { comment: '#' }, 1)).toEqual([['a', 'b'], [''], ['3', '#'], ['']]);
  });

  it.each([
    ['a b\n"1 2\n', 'row 2: found a quote that is not closed'],
    ['a b\n"1"2 3\n', 'row 2: found a quote inside a cell'],
  ])('of blanks name what is wrong with the quotes in %j', (text, message) => {
    expect(() => rowsOf(text, { delimiter: ' ' })).toThrow(message);
  });
});
