/**
 * No reader of data takes more than linear time, whatever it reads. Each input is made at a size n
 * and at 4 n and read; where time is linear, the second takes four times as long, where it is
 * quadratic, sixteen times. What grows is a cell, in each place that a cell can have, the cells of a row,
 * rows, labels, quotes, names, entries.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClassNames, withClassNames } from '../../src/data/class-names.ts';
import { RowCutter } from '../../src/data/csv.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { datasetFromIdx } from '../../src/data/idx.ts';
import { loadIdxTraining } from '../../src/data/idx-folder-node.ts';
import { datasetsFromNpy } from '../../src/data/npy/examples.ts';
import { arraysToRead } from '../../src/data/npy/roles.ts';
import {
  classesOfTable,
  isContinuous,
  noteText,
  numbersOfTable,
  type TableOptions,
  TableReader,
} from '../../src/data/table.ts';
import { npy } from './npy-file.ts';

/** What may come on top: compilation, garbage, another process. */
const SLACK = 150;
/** Two to four times what is linear, and less than half of what is quadratic. */
const MOST = 8;

/** Milliseconds that it takes; what it throws counts as read. */
async function timeOf(read: () => unknown): Promise<number> {
  const started = performance.now();
  try {
    await read();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(/: found .*, expected /s);
    expect((error as Error).message.length).toBeLessThan(1000);
  }
  return performance.now() - started;
}

/** @param make gives the reading of an input of a size; making it does not count */
async function expectLinear(n: number, make: (size: number) => () => unknown): Promise<void> {
  const [small, large] = [make(n), make(4 * n)];
  await timeOf(small);
  // What is slow once may be so by chance.
  let times = [0, 0] as [number, number];
  for (let tries = 0; tries < 3; tries++) {
    times = [await timeOf(small), await timeOf(large)];
    if (times[1] < MOST * times[0] + SLACK) return;
  }
  throw new Error(`${n}: ${times[0]} ms, ${4 * n}: ${times[1]} ms`);
}

function readTable(text: string, options: TableOptions = {}, piece = 2 ** 20): void {
  const cutter = new RowCutter('t', undefined);
  const reader = new TableReader('t', options);
  const bytes = Buffer.from(text);
  for (let at = 0; at <= bytes.length; at += piece) {
    const part = at < bytes.length ? bytes.subarray(at, at + piece) : undefined;
    for (const cells of cutter.push(part)) reader.row(cells);
  }
  for (const cells of cutter.push(undefined)) reader.row(cells);
  const table = reader.end();
  table.notes.map(noteText);
  if (table.labels === undefined) return;
  if (isContinuous(table)) numbersOfTable('t', table);
  else classesOfTable('t', table, true);
}

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
};

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
}

function rowOf(count: number, cell: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => cell(i)).join(',');
}

/** A header, and two rows of numbers below it. */
function columns(count: number, name: (i: number) => string): string {
  return lines(3, (row) => rowOf(count, row === 0 ? name : () => String(row)));
}

describe('a table', () => {
  const cases = Object.keys(CELLS).flatMap((cell) =>
    Object.keys(PLACES).map((place) => [cell, place] as const),
  );
  it.each(cases)('takes linear time for %s as %s', async (cell, place) => {
    await expectLinear(100_000, (n) => {
      const text = PLACES[place]!(CELLS[cell]!(n));
      return () => readTable(text);
    });
  });

  it.each(Object.keys(TABLES))('takes linear time for many %s', async (kind) => {
    await expectLinear(20_000, (n) => {
      const text = TABLES[kind]!(n);
      let bad = 0;
      return () => readTable(text, { onBadRow: () => bad++ });
    });
  });

  it.each(['a,b\n1,2\n', 'x', '"', ',', '"x",', '\n', '""', '\r\n'])(
    'takes linear time for many of %j that come byte by byte',
    async (part) => {
      await expectLinear(50_000, (n) => {
        const text = part.repeat(n / part.length);
        return () => readTable(text, {}, 1);
      });
    },
  );

  it('takes linear time for a row that is many times as long as what is read at once', async () => {
    await expectLinear(1_000_000, (n) => {
      const text = `a,b\n1,"${'x, '.repeat(n)}"\n2,y\n`;
      return () => readTable(text);
    });
  });

  const names = (n: number) => Array.from({ length: n }, (_, i) => `c${i}`);
  it.each<[string, (n: number) => TableOptions]>([
    ['all columns of a model', (n) => ({ features: { count: n, names: names(n) } })],
    ['them in reverse', (n) => ({ features: { count: n, names: names(n).reverse() } })],
    ['other columns', (n) => ({ features: { count: n, names: [...names(n - 1), 'other'] } })],
    ['no other label', (n) => ({ label: `c${n / 2}` })],
    ['a label that is not there', () => ({ label: 'none' })],
    ['known classes', (n) => ({ labelled: false, features: { count: n, labels: names(n) } })],
  ])('takes linear time with many columns, of which are wanted %s', async (_, optionsOf) => {
    await expectLinear(20_000, (n) => {
      const text = columns(n + 1, (i) => `c${i}`);
      const options = optionsOf(n);
      return () => readTable(text, options);
    });
  });
});

