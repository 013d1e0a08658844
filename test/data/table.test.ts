import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  classesOfTable,
  isContinuous,
  noteText,
  numbersOfTable,
  type Table,
  TableError,
  type TableOptions,
  TableReader,
} from '../../src/data/table.ts';

function read(rows: readonly (readonly string[])[], options: TableOptions = {}): Table {
  const reader = new TableReader('t.csv', options);
  for (const cells of rows) reader.row(cells);
  return reader.end();
}

const cut = (text: string) => text.split('\n').map((line) => line.split(','));

function labelsOf({ labels }: Table): string[] {
  return [...labels!.classes!].map((label) => labels!.classNames[label]!);
}

describe('a table', () => {
  it('is its numbers, and the label of each row', () => {
    const table = read(cut('a,b,kind\n1,-2.5,y\n 3e2 ,+.5,x\n0,1.,y'));
    expect([...table.inputs]).toEqual([1, -2.5, 300, 0.5, 0, 1]);
    expect(table).toMatchObject({ rows: 3, featureNames: ['a', 'b'], label: 'kind' });
    expect(table.labels!.classNames).toEqual(['x', 'y']);
    expect(labelsOf(table)).toEqual(['y', 'x', 'y']);
    expect([...table.records]).toEqual([2, 3, 4]);
  });

  it('may have blank rows, which count', () => {
    const table = read(cut('\na,b\n \n1,x\n\n2,y\n'));
    expect([...table.records]).toEqual([4, 6]);
    expect(() => read(cut('\na,b\n \n1,x\n\n2\n'))).toThrow(
      't.csv, row 6: found 1 cell, expected 2',
    );
  });

  it.each([
    ['names over numbers', 'a,b,c\n1,2,3', true],
    ['names over numbers and a label in words', 'a,b,c\n1,2,x', true],
    ['numbers alone', '1,2,3\n4,5,6', false],
    ['numbers and a label in words', '1,2,x\n4,5,y', false],
    ['a word where the next row has a number', '?,2,x\n4,5,y', 'row 1, column 1'],
    ['years as names, and words', 'id,2019,kind\n1,2,x', 'row 1, column 1'],
    ['an index without a name', ',a,kind\n0,2,x', true],
    ['one row alone, of numbers', '1,2', false],
  ])('%s: whether that is a header', (_, text, expected) => {
    if (typeof expected === 'string') expect(() => read(cut(text))).toThrow(expected);
    else expect(read(cut(text)).featureNames !== undefined).toBe(expected);
  });

  it('takes the word of who knows whether there is a header', () => {
    expect(read(cut('2019,2020,7\n1,2,8'), { header: true }).featureNames).toEqual([
      '2019',
      '2020',
    ]);
    expect(() => read(cut('a,b\n1,2'), { header: false })).toThrow('row 1, column 1: found "a"');
    expect(read(cut('year,2020,7\n1,2,8'), { label: 'year' }).rows).toBe(1);
  });

  it.each([
    ['kind', [1, 3, 4, 6], 'kind'],
    ['2', [1, 3, 4, 6], 'kind'],
    ['a', undefined, 'a'],
    [undefined, undefined, 'last'],
  ])('has its label where it is told: %s', (label, inputs, name) => {
    const table = () => read(cut('a,kind,last\n1,5,3\n4,7,6'), { label });
    if (inputs) expect([...table().inputs]).toEqual(inputs);
    expect(table().label).toBe(name);
  });

  it('prefers a column of that name to one of that number', () => {
    expect(read(cut('1,b,c\n1,2,3'), { label: '1', header: true }).label).toBe('1');
    expect(labelsOf(read(cut('c,1,b\n7,8,9'), { label: '1', header: true }))).toEqual(['8']);
  });

  it('sorts classes by size where all are numbers, and has each number once', () => {
    const table = read(cut('1,10\n2,9\n3,9.0\n4,1e1\n5,-1'));
    expect(table.labels!.classNames).toEqual(['-1', '9', '10']);
    expect(labelsOf(table)).toEqual(['10', '9', '9', '10', '-1']);
    expect(read(cut('1,10\n2,9\n3,x')).labels!.classNames).toEqual(['10', '9', 'x']);
    // Numbers that float64 rounds to one, such as identifiers, are as many classes as in the file.
    const large = read(cut('1,9007199254740993\n2,5.0\n3,9007199254740992\n4,5'));
    expect(large.labels!.classNames).toEqual(['5', '9007199254740992', '9007199254740993']);
    expect(labelsOf(large)).toEqual(['9007199254740993', '5', '9007199254740992', '5']);
  });

  it('takes the columns of another by their names', () => {
    const features = { count: 2, names: ['b', 'a'] };
    const judged = read(cut('kind,a,more,b\nx,1,2,3'), { features, label: 'kind' });
    expect([...judged.inputs]).toEqual([3, 1]);
    const unlabelled = read(cut('a,b\n1,3'), { features, label: 'kind', labelled: false });
    expect([...unlabelled.inputs]).toEqual([3, 1]);
    expect(unlabelled.labels).toBeUndefined();
    expect(() => read(cut('a,c\n1,3'), { features, labelled: false })).toThrow(
      't.csv: found no column "b", expected one of "a", "c"',
    );
    expect(() => read(cut('a,b\n1,3'), { features, label: 'kind' })).toThrow(
      't.csv: found no label column "kind", expected one of "a", "b"',
    );
  });

  it('takes the columns of another by their number, with or without the label', () => {
    const options = { features: { count: 2 }, labelled: false };
    expect([...read(cut('1,2\n3,4'), options).inputs]).toEqual([1, 2, 3, 4]);
    expect([...read(cut('1,2,x\n3,4,y'), options).inputs]).toEqual([1, 2, 3, 4]);
    expect([...read(cut('x,1,2\ny,3,4'), { ...options, label: '1' }).inputs]).toEqual([1, 2, 3, 4]);
    expect(() => read(cut('1\n2'), options)).toThrow(
      't.csv: found 1 columns, expected 2, or 3 with the label: the network takes 2 numbers',
    );
    expect(() => read(cut('1,2\n2,3'), { features: { count: 2 } })).toThrow(
      't.csv: found 2 columns, expected 3: the network takes 2 numbers',
    );
  });

  it.each<[string, string, 'numbers' | string[], string | undefined]>([
    ['the rows’ numbers are there, and no label', '1,5,3\n2,6,1', ['a', 'b'], '"3" in column 3'],
    ['the same with a header', 'id,w,h\n1,5,3\n2,6,1', ['a', 'b'], '"3" in column 3'],
    [
      'a header of numbers is read as data',
      '0,1,kind\n5,3,a\n6,1,b',
      ['a', 'b'],
      '"kind" in column 3',
    ],
    [
      'a header above numbers likewise',
      '0,1,price\n5,3,2\n6,1,1',
      'numbers',
      '"price" in column 3',
    ],
    ['it is a class', '5,3,b\n6,1,c', ['a', 'b'], undefined],
    ['it is a class written otherwise', '5,3,1.0\n6,1,0', ['0', '1'], undefined],
    ['nothing is known of it yet', '5,3,?\n6,1,?', ['a', 'b'], undefined],
    ['it is a number', '5,3,1.5\n6,1,2', 'numbers', undefined],
  ])('checks by the first row what it passes over as the label: %s', (_, text, labels, found) => {
    const options = { features: { count: 2, labels }, label: '3', labelled: false };
    if (found === undefined) {
      expect([...read(cut(text), options).inputs]).toEqual([5, 3, 6, 1]);
      return;
    }
    const expected = labels === 'numbers' ? 'a number' : 'a class of the model';
    expect(() => read(cut(text), options)).toThrow(
      `t.csv: found ${found}, which has the label's place, expected ${expected}, or the 2 inputs alone`,
    );
  });

  it('tells of a column that counts the rows where it passes over another, and of a first row', () => {
    const rows = (row: (i: number) => string) =>
      cut(Array.from({ length: 6 }, (_, i) => row(i)).join('\n'));
    const options = {
      features: { count: 2, labels: 'numbers' },
      label: '3',
      labelled: false,
    } as const;
    expect(
      read(
        rows((i) => `${i + 1},${i * i},7.5`),
        options,
      ).notes,
    ).toEqual([{ kind: 'counting', column: 1, name: undefined }]);
    expect(
      read(
        rows((i) => `${i + 1},${i * i}`),
        options,
      ).notes,
    ).toEqual([]);
    expect(read(cut('0,1\n5,3\n6,1'), options).notes).toEqual([{ kind: 'first row' }]);
  });
});

