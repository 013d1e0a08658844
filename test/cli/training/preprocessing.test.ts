/** What a table's network does to raw numbers: the same by the command, in a program, and exported. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Network as InWorker } from 'relumax/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../../src/cli/files/model-file.ts';
import { Dataset, Network } from '../../../src/index.ts';
import { encodeSafetensors } from '../../../src/model/safetensors.ts';
import { decodeSafetensors } from '../../../src/model/safetensors-reader.ts';
import { events, run } from '../command.ts';

let cwd: string;
const path = (name: string) => join(cwd, name);

/** Writes a table of two columns. */
async function table(name: string, header: string, rows: readonly (readonly unknown[])[]) {
  await writeFile(path(name), [header, ...rows.map((row) => row.join())].join('\n'));
}

/** Runs a command that must succeed; its last line. */
async function last(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args, { cwd });
  const others = stderr.replace(/^relumax: \S+ column 1 \("\w"\) counts the rows .*\n/gm, '');
  expect([code, others]).toEqual([0, '']);
  return stdout.trimEnd().split('\n').at(-1)!;
}

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-preprocessing-'));
  await table(
    'sum.csv',
    'x,y',
    // In no order that would count the rows.
    Array.from({ length: 24 }, (_, i) => (i * 7) % 24).map((x) => [x, x + 2]),
  );
  await last('train', '--data', 'sum.csv', '--output', 'linear', '--save', 't.st');
  await writeFile(path('eleven.csv'), 'x\n11\n');
});
afterAll(() => rm(cwd, { recursive: true }));

describe('24 rows x, y with y = x + 2', () => {
  const told = async (model: string) =>
    JSON.parse(await last('predict', model, 'eleven.csv', '--json')).values[0];

  it('tell 13 for 11, by the command, in a program and in a worker', async () => {
    const value = await told('t.st');
    expect(Math.abs(value - 13)).toBeLessThan(0.05);
    const bytes = await readFile(path('t.st'));
    const network = await Network.load(bytes);
    expect(network.predict(Float32Array.of(11))).toEqual(Float64Array.of(value));
    const remote = await InWorker.load(bytes);
    try {
      expect(await remote.predict(Float64Array.of(11))).toEqual(Float64Array.of(value));
    } finally {
      remote.dispose();
    }
  });

  it('tell it again when a program has loaded and saved the model', async () => {
    const network = await Network.load(await readFile(path('t.st')));
    await writeFile(path('again.st'), network.save({ metadata: { by: 'me' } }));
    expect(await told('again.st')).toBe(await told('t.st'));
    const judged = (model: string) => last('evaluate', model, '--data', 'sum.csv', '--json');
    expect(JSON.parse(await judged('again.st'))).toMatchObject({ part: 'held out' });
    expect(await judged('again.st')).toBe(await judged('t.st'));
    // Without metadata of its own too, and learning on.
    await network.fit((await import('../../../src/index.ts')).Dataset.from(SUMS), { epochs: 1 });
    await writeFile(path('on.st'), network.save());
    expect(Math.abs((await told('on.st')) - 13)).toBeLessThan(0.1);
  });

  const SUMS = {
    inputs: Float64Array.from({ length: 24 }, (_, i) => i),
    targets: Float64Array.from({ length: 24 }, (_, i) => i + 2),
    outputs: 1,
  };

  it('tell it by a checkpoint too, and by the network that a program makes of them', async () => {
    await last('train', '-d', 'sum.csv', '--output', 'linear', '--checkpoint', 'c.st');
    expect(await told('c.st')).toBe(await told('t.st'));
  });
});

