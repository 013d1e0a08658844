/** Tables as people have them, by the command: text, missing cells, dates, several labels, rare classes. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { Network } from '../../../src/index.ts';
import { Preprocessing } from '../../../src/table/preprocessing.ts';
import { events, run } from '../command.ts';

let cwd: string;
const write = (name: string, content: string | Uint8Array) => writeFile(join(cwd, name), content);

/** Rows of a ship: name, sex, age, day of birth, fare, and whether somebody survived. */
const HEADER = ['name', 'sex', 'age', 'born', 'fare', 'survived'];
const random = new Random(7, 'weights');
const drawn = () => random.word() / 2 ** 32;
const ROWS = Array.from({ length: 200 }, (_, i) => {
  const sex = drawn() < 0.5 ? 'female' : 'male';
  const age = Math.floor(drawn() * 80);
  const survived = (sex === 'female') !== drawn() < 0.1 ? 'yes' : 'no';
  const born = `${1912 - age}-0${1 + (i % 9)}-1${i % 9}`;
  return [`Person, ${i}`, sex, i % 11 === 0 ? 'NA' : `${age}`, born, `${i % 13}.5`, survived];
});
const csv = (rows: readonly (readonly string[])[]) => `${papa.unparse(rows as string[][])}\n`;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-mixed-'));
  await write('ship.csv', csv([HEADER, ...ROWS]));
  const { code } = await run(['train', '-d', 'ship.csv', '-o', 'ship.st', '-e', '20'], { cwd });
  expect(code).toBe(0);
});
afterAll(() => rm(cwd, { recursive: true }));