describe('what numbers or names the rows', () => {
  const rows = (lead: (i: number) => string) =>
    Array.from({ length: 6 }, (_, i) => `${lead(i)}${i % 4},${i % 3},${'xy'[i % 2]}`).join('\n');
  const inputs = Array.from({ length: 6 }, (_, i) => [i % 4, i % 3]).flat();

  it.each<[string, string, (i: number) => string, string, string]>([
    ['R’s write.csv', ',a,b,kind', (i) => `${i + 1},`, 'row names', ''],
    ['pandas’ to_csv', ',a,b,kind', (i) => `${i},`, 'row names', ''],
    [
      'pandas, read and written again',
      'Unnamed: 0,a,b,kind',
      (i) => `${i},`,
      'row names',
      'Unnamed: 0',
    ],
    ['pandas, columns without names', ',0,1,kind', (i) => `${i},`, 'row names', ''],
    ['pandas, two tables one after the other', ',a,b,kind', (i) => `${i % 3},`, 'row names', ''],
    ['rows in another order', ',a,b,kind', (i) => `${(i * 5 + 40) % 97},`, 'row names', ''],
    ['rows drawn twice, in R', ',a,b,kind', (i) => `${i / 10 + 1},`, 'row names', ''],
    ['row names in words', ',a,b,kind', (i) => `Mazda RX${i},`, 'row names', ''],
    ['R’s write.table', 'a,b,kind', (i) => `${i + 1},`, 'row names', ''],
    ['R’s collections', 'rownames,a,b,kind', (i) => `${i + 1},`, 'row names', 'rownames'],
    ['a number called Id', 'Id,a,b,kind', (i) => `${i + 1},`, 'row numbers', 'Id'],
  ])('is no input: %s', (_, header, lead, kind, name) => {
    const table = read(cut(`${header}\n${rows(lead)}`));
    expect([...table.inputs]).toEqual(inputs);
    expect(table.featureNames).toHaveLength(2);
    expect(table.label).toBe('kind');
    expect(table.notes).toEqual([{ kind, column: 1, name }]);
    // A model of these columns takes the table with and without it.
    const features = { count: 2, names: table.featureNames };
    const options = { features, label: 'kind' };
    expect([...read(cut(`${header}\n${rows(lead)}`), options).inputs]).toEqual(inputs);
    const names = table.featureNames!.join();
    const without = read(cut(`${names},kind\n${rows(() => '')}`), options);
    expect([...without.inputs]).toEqual(inputs);
    expect(without.notes).toEqual([]);
  });

  it.each([
    ['Id', 'x,Id,kind', (i: number) => `${i % 4},${7 * i},`],
    ['a measurement that counts, alone', 'id,kind', (i: number) => `${i},`],
  ])('is an input: %s', (_, header, lead) => {
    const text = `${header}\n${Array.from({ length: 6 }, (_, i) => `${lead(i)}${'xy'[i % 2]}`).join('\n')}`;
    const table = read(cut(text));
    expect(table.inputs.length).toBe(6 * (header.split(',').length - 1));
    expect(table.notes).toEqual([]);
  });

  it('is told of where it is an input: no header, or another name', () => {
    const counting = (i: number) => `${i + 5},`;
    expect(read(cut(rows(counting))).notes).toEqual([
      { kind: 'counting', column: 1, name: undefined },
    ]);
    expect(read(cut(`t,a,b,kind\n${rows(counting)}`)).notes).toEqual([
      { kind: 'counting', column: 1, name: 't' },
    ]);
    expect(noteText({ kind: 'counting', column: 1, name: 't' })).toBe(
      'column 1 ("t"): counts the rows and is used as an input; remove it unless it is a measurement',
    );
  });

  it('may hold the label, if somebody says so', () => {
    const table = read(cut(',a\nx,1\ny,2\nx,3'), { label: '1' });
    expect([...table.inputs]).toEqual([1, 2, 3]);
    expect(table.notes).toEqual([]);
  });

  it('does not move the label of a model whose columns have no names', () => {
    const options = { features: { count: 2 }, label: '3' };
    expect([...read(cut(`,a,b,kind\n${rows((i) => `${i},`)}`), options).inputs]).toEqual(inputs);
  });

  it('leaves nothing to learn from: says so', () => {
    expect(() => read(cut(',kind\n1,x\n2,y'))).toThrow(
      't.csv: found 2 columns, the first of them without a name, expected at least one, and the label',
    );
  });
});

