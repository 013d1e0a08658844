import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { Dataset } from '../../src/data/dataset.ts';
import type { Column } from '../../src/table/column.ts';
import { Preprocessing } from '../../src/table/preprocessing.ts';
import { Table, type TableOptions } from '../../src/table/table.ts';

const read = (text: string, options: TableOptions = {}) =>
  Table.read(text, { name: 't.csv', ...options });

/** The cells of a column. */
function cellsOf({ values }: Column): (string | number | undefined)[] {
  return 'codes' in values!
    ? [...values.codes].map((code) => values.texts[code - 1])
    : [...values!.numbers];
}

const rolesOf = ({ columns }: Table) => columns.map(({ kind, role }) => `${role}: ${kind}`);

describe('a table', () => {
  const text = 'a,b,kind\n1,-2.5,y\n 3e2 ,+.5,x\n0,1.,y\n';

  it('is its columns', async () => {
    const table = await read(text);
    expect(table).toMatchObject({ name: 't.csv', rows: 3, output: 'softmax', decimal: '.' });
    expect(table.columns.map(cellsOf)).toEqual([
      [1, 300, 0],
      [-2.5, 0.5, 1],
      ['y', 'x', 'y'],
    ]);
    expect(table.columns.map(({ name, number }) => [name, number])).toEqual([
      ['a', 1],
      ['b', 2],
      ['kind', 3],
    ]);
    expect(table.inputs.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(table.labels.map(({ name }) => name)).toEqual(['kind']);
    expect([...table.records]).toEqual([2, 3, 4]);
  });

  it('may be gzipped bytes', async () => {
    const table = await Table.read(new Uint8Array(gzipSync(text)));
    expect(table).toMatchObject({ name: 'table', rows: 3 });
  });

  it('may have no header, and rows of another order of ends', async () => {
    const table = await read('1,2,x\r\n4,5,y\r\n\r\n1,7,x\r\n');
    expect(table.columns.map(({ name }) => name)).toEqual(['column 1', 'column 2', 'column 3']);
    expect([...table.records]).toEqual([1, 2, 4]);
  });

  it('has classes that scikit-learn’s own tables name', async () => {
    const table = await read('4,2,setosa,virginica\n5.1,3.5,0\n4.9,3,1\n5,3,1\n4,3.5,0\n');
    expect(cellsOf(table.labels[0]!)).toEqual(['setosa', 'virginica', 'virginica', 'setosa']);
    expect([table.rows, table.notes]).toEqual([4, []]);
  });

  it.each<[string, TableOptions, string[]]>([
    ['the last column', {}, ['input: number', 'input: category', 'label: category']],
    ['another', { label: 'b' }, ['input: number', 'label: category', 'input: category']],
    ['one by its number', { label: '1' }, ['label: number', 'input: category', 'input: category']],
    [
      'the last that is not ignored',
      { ignore: 'c' },
      ['input: number', 'label: category', 'left out: category'],
    ],
  ])('has for a label %s', async (_, options, roles) => {
    const table = await read('a,b,c\n1.5,x,p\n2,y,q\n3,x,p\n4,y,q\n', options);
    expect(rolesOf(table)).toEqual(roles);
  });

  it('has for a label the last column that is not empty', async () => {
    const table = await read('a,b,c\n1,x,\n2,y,\n1,x,NA\n', { header: true });
    expect(rolesOf(table)).toEqual(['input: number', 'label: category', 'left out: empty']);
  });

  it('may have its label in a column without a name', async () => {
    const table = await read(',a\nx,1\ny,2\nx,3', { label: '1' });
    expect(rolesOf(table)).toEqual(['label: category', 'input: number']);
  });

  it('learns from what numbers the rows where there is nothing else', async () => {
    const rows = Array.from({ length: 9 }, (_, i) => `${i},${'xy'[i % 2]}`).join('\n');
    const table = await read(`id,kind\n${rows}`);
    expect(rolesOf(table)).toEqual(['input: number', 'label: category']);
  });

  it('tells of a first row that counts', async () => {
    const data = '5,3,0\n6,1,1\n5,2,0\n6,2,1\n1,1,2';
    expect((await read(`0,1,2\n${data}`, { output: 'softmax' })).notes).toEqual([
      'row 1 is read as data; the option header takes it as the names of the columns',
    ]);
    expect((await read(`0,1,2\n${data}`, { output: 'softmax', header: false })).notes).toEqual([]);
  });
});

describe('what numbers or names the rows', () => {
  const rows = (lead: (i: number) => string) =>
    Array.from({ length: 6 }, (_, i) => `${lead(i)}${i % 4},${i % 3},${'xy'[i % 2]}`).join('\n');

  it.each<[string, string, (i: number) => string]>([
    ['R’s write.csv', ',a,b,kind', (i) => `${i + 1},`],
    ['pandas’ to_csv', ',a,b,kind', (i) => `${i},`],
    ['pandas, read and written again', 'Unnamed: 0,a,b,kind', (i) => `${i},`],
    ['pandas, columns without names', ',0,1,kind', (i) => `${i},`],
    ['pandas, two tables one after the other', ',a,b,kind', (i) => `${i % 3},`],
    ['rows in another order', ',a,b,kind', (i) => `${(i * 5 + 40) % 97},`],
    ['rows drawn twice, in R', ',a,b,kind', (i) => `${i / 10 + 1},`],
    ['row names in words', ',a,b,kind', (i) => `Mazda RX${i},`],
    ['R’s write.table', 'a,b,kind', (i) => `${i + 1},`],
    ['R’s collections', 'rownames,a,b,kind', (i) => `${i + 1},`],
    ['R, read and written again', 'X,a,b,kind', (i) => `${i + 1},`],
    ['a number called Id', 'Id,a,b,kind', (i) => `${i + 1},`],
  ])('is no input: %s', async (_, header, lead) => {
    const table = await read(`${header}\n${rows(lead)}`);
    expect(rolesOf(table)).toEqual([
      'left out: row names',
      ...['input: number', 'input: number', 'label: category'],
    ]);
    expect(table.inputs.map(cellsOf)).toEqual([
      [0, 1, 2, 3, 0, 1],
      [0, 1, 2, 0, 1, 2],
    ]);
  });
});

describe('a column without a name before the others', () => {
  const rows = (lead: (i: number) => string) =>
    Array.from({ length: 24 }, (_, i) => `${lead(i)},${i % 4},${'xy'[i % 2]}`).join('\n');

  it.each<[string, (i: number) => string, TableOptions, string]>([
    ['text of few kinds', (i) => ['red', 'blue'][i % 2]!, {}, 'input: category'],
    ['fractions', (i) => `${(i * 7) % 24}.5`, {}, 'input: number'],
    ['few whole numbers', (i) => `${(i * i) % 3}`, {}, 'input: number'],
    ['different texts, as categories', (i) => `r${i}`, { categorical: '1' }, 'input: category'],
    ['numbers of rows, as numbers', (i) => `${i}`, { numeric: 'column 1' }, 'input: number'],
    ['numbers of rows, ignored', (i) => `${i}`, { ignore: '1' }, 'left out: row names'],
  ])('may be an input: %s', async (_, lead, options, role) => {
    const table = await read(`,b,kind\n${rows(lead)}`, options);
    expect(rolesOf(table)).toEqual([role, 'input: number', 'label: category']);
    expect(table.columns[0]!.name).toBe('column 1');
  });

  it('has a name that no other has', async () => {
    const table = await read(`,column 1,kind\n${rows((i) => ['red', 'blue'][i % 2]!)}`);
    expect(table.columns.map(({ name }) => name)).toEqual(['column 1', 'column 1.1', 'kind']);
  });

  it('is found again by its place in the header', async () => {
    const table = await read(`,b,kind\n${rows((i) => ['red', 'blue'][i % 2]!)}`);
    const { train, test } = table.split({ test: 0.25, seed: 1 });
    const preprocessing = Preprocessing.fit(table, train);
    const other = { names: ['column 1', 'kind', 'b'], width: 3 };
    const { inputs } = preprocessing.places('t', other.names, other.width, 0);
    expect(inputs).toEqual([0, 2]);
    expect(preprocessing.dataset(table, test).features).toBe(3);
  });
});

describe('a split', () => {
  it('is that of a dataset', async () => {
    const both = Array.from({ length: 50 }, (_, i) => `${i * 1.25},${i}`);
    for (const [labels, output] of [
      [Array.from({ length: 97 }, (_, i) => ['10', '9', '100'][(i * i) % 3]!), 'softmax'],
      [both, 'linear'],
    ] as const) {
      const head = output === 'softmax' ? 'a,label' : 'a,label,other';
      const text = `${head}\n${labels.map((label, i) => `${i},${label}`).join('\n')}`;
      const label = head.slice(2);
      const table = await read(text, { output, label });
      const inputs = Uint32Array.from(labels.keys());
      const names = ['9', '10', '100'];
      const dataset =
        output === 'softmax'
          ? Dataset.from({ inputs, labels: labels.map((l) => names.indexOf(l)), classes: 3 })
          : Dataset.from({ inputs, targets: labels.map((label) => label.split(',').map(Number)) });
      for (const [test, seed] of [
        [0.2, 0],
        [0.37, 5],
      ] as const) {
        const expected = dataset.split({ test, seed });
        const found = table.split({ test, seed });
        expect([...found.train]).toEqual([...expected.train.inputs]);
        expect([...found.test]).toEqual([...expected.test.inputs]);
      }
    }
  });

  it('holds out the same fraction of each tenth of numbers', async () => {
    const numbers = Array.from({ length: 103 }, (_, i) => (i * 37) % 103);
    const table = await read(`a,label\n${numbers.map((y, i) => `${i % 7},${y}`).join('\n')}`);
    for (const seed of [0, 1]) {
      const { train, test } = table.split({ test: 0.2, seed });
      expect(test).toHaveLength(21);
      expect([...train, ...test].sort((a, b) => a - b)).toEqual([...numbers.keys()]);
      const counts = new Uint8Array(10);
      for (const row of test) counts[Math.floor((numbers[row]! * 10) / 103)]!++;
      expect(counts.every((count) => count === 2 || count === 3)).toBe(true);
    }
    expect(table.split({ test: 0.2, seed: 0 })).not.toEqual(table.split({ test: 0.2, seed: 1 }));
  });

  it('trains on classes of a single row', async () => {
    const labels = Array.from({ length: 40 }, (_, i) => (i < 30 ? 'xy'[i % 2] : `c${i}`));
    const table = await read(`a,label\n${labels.map((l, i) => `${i % 7},${l}`).join('\n')}`);
    for (let seed = 0; seed < 5; seed++) {
      const { train, test } = table.split({ test: 0.2, seed });
      expect(test).toHaveLength(6);
      expect(Math.max(...test)).toBeLessThan(30);
      expect([...train, ...test].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    }
  });

  it.each<[object, string]>([
    [{ test: 0 }, 'test: found 0, expected a number between 0 and 1'],
    [
      { test: 0.01 },
      'test: found 0.01, expected a fraction that leaves some of the 3 rows in both',
    ],
    [{ test: 0.5, seed: -1 }, 'seed: found -1'],
    [{ test: 0.5, sead: 1 }, 'options: found "sead", expected only test, seed'],
  ])('refuses %j', async (options, message) => {
    const table = await read('a,b\n1,1.5\n2,2\n4,2.5');
    expect(() => table.split(options as { test: number })).toThrow(message);
  });
});

describe('the faults of a table', () => {
  it('come in one error: the first ten, and how many more', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => (i % 2 ? `${i},1.5` : `${i}`)).join('\n');
    const failure = await read(`a,b\n${rows}\n7,x\n`, { output: 'linear' }).catch((e) => e);
    const row = (n: number) => `row ${n}: found 1 cell, expected 2, as in the first rows`;
    expect(failure.message).toMatch(/^t\.csv: found 16 faults, expected none: row 2: found 1 cell/);
    expect(failure.message).toMatch(/; row 20: found 1 cell, .*; and 6 more$/);
    expect(failure.message.split('; ')).toHaveLength(11);
    expect(failure.message).toContain(row(8));
    expect(failure).toBeInstanceOf(RangeError);
  });

  it('are all kinds of faults', async () => {
    const text = 'a,b\n1,2.5\n1\nx,3.5\n3,y\n4,5,6\n5,"\n';
    await expect(read(text, { numeric: 'a', output: 'linear' })).rejects.toThrow(
      't.csv: found 5 faults, expected none: ' +
        'row 3: found 1 cell, expected 2, as in the first rows; ' +
        'row 6: found 3 cells, expected 2, as in the first rows; ' +
        'row 7: found a quote that is not closed, expected another; later rows are not read; ' +
        'row 4, column 1 ("a"): found "x", expected a number; ' +
        'row 5, label column "b": found "y", expected a number',
    );
  });

  it('come before what else is wrong', async () => {
    await expect(read('a,b\n1,x\n1\n2,x\n')).rejects.toThrow('t.csv, row 3: found 1 cell');
    await expect(read('a,b\n1\n2,3,4\n')).rejects.toThrow('t.csv: found 2 faults');
  });
});