describe('train', () => {
  it('says what becomes of each column, in plain lines and in JSON', async () => {
    const { stdout } = await run(['train', '-d', 'ship.csv', '-e', '1'], { cwd });
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^column name: .*left out/);
    expect(lines[1]).toBe('column sex: category, 2 values, 2 inputs');
    expect(lines[2]).toMatch(
      /^column age: number, standardised, 2 inputs, 19 missing: median \d+$/,
    );
    expect(lines[3]).toMatch(/^column born: date, standardised, with month, .*\d+ inputs$/);
    expect(lines[5]).toBe('column survived: category, label, 2 classes');
    const json = await run(['train', '-d', 'ship.csv', '-e', '1', '--json'], { cwd });
    const [{ columns }] = events(json.stdout) as unknown as [{ columns: object[] }];
    expect(columns).toMatchObject([
      { name: 'name', number: 1, role: 'left out' },
      { name: 'sex', kind: 'category', role: 'input', inputs: 2, categories: ['female', 'male'] },
      { name: 'age', kind: 'number', role: 'input', inputs: 2, missing: 19 },
      { name: 'born', kind: 'date', role: 'input' },
      { name: 'fare', kind: 'number', role: 'input', inputs: 1, missing: 0 },
      { name: 'survived', kind: 'category', role: 'label' },
    ]);
    expect(columns[0]).not.toHaveProperty('values');
  });

  it('shows them on a terminal of any width', async () => {
    for (const terminal of [40, 80]) {
      const { stdout } = await run(['train', '-d', 'ship.csv', '-e', '1'], { cwd, terminal });
      const table = stdout.split('\n').filter((line) => /^ {2,4}(sex|age|2 values)/.test(line));
      expect(table).toHaveLength(terminal === 40 ? 3 : 2);
      for (const line of table) expect(line.length).toBeLessThanOrEqual(terminal);
      // What does not fit on a line goes on on the next.
      expect(stdout.replace(/\s+/g, ' ')).toMatch(
        /standardised, 2 inputs, 19 missing: median \d+ /,
      );
    }
  });

  it('tells of many columns by their kinds', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `n${i}`);
    const rows = ROWS.map((row) => [...names.map(() => drawn().toFixed(3)), ...row]);
    await write('many.csv', csv([[...names, ...HEADER], ...rows]));
    const { stdout } = await run(['train', '-d', 'many.csv', '-e', '1'], { cwd });
    expect(stdout).toMatch(/^32 columns, n0 … fare: number, 33 inputs, 19 cells missing$/m);
    expect(stdout.match(/^(column|32 columns) ?/gm)!.length).toBeLessThan(7);
  });

  it('takes columns as flags say, and records these', async () => {
    const args = ['train', '-d', 'ship.csv', '-e', '1', '--json', '-o', 'flags.st'];
    const flags = ['--ignore', 'born,1', '--categorical', 'fare', '--label', 'survived'];
    const { stdout } = await run([...args, ...flags], { cwd });
    const [{ columns }] = events(stdout) as unknown as [{ columns: object[] }];
    expect(columns).toMatchObject([
      { name: 'name', chosen: 'ignore' },
      { name: 'sex' },
      { name: 'age' },
      { name: 'born', chosen: 'ignore' },
      { name: 'fare', kind: 'category', chosen: 'categorical', inputs: 13 },
      { name: 'survived', role: 'label' },
    ]);
    const { metadata } = await Network.load(await readFile(join(cwd, 'flags.st')));
    expect(JSON.parse(metadata.settings!)).toMatchObject({
      ...{ label: 'survived', ignore: 'born,1', categorical: 'fare', optimizer: 'adam' },
    });
  });

  it('predicts several numbers at once', async () => {
    await write(
      'two.csv',
      csv([['x', 'a', 'b'], ...ROWS.map((_, i) => [`${i % 17}`, `${i % 17}.5`, `${-i % 17}`])]),
    );
    const args = ['train', '-d', 'two.csv', '--label', 'a,b', '-o', 'two.st', '--json'];
    const [start] = events((await run(args, { cwd })).stdout);
    expect(start).toMatchObject({ output: 'linear', classNames: ['a', 'b'] });
    const { stdout } = await run(['predict', 'two.st', 'two.csv', '--json'], { cwd });
    const { values } = events(stdout)[3] as unknown as { values: number[] };
    expect(values[0]).toBeCloseTo(3.5, 0);
    expect(values[1]).toBeCloseTo(-3, 0);
  });

  it('reads gzipped files, standard input and other marks', async () => {
    const parametersOf = async (args: string[], input?: Uint8Array) => {
      const all = ['train', ...args, '-e', '2', '-o', 'form.st'];
      const { code, stderr } = await run(all, { cwd, ...(input && { input }) });
      expect([code, stderr]).toEqual([0, '']);
      return (await Network.load(await readFile(join(cwd, 'form.st')))).parameters();
    };
    const text = csv([HEADER, ...ROWS]);
    const parameters = await parametersOf(['-d', 'ship.csv']);
    await write('ship.csv.gz', gzipSync(text));
    expect(await parametersOf(['-d', 'ship.csv.gz'])).toEqual(parameters);
    expect(await parametersOf(['-d', '-'], Buffer.from(text))).toEqual(parameters);
    expect(await parametersOf(['-d', '-'], gzipSync(text))).toEqual(parameters);
    const cut = [HEADER, ...ROWS].map((row) => row.map((cell) => cell.replace('.', ',')).join('~'));
    await write('marks.txt', ['; from the ship', ...cut].join('\n'));
    const marks = ['--delimiter', '~', '--decimal', ',', '--comment', ';'];
    expect(await parametersOf(['-d', 'marks.txt', ...marks])).toEqual(parameters);
    const judged = ['evaluate', 'form.st', '-d', 'marks.txt', '--delimiter', '~', '--comment', ';'];
    expect((await run(judged, { cwd })).stdout).toContain('held out in training');
  });
});

