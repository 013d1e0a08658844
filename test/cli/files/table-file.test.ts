import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTable } from '../../../src/cli/files/table-file.ts';
import type { Column } from '../../../src/table/column.ts';
import { isMissing, isNumber } from '../../../src/table/numbers.ts';
import type { Table, TableOptions } from '../../../src/table/table.ts';
import { expectWithin } from '../../times.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(
  text: string | Uint8Array,
  options: TableOptions = {},
  name = 't.csv',
): Promise<Table> {
  const file = join(folder, name);
  await writeFile(file, text);
  return readTable(file, options);
}

/** The cells of a column: numbers, or texts. */
function cellsOf({ values }: Column): (number | string)[] {
  if ('numbers' in values!) return [...values.numbers];
  return [...values!.codes].map((code) => (code === 0 ? '' : values!.texts[code - 1]!));
}

const labelsOf = ({ labels }: Table) => cellsOf(labels[0]!);
const inputsOf = ({ inputs }: Table) => inputs.map(cellsOf);

describe('a file', () => {
  it.each([
    ['commas', 'a,b,c\n1,2,x\n3,4,y\n', 't.csv'],
    ['semicolons', 'a;b;c\n1;2;x\n3;4;y\n', 't.csv'],
    ['tabs', 'a\tb\tc\n1\t2\tx\n3\t4\ty\n', 't.tsv'],
    ['tabs, by the rows', 'a\tb\tc\n1\t2\tx\n3\t4\ty\n', 't.txt'],
    ['the ends of lines of Windows', 'a,b,c\r\n1,2,x\r\n3,4,y\r\n', 't.csv'],
    ['the same, but for the last', 'a,b,c\r\n1,2,"x"\r\n3,4,"y"\n', 't.csv'],
    ['both ends of lines', 'a,b,c\n1,2,"x"\r\n3,4,y\n', 't.csv'],
    ['the ends of lines of old Macs', 'a,b,c\r1,2,"x"\r3,4,y\r', 't.csv'],
    ['no end of the last line', 'a,b,c\n1,2,x\n3,4,y', 't.csv'],
    ['a byte order mark', '\ufeffa,b,c\n1,2,x\n3,4,y', 't.csv'],
    ['quotes', '"a",b,c\n"1",2,"x"\n3,"4",y', 't.csv'],
    ['a byte order mark and quotes', '\ufeff"a",b,c\n1,2,x\n3,4,y', 't.csv'],
    ['blanks between cells', 'a b  c\n1 2  x\n3 4  y\n', 't.txt'],
    ['R’s write.table', '"a" "b" "c"\n"r" 1 2 "x"\n"s" 3 4 "y"\n', 't.txt'],
    ['blank lines', 'a,b,c\n\n1,2,x\n\n3,4,y\n\n\n', 't.csv'],
  ])('with %s', async (_, text, name) => {
    const table = await read(text, {}, name);
    expect(inputsOf(table)).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(labelsOf(table)).toEqual(['x', 'y']);
    expect(table.inputs.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('with a tab inside a cell of a .csv file keeps it there, and with a comma in a .tsv', async () => {
    expect(labelsOf(await read('1,2,"x\ty"\n3,4,z'))).toEqual(['x\ty', 'z']);
    expect(labelsOf(await read('1\t2\tx,y\n3\t4\tz', {}, 't.tsv'))).toEqual(['x,y', 'z']);
  });

  it('that is gzipped', async () => {
    const bytes = gzipSync('a,b,c\n1,2,x\n3,4,y\n');
    expect(labelsOf(await read(bytes, {}, 't.csv.gz'))).toEqual(['x', 'y']);
    const tabs = gzipSync('a\tb\tc\n1\t2\tx,y\n3\t4\tz\n');
    expect(labelsOf(await read(tabs, {}, 't.tsv.gz'))).toEqual(['x,y', 'z']);
    const failure = await read(bytes.subarray(0, 20), {}, 't.csv.gz').catch((error) => error);
    expect(failure.message).toContain('t.csv.gz: found damaged gzip data');
  });

  it('of several chunks, with characters and rows across their ends', async () => {
    const rows = 40_000;
    const names = ['Möwe 🦢', 'crème brûlée', '"zitiert", mit Komma\nund Zeile'];
    const text = Array.from(
      { length: rows },
      (_, i) => `${i},${i / 8},"${names[i % 3]!.replaceAll('"', '""')}"\n`,
    ).join('');
    expect(Buffer.byteLength(text)).toBeGreaterThan(2 ** 20);
    const table = await read(text);
    expect(table.rows).toBe(rows);
    expect(labelsOf(table)).toEqual(Array.from({ length: rows }, (_, i) => names[i % 3]));
    expect(inputsOf(table).at(-1)!.at(-1)).toBe((rows - 1) / 8);
  });
});

describe('names the file and what is wrong in it', () => {
  const long = `a,b\n1,2\n${'1,x\n'.repeat(300_000)}`;
  it.each<[string, string | Uint8Array, string]>([
    ['no bytes', '', 'found no rows of data'],
    [
      'other bytes',
      Uint8Array.of(0x31, 0x2c, 0xff, 0x0a, 0),
      'found bytes that are not UTF-8, expected text in UTF-8',
    ],
    [
      'half a character at the end',
      Uint8Array.of(0x31, 0x2c, 0xc3),
      'found bytes that are not UTF-8, expected text in UTF-8',
    ],
    ['a cell too many', 'a,b\n1,2\n1,2,3\n', 'row 3: found 3 cells, expected 2'],
    [
      'a quote that is not closed',
      'a,b\n1,2\n1,"2\n3,4\n',
      'row 3: found a quote that is not closed',
    ],
    ['a quote in a quote', 'a,b\n1,2\n1,"2"3"\n3,4\n', 'row 3: found a quote inside a cell'],
    ['a fault in a later chunk', `${long}1\n`, 'row 300003: found 1 cell, expected 2'],
    [
      'a bad quote in a later chunk',
      `${long}1,"\n`,
      'row 300003: found a quote that is not closed',
    ],
  ])('%s', async (_, text, message) => {
    const failure = await read(text).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Error);
    expect((failure as Error).message).toContain(`${join(folder, 't.csv')}`);
    expect((failure as Error).message).toContain(message);
    expect((failure as Error).message).not.toContain('\n');
  });

  it('a row without end, before all of it is read', async () => {
    const started = performance.now();
    await expect(read(`a,b\n1,"2\n${'3,4\n'.repeat(8e6)}`)).rejects.toThrow(
      'row 2: found more than 16777216 characters, expected at most as many; is a quote not closed?',
    );
    expectWithin(2000, performance.now() - started);
  });

  it('a file that is not there', async () => {
    const file = join(folder, 'none.csv');
    await expect(readTable(file, {})).rejects.toThrow(`${file}: no such file or directory`);
  });
});

describe('whatever is in the file', () => {
  it('comes out as it went in, where it is good', async () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter(
      // Cells are trimmed, some say that a label is missing or a number, and lone carriage returns are the
      // end of a line to some.
      (text) => text.trim() === text && !text.includes('\r') && !isMissing(text) && !isNumber(text),
    );
    const row = fc.tuple(
      fc.double({ noNaN: true, min: -1e30, max: 1e30 }),
      fc.double({ noNaN: true, min: -1, max: 1 }),
      name,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 2, maxLength: 20 }),
        fc.constantFrom(',', ';', '\t'),
        async (rows, delimiter) => {
          // Of a column with one value nothing can be fitted.
          for (const place of [0, 1, 2]) fc.pre(new Set(rows.map((row) => row[place])).size > 1);
          const text = papa.unparse([['a', 'b', 'kind'], ...rows], {
            delimiter,
            quotes: [false, false, true],
          });
          const table = await read(text, {}, delimiter === '\t' ? 't.tsv' : 't.csv');
          for (const [column, cells] of inputsOf(table).entries()) {
            expect(cells.map((x) => Number(x) + 0)).toEqual(
              rows.map((row) => Number(row[column]) + 0),
            );
          }
          expect(labelsOf(table)).toEqual(rows.map(([, , label]) => label));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is a table, or one line that names it', async () => {
    const good = 'a;b;kind\n1;2;"x;1"\n-3e5;4;"y"\n5;6;x\n';
    const byte = fc.nat({ max: 255 });
    const mutated = fc
      .array(fc.tuple(fc.nat({ max: good.length - 1 }), byte), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    const cut = fc.nat({ max: good.length }).map((length) => Buffer.from(good.slice(0, length)));
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, cut, fc.uint8Array()), async (bytes) => {
        const outcome = await read(bytes).catch((error: Error) => error);
        if (outcome instanceof Error) {
          expect(outcome.message.startsWith(join(folder, 't.csv'))).toBe(true);
          expect(outcome.message).not.toContain('\n');
        } else {
          expect(cellsOf(outcome.labels[0]!)).toHaveLength(outcome.rows);
        }
      }),
      { numRuns: 150 },
    );
  });
});
