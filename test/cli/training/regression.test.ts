/** Regression: tables whose labels are numbers, from training to export. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { run } from '../command.ts';

let cwd: string;
/** The rows as numbers: four inputs of very different sizes, and a price of some 1,000. */
let rows: number[][];
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-regression-'));
  const random = new Random(1, 'weights');
  const drawn = () => random.word() / 2 ** 31 - 1;
  rows = Array.from({ length: 400 }, () => {
    const [a, b, c, d] = [drawn(), drawn() * 10, drawn() * 1000, drawn() * 0.01];
    const price = 1000 + 300 * a! * Math.abs(a!) + 10 * b! + 0.1 * c! + 5 * drawn();
    return [a, b, c, d, price].map((value) => Number(value!.toFixed(5)));
  });
  await writeTable('prices.csv', rows);
});
afterAll(() => rm(cwd, { recursive: true }));

async function writeTable(name: string, table: (string | number)[][]): Promise<void> {
  const lines = [['a', 'b', 'c', 'd', 'price'], ...table].map((row) => row.join());
  await writeFile(join(cwd, name), lines.join('\n'));
}

const lastEvent = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1)!);

describe('a table of prices', () => {
  it('is trained by one command, which reports R²', async () => {
    const { code, stdout, stderr } = await run(['train', '-d', 'prices.csv', '--json'], { cwd });
    expect([code, stderr]).toEqual([0, '']);
    const [start, epoch] = stdout.split('\n').map((line) => line && JSON.parse(line));
    expect(start).toMatchObject({ output: 'linear', classNames: ['price'] });
    expect(epoch).not.toHaveProperty('accuracy');
    expect(epoch.validation).toEqual({ loss: expect.any(Number) });
    const { test } = lastEvent(stdout);
    expect(test.r2).toBeGreaterThan(0.9);
    // In the unit of the prices, whose standard deviation is about 200.
    expect(test.rmse).toBeGreaterThan(2);
    expect(test.rmse).toBeLessThan(70);
    expect(test).not.toHaveProperty('accuracy');
  });

  it('says so in words', async () => {
    const { stdout } = await run(['train', '-d', 'prices.csv', '--preset', 'best'], { cwd });
    expect(stdout).toMatch(/held out: R² 0\.9\d+ on 80 rows, RMSE [\d.]+, loss 0\.\d+/);
    expect(stdout).toMatch(/^epoch {3}1\/100: loss [\d.]+, held out: loss [\d.]+, /m);
  });

  it('gives a model that predicts prices, as do its exports', async () => {
    const train = ['train', '-d', 'prices.csv', '-o', 'model.safetensors', '--json'];
    const { test } = lastEvent((await run(train, { cwd })).stdout);
    const judged = await run(['evaluate', 'model.safetensors', '-d', 'prices.csv', '--json'], {
      cwd,
    });
    const { part, test: again } = lastEvent(judged.stdout);
    expect(part).toBe('held out');
    expect(again).toEqual({ ...test, examples: 80 });

    const args = ['predict', 'model.safetensors', 'prices.csv'];
    const { stdout } = await run([...args, '--json'], { cwd });
    const predicted = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(predicted[0]).toEqual({ file: 'prices.csv', row: 2, values: [expect.any(Number)] });
    const squares = predicted.map(({ values }, i) => (values[0] - rows[i]![4]!) ** 2);
    const rmse = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    expect(rmse).toBeLessThan(1.3 * test.rmse);
    // In plain lines the shortest text that is the same number.
    for (const [i, line] of (await run(args, { cwd })).stdout.trim().split('\n').entries()) {
      const [place, value] = line.split('\t');
      expect(place).toBe(`prices.csv:${i + 2}`);
      expect(value).toBe(String(predicted[i].values[0]));
    }

    await run(['export', 'model.safetensors', '--js', 'model.mjs'], { cwd });
    const module = await import(pathToFileURL(join(cwd, 'model.mjs')).href);
    const answers = module.predict(rows.flatMap((row) => row.slice(0, 4)));
    for (const [i, { values }] of predicted.entries()) {
      expect(Math.abs(answers[i] - values[0])).toBeLessThan(1e-5 * 1000);
    }
  });

  it('is standardised by the training rows, and its model says how', async () => {
    await run(['train', '-d', 'prices.csv', '-o', 'means.safetensors', '-e', '1'], { cwd });
    const file = await readFile(join(cwd, 'means.safetensors'), 'latin1');
    for (const name of ['targets.mean', 'targets.deviation', '"output":"linear"']) {
      expect(file).toContain(name);
    }
  });
});