describe('refuses', () => {
  it.each<[string, string, TableOptions, string]>([
    ['no rows', '', {}, 't.csv: found no rows of data, expected at least one'],
    ['a header alone', 'a,b', {}, 't.csv: found no rows of data'],
    [
      'one column',
      'a\n1\n2',
      {},
      't.csv: found 1 column ("a": number), expected at least one input column, and the label',
    ],
    [
      'nothing to learn from',
      'a,,kind\n1,7,x\n1,,y\n1,7,x\n',
      { ignore: '2' },
      't.csv: found 3 columns ("a": one value in all rows, "column 2": one value, or missing, "kind": category), expected at least one input',
    ],
    [
      'row names alone',
      ',kind\n1,x\n2,y',
      {},
      't.csv: found 2 columns ("column 1": row numbers or names, "kind": category), expected',
    ],
    [
      'years as names, and words',
      'id,2019,kind\n1,2,x\n2,3,y',
      {},
      't.csv, row 1, column 1: found "id" above numbers, expected a number, or a header; the option header says whether row 1 names the columns',
    ],
    [
      'a name above numbers to predict',
      `0,1,target\n${Array.from({ length: 300 }, (_, i) => `1,2,${i}.5`).join('\n')}`,
      {},
      't.csv, row 1, column 3: found "target" above numbers',
    ],
    [
      'a name above very many numbers',
      `0,target\n${Array.from({ length: 30_000 }, (_, i) => `1,${i}.5`).join('\n')}`,
      {},
      't.csv, row 1, column 2: found "target" above numbers',
    ],
    [
      'a column that is not there',
      'a,b\n1,2',
      { label: 'c' },
      't.csv: found no column "c" for label, expected one of "a", "b"',
    ],
    [
      'another output',
      'a,b\n1,2',
      { output: 'tanh' as never },
      'output: found "tanh", expected one of softmax, sigmoid, linear',
    ],
    [
      'an option that there is not',
      'a,b\n1,2',
      { labels: 'a' } as never,
      'options: found "labels"',
    ],
  ])('%s', async (_, text, options, message) => {
    await expect(read(text, options)).rejects.toThrow(message);
  });
});