describe('--class-weight balanced', () => {
  it('finds more of a rare class, and is judged by all classes alike', async () => {
    const rare = Array.from({ length: 1000 }, (_, i) => {
      const isRare = i % 20 === 0;
      return [`${(drawn() + (isRare ? 0.6 : 0)).toFixed(3)}`, isRare ? 'fraud' : 'fine'];
    });
    await write('rare.csv', csv([['x', 'kind'], ...rare]));
    const args = ['train', '-d', 'rare.csv', '-e', '30', '--json'];
    const recallOf = async (...more: string[]) => {
      const { code, stdout, stderr } = await run([...args, ...more], { cwd });
      expect([code, stderr]).toEqual([0, '']);
      const { recall } = events(stdout).at(-1) as unknown as { recall: number[] };
      // fine, fraud
      return recall[1]!;
    };
    const [plain, weighted] = [await recallOf(), await recallOf('--class-weight', 'balanced')];
    expect(weighted).toBeGreaterThan(plain + 0.1);
  });

  it('is refused where numbers are predicted', async () => {
    const args = ['train', '-d', 'two.csv', '--label', 'a', '--class-weight', 'balanced'];
    const { code, stderr } = await run(args, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('--class-weight balanced: found numbers to predict, expected classes');
  });
});

describe('predict --output', () => {
  it('writes the table with the answers beside it, as it reads back', async () => {
    const rows = [...ROWS.slice(0, 5), ['A "new", one', 'unknown', '', '1900-01-01', '3.5', 'no']];
    await write('new.csv', csv([HEADER, ...rows]));
    const args = ['predict', 'ship.st', 'new.csv'];
    const { code, stdout, stderr } = await run([...args, '--output', 'p.csv'], { cwd });
    expect([code, stdout]).toEqual([0, 'predictions: p.csv, 6 rows\n']);
    expect(stderr).toBe(
      'relumax: new.csv: 1 cell has a category that did not occur in training, and counts as none of those that did\n',
    );
    const { data } = papa.parse<string[]>(await readFile(join(cwd, 'p.csv'), 'utf8'), {
      skipEmptyLines: true,
    });
    expect(data[0]).toEqual([...HEADER, 'predicted survived', 'probability']);
    expect(data.slice(1).map((row) => row.slice(0, 6))).toEqual(rows);
    const printed = (await run(args, { cwd })).stdout.trimEnd().split('\n');
    expect(data.slice(1).map((row) => row.slice(6).join('\t'))).toEqual(
      printed.map((line) => line.split('\t').slice(1).join('\t')),
    );
    // As a program has them.
    const network = await Network.load(await readFile(join(cwd, 'ship.st')));
    const preprocessing = Preprocessing.of(network)!;
    const inputs = preprocessing.inputs(
      rows.map((row) => Object.fromEntries(HEADER.map((name, i) => [name, row[i]!]))),
    );
    const answers = preprocessing.answers(network.predict(inputs));
    expect(data.slice(1).map((row) => row[6])).toEqual(
      answers.map((answer) => 'class' in answer && answer.class),
    );
  });

  it('leaves out rows that cannot be answered, and names them', async () => {
    await write('bad.csv', csv([HEADER, ROWS[1]!, ROWS[2]!.with(2, 'old'), ['1'], ROWS[3]!]));
    const { code, stdout, stderr } = await run(['predict', 'ship.st', 'bad.csv', '-o', 'b.csv'], {
      cwd,
    });
    expect([code, stdout]).toEqual([1, 'predictions: b.csv, 2 rows\n']);
    expect(stderr).toBe(
      'relumax: bad.csv, row 3, column 3 ("age"): found "old", expected a number\n' +
        'relumax: bad.csv, row 4: found 1 cell, expected 6, as in the first rows\n',
    );
    expect((await readFile(join(cwd, 'b.csv'), 'utf8')).trimEnd().split('\n')).toHaveLength(3);
  });

  it('takes a file with another decimal mark, and writes the answers with it', async () => {
    const comma = ROWS.slice(0, 9).map((row) => row.map((cell) => cell.replace('.', ',')));
    await write('comma.csv', [HEADER, ...comma].map((row) => row.join(';')).join('\n'));
    await write('point.csv', csv([HEADER, ...ROWS.slice(0, 9)]));
    await run(['predict', 'ship.st', 'comma.csv', '-o', 'c.csv'], { cwd });
    await run(['predict', 'ship.st', 'point.csv', '-o', 'd.csv'], { cwd });
    const answersIn = async (name: string) =>
      papa
        .parse<string[]>(await readFile(join(cwd, name), 'utf8'), { skipEmptyLines: true })
        .data.map((row) => row.slice(6));
    const answers = await answersIn('d.csv');
    expect(answers[1]![1]).toContain('.');
    expect(await answersIn('c.csv')).toEqual(
      answers.map(([answer, probability]) => [answer, probability!.replace('.', ',')]),
    );
  });

  it('makes no formula of the name of a class', async () => {
    const formula = ROWS.map((_, i) => [`${i % 7}`, i % 7 < 3 ? '=1+1' : '@SUM(A1)']);
    await write('formula.csv', csv([['x', '=kind'], ...formula]));
    await run(['train', '-d', 'formula.csv', '-o', 'formula.st'], { cwd });
    await write('x.csv', 'x\n1\n6\n');
    await run(['predict', 'formula.st', 'x.csv', '-o', 'f.csv'], { cwd });
    const text = await readFile(join(cwd, 'f.csv'), 'utf8');
    expect(text).toMatch(
      /^x,predicted =kind,probability\n1,'=1\+1,[\d.]+\n6,'@SUM\(A1\),[\d.]+\n$/,
    );
  });

  it.each([
    [['new.csv', 'x.csv', '-o', 'o.csv'], '--output: found 2 tables, expected one'],
    [['new.csv', '-o', 'new.csv'], 'is the same file as new.csv, expected another'],
  ])('with %j is refused', async (args, message) => {
    const { code, stderr } = await run(['predict', 'ship.st', ...args], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