describe('a label that may say that there is none', () => {
  it('is a class among words, and a note says so', () => {
    const table = read(cut('a,kind\n1,x\n2,NA\n3,x\n4,NA'));
    expect(table.labels!.classNames).toEqual(['NA', 'x']);
    const note = { kind: 'missing label', column: 2, name: 'kind', label: { text: 'NA', rows: 2 } };
    expect(table.notes).toEqual([note]);
    expect(noteText(table.notes[0]!)).toBe(
      'column 2 ("kind"): labels such as "NA" (2 rows) are used as classes; remove these rows if they mean missing labels',
    );
  });

  it.each([
    ['where all labels are such', 'a,kind\n1,none\n2,-\n3,none\n4,-', {}],
    ['of a model that knows it', 'a,kind\n1,x\n2,NA', { features: { count: 1, names: ['a'] } }],
  ])('is told of nowhere else: %s', (_, text, options) => {
    expect(read(cut(text), options).notes).toEqual([]);
  });
});

describe('an input without end', () => {
  it('of blank rows has one', () => {
    const reader = new TableReader('stdin');
    const blank = [''];
    expect(() => {
      for (;;) reader.row(blank);
    }).toThrow('stdin: found more than 268435456 rows, expected at most as many');
  });
});

describe('a delimiter at the end of the rows', () => {
  it.each([
    ['1,2,x,\n3,4,y,', undefined],
    ['a,b,kind,\n1,2,x,\n3,4,y,', 'kind'],
    ['a,b,kind,\n1,2,x\n3,4,y', 'kind'],
    ['a,b,kind\n1,2,x,\n3,4,y,', 'kind'],
  ])('is no column: %j', (text, label) => {
    const table = read(cut(text));
    expect([...table.inputs]).toEqual([1, 2, 3, 4]);
    expect(labelsOf(table)).toEqual(['x', 'y']);
    if (label) expect(table.label).toBe(label);
  });

  it('is a column where there is something after it', () => {
    expect(read(cut('a,b,\n1,2,x\n3,4,y')).label).toBe('column 3');
    expect(() => read(cut('1,x,\n2,y,\n3,x,5'))).toThrow('t.csv, row 3: found 3 cells, expected 2');
  });
});

