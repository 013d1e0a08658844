/** Model files that contradict themselves, and weights so large that a network has no answer. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { readModel } from '../../../src/cli/files/model-file.ts';
import { Dataset, loadDigits, Network } from '../../../src/index.ts';
import { encodeSafetensors } from '../../../src/model/safetensors.ts';
import { decodeSafetensors } from '../../../src/model/safetensors-reader.ts';
import { type Checkpoint, Checkpoints } from '../../../src/network/checkpoint.ts';
import { encodeCheckpoint } from '../../../src/network/checkpoint-file.ts';
import { run } from '../command.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-contradictions-'));
});
afterAll(() => rm(cwd, { recursive: true }));

const SHA = 'a'.repeat(64);
const SPLIT = { 'test-split': '0.2', seed: '1', 'data-sha256': SHA, 'train-sha256': SHA };
const ALL = { ...SPLIT, 'held-out-sha256': SHA, settings: '{"epochs":"2"}' };

/** A file of each kind that the command writes: the layers, and the metadata. */
const KINDS: Record<string, [number[], Record<string, string>]> = {
  digits: [[784, 10], { data: 'digits', ...ALL }],
  images: [[6, 2], { data: 'images', size: '3x2', classes: '["a","b"]', ...ALL }],
  table: [
    [2, 2],
    {
      ...{ data: 'table', label: 'y', features: '["a","b"]', unused: '["id"]' },
      ...{ classes: '["c","d"]', ...ALL },
    },
  ],
  arrays: [[3, 2], { data: 'arrays', classes: '["a","b"]', ...ALL }],
  idx: [[3, 2], { data: 'idx', ...ALL }],
};

/** Texts that no key of the metadata may have, but those that are free. */
const WRONG = [
  '',
  'x',
  '-1',
  'NaN',
  '1e999',
  '{}',
  '[]',
  '["a"]',
  '["a","a"]',
  '[1,2]',
  '1x1',
  '0x6',
];
const WRONG_SIZES = ['3x3', '28x28', '99999999x99999999', '-3x-2', '3x2x1', '3.0x2'];

/** What is anybody's text. */
const FREE = ['label', 'data'];

/** The wrong texts that are right for a key. */
const RIGHT: Record<string, string[]> = {
  settings: ['{}'],
  unused: ['[]', '["a"]', '["a","a"]'],
  features: ['["a","a"]'],
};

async function fileOf(kind: string, metadata: Record<string, string | undefined> = {}) {
  const [layers, own] = KINDS[kind]!;
  const network = await Network.create({ layers });
  const { tensors, metadata: written } = decodeSafetensors(network.save({ metadata: own }));
  const all = Object.entries({ ...written, ...metadata }).filter(([, text]) => text !== undefined);
  return encodeSafetensors(tensors, Object.fromEntries(all) as Record<string, string>);
}

describe.each(Object.keys(KINDS))('a model of %s', (kind) => {
  const path = () => join(cwd, `${kind}.st`);

  it('is read as the command writes it', async () => {
    await writeFile(path(), await fileOf(kind));
    const { network } = await readModel(path());
    expect(network.metadata).toEqual(KINDS[kind]![1]);
  });

  it('is refused where any key has another text', async () => {
    const { metadata } = decodeSafetensors(await fileOf(kind));
    const keys = Object.keys(metadata).filter((key) => !FREE.includes(key));
    expect(keys).toEqual(
      expect.arrayContaining(['layers', 'hidden', 'output', 'format', 'version']),
    );
    for (const key of keys) {
      for (const text of [...WRONG, ...(key === 'size' ? WRONG_SIZES : [])]) {
        if (RIGHT[key]?.includes(text)) continue;
        await writeFile(path(), await fileOf(kind, { [key]: text }));
        const failure: Error = await readModel(path()).then(
          () => expect.unreachable(`${key}: ${text}`),
          (error) => error,
        );
        expect(failure.message, `${key}: ${text}`).toContain(`${path()}: model file: `);
        expect(failure.message, `${key}: ${text}`).toContain(key);
      }
    }
  });

  it('is refused without what it needs', async () => {
    const needed = ['format', 'version', 'input', 'layers', 'hidden', 'output', 'seed'];
    for (const key of [...needed, ...(kind === 'images' ? ['size'] : [])]) {
      await writeFile(path(), await fileOf(kind, { [key]: undefined }));
      await expect(readModel(path()), key).rejects.toThrow(key);
    }
  });
});

