import { describe, expect, it } from 'vitest';
import type { TableOptions } from '../../../src/table/options.ts';
import { Table } from '../../../src/table/table.ts';

/** A table of one column, and a label. */
async function columnOf(
  name: string,
  cells: readonly string[],
  options: TableOptions = {},
  delimiter = '\t',
) {
  const rows = cells.map((cell, i) => [cell, i % 3, i % 2 ? 'yes' : 'no'].join(delimiter));
  const text = [[name, 'other', 'label'].join(delimiter), ...rows].join('\n');
  const table = await Table.read(text, { name: 't.csv', header: true, delimiter, ...options });
  return { ...table.columns[0]!, notes: table.notes };
}

const many = (n: number, of: (i: number) => string) => Array.from({ length: n }, (_, i) => of(i));
const numbersIn = ({ values }: { values?: unknown }) => [
  ...(values as { numbers: Float64Array }).numbers,
];

describe('a column', () => {
  it.each<[string, string, string[], string]>([
    ['numbers', 'a', many(30, (i) => String(i * 1.5)), 'number'],
    ['numbers, some missing', 'a', many(30, (i) => (i % 3 ? String(i) : 'NA')), 'number'],
    ['numbers and few texts', 'a', many(40, (i) => (i % 20 ? String(i) : 'n.a.')), 'number'],
    ['numbers and more texts', 'a', many(40, (i) => (i % 5 ? String(i % 7) : 'low')), 'category'],
    ['numbers and different texts', 'a', many(40, (i) => (i % 2 ? String(i) : `x${i}`)), 'text'],
    ['thousands', 'a', many(30, (i) => `${i + 1},500`), 'number'],
    ['prices', 'a', many(30, (i) => `$${i}.50`), 'number'],
    ['percentages', 'a', many(30, (i) => `${i}%`), 'number'],
    ['different currencies', 'a', many(30, (i) => `${'$€'[i % 2]}${i % 9}`), 'text'],
    ['booleans', 'a', many(30, (i) => (i % 2 ? 'TRUE' : 'FALSE')), 'category'],
    ['words', 'a', many(30, (i) => ['red', 'green', 'blue'][i % 3]!), 'category'],
    ['words, missing in part', 'a', many(30, (i) => (i % 3 ? 'red' : '')), 'category'],
    ['a number, missing in part', 'a', many(30, (i) => (i % 3 ? '1' : '')), 'category'],
    ['different texts', 'a', many(30, (i) => `name ${i}`), 'text'],
    ['nearly different texts', 'a', many(30, (i) => `name ${i % 16}`), 'text'],
    ['many categories', 'a', many(60, (i) => `name ${i % 30}`), 'category'],
    ['few different texts', 'a', ['x', 'y', 'z'], 'category'],
    ['dates', 'a', many(30, (i) => `2012-01-${i + 1}`), 'date'],
    ['dates, some odd', 'a', many(30, (i) => (i === 7 ? 'unknown' : `2012-01-${i + 1}`)), 'date'],
    ['times', 'a', many(30, (i) => `${i % 24}:30`), 'date'],
    ['digits that are dates', 'Date', many(30, (i) => String(20120101 + i)), 'date'],
    ['digits that are not', 'code', many(30, (i) => String(20120101 + 2 * i)), 'number'],
    ['digits called dates that are not', 'date', many(30, (i) => String(i % 7)), 'number'],
    ['one value', 'a', many(30, () => 'x'), 'constant'],
    ['one number', 'a', many(30, (i) => (i % 2 ? '1' : '1.0')), 'constant'],
    ['no value', 'a', many(30, (i) => (i % 2 ? '' : 'NA')), 'empty'],
    ['row numbers', 'Unnamed: 0', many(30, (i) => String(i)), 'row names'],
    ['row names', 'rownames', many(30, (i) => `Mazda ${i % 20}`), 'row names'],
    ['a running number called id', 'id', many(30, (i) => String(i + 5)), 'row names'],
    ['a running PassengerId', 'PassengerId', many(30, (i) => String(i + 1)), 'row names'],
    ['numbers of some rows, X', 'X', many(30, (i) => String(7 * i)), 'row names'],
    ['shuffled row numbers, X', 'X', many(30, (i) => String((i * 7) % 31)), 'row names'],
    ['coordinates, X', 'X', many(30, (i) => String((i * 700) % 3100)), 'number'],
    ['shuffled numbers, index', 'index', many(30, (i) => String((i * 700) % 3100)), 'row names'],
    ['negative numbers, index', 'index', many(30, (i) => String(((i * 7) % 31) - 9)), 'number'],
    ['numbers that repeat, no', 'no', many(30, (i) => String(i % 29)), 'number'],
    ['a running X', 'X', many(30, (i) => String(i + 1)), 'row names'],
    [
      'different numbers called customer_id',
      'customer_id',
      many(30, (i) => `${i * i}`),
      'row names',
    ],
    ['a running number called t', 't', many(30, (i) => String(i)), 'number'],
    ['numbers called id', 'id', many(30, (i) => String(i % 4)), 'number'],
    ['numbers called humid', 'humid', many(30, (i) => String(i * i)), 'number'],
    ['words that are minus and plus', 'a', many(30, (i) => '+-'[i % 2]!), 'category'],
  ])('of %s is what its cells are', async (_, name, cells, kind) => {
    const column = await columnOf(name, cells);
    expect(column.kind).toBe(kind);
    expect(column.role).toBe(['number', 'category', 'date'].includes(kind) ? 'input' : 'left out');
    expect(column.role === 'left out').toBe(column.why !== undefined && kind !== 'category');
  });

  it('of numbers has NaN where they are missing, and tells of odd texts', async () => {
    const column = await columnOf(
      'a',
      many(40, (i) => (i === 4 ? 'NA' : i === 7 ? 'n.a.' : `${i}`)),
    );
    expect(numbersIn(column)).toEqual(
      many(40, String).map((cell, i) => (i === 4 || i === 7 ? Number.NaN : Number(cell))),
    );
    expect(column).toMatchObject({
      missing: 2,
      odd: { texts: ['n.a.'], cells: 1, record: 9 },
      notes: [
        'column 1 ("a") has 1 cell that is no number ("n.a.", first in row 9), taken as missing',
      ],
    });
  });

  it('of categories has them in the order of their first rows', async () => {
    const column = await columnOf('a', ['y', 'NA', 'x', 'y', '-']);
    expect(column).toMatchObject({
      missing: 2,
      values: { texts: ['y', 'x'], codes: Uint32Array.of(1, 0, 2, 1, 0) },
    });
  });

  it('of dates has seconds', async () => {
    const column = await columnOf('a', ['1970-01-01', '1970-01-02', '', '1970-01-02 00:01']);
    expect(numbersIn(column)).toEqual([0, 86400, Number.NaN, 86460]);
  });

  it('of dates says which of two ways they are taken', async () => {
    const first = await columnOf('d', ['01/02/2012', '03/04/2012', '05/06/2012', '07/08/2012']);
    expect(first.notes).toEqual([
      'column 1 ("d") has dates such as 01/02/2012, taken with the month first',
    ]);
    const second = await columnOf('d', ['01/02/2012', '03/04/2012', '25/06/2012', '07/08/2012']);
    expect([second.dates, second.notes]).toEqual(['day first', []]);
  });

  it('that counts the rows is told of where it is an input', async () => {
    const column = await columnOf(
      't',
      many(30, (i) => String(i)),
    );
    expect(column.notes).toEqual([
      'column 1 ("t") counts the rows and is used as an input; the option ignore leaves it out',
    ]);
  });
});