describe('a first row of numbers', () => {
  const problemOf = (text: string, options?: TableOptions) => {
    try {
      const table = read(cut(text), options);
      classesOfTable('t.csv', table, true);
      return table.notes[0]?.kind;
    } catch (error) {
      expect(error).toBeInstanceOf(TableError);
      return (error as TableError).problem;
    }
  };
  const data = '5,3,0\n6,1,1\n5,2,0\n6,2,1';
  const words = '5,3,x\n6,1,y\n5,2,x\n6,2,y';
  it.each([
    ['0,1,target', data, 'header'],
    ['0,1,target', words, 'header'],
    ['150,4,setosa', data, 'header'],
    ['id,2019,kind', words, 'header'],
    ['0,1,2', data, 'header'],
    ['0,1,1', data, undefined],
    ['2,3,0', data, undefined],
  ])('%s', (first, rest, problem) => {
    expect(problemOf(`${first}\n${rest}`)).toBe(problem);
    if (problem) expect(problemOf(`${first}\n${rest}`, { header: true })).toBeUndefined();
  });

  it('is told of where it counts and may be data', () => {
    expect(problemOf(`0,1,2\n${data}\n1,1,2`)).toBe('first row');
    expect(problemOf(`0,1,2\n${data}\n1,1,2`, { header: false })).toBeUndefined();
  });

  it('is a header where it has a model’s names', () => {
    const features = { count: 2, names: ['0', '1'] };
    expect([...read(cut('0,1\n5,3'), { features, labelled: false }).inputs]).toEqual([5, 3]);
  });

  it('names the row where a single word stands above numbers to predict', () => {
    const text = `0,1,target\n${Array.from({ length: 300 }, (_, i) => `1,2,${i}.5`).join('\n')}`;
    expect(() => read(cut(text))).toThrow(
      't.csv, row 1, column 3: found "target" above numbers, expected a number, or a header',
    );
  });
});