describe('whatever is in a table', () => {
  it('comes out as it went in, where it is good', async () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map(
      // Cells are trimmed, and lone carriage returns are the end of a line to some.
      (text) => `w${text.replaceAll('\r', '')}w`,
    );
    const row = fc.tuple(
      fc.double({ noNaN: true, min: -1e30, max: 1e30 }),
      fc.double({ noNaN: true, min: -1, max: 1 }),
      name,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 5, maxLength: 20 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.boolean(),
        async (rows, delimiter, isZipped) => {
          const all = [...rows, [1, 0.5, 'one'] as const, [2, 0.25, 'two'] as const];
          const text = papa.unparse([['a', 'b', 'kind'], ...all], {
            delimiter,
            quotes: [false, false, true],
          });
          const source = isZipped ? new Uint8Array(gzipSync(text)) : text;
          const table = await Table.read(source, { decimal: '.', output: 'softmax' });
          const expected = [0, 1, 2].map((i) => all.map((row) => row[i]));
          const found = table.columns.map(cellsOf);
          expect(found[2]).toEqual(expected[2]);
          for (const i of [0, 1]) {
            const { kind } = table.columns[i]!;
            if (kind !== 'constant')
              expect(found[i]!.map((x) => Number(x) + 0)).toEqual(
                expected[i]!.map((x) => Number(x) + 0),
              );
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is a table, or one line that names it', async () => {
    const good = 'a;b;when;kind\n1;2;2012-01-31;"x;1"\n-3e5;NA;2012-02-01;"y"\n5;6,5;;x\n';
    const byte = fc.nat({ max: 255 });
    const mutated = fc
      .array(fc.tuple(fc.nat({ max: good.length - 1 }), byte), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = new TextEncoder().encode(good);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    const cut = fc.nat({ max: good.length }).map((n) => new TextEncoder().encode(good.slice(0, n)));
    const zipped = mutated.map((bytes) => new Uint8Array(gzipSync(bytes)));
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, cut, zipped, fc.uint8Array()), async (bytes) => {
        const outcome = await Table.read(bytes, { name: 't.csv' }).catch((error: Error) => error);
        if (outcome instanceof Error) {
          expect(outcome.message).toMatch(/^t\.csv[:,] .*found .*, expected /s);
          expect(outcome.message).not.toContain('\n');
        } else {
          for (const { values } of outcome.columns) {
            const cells = values && ('codes' in values ? values.codes : values.numbers);
            expect(cells === undefined || cells.length === outcome.rows).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