test('digits have 784 pixels and 10 classes', async () => {
  await writeFile(join(cwd, 'm.st'), await fileOf('arrays', { data: 'digits' }));
  await expect(readModel(join(cwd, 'm.st'))).rejects.toThrow(
    'm.st: model file: found metadata "data" "digits" of a network of 3 inputs and 2 outputs, expected 784 and 10',
  );
});

test('what others write there is theirs', async () => {
  const metadata = { data: 'toString', seed: 'x', size: 'large', features: '7', 'test-split': '-' };
  const network = await Network.create({ layers: [3, 2] });
  await writeFile(join(cwd, 'm.st'), network.save({ metadata }));
  expect((await readModel(join(cwd, 'm.st'))).network.metadata).toEqual(metadata);
});

test('a checkpoint of another network is refused', async () => {
  let kept: Checkpoint | undefined;
  const network = await Network.create({ layers: [784, 10] });
  const dataset = Dataset.from({
    inputs: new Uint8Array(784),
    labels: new Uint8Array(1),
    classes: 10,
  });
  const onCheckpoint = (checkpoint: Checkpoint) => {
    kept = checkpoint;
  };
  await network.fit(dataset, { checkpoints: new Checkpoints({ onCheckpoint }) });
  const { tensors, metadata } = decodeSafetensors(encodeCheckpoint(kept!));
  for (const [from, to, found] of [
    ['"layers":[784,10]', '"layers":[784,9]', 'settings.layers "[784,9]", expected [784,10]'],
    ['"hidden":"relu"', '"hidden":"tanh"', 'settings.functions.hidden "\\"tanh\\""'],
    ['"output":"softmax"', '"output":"linear"', 'settings.functions.output "\\"linear\\""'],
    [/"functions":\{[^}]*\}/, '"functions":null', 'settings.functions.hidden undefined'],
    [/"settings":.*/, '"settings":null}', 'expected progress and settings'],
  ] as const) {
    const checkpoint = metadata.checkpoint!.replace(from, to);
    expect(checkpoint).not.toBe(metadata.checkpoint);
    await writeFile(join(cwd, 'c.st'), encodeSafetensors(tensors, { ...metadata, checkpoint }));
    const { code, stderr } = await run(['train', '--resume', 'c.st'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^relumax: c\.st: model file: .*\n$/);
    expect(stderr).toContain(found);
  }
});

describe('standard deviations beyond all measure', () => {
  test.each(['inputs', 'targets'] as const)('of %s', async (part) => {
    const numbers = (size: number) => Float64Array.of(-size, size, -size, size);
    const examples = (size: number) =>
      Dataset.from({
        inputs: part === 'inputs' ? numbers(size) : numbers(1),
        targets: part === 'targets' ? numbers(size) : numbers(1),
        outputs: 1,
      });
    const options = { layers: [1, 2, 1], output: 'linear' } as const;
    await expect(Network.create({ ...options, normalize: examples(1e101) })).rejects.toThrow(
      `normalize.${part}: found a standard deviation of 1e+101 in column 1, expected at most 1e+100`,
    );
    const largest = await Network.create({ ...options, normalize: examples(1e100) });
    // As large as its numbers get, they stay finite.
    const parameters = largest.parameters();
    parameters[1]!.biases.fill(3e38);
    largest.setParameters(parameters);
    expect([...largest.predict(numbers(1))].every(Number.isFinite)).toBe(true);
    const { loss, rmse, r2 } = largest.evaluate(examples(1e100));
    for (const score of [loss, ...rmse!, ...r2!]) expect(score).toSatisfy(Number.isFinite);

    const { tensors, metadata } = decodeSafetensors(largest.save());
    const name = part === 'inputs' ? 'normalization.deviation' : 'targets.deviation';
    tensors.get(name)!.data[0] = 1.1e100;
    await writeFile(join(cwd, 'm.st'), encodeSafetensors(tensors, metadata));
    await expect(readModel(join(cwd, 'm.st'))).rejects.toThrow(
      `m.st: normalization.${part}: found a standard deviation of 1.1e+100, expected at most 1e+100`,
    );
  });
});