describe('a bad row', () => {
  it('is handed over, and the others are read', () => {
    const errors: string[] = [];
    const options: TableOptions = {
      features: { count: 2 },
      labelled: false,
      onBadRow: ({ message }) => errors.push(message),
    };
    const table = read(cut('1,x\n3,4\n5\n6,7\n#\n8,'), options);
    expect([...table.inputs]).toEqual([3, 4, 6, 7]);
    expect([...table.records]).toEqual([2, 4]);
    expect(errors).toEqual([
      't.csv, row 1, column 2: found "x", expected a number',
      't.csv, row 3: found 1 cell, expected 2, as in the first rows',
      't.csv, row 5: found a comment ("#"), expected only rows of the table: remove the lines that begin with #',
      't.csv, row 6, column 2: found an empty cell, expected a number',
    ]);
    expect(read(cut('1,x\n2,y'), options).rows).toBe(0);
  });

  it('leaves nothing behind among many', () => {
    const rows = 100_000;
    const reader = new TableReader('t.csv', { features: { count: 3 }, onBadRow: () => {} });
    const isBad = (i: number) => i % 7 === 3 || (i > 87_000 && i < 87_800);
    for (let i = 0; i < rows; i++) reader.row([`${i}`, `${-i}`, isBad(i) ? 'x' : '5', 'a']);
    const { inputs, records } = reader.end();
    const good = Array.from({ length: rows }, (_, i) => i).filter((i) => !isBad(i));
    expect([...records]).toEqual(good.map((i) => i + 1));
    expect(inputs.length).toBe(3 * good.length);
    expect(good.every((i, k) => inputs[3 * k] === i && inputs[3 * k + 2] === 5)).toBe(true);
  });
});

