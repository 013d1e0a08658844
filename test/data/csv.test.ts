import fc from 'fast-check';
import papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { RowCutter } from '../../src/data/csv.ts';

/** The rows of a text that comes in pieces of so many bytes. */
function rowsOf(text: string, delimiter?: string, piece = 2 ** 20): string[][] {
  const bytes = Buffer.from(text);
  const cutter = new RowCutter('t', delimiter);
  const rows: string[][] = [];
  for (let at = 0; at < bytes.length; at += piece) {
    rows.push(...cutter.push(bytes.subarray(at, at + piece)));
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
    expect(rowsOf(text, ',', 1)).toEqual(rows);
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
            expect(() => rowsOf(text, ',', n)).toThrow(/^t, row \d+: found a quote/);
          } else {
            // It has an empty row after the last end of line.
            expect(rowsOf(text, ',', n)).toEqual(data.slice(0, -1));
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});
