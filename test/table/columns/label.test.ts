import { describe, expect, it } from 'vitest';
import { inOrder } from '../../../src/table/columns/label.ts';
import type { TableOptions } from '../../../src/table/options.ts';
import { Table } from '../../../src/table/table.ts';

const many = (n: number, of: (i: number) => string | number) =>
  Array.from({ length: n }, (_, i) => String(of(i)));

/** A table of an input and of labels. */
function read(labels: readonly string[], options: TableOptions = {}): Promise<Table> {
  const rows = labels.map((label, i) => `${i % 3};${label}`);
  return Table.read(`a;label\n${rows.join('\n')}`, { name: 't.csv', delimiter: ';', ...options });
}

function labelsOf(table: Table, at = 0): (string | number | undefined)[] {
  const values = table.labels[at]!.values!;
  return 'codes' in values
    ? [...values.codes].map((code) => values.texts[code - 1])
    : [...values.numbers];
}

describe('labels', () => {
  it.each<[string, string[], string]>([
    ['words', many(30, (i) => 'xyz'[i % 3]!), 'softmax'],
    ['two numbers', many(30, (i) => i % 2), 'softmax'],
    ['two numbers in few rows', ['1', '2', '1'], 'softmax'],
    ['few whole numbers', many(100, (i) => i % 20), 'softmax'],
    ['whole numbers with points', many(100, (i) => `${i % 20}.0`), 'softmax'],
    ['more whole numbers', many(110, (i) => i % 21), 'linear'],
    ['few whole numbers for fewer rows', many(99, (i) => i % 20), 'linear'],
    ['fractions', many(100, (i) => (i % 2) + 0.5), 'linear'],
    ['fractions that float64 loses', ['4503599627370496.5', '4503599627370497.5'], 'linear'],
    ['exponents', many(30, (i) => (i % 2 ? '1.5e1' : '2.50e+1')), 'softmax'],
    ['words and few numbers', many(30, (i) => (i % 2 ? i % 3 : 'x')), 'softmax'],
    ['dates', many(40, (i) => `2012-01-0${1 + (i % 2)}`), 'softmax'],
  ])('of %s', async (_, labels, output) => {
    expect((await read(labels)).output).toBe(output);
  });

  it('of numbers say how they were taken', async () => {
    expect((await read(many(100, (i) => i % 20))).notes).toEqual([
      'label column "label" has 20 different numbers, which are taken as classes; the option output: \'linear\' predicts them as numbers',
    ]);
    expect((await read(many(110, (i) => i % 21))).notes).toEqual([
      'label column "label" has whole numbers, which are predicted as numbers; the option output: \'softmax\' takes them as classes',
    ]);
    const plain = await Promise.all([
      read(many(30, (i) => i + 0.5)),
      read(many(30, (i) => 'xy'[i % 2]!)),
      read(
        many(30, (i) => i % 2),
        { output: 'softmax' },
      ),
      read(
        many(30, (i) => i),
        { output: 'linear' },
      ),
    ]);
    expect(plain.flatMap(({ notes }) => notes)).toEqual([]);
  });

  it('are taken as somebody says', async () => {
    const labels = many(30, (i) => i % 2);
    expect(labelsOf(await read(labels, { output: 'linear' }))).toEqual(labels.map(Number));
    expect(labelsOf(await read(labels, { output: 'sigmoid' }))).toEqual(labels.map(Number));
    expect(labelsOf(await read(many(30, String), { output: 'softmax' }))).toEqual(many(30, String));
  });

  it('have each number once', async () => {
    const labels = ['10', '9', '9.0', '1e1', '-1', '9', '10', '-1.0'];
    const table = await read(labels, { output: 'softmax' });
    expect(labelsOf(table)).toEqual(['10', '9', '9', '10', '-1', '9', '10', '-1']);
    // Numbers that float64 rounds to one, such as identifiers, are as many classes as in the file.
    const large = ['9007199254740993', '5.0', '9007199254740992', '5'];
    expect(labelsOf(await read(large, { output: 'softmax' }))).toEqual([
      ...['9007199254740993', '5', '9007199254740992', '5'],
    ]);
  });

  it('that are missing leave out the row', async () => {
    const table = await read(['x', 'NA', 'y', '', 'x', '?', 'y']);
    expect(table).toMatchObject({ rows: 4, withoutLabel: 3 });
    expect([...table.records]).toEqual([2, 4, 6, 8]);
    expect(labelsOf(table)).toEqual(['x', 'y', 'x', 'y']);
    expect(table.columns[0]!.values).toEqual({ numbers: Float64Array.of(0, 2, 1, 0) });
    expect(table.notes).toEqual(['3 rows without a label are left out']);
  });

  it('are plus and minus', async () => {
    expect(labelsOf(await read(['+', '-', '+', '-']))).toEqual(['+', '-', '+', '-']);
  });

  it('are classes where they are dates, of which a note tells', async () => {
    const [note, ...others] = (await read(['2024-01-31', '2024-02-01', '2024-01-31', '2024-02-01']))
      .notes;
    expect(note).toBe('label column "label" has dates, which are taken as classes');
    expect(others).toEqual([]);
    expect((await read(['x', '2024-02-01', 'x', '2024-02-01'])).notes).toEqual([]);
  });

  it('may be classes of one row, of which a note tells', async () => {
    expect((await read(['x', 'y', 'x', 'y', 'z'])).notes).toEqual([
      'label column "label": "z" has a single row, which is trained on and never held out',
    ]);
    expect((await read(['x', 'x', ...many(7, (i) => `c${i}`)])).notes).toEqual([
      'label column "label": "c0", "c1", "c2", "c3", "c4" and 2 more have a single row, which is trained on and never held out',
    ]);
  });
});