describe('refuses', () => {
  it.each([
    ['no rows', '', 't.csv: found no rows of data, expected at least one'],
    ['a header alone', 'a,b', 't.csv: found no rows of data'],
    ['one column', 'a\n1', 't.csv: found 1 column, expected at least one, and the label'],
    [
      'too many cells',
      'a,b\n1,2\n1,2,3',
      't.csv, row 3: found 3 cells, expected 2, as in the first',
    ],
    [
      'an empty cell',
      'a,b\n1,2\n ,3',
      't.csv, row 3, column 1 ("a"): found an empty cell, expected a number',
    ],
    [
      'no label',
      'a,b\n1,2\n1,',
      't.csv, row 3, column 2 ("b"): found an empty cell, expected a label',
    ],
    ['a word', 'a,b\n1,2\nred,3', 'row 3, column 1 ("a"): found "red", expected a number'],
    ['NaN', '1,2\nNaN,3', 'row 2, column 1: found "NaN", expected a number'],
    ['Infinity', '1,2\nInfinity,3', 'found "Infinity", expected a number'],
    ['hexadecimal', '1,2\n0x10,3', 'found "0x10", expected a number'],
    ['a decimal comma', '1,2\n"1;5",3', 'expected a number'],
    ['too large', '1,2\n1e309,3', 'found "1e309", expected a number up to 1.8e308'],
    [
      'a comment',
      'a,b\n1,2\n# more,3',
      't.csv, row 3: found a comment ("# more,3"), expected only rows of the table: remove the lines that begin with #',
    ],
    ['a comment above', '# made, here\na,b,c\n1,2,3', 'row 1: found a comment ("# made, here")'],
    ['two comments above', '% made\n% here\na,b\n1,2', 'row 1: found a comment ("% made")'],
    [
      'a missing label among numbers',
      'a,b\n1,2.5\n1,NA\n1,3',
      't.csv, row 3, column 2 ("b"): found "NA", expected a number, as in other rows',
    ],
    ['a name twice', 'a,b,a\n1,2,3', 't.csv, header: found "a" in columns 1 and 3, expected each'],
  ])('%s', (_, text, message) => {
    expect(() => read(cut(text))).toThrow(message);
    expect(() => read(cut(text))).toThrow(RangeError);
  });

  it.each([
    ['0', 'found no column 0, expected the label column’s number, 1 to 2'],
    ['3', 'found no column 3'],
    ['kind', 'found no label column "kind", expected a number for the label column, or a header'],
  ])('a label column %s that is not there', (label, message) => {
    expect(() => read(cut('1,2\n3,4'), { label })).toThrow(`t.csv: ${message}`);
  });
});

describe('numbersOfTable', () => {
  it('takes the labels as numbers, named by their column', () => {
    const dataset = numbersOfTable('t.csv', read(cut('a,price\n1,2.5\n2,-1e3\n3,7')));
    expect([...dataset.targets!]).toEqual([2.5, -1000, 7]);
    expect([dataset.outputs, dataset.classNames]).toEqual([1, ['price']]);
    expect(dataset.classes).toBe(0);
  });

  it.each([
    ['1,2\n3,4', false],
    ['1,2.0\n3,4', false],
    ['1,2.5\n3,4', true],
    ['1,x\n3,4.5', false],
    // More digits than float32 has.
    ['1,8400000.5\n3,8400001.5', true],
    ['1,4503599627370496.5\n3,4503599627370497.5', true],
    ['1,1.5e1\n3,2.50e+1', false],
    [Array.from({ length: 257 }, (_, i) => `1,${i}`).join('\n'), true],
    [Array.from({ length: 2000 }, (_, i) => `1,${i}`).join('\n'), true],
    [Array.from({ length: 257 }, (_, i) => `1,c${i}`).join('\n'), false],
  ])('%# is meant to be told as a number: %s', (text, expected) => {
    expect(isContinuous(read(cut(text)))).toBe(expected);
  });

  it.each([
    ['1,2.5\n2,dear', 't.csv, row 2, label column "2": found "dear", expected numbers in all rows'],
    ['1,1e309\n2,2', 'found "1e309", expected numbers in all rows'],
    ['1,2\n2,NaN', 'found "NaN"'],
  ])('%j is refused', (text, message) => {
    expect(() => numbersOfTable('t.csv', read(cut(text)))).toThrow(message);
  });
});