describe('class names', () => {
  it.each<[string, (n: number) => string]>([
    ['lines', (n) => lines(n, (i) => `c${i}`)],
    ['lines, the last as the first', (n) => `${lines(n, (i) => `c${i}`)}c0\n`],
    ['characters of a line', (n) => 'x'.repeat(n)],
    ['blanks', (n) => ' '.repeat(n)],
    ['ends of lines', (n) => `a${'\r\n'.repeat(n)}`],
    ['carriage returns', (n) => `a${'\r'.repeat(n)}`],
  ])('take linear time for many %s', async (_, textOf) => {
    await expectLinear(40_000, (n) => {
      const bytes = Buffer.from(textOf(n));
      return () => parseClassNames(bytes, 'classes.txt');
    });
  });

  it('take linear time to number examples by them', async () => {
    const own = Array.from({ length: 256 }, (_, i) => `c${i}`);
    await expectLinear(200_000, (n) => {
      const inputs = new Uint8Array(n);
      const labels = Uint8Array.from({ length: n }, (_, i) => i % 256);
      const all = Dataset.from({ inputs, labels, classes: 256, classNames: own });
      return () => withClassNames('t', all, [...own].reverse());
    });
  });
});

describe('arrays', () => {
  const ones = (n: number) => new Uint8Array(n).fill(1);
  it.each<[string, (n: number) => [Uint8Array, Uint8Array]]>([
    ['examples', (n) => [npy(ones(n), [n, 1]), npy(ones(n))]],
    ['values', (n) => [npy(ones(n), [1, n]), npy(ones(1))]],
    [
      'values in Fortran’s order',
      (n) => [npy(new Float64Array(n), [n / 8, 2, 4], { order: 'True' }), npy(ones(n / 8))],
    ],
    [
      'values in Fortran’s order and in many dimensions',
      (n) => {
        const shape = [...Array(60).fill(1), n];
        return [npy(new Float64Array(n), [1, ...shape], { order: 'True' }), npy(ones(1))];
      },
    ],
    ['labels of eight bytes', (n) => [npy(ones(n), [n, 1]), npy(new BigInt64Array(n))]],
    ['targets', (n) => [npy(ones(n), [n, 1]), npy(new Float64Array(n).fill(0.5))]],
    [
      'one-hot labels',
      (n) => [
        npy(ones(n / 100), [n / 100, 1]),
        npy(
          Uint8Array.from({ length: n }, (_, i) => Number(i % 100 === 3)),
          [n / 100, 100],
        ),
      ],
    ],
    ['targets of one example', (n) => [npy(ones(2), [2, 1]), npy(new Float32Array(n), [2, n / 2])]],
  ])('take linear time for many %s', async (_, filesOf) => {
    await expectLinear(400_000, (n) => {
      const [x, y] = filesOf(n);
      return () =>
        datasetsFromNpy('t', [
          { name: 'x', bytes: x },
          { name: 'y', bytes: y },
        ]);
    });
  });

  // A header has 10,000 bytes at most, so that it cannot grow.
  it.each([
    `{${' '.repeat(9900)}`,
    `{'descr'${' '.repeat(9900)}`,
    `{'shape': (${' '.repeat(9900)}x`,
    `{'shape': (${'1,'.repeat(4900)}x`,
    `{'shape': (${'1 , '.repeat(2400)}), 'descr': '<f8', 'fortran_order': False}`,
    `{'shape': (${'1'.repeat(9800)},), 'descr': '<f8', 'fortran_order': False}`,
    `{'shape': (), ${"'shape': (), ".repeat(700)}`,
    `{'descr': '${'<f8'.repeat(3000)}`,
  ])('take little time for a header of %.30s…', async (whole) => {
    const bytes = npy(ones(8), [8], { whole, version: 2 });
    const files = [
      { name: 'x', bytes },
      { name: 'y', bytes },
    ];
    expect(await timeOf(() => datasetsFromNpy('t', files))).toBeLessThan(500);
  });

  it.each<[string, (n: number) => string[]]>([
    ['names', (n) => [...names(n), 'x.npy', 'y.npy']],
    ['names and none that count', names],
    ['names that end alike', (n) => [`${'train_'.repeat(n)}x.npy`, 'x.npy']],
    ['folders', (n) => [`${'/x'.repeat(n)}.npy`, `${'/y'.repeat(n)}.npy`]],
    ['ends of names', (n) => ['.npy'.repeat(n)]],
  ])('take linear time for many %s', async (_, namesOf) => {
    await expectLinear(50_000, (n) => {
      const all = namesOf(n);
      return () => arraysToRead('t', all);
    });
  });

  function names(n: number): string[] {
    return Array.from({ length: n }, (_, i) => `note${i}.npy`);
  }
});

describe('files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'relumax-linear-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('of a folder, many called as IDX files, take linear time', async () => {
    const paths = new Map<number, string>();
    for (const n of [1000, 4000]) {
      const path = join(folder, `idx${n}`);
      await mkdir(path);
      for (let i = 0; i < n; i++) {
        await writeFile(join(path, `a${i}-train-images-idx3-ubyte.gz`), '');
      }
      paths.set(n, path);
    }
    await expectLinear(1000, (n) => () => loadIdxTraining(paths.get(n)!));
  });

  it('of images take linear time', async () => {
    await expectLinear(1_000_000, (n) => {
      const head = (dimensions: number, ...sizes: number[]) => {
        const bytes = Buffer.alloc(4 + 4 * dimensions);
        bytes.writeUInt32BE(0x800 + dimensions);
        for (const [i, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * i);
        return bytes;
      };
      const images = Buffer.concat([head(3, n, 1, 1), Buffer.alloc(n)]);
      const labels = Buffer.concat([head(1, n), Buffer.alloc(n)]);
      const files = {
        images: { name: 'images', bytes: images },
        labels: { name: 'labels', bytes: labels },
      };
      return () => datasetFromIdx(files);
    });
  });
});
