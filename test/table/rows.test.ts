import { describe, expect, it } from 'vitest';
import type { RowsOptions } from '../../src/table/rows.ts';
import { readRows, type TableRow } from '../../src/table/rows.ts';

async function read(text: string, options: RowsOptions = {}) {
  const { header, rows } = await readRows(text, { name: 't.csv', ...options });
  const all: TableRow[] = [];
  for await (const batch of rows) all.push(...batch);
  return { header, rows: all };
}

describe('the rows of a table', () => {
  it('are those below the header', async () => {
    expect(await read('a,b\n1,x\n\n2,y\n')).toEqual({
      header: {
        ...{ names: ['a', 'b'], width: 2, rowNames: 0, delimiter: ',' },
        ...{ classNames: undefined, guessed: undefined },
      },
      rows: [
        { record: 2, cells: ['1', 'x'] },
        { record: 4, cells: ['2', 'y'] },
      ],
    });
  });

  it('are all where there is no header', async () => {
    const { header, rows } = await read('1;x\n2;y\n');
    expect(header).toMatchObject({
      names: undefined,
      width: 2,
      delimiter: ';',
      guessed: ['1', 'x'],
    });
    expect(rows).toHaveLength(2);
    expect((await read('1;x\n2;y\n', { header: false })).header.guessed).toBeUndefined();
  });

  it('follow a header that has the known names', async () => {
    expect((await read('0,1\n5,3', { known: ['1', '0'] })).rows).toEqual([
      { record: 2, cells: ['5', '3'] },
    ]);
  });

  it('follow a header that somebody tells of', async () => {
    expect((await read('2019,2020\n1,2', { header: true })).header.names).toEqual(['2019', '2020']);
    expect((await read('a,b\n1,2', { header: false })).rows).toHaveLength(2);
  });

  it('have names of rows, and columns without a name', async () => {
    const { header, rows } = await read('a,,b\nx,1,2,3\ny,4,5,6');
    expect(header).toMatchObject({
      names: ['column 1', 'a', 'column 3', 'b'],
      rowNames: 1,
      width: 4,
    });
    expect(rows[0]).toEqual({ record: 2, cells: ['x', '1', '2', '3'] });
  });

  it('have no cell after a delimiter at the end', async () => {
    expect((await read('a,b,\n1,2,\n3,4')).rows).toEqual([
      { record: 2, cells: ['1', '2'] },
      { record: 3, cells: ['3', '4'] },
    ]);
  });

  it('begin after comments, and have none among them where somebody says so', async () => {
    expect((await read('# made, by, me\na,b\n1,2\n')).rows).toEqual([
      { record: 3, cells: ['1', '2'] },
    ]);
    expect((await read('a,b\n// c\n1,2\n', { comment: '//' })).rows).toEqual([
      { record: 3, cells: ['1', '2'] },
    ]);
  });

  it('are divided by tabs in a file that is called so', async () => {
    const text = 'a,1\tb,2\nc,3\td,4\n';
    expect((await read(text, { name: 'T.TSV.gz' })).header.delimiter).toBe('\t');
    expect((await read(text, { name: 't.tsv', delimiter: ',' })).header.delimiter).toBe(',');
  });

  it('may be bad, and the others are read', async () => {
    const { rows } = await read('a,b\n1,2\n3\n4,5,6\n# c\n7,8\n9,"1\n2,3\n');
    expect(rows).toEqual([
      { record: 2, cells: ['1', '2'] },
      { record: 3, fault: 'found 1 cell, expected 2, as in the first rows' },
      { record: 4, fault: 'found 3 cells, expected 2, as in the first rows' },
      {
        record: 5,
        fault:
          'found a comment ("# c"), expected only rows of the table: the option comment says which lines to skip',
      },
      { record: 6, cells: ['7', '8'] },
      {
        record: 7,
        fault: 'found a quote that is not closed, expected another; later rows are not read',
      },
    ]);
  });
});

describe('the beginning of a table', () => {
  const begin = async (text: string) => {
    const { header, rows, notes } = await readRows(text);
    const all = [];
    for await (const batch of rows) all.push(...batch);
    return { names: header.names, first: all[0], notes };
  };

  it('may name columns alike', async () => {
    expect(await begin('a,b,a,a.1,a\n1,2,3,4,5\n')).toEqual({
      names: ['a', 'b', 'a.2', 'a.1', 'a.3'],
      first: { record: 2, cells: ['1', '2', '3', '4', '5'] },
      notes: [
        'column 3 has the name of another, and is called "a.2"',
        'column 5 has the name of another, and is called "a.3"',
      ],
    });
  });

  it.each(['506,2,,,', 'Report of 2020', ',,,,'])('may be a title: %s', async (title) => {
    const { names, first, notes } = await begin(`${title}\n\na,b,c,d,e\n1,2,3,4,5\n`);
    expect(names).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(first).toEqual({ record: 4, cells: ['1', '2', '3', '4', '5'] });
    expect(notes).toEqual(['row 3 has the names of the columns; what stands above it is skipped']);
  });

  it('may have cells in single quotes', async () => {
    const text = `'it''s'\t'b, c'\n0\t'x'\n`;
    expect(await begin(text)).toEqual({
      names: [`it's`, 'b, c'],
      first: { record: 2, cells: ['0', 'x'] },
      notes: [],
    });
  });
});

describe('refuses', () => {
  it.each<[string, string, RowsOptions, string]>([
    ['nothing', '', {}, 't.csv: found no rows of data, expected at least one'],
    ['blank lines', '\n\n', {}, 't.csv: found no rows of data'],
    ['a quote in the first row', 'a,"b\n1,2', {}, 't.csv, row 1: found a quote that is not closed'],
    [
      'a delimiter of two',
      'a',
      { delimiter: '::' },
      'delimiter: found "::", expected one character',
    ],
    ['a quote as a delimiter', 'a', { delimiter: '"' }, 'delimiter: found "\\"", expected one'],
    [
      'no comment',
      'a',
      { comment: '' },
      'comment: found "", expected what the lines to skip begin',
    ],
    ['another decimal mark', 'a', { decimal: ';' }, 'decimal: found ";", expected one of ., ,'],
    ['another header', 'a', { header: 1 as never }, 'header: found 1, expected true or false'],
  ])('%s', async (_, text, options, message) => {
    await expect(read(text, options)).rejects.toThrow(message);
  });

  it('a row without end, before all of it is read', async () => {
    let pieces = 0;
    async function* endless() {
      yield new TextEncoder().encode('a,b\n1,"2\n');
      for (; ; pieces++) yield new TextEncoder().encode('3,4\n'.repeat(2 ** 16));
    }
    await expect(readRows(endless(), { name: 'stdin' })).rejects.toThrow(
      'stdin, row 2: found more than 16777216 characters, expected at most as many; is a quote not closed?',
    );
    expect(pieces).toBeLessThan(100);
  });
});