describe('classesOfTable', () => {
  it('makes a dataset with the names', () => {
    const dataset = classesOfTable('t.csv', read(cut('1,y\n2,x\n3,y\n4,x')), true);
    expect(dataset).toMatchObject({ classes: 2, classNames: ['x', 'y'], features: 1, length: 4 });
    expect([...dataset.labels]).toEqual([1, 0, 1, 0]);
  });

  it.each([
    [
      '1,x\n2,y\n3,x',
      't.csv, label column "2": found "y" only in row 2, expected each class at least twice',
    ],
    ['1,x\n2,x', 't.csv, label column "2": found "x" in every row, expected at least two classes'],
  ])('refuses to divide %j, but judges by it', (text, message) => {
    expect(() => classesOfTable('t.csv', read(cut(text)), true)).toThrow(message);
    expect(classesOfTable('t.csv', read(cut(text)), false).length).toBeGreaterThan(1);
  });

  it('takes whole numbers for classes, and no others', () => {
    expect(classesOfTable('t', read(cut('1,3\n2,-1\n3,3\n4,-1.0')), true).classes).toBe(2);
    expect(classesOfTable('t', read(cut('1,v1.5\n2,1.5\n3,v1.5\n4,1.5')), true).classes).toBe(2);
    expect(() => classesOfTable('t', read(cut('1,3.5\n2,4\n3,4\n4,3.5')), true)).toThrow(
      't, label column "2": found numbers such as 3.5, expected classes, in words or whole numbers',
    );
  });

  it('takes 256 classes and no more', () => {
    const rows = (count: number) =>
      Array.from({ length: 2 * count }, (_, i) => ['1', `c${i % count}`]);
    expect(classesOfTable('t', read(rows(256)), true).classes).toBe(256);
    for (const count of [257, 1024, 1025, 5000]) {
      expect(() => classesOfTable('t', read(rows(count)), true)).toThrow(
        't, label column "2": found more than 256 different labels, expected at most 256 classes',
      );
    }
  });
});

describe('whatever comes', () => {
  const cell = fc.oneof(
    fc.constantFrom('', ' ', '1', '-2.5', '1e5', 'x', 'NaN', '1e999', '\0', '"', '__proto__'),
    fc.string(),
  );
  const someOptions = fc.record(
    {
      header: fc.boolean(),
      label: fc.oneof(fc.constantFrom('1', '2', 'x'), fc.string()),
      labelled: fc.boolean(),
    },
    { requiredKeys: [] },
  );

  it('is a table whose parts fit, or a RangeError that names it', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1 })), someOptions, (rows, options) => {
        let table: Table;
        try {
          table = read(rows, options);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect((error as Error).message).toMatch(/^t\.csv/);
          return;
        }
        expect(table.inputs.length % table.rows).toBe(0);
        expect(table.records.length).toBe(table.rows);
        expect(table.inputs.every(Number.isFinite)).toBe(true);
        if (table.labels) expect(table.labels.classes!.length).toBe(table.rows);
      }),
      { numRuns: 500 },
    );
  });

  it('comes out as it went in, where it is good', () => {
    const value = fc.float({ noNaN: true, noDefaultInfinity: true });
    const name = fc.stringMatching(/^[a-z]\w{0,8}$/);
    const good = fc.integer({ min: 1, max: 5 }).chain((features) =>
      fc.record({
        values: fc.array(fc.array(value, { minLength: features, maxLength: features }), {
          minLength: 1,
        }),
        names: fc.uniqueArray(name, { minLength: features + 1, maxLength: features + 1 }),
        label: fc.nat({ max: features }),
        kinds: fc.uniqueArray(name, { minLength: 1 }),
      }),
    );
    fc.assert(
      fc.property(good, fc.boolean(), ({ values, names, label, kinds }, header) => {
        // String(-0) is 0.
        const textOf = (float: number) => (Object.is(float, -0) ? '-0' : String(float));
        const kindOf = (i: number) => kinds[i % kinds.length]!;
        const rows = values.map((row, i) => row.map(textOf).toSpliced(label, 0, kindOf(i)));
        const table = header
          ? read([names, ...rows], { label: names[label] })
          : read(rows, { label: String(label + 1), header });
        expect([...table.inputs]).toEqual(values.flat());
        expect(labelsOf(table)).toEqual(values.map((_, i) => kindOf(i)));
        expect(table.labels!.classNames).toEqual([...new Set(labelsOf(table))].sort());
        if (header) expect(table.featureNames).toEqual(names.toSpliced(label, 1));
      }),
    );
  });
});
