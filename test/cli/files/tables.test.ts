/** Tables from one command to the next: train, evaluate, predict. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../../src/cli/files/model-file.ts';
import { Network } from '../../../src/index.ts';
import { Preprocessing } from '../../../src/table/preprocessing.ts';
import { events, run } from '../command.ts';
import { HEADER, irisLike } from '../iris-like.ts';

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
    'reads irises to 90 %% and more of a held-out fifth, seed %i',
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
        optimizer: 'adam',
        classNames: ['setosa', 'versicolor', 'virginica'],
      });
      expect((rest.at(-1) as unknown as Result).test.accuracy).toBeGreaterThan(0.89);
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
      'test-split': '0.2',
    });
    const { labels, features } = Preprocessing.of(network)!;
    expect([labels, features]).toEqual([['species'], HEADER.slice(0, 4)]);
  });

  it('shows the names on a terminal', async () => {
    const { stdout } = await run(['train', '-d', 'iris.csv', '-o', 'x.st'], { cwd, terminal: 80 });
    const shown = stripVTControlCharacters(stdout);
    expect(shown).toMatch(/data +iris\.csv: 120 for training, 30 held out/);
    expect(shown).toMatch(/actual {2}setosa {2}versicolor {2}virginica {2}recall/);
    expect(shown).toMatch(/use it +relumax predict x\.st ROWS\.csv/);
    expect(shown).not.toContain('images');
  });

  it.each<[string, string, string[], string]>([
    [
      'columns with one value',
      'a,b,c\n1,x,y\n',
      [],
      'bad.csv: found 3 columns ("a": one value in all rows, "b": one value in all rows, "c": one value in all rows), expected at least one input column, and the label',
    ],
    [
      'a word among numbers',
      'a,b\n1,x\n2,y\n3,x\n',
      ['--numeric', 'b', '--label', 'a'],
      'bad.csv: found 3 faults, expected none: row 2, column 2 ("b"): found "x", expected a number',
    ],
    ['a short row', '1,2,y\n1,y\n', [], 'bad.csv, row 2: found 2 cells, expected 3'],
    [
      'classes of one',
      '1,x\n2,y\n3,z\n',
      [],
      'bad.csv: --test-split 0.2 leaves no row to hold out: rows that are the only ones of their class are trained on, and the classes are those of column "column 2"; --label names another',
    ],
    ['another label', 'a,b\n1,x\n', ['--label', 'c'], 'bad.csv: found no column "c" for label'],
    ['two rows', '1,x\n2,x\n', [], 'found "x" in every row, expected at least two classes'],
  ])('names %s', async (_, content, more, message) => {
    await write('bad.csv', content);
    const { code, stdout, stderr } = await run(['train', '-d', 'bad.csv', ...more], { cwd });
    expect([code! > 0, stdout]).toEqual([true, '']);
    expect(stderr).toMatch(/^relumax: .*\n/);
    expect(stderr).toContain(message);
  });

  it.each([
    [['--label', 'x'], '--label: found no table to use it on'],
    [['--no-header'], '--header: found no table to use it on'],
    [['--ignore', 'x'], '--ignore: found no table to use it on'],
    [['--data', 'iris.csv', '--ignore', 'x'], 'iris.csv: found no column "x" for ignore'],
    [['--data', 'iris.csv', '--delimiter', 'xx'], 'Expected one character that is no letter'],
    [
      ['--data', 'm.st'],
      'm.st: found a file of another kind, expected a folder, arrays (.npz) or a table',
    ],
    [['--data', 'none.csv'], 'none.csv: no such file or directory'],
    [
      ['--data', 'https://example.org/a.csv'],
      'https://example.org/a.csv: is a URL, expected a file or a folder; download it first',
    ],
    [['--data', 'iris.csv', '-l', '4-3', '-r', '0.1'], undefined],
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

describe('a table as R and pandas write it', () => {
  const lead: Record<string, (i: number) => string> = {
    '': (i) => `${i + 1}`,
    'Unnamed: 0': (i) => `${i}`,
    Id: (i) => `${i + 1}`,
  };

  it.each(Object.keys(lead))(
    'is trained on without its row numbers, under %j, and evaluated with and without them',
    async (name) => {
      const numbered = rows.map((row, i) => [lead[name]!(i), ...row]);
      await write('r.csv', text([[name, ...HEADER], ...numbered]));
      const args = ['train', '-d', 'r.csv', '-o', 'r.st', '--json'];
      const { code, stdout, stderr } = await run(args, { cwd });
      expect(code).toBe(0);
      expect(stderr).toBe('');
      const [started] = events(stdout) as unknown as [{ layers: number[]; columns: unknown[] }];
      expect(started.layers[0]).toBe(4);
      expect(started.columns[0]).toMatchObject({
        ...{ number: 1, kind: 'row names', role: 'left out' },
        name: name || 'column 1',
      });
      expect(started.columns[1]).toMatchObject({ name: HEADER[0], kind: 'number', inputs: 1 });
      const trained = (events(stdout).at(-1) as unknown as Result).test;
      // As without the column, to the bit.
      const { stdout: plain } = await run(['train', '-d', 'iris.csv', '--json'], { cwd });
      expect((events(plain).at(-1) as unknown as Result).test).toEqual(trained);
      for (const file of ['r.csv', 'iris.csv']) {
        const { stdout } = await run(['evaluate', 'r.st', '-d', file, '--json'], { cwd });
        expect(events(stdout)[0]).toMatchObject({
          part: 'held out',
          test: { ...trained, examples: 30 },
        });
      }
      const answers = await Promise.all(
        ['r.csv', 'iris.csv'].map((file) => run(['predict', 'r.st', file], { cwd })),
      );
      const [withNumbers, without] = answers.map((answer) => answer.stdout.replaceAll('iris', 'r'));
      expect(withNumbers).toBe(without);
    },
  );

  it.each<[string, string, string[], string]>([
    ['a header of numbers', '0,1,target\n5,3,0\n6,1,1\n5,2,0\n6,2,1\n', [], 'above numbers'],
    [
      'too many texts',
      `a,b\n${rows
        .concat(rows)
        .map((_, i) => `${i % 7},v${i}\n`)
        .join('')}`,
      ['--label', 'b'],
      'found more than 256',
    ],
    ['fractions as classes', 'a,b\n1,0.5\n2,0.5\n', ['--output', 'softmax'], 'numbers such as 0.5'],
  ])('gets an error that says what to do: %s', async (what, content, more, message) => {
    const advice: Record<string, string> = {
      'a header of numbers': '; --header says whether row 1 names the columns',
      'too many texts': ', expected at most 256 classes',
      'fractions as classes': '; --output linear predicts numbers',
    };
    await write('bad.csv', content);
    const { code, stderr } = await run(['train', '-d', 'bad.csv', ...more], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain(advice[what]);
  });

  it('says where a first row that may be a header is read as data', async () => {
    await write('n.csv', `9,1,2\n${'5,3,2\n6,1,1\n5,2,2\n6,2,1\n'.repeat(5)}`);
    const said = 'relumax: n.csv: row 1 is read as data; --header takes it as the names';
    expect((await run(['train', '-d', 'n.csv', '-e', '9'], { cwd })).stderr).not.toContain(said);
    await write('n.csv', `0,1,2\n${'5,3,2\n0,1,1\n5,2,2\n0,2,1\n'.repeat(5)}`);
    for (const command of ['train', 'find-lr']) {
      const args = [command, '-d', 'n.csv', '--label', '1'];
      expect((await run(args, { cwd })).stderr).toContain(said);
      expect((await run([...args, '--no-header'], { cwd })).stderr).not.toContain(said);
    }
  });
});

describe('classes', () => {
  it('that are rare are told of, in plain lines and in JSON', async () => {
    const rare = rows.map((row, i) => [...row.slice(0, 4), i % 25 === 0 ? 'yes' : 'no']);
    await write('rare.csv', text([HEADER, ...rare]));
    const { stdout } = await run(['train', '-d', 'rare.csv'], { cwd });
    expect(stdout).toMatch(
      /\nclass no: recall 100\.00 %, precision 96\.67 %, 29 rows\nclass yes: recall 0\.00 %, precision 0\.00 %, 1 row\n/,
    );
    const json = await run(['train', '-d', 'rare.csv', '--json', '-r', '0.01'], { cwd });
    expect(events(json.stdout).at(-1)).toMatchObject({
      confusion: [
        [29, 0],
        [1, 0],
      ],
      recall: [1, 0],
      precision: [29 / 30, 0],
      baseline: { accuracy: 29 / 30 },
    });
  });

  it('that do worst are told of where there are many', async () => {
    const many = Array.from({ length: 260 }, (_, i) => [`${i % 26}`, `letter ${i % 26}`]);
    await write('many.csv', text([['x', 'y'], ...many]));
    const { stdout } = await run(['train', '-d', 'many.csv', '-e', '1'], { cwd });
    expect(stdout.match(/\nworst class letter \d+: recall 0\.00 %, .* 2 rows/g)).toHaveLength(5);
  });

  it('are held against always saying the commonest', async () => {
    // By these columns nothing can be told.
    const rare = rows.map((_, i) => [`${i % 3}`, `${i % 7}`, i % 10 === 0 ? 'yes' : 'no']);
    await write('rare.csv', text([['a', 'b', 'c'], ...rare]));
    const { code, stdout, stderr } = await run(['train', '-d', 'rare.csv', '--json'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^relumax: the network does not generalise: its loss on the held-out examples is 0\.\d+, and that of always predicting the class frequencies is 0\.3251; try .*\n$/,
    );
    expect(events(stdout).at(-1)).toMatchObject({ isBetterThanBaseline: false });
  });
});

describe('evaluate', () => {
  it('of a table’s model wants a table', async () => {
    const { code, stdout, stderr } = await run(['evaluate', 'm.st'], { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(
      'relumax: m.st: was trained on a table, expected --data with a table\n',
    );
  });

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
    expect(stdout).toMatch(/accuracy +9\d\.\d\d % of 100 classified correctly/);
    expect(stdout).toMatch(/setosa +· +· +· +0\.0/);
  });

  it('names a class that the model does not know', async () => {
    await write('odd.csv', text([HEADER, ['1', '2', '3', '4', 'tulip']]));
    const { code, stderr } = await run(['evaluate', 'm.st', '-d', 'odd.csv'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'relumax: odd.csv, row 2, label column 5 ("species"): found the class "tulip", expected one of 3 classes: "setosa", "versicolor", "virginica"\n',
    );
  });
});

describe('predict', () => {
  it('tells the class of 256', async () => {
    const network = await Network.create({ layers: [1, 256], seed: 1 });
    const classes = Array.from({ length: 256 }, (_, i) => `${i}`);
    const metadata = { data: 'table', label: 'b', classes: JSON.stringify(classes) };
    await writeFile(join(cwd, 'many.st'), network.save({ metadata }));
    await write('one.csv', 'a\n0.5\n');
    const { stdout, stderr } = await run(['predict', 'many.st', 'one.csv'], { cwd });
    expect(stderr).toBe('');
    const probabilities = [...network.predict(Float32Array.of(0.5))];
    const best = probabilities.indexOf(probabilities.reduce((a, b) => Math.max(a, b)));
    expect(stdout).toMatch(new RegExp(`^one\\.csv:2\\t${best}\\t`));
  });

  const unlabelled = [HEADER.slice(0, 4), ['5', '3.4', '1.5', '0.2'], ['6.6', '3', '5.6', '2']];

  it('says for each row of which class it is', async () => {
    await write('new.csv', text(unlabelled));
    const { code, stdout } = await run(['predict', 'm.st', 'new.csv'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^new\.csv:2\tsetosa\t0\.\d{5,}\nnew\.csv:3\tvirginica\t0\.\d{5,}\n$/);
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

  it('answers the good rows and names the bad ones', async () => {
    const bad = [['5', '3.4', 'wide', '0.2'], ['1'], ['5', '3.4', '1.5', 'x']];
    await write('some.csv', text([unlabelled[0]!, ...bad, ...unlabelled.slice(1)]));
    const { code, stdout, stderr } = await run(['predict', 'm.st', 'some.csv'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^some\.csv:5\tsetosa\t.*\nsome\.csv:6\tvirginica\t.*\n$/);
    expect(stderr).toBe(
      'relumax: some.csv, row 2, column 3 ("petal length"): found "wide", expected a number\n' +
        'relumax: some.csv, row 3: found 1 cell, expected 4, as in the first rows\n' +
        'relumax: some.csv, row 4, column 4 ("petal width"): found "x", expected a number\n',
    );
    await write('none-good.csv', text([unlabelled[0]!, ...bad]));
    const none = await run(['predict', 'm.st', 'none-good.csv', 'some.csv', '--json'], { cwd });
    expect([none.code, events(none.stdout).length]).toEqual([1, 2]);
  });

  it('answers the rows before a quote that is out of place', async () => {
    await write('quote.csv', `${text(unlabelled)}1,"2"3",4,5\n1,2,3,4\n`);
    const { code, stdout, stderr } = await run(['predict', 'm.st', 'quote.csv'], { cwd });
    expect([code, stdout.trim().split('\n').length]).toEqual([1, 2]);
    expect(stderr).toMatch(
      /^relumax: quote\.csv, row 4: found a quote inside a cell, .*; later rows are not read\n$/,
    );
  });

  it('prints whole names, tab-separated, and numbers that read back', async () => {
    const names = ['a very long name of a class indeed', 'tab\there'];
    const named = rows.map((row, i) => [...row.slice(0, 4), names[i % 2]!]);
    await write('named.csv', text([HEADER, ...named]));
    await run(['train', '-d', 'named.csv', '-o', 'named.st', '-e', '1'], { cwd });
    const { stdout } = await run(['predict', 'named.st', 'new.csv'], { cwd });
    const { stdout: json } = await run(['predict', 'named.st', 'new.csv', '--json'], { cwd });
    for (const [i, line] of stdout.trimEnd().split('\n').entries()) {
      const [place, name, probability, ...rest] = line.split('\t');
      const answer = events(json)[i] as { row: number; class: string; probabilities: number[] };
      expect([place, rest]).toEqual([`new.csv:${answer.row}`, []]);
      expect(name).toBe(answer.class.replace('\t', '\ufffd'));
      expect(Math.fround(Number(probability))).toBe(Math.max(...answer.probabilities));
    }
  });

  it('tells a column too many from the label, and says which rows and columns it guessed', async () => {
    const numbers = rows.map((row) => row.slice(0, 4));
    await write('plain.csv', text(rows));
    await run(['train', '-d', 'plain.csv', '-o', 'plain.st', '-e', '1'], { cwd });
    await write('numbered.csv', text(numbers.map((row, i) => [`${i + 1}`, ...row])));
    const refused = await run(['predict', 'plain.st', 'numbered.csv'], { cwd });
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toBe(
      `relumax: numbered.csv: found "${rows[0]![3]}" in column 5, which has the label's place, expected a class of the model, or the inputs alone\n`,
    );
    await write('pandas.csv', text([['0', '1', '2', '3'], ...numbers]));
    const told = await run(['predict', 'plain.st', 'pandas.csv'], { cwd });
    expect(told.stderr).toBe(
      'relumax: pandas.csv: row 1 is read as data; --header takes it as the names of the columns\n',
    );
    const { stdout, stderr } = await run(['evaluate', 'plain.st', '--data', 'plain.csv'], { cwd });
    expect([stdout.includes('held out'), stderr]).toEqual([true, '']);
  });

  it('answers the good tables and names the bad ones', async () => {
    await write('new.csv', text(unlabelled));
    await write('bad.csv', 'sepal length\n1\n');
    const { code, stdout, stderr } = await run(['predict', 'm.st', 'bad.csv', 'new.csv'], { cwd });
    expect(code).toBe(1);
    expect(stdout.split('\n')).toHaveLength(3);
    expect(stderr).toBe(
      'relumax: bad.csv, header: found no column "sepal width","petal length","petal width" among "sepal length", expected the columns that the model was trained on\n',
    );
  });
});
