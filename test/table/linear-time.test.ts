/**
 * Reading a table takes no more than linear time, whatever is in it. What grows is a cell, in each place that a
 * cell can have, the cells of a row, rows, labels, quotes, names.
 */
import { describe, it } from 'vitest';
import { Preprocessing } from '../../src/table/preprocessing.ts';
import { readRows } from '../../src/table/rows.ts';
import { Table, type TableOptions } from '../../src/table/table.ts';
import { expectLinear, lines } from '../linear-time.ts';

/** Cells that expressions for numbers, missing values or names might go through more than once. */
const CELLS: Readonly<Record<string, (n: number) => string>> = {
  'digits and a letter': (n) => `${'1'.repeat(n)}x`,
  'a fraction and a letter': (n) => `1.${'1'.repeat(n)}x`,
  'a fraction without a lead and a letter': (n) => `.${'1'.repeat(n)}x`,
  'an exponent and a letter': (n) => `1e${'1'.repeat(n)}x`,
  'a fraction with an exponent': (n) => `.${'1'.repeat(n)}e300`,
  'zeros in a fraction': (n) => `1.${'0'.repeat(n)}`,
  'zeros and an exponent': (n) => `${'0'.repeat(n)}.${'0'.repeat(n)}e5`,
  'a decimal comma': (n) => `"${'1'.repeat(n)},${'1'.repeat(n)}x"`,
  'blanks before a letter': (n) => `${' '.repeat(n)}x`,
  'blanks after a digit': (n) => `1${' '.repeat(n)}x`,
  'blanks alone': (n) => `"${' '.repeat(n)}"`,
  'other blanks': (n) => `1${'\u00a0\u2003'.repeat(n / 2)}x`,
  signs: (n) => '+'.repeat(n),
  points: (n) => '.'.repeat(n),
  'a comment': (n) => `${' '.repeat(n)}#`,
  'a missing value and blanks': (n) => `NA${' '.repeat(n)}x`,
  'a name of pandas': (n) => `Unnamed: ${'1'.repeat(n)}x`,
  'a long name of pandas': (n) => `Unnamed: 1${'.1'.repeat(n / 2)}x`,
  'two quotes for one': (n) => `"${'""'.repeat(n / 2)}"`,
  'quotes inside': (n) => `x${'"'.repeat(n)}`,
  'characters of several bytes': (n) => '🦢'.repeat(n / 4),
};

/** Places that a cell may have. */
const PLACES: Readonly<Record<string, (cell: string) => string>> = {
  'a header': (cell) => `${cell},b,c\n1,2,x\n3,4,y\n`,
  'a first row': (cell) => `1,2,x\n${cell},4,y\n5,6,x\n`,
  'an input': (cell) => `a,b,c\n1,2,x\n${cell},4,y\n`,
  'a label': (cell) => `a,b,c\n1,2,${cell}\n3,4,${cell}\n5,6,y\n`,
  'a row of its own': (cell) => `a,b,c\n1,2,x\n${cell}\n`,
};

/** Tables of which something else is many. */
const TABLES: Readonly<Record<string, (n: number) => string>> = {
  rows: (n) => `a,b\n${'1,x\n2,y\n'.repeat(n / 2)}`,
  'blank rows': (n) => `a,b\n${'\n'.repeat(n)}1,x\n2,x\n`,
  'rows of which each counts': (n) => `id,a,b\n${lines(n, (i) => `${i},1,x`)}`,
  'rows with bad cells': (n) => `a,b\n1,x\n${'z,y\n'.repeat(n)}`,
  'rows with too many cells': (n) => `a,b\n1,x\n${'1,2,y\n'.repeat(n)}`,
  'comments among rows': (n) => `a,b\n1,x\n${'# b,y\n'.repeat(n)}`,
  'labels in words': (n) => `a,b\n${lines(n, (i) => `1,word${i}`)}`,
  'labels in numbers': (n) => `a,b\n${lines(n, (i) => `1,${i}`)}`,
  'labels with fractions': (n) => `a,b\n${lines(n, (i) => `1,${i / 8}`)}`,
  'long labels': (n) => `a,b\n${lines(800, (i) => `1,${'w'.repeat(n / 800)}${i}`)}`,
  'columns of a header': (n) => columns(n, (i) => `c${i}`),
  'columns of the same name': (n) => columns(n, (i) => (i < n - 1 ? `c${i}` : 'c0')),
  'columns without a name': (n) => columns(n, (i) => (i < n - 2 ? '' : `c${i}`)),
  'columns without a name after one': (n) => columns(n, (i) => (i === 0 ? 'c' : '')),
  'columns named by pandas': (n) => columns(n, (i) => (i < n - 2 ? `Unnamed: ${i}` : `c${i}`)),
  'columns that count': (n) =>
    lines(8, (row) => rowOf(n, (i) => (row === 0 ? `c${i}` : String(row + i)))),
  'columns without a header': (n) => lines(3, (row) => rowOf(n, (i) => String(row * i + 0.5))),
  'delimiters at the end': (n) => `a,b${','.repeat(n)}\n1,2${','.repeat(n)}\n`,
  'quoted cells': (n) => lines(3, () => rowOf(n, () => '"1"')),
  'rows with quotes': (n) => `"a","b"\n${'"1","x"\n'.repeat(n)}`,
  'rows with quotes and no delimiter': (n) => `a\n${'5"\n'.repeat(n)}`,
  'rows with quotes that are not at the beginning': (n) => `a,b\n${'1,5"\n'.repeat(n)}`,
  'ends of rows of Windows': (n) => `a,b\r\n${'1,x\r\n2,"y"\r\n'.repeat(n / 2)}`,
  'ends of rows of old Macs': (n) => `a,b\r${'1,x\r2,"y"\r'.repeat(n / 2)}`,
  'carriage returns': (n) => `a,b\n1,${'\r'.repeat(n)}\n`,
  'ends of rows in quotes': (n) => `a,b\n1,"${'\n'.repeat(n)}"\n`,
  'a quote that is not closed': (n) => `a,b\n1,"${'2,3\n'.repeat(n)}`,
  'bad quotes before blanks': (n) => `a,b\n"${'"x'.repeat(n)}${' '.repeat(n)}\n`,
  'quotes and blanks': (n) => `a,b\n${'" "  '.repeat(n)}`,
  'bars and semicolons': (n) => `${'a|b;c,d\t'.repeat(n)}\n${'1|1;1,1\t'.repeat(n)}\n`,
  'blanks for delimiters': (n) => `${'1 '.repeat(n)}\n${'2   '.repeat(n)}\n`,
  'no end of row': (n) => '1'.repeat(n),
  nothing: (n) => '\0'.repeat(n),
  'lines of comments before it': (n) => `${'# a, b\n'.repeat(n)}a,b\n1,2\n`,
  'categories of text': (n) => `a,b\n${lines(n, (i) => `word${i % 300},${i % 2}`)}`,
  'different texts': (n) => `a,b,c\n${lines(n, (i) => `word${i},${i % 7},${i % 2}`)}`,
  'different dates': (n) =>
    `a,b\n${lines(n, (i) => `${new Date(i * 1e9).toISOString()},${i % 2}`)}`,
  prices: (n) => `a;b\n${lines(n, (i) => `$${i},000.50;${i % 2}`)}`,
  'numbers and texts': (n) => `a,b\n${lines(n, (i) => `${i % 2 ? i : `x${i}`},${i % 2}`)}`,
  'rows without a label': (n) => `a,b\n${lines(n, (i) => `${i % 9},${i % 2 ? '' : `${i}.5`}`)}`,
  'classes of one row': (n) => `a,b\n${lines(n, (i) => `1,${i < 200 ? `word${i}` : 'x'}`)}`,
};