describe('a column of which it is said what it is', () => {
  it('is a category', async () => {
    const column = await columnOf('a', many(30, String), { categorical: 'a' });
    expect(column).toMatchObject({ kind: 'category', role: 'input', chosen: 'categorical' });
  });

  it('is numbers', async () => {
    const cells = many(30, String);
    const column = await columnOf('id', cells, { numeric: ['id'] });
    expect(column).toMatchObject({ kind: 'number', role: 'input', chosen: 'numeric' });
    await expect(columnOf('a', ['1', 'x', '3', 'y', 'NA'], { numeric: 'a' })).rejects.toThrow(
      't.csv: found 2 faults, expected none: row 3, column 1 ("a"): found "x", expected a number; ' +
        'row 5, column 1 ("a"): found "y", expected a number',
    );
  });

  it('is left out', async () => {
    const column = await columnOf('a', many(30, String), { ignore: 'a' });
    expect(column).toMatchObject({ role: 'left out', chosen: 'ignore', values: undefined });
  });

  it('is not both', async () => {
    await expect(columnOf('a', ['1', '2'], { ignore: 'a', numeric: 'other,a' })).rejects.toThrow(
      't.csv: found "a" in both ignore and numeric, expected it in one of them',
    );
    await expect(columnOf('a', ['1', '2'], { label: 'a', ignore: '1' })).rejects.toThrow(
      't.csv: found "a" in both label and ignore, expected it in one of them',
    );
  });
});

describe('decimal commas', () => {
  const cells = many(30, (i) => `${i},${i % 7}`);
  it.each([
    ['are detected', {}],
    ['may be told', { decimal: ',' }],
  ])('%s', async (_, options) => {
    const column = await columnOf('a', cells, options);
    expect(column.kind).toBe('number');
    expect(numbersIn(column).slice(0, 3)).toEqual([0, 1.1, 2.2]);
  });

  it('are none where somebody says so', async () => {
    expect((await columnOf('a', cells, { decimal: '.' })).kind).toBe('text');
  });

  it('are told from thousands by the other columns', async () => {
    const text = (other: string) => `a;b;c\n1.500;${other};x\n2.500;3${other};y\n`.repeat(1);
    const first = async (other: string) =>
      numbersIn((await Table.read(text(other), { header: true })).columns[0]!);
    expect(await first('2,25')).toEqual([1500, 2500]);
    expect(await first('2.25')).toEqual([1.5, 2.5]);
    expect(await first('2')).toEqual([1.5, 2.5]);
  });
});

describe('a column of very many different cells', () => {
  const rows = 40_000;
  it('is numbers, with the same values and odd texts', async () => {
    const cells = many(rows, (i) => (i % 1000 === 999 ? 'odd' : i % 500 === 3 ? '' : `${i}.5`));
    const column = await columnOf('a', cells);
    expect(column).toMatchObject({
      kind: 'number',
      missing: 120,
      odd: { texts: ['odd'], cells: 40, record: 1001 },
    });
    expect(numbersIn(column)).toEqual(
      cells.map((cell) => (cell === '' || cell === 'odd' ? Number.NaN : Number(cell))),
    );
  });

  it('is a category if somebody says so', async () => {
    const column = await columnOf('a', many(rows, String), { categorical: 'a' });
    expect(column.kind).toBe('category');
    expect((column.values as { texts: readonly string[] }).texts).toHaveLength(rows);
  });

  it.each<[string, string[], string]>([
    ['texts', many(rows, (i) => `name ${i}`), 'text'],
    ['numbers and late texts', many(rows, (i) => (i < 25_000 ? `${i}` : `x${i}`)), 'text'],
    ['a running id', many(rows, (i) => `${i}`), 'row names'],
  ])('is left out: %s', async (_, cells, kind) => {
    expect(await columnOf('id', cells)).toMatchObject({
      kind,
      role: 'left out',
      values: undefined,
    });
  });
});
