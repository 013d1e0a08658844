/** Tables from one command to the next: train, evaluate, predict. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../src/cli/model-file.ts';
import { Network } from '../../src/index.ts';
import { events, run } from './command.ts';
import { HEADER, irisLike } from './iris-like.ts';

let cwd: string;
const rows = irisLike(1);
const text = (lines: string[][], delimiter = ',') =>
  lines.map((cells) => `${cells.join(delimiter)}\n`).join('');
const write = (name: string, content: string) => writeFile(join(cwd, name), content);

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-tables-'));
  await write('iris.csv', text([HEADER, ...rows]));
  const { code, stderr } = await run(['train', '--data', 'iris.csv', '-o', 'm.st'], { cwd });
  expect([code, stderr]).toEqual([0, '']);
});
afterAll(() => rm(cwd, { recursive: true }));

interface Result {
  test: { accuracy: number; loss: number; examples?: number };
}

describe('train', () => {
  it.each([1, 2, 3, 4, 5])(
    'reads irises to over 93 %% of a held-out fifth, seed %i',
    async (seed) => {
      const { stdout } = await run(['train', '--data', 'iris.csv', '-s', `${seed}`, '--json'], {
        cwd,
      });
      const [first, ...rest] = events(stdout);
      expect(first).toMatchObject({
        data: 'table',
        file: 'iris.csv',
        examples: 120,
        heldOut: 30,
        layers: [4, 10, 3],
        classNames: ['setosa', 'versicolor', 'virginica'],
      });
      expect((rest.at(-1) as unknown as Result).test.accuracy).toBeGreaterThan(0.93);
    },
  );

  it('gives the same model with and without header, with tabs, and with its label first', async () => {
    const labelFirst = rows.map((row) => [row.at(-1)!, ...row.slice(0, -1)]);
    await write('plain.csv', text(rows));
    await write('tabs.tsv', text([HEADER, ...rows], '\t'));
    await write('first.csv', text(labelFirst));
    const parametersOf = async (file: string, ...more: string[]) => {
      const args = ['train', '--data', file, '-e', '3', '-o', 'other.st', ...more];
      expect((await run(args, { cwd })).stderr).toBe('');
      return (await Network.load(await readFile(join(cwd, 'other.st')))).parameters();
    };
    const parameters = await parametersOf('iris.csv', '--label', 'species');
    expect(await parametersOf('plain.csv', '--no-header')).toEqual(parameters);
    expect(await parametersOf('tabs.tsv', '--header', '--label', '5')).toEqual(parameters);
    expect(await parametersOf('first.csv', '--label', '1')).toEqual(parameters);
  });

  it('keeps names and normalisation in the model', async () => {
    const { network, classNames } = await readModel(join(cwd, 'm.st'));
    expect(classNames).toEqual(['setosa', 'versicolor', 'virginica']);
    const { mean, std } = network.normalization!.inputs!;
    expect([...mean].map((value) => Math.round(value))).toEqual([6, 3, 4, 1]);
    expect(std.every((value) => value > 0.2 && value < 2)).toBe(true);
    expect(network.metadata).toMatchObject({
      data: 'table',
      label: 'species',
      features: JSON.stringify(HEADER.slice(0, 4)),
      'test-split': '0.2',
    });
  });

  it('shows the names on a terminal', async () => {
    const { stdout } = await run(['train', '-d', 'iris.csv', '-o', 'x.st'], { cwd, terminal: 80 });
    const shown = stripVTControlCharacters(stdout);
    expect(shown).toMatch(/data +iris\.csv: 120 to learn from, 30 held out/);
    expect(shown).toMatch(/actual {2}setosa {2}versicolor {2}virginica {2}recall/);
    expect(shown).toMatch(/use it +relumax predict x\.st ROWS\.csv/);
    expect(shown).not.toContain('images');
  });

  it.each<[string, string, string[], string]>([
    [
      'a word',
      'a,b,c\n1,x,y\n',
      [],
      'bad.csv, row 2, column 2 ("b"): found "x", expected a number',
    ],
    ['a short row', '1,2,y\n1,y\n', [], 'bad.csv, row 2: found 2 cells, expected 3'],
    [
      'a class of one',
      '1,x\n2,x\n3,y\n',
      [],
      'found "y" in row 3 alone, expected each class twice',
    ],
    ['another label', 'a,b\n1,x\n', ['--label', 'c'], 'bad.csv: found no label column "c"'],
    ['two rows', '1,x\n2,x\n', [], 'found "x" in every row, expected at least two classes'],
  ])('names %s', async (_, content, more, message) => {
    await write('bad.csv', content);
    const { code, stdout, stderr } = await run(['train', '-d', 'bad.csv', ...more], { cwd });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^relumax: .*\n$/);
    expect(stderr).toContain(message);
  });

  it.each([
    [['--label', 'x'], '--label: found no table to use it on'],
    [['--no-header'], '--header: found no table to use it on'],
    [['--data', 'm.st'], 'm.st: found a file of another kind, expected a folder, a table'],
    [['--data', 'none.csv'], 'none.csv: no such file or directory'],
    [['--data', 'iris.csv', '-l', '4-3'], undefined],
    [
      ['--data', 'iris.csv', '-l', '5-3'],
      'the first size must be 4, the values in each of the rows',
    ],
  ])('with %j says what is wrong', async (args, message) => {
    const { code, stderr } = await run(['train', ...args, '-e', '1'], { cwd });
    if (message === undefined) expect([code, stderr]).toEqual([0, '']);
    else expect(code).toBeGreaterThan(0);
    expect(stderr).toContain(message ?? '');
  });
});

describe('evaluate', () => {
  it('takes what training held out of the same table', async () => {
    const { stdout: trained } = await run(['train', '-d', 'iris.csv', '--json'], { cwd });
    const { test } = events(trained).at(-1) as unknown as Result;
    const { stdout } = await run(['evaluate', 'm.st', '-d', 'iris.csv', '--json'], { cwd });
    expect(events(stdout)[0]).toMatchObject({
      data: 'table',
      part: 'held out',
      classNames: ['setosa', 'versicolor', 'virginica'],
      test: { ...test, examples: 30 },
    });
  });

  it('takes all of another, its columns in any order and some classes missing', async () => {
    const some = rows
      .filter(([, , , , species]) => species !== 'setosa')
      .map(([a, b, c, d, species]) => [species!, d!, c!, 'more', b!, a!]);
    const [a, b, c, d, species] = HEADER;
    await write('some.csv', text([[species!, d!, c!, 'note', b!, a!], ...some]));
    const { stdout } = await run(['evaluate', 'm.st', '-d', 'some.csv'], { cwd });
    expect(stdout).toContain('some.csv, all rows; the model was trained on others');
    expect(stdout).toMatch(/accuracy +9\d\.\d\d % of 100 read correctly/);
    expect(stdout).toMatch(/setosa +· +· +· +0\.0/);
  });

  it('names a class that the model does not know', async () => {
    await write('odd.csv', text([HEADER, ['1', '2', '3', '4', 'tulip']]));
    const { code, stderr } = await run(['evaluate', 'm.st', '-d', 'odd.csv'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'relumax: odd.csv: found the class "tulip" at example 0, expected one of 3 classes: "setosa", "versicolor", "virginica"\n',
    );
  });
});

describe('predict', () => {
  const unlabelled = [HEADER.slice(0, 4), ['5', '3.4', '1.5', '0.2'], ['6.6', '3', '5.6', '2']];

  it('says for each row of which class it is', async () => {
    await write('new.csv', text(unlabelled));
    const { code, stdout } = await run(['predict', 'm.st', 'new.csv'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^new\.csv:2\tsetosa\t[01]\.\d{4}\nnew\.csv:3\tvirginica\t[01]\.\d{4}\n$/,
    );
  });

  it('takes standard input, and tables that have labels', async () => {
    const input = Buffer.from(text(unlabelled));
    const { stdout } = await run(['predict', 'm.st', '--json'], { cwd, input });
    const [first] = events(stdout);
    expect(first).toMatchObject({ file: 'stdin', row: 2, class: 'setosa' });
    const probabilities = first!.probabilities as number[];
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    const { stdout: all } = await run(['predict', 'm.st', 'iris.csv'], { cwd });
    const right = all
      .trimEnd()
      .split('\n')
      .filter((line, i) => line.split('\t')[1] === rows[i]![4]);
    expect(right.length).toBeGreaterThan(139);
  });

  it('answers the good tables and names the bad ones', async () => {
    await write('new.csv', text(unlabelled));
    await write('bad.csv', 'sepal length\n1\n');
    const { code, stdout, stderr } = await run(['predict', 'm.st', 'bad.csv', 'new.csv'], { cwd });
    expect(code).toBe(1);
    expect(stdout.split('\n')).toHaveLength(3);
    expect(stderr).toBe(
      'relumax: bad.csv: found no column "sepal width", expected one of "sepal length"\n',
    );
  });
});