describe('several columns of labels', () => {
  const text = 'a,b,c,d\n1,0,1,0.5\n2,1,0,1.5\n3,1,NA,2\n4,0,0,7\n';
  const with_ = (label: string | string[], options: TableOptions = {}) =>
    Table.read(text, { name: 't.csv', label, ...options });

  it('are numbers', async () => {
    const table = await with_('b,d');
    expect(table.output).toBe('linear');
    expect([labelsOf(table), labelsOf(table, 1)]).toEqual([
      [0, 1, 1, 0],
      [0.5, 1.5, 2, 7],
    ]);
  });

  it('are probabilities where all are 0 or 1', async () => {
    const table = await with_(['b', '3']);
    expect([table.output, table.rows, table.withoutLabel]).toEqual(['sigmoid', 3, 1]);
    expect(table.notes).toEqual(['1 row without a label is left out']);
  });

  it('are no classes', async () => {
    await expect(with_('b,c', { output: 'softmax' })).rejects.toThrow(
      'label: found 2 columns, expected one, for classes',
    );
  });
});

describe('refuses labels', () => {
  const words = many(30, (i) => 1.5 * i);
  it.each<[string, string[], TableOptions, string]>([
    [
      'of one class',
      ['x', 'x', 'x'],
      {},
      't.csv, label column "label": found "x" in every row, expected at least two classes',
    ],
    [
      'of many classes',
      many(300, (i) => `c${i}`),
      {},
      't.csv, label column "label": found more than 256 different labels, expected at most 256 classes',
    ],
    [
      'of very many classes',
      many(20_000, (i) => i),
      { output: 'softmax' },
      't.csv, label column "label": found more than 256 different labels',
    ],
    [
      'with fractions',
      ['1.5', '2', '1.5'],
      { output: 'softmax' },
      't.csv, label column "label": found numbers such as 1.5, expected classes, in words or whole numbers; the option output: \'linear\' predicts numbers',
    ],
    [
      'that are no numbers',
      ['1', 'x', '2', 'y'],
      { output: 'linear' },
      't.csv: found 2 faults, expected none: row 3, label column "label": found "x", expected a number; row 5, label column "label": found "y", expected a number',
    ],
    [
      'with a word among many numbers',
      words.with(7, 'dear'),
      {},
      't.csv, row 9, label column "label": found "dear", expected a number',
    ],
    [
      'beyond a sigmoid',
      ['0', '1', '2'],
      { output: 'sigmoid' },
      "t.csv, row 4, label column \"label\": found 2, expected a number from 0 to 1, for the option output: 'sigmoid'; the option output: 'linear' takes any",
    ],
    ['that are all missing', ['NA', '', '?'], { label: 'label' }, 'no label in any row'],
    ['that are missing numbers', ['', ''], { label: '2', output: 'linear' }, 'no label in any row'],
  ])('%s', async (_, labels, options, message) => {
    await expect(read(labels, options)).rejects.toThrow(message);
    await expect(read(labels, options)).rejects.toThrow(RangeError);
  });
});

describe('the order of classes', () => {
  it.each([
    [
      ['10', '9', '-1'],
      ['-1', '9', '10'],
    ],
    [
      ['b', 'a', 'B'],
      ['B', 'a', 'b'],
    ],
    [
      ['10', '9', 'x'],
      ['10', '9', 'x'],
    ],
    [
      ['9007199254740993', '5'],
      ['5', '9007199254740993'],
    ],
  ])('of %j', (names, expected) => {
    expect(inOrder(names)).toEqual(expected);
  });
});