describe('a training that ends with an absurd loss', () => {
  it('fails, says so and saves nothing', async () => {
    const lines = rows.map(([a, b]) => `${a},${b},${3 * a! - b!}`);
    await writeFile(join(cwd, 'line.csv'), ['a,b,y', ...lines].join('\n'));
    const sgd = ['--optimizer', 'sgd', '-l', '2-1', '-r', '2', '-e', '1', '--weight-decay', '0'];
    const args = [
      'train',
      '-d',
      'line.csv',
      ...sgd,
      '-b',
      '8',
      '--schedule',
      'constant',
      '-o',
      'absurd.st',
    ];
    const { code, stdout, stderr } = await run([...args, '--json'], { cwd });
    expect(code).toBe(1);
    const { test, isBetterThanBaseline, saved } = lastEvent(stdout);
    expect(test.loss).toBeGreaterThan(1e6);
    expect([isBetterThanBaseline, saved]).toEqual([false, undefined]);
    expect(stderr).toMatch(
      /^relumax: the training failed: the loss ended at \d.*e\+\d+, and was \d\.\d+ before the training; try a learning rate smaller than 2; the model was not saved\n$/,
    );
    await expect(readFile(join(cwd, 'absurd.st'))).rejects.toThrow('ENOENT');
  });

  it('fails too where all numbers are equal, and nothing can be better', async () => {
    const lines = rows.slice(0, 60).map(([a, b]) => `${a},${b},3.1`);
    await writeFile(join(cwd, 'equal.csv'), ['a,b,y', ...lines].join('\n'));
    const good = await run(['train', '-d', 'equal.csv', '--json'], { cwd });
    expect([good.code, good.stderr]).toEqual([0, '']);
    expect(lastEvent(good.stdout)).toMatchObject({
      baseline: { loss: 0 },
      isBetterThanBaseline: true,
    });
    const args = ['train', '-d', 'equal.csv', '--optimizer', 'adam', '-r', '1000', '--json'];
    const { code, stdout, stderr } = await run(args, { cwd });
    expect(code).toBe(1);
    expect(lastEvent(stdout)).toMatchObject({ isBetterThanBaseline: false });
    expect(stderr).toContain('the training failed: the loss ended at ');
  });

  it('is told from one that learns what does not hold for other rows', async () => {
    const random = new Random(3, 'weights');
    const noise = Array.from({ length: 30 }, () =>
      Array.from({ length: 6 }, () => (random.word() / 2 ** 32).toFixed(4)).join(),
    );
    await writeFile(join(cwd, 'noise.csv'), ['a,b,c,d,e,y', ...noise].join('\n'));
    const { code, stderr } = await run(['train', '-d', 'noise.csv', '-o', 'noise.st'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^relumax: the network does not generalise: .* always predicting the mean is \d.*; try fewer epochs, a smaller network or more examples\n$/,
    );
    expect((await readFile(join(cwd, 'noise.st'))).length).toBeGreaterThan(100);
  });
});

describe('what is a class and what a number', () => {
  it('whole numbers are classes, unless --output says otherwise', async () => {
    await writeTable(
      'stars.csv',
      rows.map((row) => [...row.slice(0, 4), row[0]! > 0 ? 1 : 5]),
    );
    const classes = await run(['train', '-d', 'stars.csv', '--json', '-e', '2'], { cwd });
    expect(JSON.parse(classes.stdout.split('\n')[0]!)).toMatchObject({
      output: 'softmax',
      classNames: ['1', '5'],
    });
    const args = ['train', '-d', 'stars.csv', '--json', '--output', 'linear'];
    expect(lastEvent((await run(args, { cwd })).stdout).test.r2).toBeGreaterThan(0.5);
  });

  it('shares from 0 to 1 may be the outputs of sigmoids', async () => {
    await writeTable(
      'shares.csv',
      rows.map((row) => [...row.slice(0, 4), row[0]! > 0 ? 1 : 0]),
    );
    const args = ['train', '-d', 'shares.csv', '--output', 'sigmoid', '-o', 's.safetensors'];
    const { stdout } = await run(args, { cwd });
    expect(stdout).toMatch(/held out: (9\d|100)\.\d+ % binary accuracy on 80 rows/);
    const predicted = await run(['predict', 's.safetensors', 'shares.csv', '--json'], { cwd });
    const { values } = JSON.parse(predicted.stdout.split('\n')[0]!);
    expect(values[0] > 0.5).toBe(rows[0]![0]! > 0);
    const evaluate = ['evaluate', 's.safetensors', '-d', 'shares.csv'];
    const judged = lastEvent((await run([...evaluate, '--json'], { cwd })).stdout);
    const [[, wrong], [missed, right]] = judged.confusion;
    expect(judged.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(80);
    expect(judged.precision).toEqual([right / (right + wrong)]);
    expect(judged.recall).toEqual([right / (right + missed)]);
    // Both classes of the output have a row and a column.
    const { stdout: shown } = await run(evaluate, { cwd });
    expect(shown).toMatch(
      new RegExp(`^ +1 .* ${right} .* ${(100 * judged.recall[0]).toFixed(1)}$`, 'm'),
    );
    expect(shown).toMatch(/^ +0 .* [\d.]+$/m);
  });

  it('the column of the numbers may have a name where it had none', async () => {
    await writeFile(join(cwd, 'bare.csv'), rows.map((row) => row.join()).join('\n'));
    await run(['train', '-d', 'bare.csv', '-o', 'bare.st'], { cwd });
    const { code, stdout } = await run(['evaluate', 'bare.st', '-d', 'prices.csv'], { cwd });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/fit +R² 0\.9\d+ on 80/)]);
  });

  it.each<[string[], string]>([
    [['-d', 'prices.csv', '--output', 'softmax'], 'price": found numbers such as 1'],
    [
      ['-d', 'words.csv', '--output', 'linear'],
      'words.csv: found 2 faults, expected none: row 2, label column "price": found "dear", expected a number',
    ],
    [
      ['-d', 'prices.csv', '--output', 'sigmoid'],
      'prices.csv: found 400 faults, expected none: row 2, label column "price": found 1',
    ],
    [['--output', 'linear'], '--output linear: found data with classes, expected softmax'],
    [['-d', 'prices.csv', '-l', '4-3-2'], 'the last 1, its targets'],
    [['-d', 'prices.csv', '--rotate', '5'], '--rotate: found examples that are no images'],
    [['--shift', '-1'], "option '--shift <pixels>' argument '-1' is invalid"],
    [['--dropout', '1'], 'Expected a number from 0 to below 1'],
    [
      ['--hidden', 'swish'],
      'Allowed choices are relu, leaky-relu, tanh, sigmoid, elu, linear, gelu, silu',
    ],
    [['--preset', 'quick'], 'Allowed choices are best'],
  ])('train %j is refused', async (args, message) => {
    await writeTable('words.csv', [
      [1, 2, 3, 4, 'dear'],
      [2, 1, 4, 3, 'cheap'],
      [1, 2, 3, 4, 5],
    ]);
    const { code, stdout, stderr } = await run(['train', ...args], { cwd });
    expect(code).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});