describe('numbers far from 0', () => {
  const FAR = 1_700_000_000;
  const rows = (count: number, offset: number) =>
    Array.from({ length: count }, (_, i) => [offset + i, i < count / 2 ? 'early' : 'late']);
  const trained = async (name: string) => {
    const args = ['train', '-d', `${name}.csv`, '-o', `${name}.st`, '--json', '--print-hash'];
    return JSON.parse(await last(...args));
  };

  it('train as those near it: 200 rows t, label', async () => {
    await table('near.csv', 't,label', rows(200, 0));
    await table('far.csv', 't,label', rows(200, FAR));
    const [near, far] = [await trained('near'), await trained('far')];
    expect(near.test.accuracy).toBe(1);
    expect(far.test.accuracy).toBe(1);
    expect(far.test.loss).toBeCloseTo(near.test.loss, 5);
  });

  it('give the very same parameters where float64 holds their mean', async () => {
    // 256 of them are training rows, so the mean is a multiple of 2⁻⁸.
    await table('near320.csv', 't,label', rows(320, 0));
    await table('far320.csv', 't,label', rows(320, FAR));
    expect((await trained('far320')).hash).toBe((await trained('near320')).hash);
  });

  it('are exported as they are predicted, bit-exactly', async () => {
    await last('export', 'far.st', '--js', 'far.mjs');
    const { predict, classes } = await import(pathToFileURL(path('far.mjs')).href);
    const { stdout } = await run(['predict', 'far.st', 'far.csv', '--json'], { cwd });
    const answers = events(stdout) as unknown as { class: string; probabilities: number[] }[];
    expect(answers).toHaveLength(200);
    const differing = answers.filter((answer, i) => {
      const probabilities: number[] = [...predict([FAR + i])];
      expect(probabilities).toEqual(answer.probabilities);
      return classes[probabilities.indexOf(Math.max(...probabilities))] !== answer.class;
    });
    expect(differing).toEqual([]);
  });

  it('are told in their unit, with the error that they have', async () => {
    const targets = Array.from({ length: 200 }, (_, i) => FAR + 10 * Math.sin(i / 32));
    await table(
      'wave.csv',
      'x,y',
      targets.map((y, i) => [i, y]),
    );
    const args = ['train', '-d', 'wave.csv', '--output', 'linear', '-o', 'wave.st', '--json'];
    const { test } = JSON.parse(await last(...args));
    const { stdout } = await run(['predict', 'wave.st', 'wave.csv', '--json'], { cwd });
    const told = events(stdout).map(({ values }) => (values as number[])[0]!);
    const network = await Network.load(await readFile(path('wave.st')));
    const inputs = Float64Array.from(targets, (_, i) => i);
    expect([...network.predict(inputs)]).toEqual(told);
    const squares = told.map((value, i) => (value - targets[i]!) ** 2);
    const rmse = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 200);
    expect(rmse).toBeLessThan(8);
    // Of all rows and of those held out.
    expect(test.rmse / rmse).toBeGreaterThan(0.5);
    expect(test.rmse / rmse).toBeLessThan(2);
    const all = events(
      (await run(['evaluate', 'wave.st', '-d', 'wave.csv', '--json'], { cwd })).stdout,
    );
    expect(all[0]!.test).toEqual({ ...test, examples: 40 });
  });

  it('are numbers where they have fractions, and not classes', async () => {
    await table(
      'half.csv',
      'x,y',
      Array.from({ length: 24 }, (_, i) => [i, 8_400_000.5 + (i % 4)]),
    );
    const { stdout } = await run(['train', '-d', 'half.csv', '--json', '-e', '1'], { cwd });
    expect(events(stdout)[0]).toMatchObject({ output: 'linear' });
    expect((events(stdout).at(-1) as { test: object }).test).toHaveProperty('r2');
  });

  it('are named where 64 bits do not hold their squares', async () => {
    await table('huge.csv', 'x,y', [
      [1e200, 'a'],
      [-1e200, 'b'],
      [1e200, 'a'],
      [-1e200, 'b'],
      [3, 'a'],
    ]);
    const { code, stderr } = await run(['train', '-d', 'huge.csv'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain(
      'huge.csv, column 1 ("x"): found numbers with a standard deviation of Infinity',
    );
  });
});

describe('a model of before, with float32 in it', () => {
  it('still answers, and knows which rows it was not trained on', async () => {
    const bytes = await readFile(path('t.st'));
    const { tensors, metadata } = decodeSafetensors(bytes);
    const old = encodeSafetensors(
      [...tensors].map(([name, { shape, data }]) => [
        name,
        { shape, data: Float32Array.from(data) },
      ]),
      // As that version computed it, of the rows in float32; it wrote the names of the columns alone.
      {
        ...Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== 'table')),
        ...{ label: 'y', features: '["x"]', 'data-sha256': await digestOf(24) },
      },
    );
    await writeFile(path('old.st'), old);
    const { values } = JSON.parse(await last('predict', 'old.st', 'eleven.csv', '--json'));
    expect(Math.abs(values[0] - 13)).toBeLessThan(0.05);
    const inputs = Array.from({ length: 24 }, (_, i) => (i * 7) % 24);
    const all = Dataset.from({ inputs, targets: inputs.map((x) => x + 2) });
    const { test } = all.split({
      test: Number(metadata['test-split']),
      seed: Number(metadata.seed),
    });
    const { loss } = (await Network.load(old)).evaluate(test);
    expect(JSON.parse(await last('evaluate', 'old.st', '-d', 'sum.csv', '--json'))).toMatchObject({
      part: 'held out',
      test: { loss, examples: test.length },
    });
  });

  async function digestOf(rows: number): Promise<string> {
    const { createHash } = await import('node:crypto');
    const inputs = Float32Array.from({ length: rows }, (_, i) => (i * 7) % rows);
    const targets = inputs.map((x) => x + 2);
    return createHash('sha256').update(inputs).update(targets).digest('hex');
  }
});

it('names in a model’s file must be as many as its classes, and differ', async () => {
  const { tensors, metadata } = decodeSafetensors(await readFile(path('t.st')));
  for (const classes of ['a, b', '{"0":"a"}', '["a","b"]', '[1]', '[]']) {
    await writeFile(path('names.st'), encodeSafetensors(tensors, { ...metadata, classes }));
    await expect(readModel(path('names.st'))).rejects.toThrow(
      `names.st: model file: found metadata "classes" ${JSON.stringify(classes)}, expected 1 different names in JSON`,
    );
  }
  expect((await readModel(path('t.st'))).classNames).toEqual(['y']);
});