function rowOf(count: number, cell: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => cell(i)).join(',');
}

/** A header, and two rows of numbers below it. */
function columns(count: number, name: (i: number) => string): string {
  return lines(3, (row) => rowOf(count, row === 0 ? name : () => String(row)));
}

/** Reads a text as a table, and row by row. */
async function readBoth(text: string, options: TableOptions = {}): Promise<void> {
  const { rows } = await readRows(text, { name: 't' });
  for await (const batch of rows) batch.filter((row) => 'fault' in row);
  const table = await Table.read(text, { name: 't', ...options });
  if (table.rows > 9) table.split({ test: 0.2 });
}

describe('a table', () => {
  const cases = Object.keys(CELLS).flatMap((cell) =>
    Object.keys(PLACES).map((place) => [cell, place] as const),
  );
  it.each(cases)('takes linear time for %s as %s', async (cell, place) => {
    await expectLinear(100_000, (n) => {
      const text = PLACES[place]!(CELLS[cell]!(n));
      return () => readBoth(text);
    });
  });

  it.each(Object.keys(TABLES))('takes linear time for many %s', async (kind) => {
    await expectLinear(10_000, (n) => {
      const text = TABLES[kind]!(n);
      return () => readBoth(text);
    });
  });

  it('takes linear time to learn from many columns', async () => {
    const tables = new Map<number, Table>();
    for (const n of [2000, 8000]) {
      const text = lines(12, (row) => rowOf(n, (i) => (row === 0 ? `c${i}` : String(row % 4))));
      tables.set(n, await Table.read(text, { name: 't' }));
    }
    await expectLinear(2000, (n) => () => {
      const table = tables.get(n)!;
      Preprocessing.fit(table).dataset(table);
    });
  });

  it.each(['a,b\n1,2\n', 'x', '"', ',', '"x",', '\n', '""', '\r\n', '1 ', '# '])(
    'takes linear time for many of %j that come byte by byte',
    async (part) => {
      await expectLinear(50_000, (n) => {
        const text = part.repeat(n / part.length);
        return () => Table.read(byteByByte(text), { name: 't' });
      });
    },
  );

  it.each<[string, TableOptions]>([
    ['commas', {}],
    ['blanks', { delimiter: ' ' }],
    ['comments', { comment: '1' }],
  ])('takes linear time for a long row among %s', async (_, options) => {
    await expectLinear(1_000_000, (n) => {
      const text = `a,b\n1,"${'x, '.repeat(n)}"\n2,y\n`;
      return () => Table.read(text, { name: 't', ...options });
    });
  });

  const names = (n: number) => Array.from({ length: n }, (_, i) => `c${i}`);
  it.each<[string, (n: number) => TableOptions]>([
    ['one as the label', (n) => ({ label: `c${n / 2}` })],
    ['half as labels', (n) => ({ label: names(n / 2) })],
    ['half as labels in one text', (n) => ({ label: names(n / 2).join() })],
    ['a label that is not there', () => ({ label: 'none' })],
    ['half ignored', (n) => ({ ignore: names(n / 2) })],
    ['half as categories', (n) => ({ categorical: names(n / 2) })],
    ['half as numbers', (n) => ({ numeric: names(n / 2) })],
    ['commas for names', (n) => ({ ignore: ','.repeat(n) })],
  ])('takes linear time with many columns, of which are wanted %s', async (_, optionsOf) => {
    await expectLinear(5000, (n) => {
      const text = columns(n + 1, (i) => `c${i}`);
      const options = optionsOf(n);
      return () => readBoth(text, options);
    });
  });
});

async function* byteByByte(text: string) {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
}