describe('weights near the limits', () => {
  const small = 'expected inputs and parameters small enough for 32-bit floats';

  async function writeNetwork(file: string, metadata: Record<string, string>, bias = 0) {
    const layers = metadata.data === 'table' ? [1, 3, 2] : [784, 3, 10];
    const network = await Network.create({ layers });
    const parameters = network.parameters();
    for (const { weights, biases } of parameters) {
      weights.fill(1e30);
      biases.fill(bias);
    }
    network.setParameters(parameters);
    await writeFile(join(cwd, file), network.save({ metadata }));
  }

  it('evaluate names the image', async () => {
    await writeNetwork('m.st', { data: 'digits', 'test-split': '0.1', seed: '3' });
    const { code, stdout, stderr } = await run(['evaluate', 'm.st'], { cwd });
    expect([code, stdout]).toEqual([1, '']);
    // The first of those that were held out, by its number among all.
    const { labels, classes, length } = await loadDigits();
    const inputs = Float64Array.from({ length }, (_, i) => i + 1);
    const { test } = Dataset.from({ inputs, labels, classes }).split({ test: 0.1, seed: 3 });
    const place = `the bundled digits, image ${test.inputs[0]}`;
    expect(stderr).toBe(`relumax: ${place}: layer 2 gives Infinity, ${small}\n`);
  });

  it('evaluate names the row', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 2},${i % 2 ? 'b' : 'a'}`);
    rows[29] = '1e35,b';
    await writeFile(join(cwd, 't.csv'), ['x,y', ...rows].join('\n'));
    await writeNetwork('t.st', {
      data: 'table',
      label: 'y',
      features: '["x"]',
      classes: '["a","b"]',
    });
    const all = await run(['evaluate', 't.st', '--data', 't.csv'], { cwd });
    expect(all.stderr).toBe(`relumax: t.csv, row 3: layer 2 gives Infinity, ${small}\n`);
  });

  it('exports that have no answer at all are refused', async () => {
    await writeNetwork('m.st', {}, 3e38);
    for (const target of ['--onnx', '--js']) {
      const { code, stderr } = await run(['export', 'm.st', target, 'out'], { cwd });
      expect(code).toBe(1);
      expect(stderr).toBe(`relumax: m.st, for inputs of 0: layer 2 gives Infinity, ${small}\n`);
    }
    await expect(readFile(join(cwd, 'out'))).rejects.toThrow('ENOENT');
  });

  it('a module says which example is too large', async () => {
    await writeNetwork('m.st', {});
    expect((await run(['export', 'm.st', '--js', 'm.mjs'], { cwd })).code).toBe(0);
    const { href } = pathToFileURL(join(cwd, 'm.mjs'));
    const program = `
      import { predict } from ${JSON.stringify(href)};
      try { predict(new Uint8Array(2 * 784).fill(255, 784)); } catch ({ message }) { console.log(message); }`;
    const args = ['--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(stdout).toBe(
      'inputs: found example 1, for which layer 2 gives Infinity, expected smaller inputs\n',
    );
  });
});
