import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsModel } from '../../../src/cli/files/exports/js-model.ts';
import { HIDDEN, OUTPUTS } from '../../../src/core/activations.ts';
import { Dataset, loadDigits, Network } from '../../../src/index.ts';
import { decodeModel } from '../../../src/model/model-reader.ts';
import { encodeSafetensors } from '../../../src/model/safetensors.ts';
import {
  answersFor,
  datasetOf,
  ownActivations,
  randomBytes,
  randomFloats,
  randomLabels,
  randomParameters,
  withActivations,
} from '../../examples.ts';
import {
  createOptions,
  parsedArchitecture,
  randomImageParameters,
} from '../../reference-convolution.ts';
import { run } from '../command.ts';
import { HEADER, irisLike } from '../iris-like.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-export-'));
  await run(['train', '-l', '784-20-16-10', '-e', '3', '-o', 'digits.safetensors'], { cwd });
  const rows = [HEADER, ...irisLike(1)].map((row) => row.join());
  await writeFile(join(cwd, 'iris.csv'), rows.join('\n'));
  await run(['train', '-d', 'iris.csv', '-o', 'iris.safetensors'], { cwd });
});
afterAll(() => rm(cwd, { recursive: true }));

async function networkIn(file: string): Promise<Network> {
  return Network.load(await readFile(join(cwd, file)));
}

/** What a network is exported as. */
async function moduleOf(network: Network) {
  const text = jsModel(decodeModel(network.save()), undefined);
  return import(`data:text/javascript,${encodeURIComponent(text)}`);
}

const greatest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

it('takes models that PyTorch wrote, and names the tensor of one that it does not', async () => {
  const fixture = join(import.meta.dirname, '../../fixtures/torch-models.json');
  const [{ file, inputs, probabilities }] = JSON.parse(await readFile(fixture, 'utf8')).cases;
  await writeFile(join(cwd, 'theirs.safetensors'), Buffer.from(file, 'base64'));
  const outcome = await run(['export', 'theirs.safetensors', '--js', 'theirs.mjs'], { cwd });
  expect([outcome.code, outcome.stderr]).toEqual([0, '']);
  const module = await import(pathToFileURL(join(cwd, 'theirs.mjs')).href);
  expect(module.layers).toEqual([6, 5, 4, 3]);
  const found = module.predict(Float32Array.from(inputs));
  expect(greatest(found, Float32Array.from(probabilities))).toBeLessThan(1e-6);

  const weight = { shape: [4, 1, 3, 3], data: new Float32Array(36) };
  await writeFile(join(cwd, 'conv.safetensors'), encodeSafetensors([['0.weight', weight]], {}));
  const refusal = await run(['export', 'conv.safetensors', '--js', 'conv.mjs'], { cwd });
  expect([refusal.code, refusal.stdout]).toEqual([1, '']);
  expect(refusal.stderr).toBe(
    'relumax: conv.safetensors: model file, tensor "0.weight": found the shape [4,1,3,3], ' +
      'expected input and layers to be given, for it is of a Conv2d\n',
  );
});

describe('a file of PyTorch with convolutions, given --layers', async () => {
  const layers = ['--layers', '28x28-8c5s-p2-16c5s-p2-10'];
  const digits = await loadDigits();
  let probabilities: Float32Array;
  beforeAll(async () => {
    const fixture = join(import.meta.dirname, '../../fixtures/torch-convolution.json');
    const [theirs] = JSON.parse(await readFile(fixture, 'utf8')).cases;
    await writeFile(join(cwd, 'theirs.st'), Buffer.from(theirs.file, 'base64'));
    const bytes = Uint8Array.from(Buffer.from(theirs.probabilities, 'base64'));
    probabilities = new Float32Array(bytes.buffer);
  });

  it('is exported', async () => {
    await run(['export', 'theirs.st', ...layers, '--js', 'theirs.js'], { cwd });
    const { predict } = await import(pathToFileURL(join(cwd, 'theirs.js')).href);
    const found = predict(digits.inputs.subarray(0, 100 * 784));
    expect(found).toHaveLength(probabilities.length);
    expect(greatest(found, probabilities)).toBeLessThan(1e-5);
  });

  it('predicts', async () => {
    const input = Uint8Array.from(digits.inputs.subarray(0, 3 * 784));
    const args = ['predict', 'theirs.st', ...layers, '--json'];
    const { stdout } = await run(args, { cwd, input });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).probabilities);
    expect(lines).toHaveLength(3);
    expect(greatest(Float32Array.from(lines.flat()), probabilities)).toBeLessThan(1e-5);
  });

  it('is evaluated', async () => {
    const { stdout } = await run(['evaluate', 'theirs.st', ...layers, '--json'], { cwd });
    const { input, layers: found, test } = JSON.parse(stdout);
    expect([input, found.length]).toEqual([[28, 28, 1], 5]);
    expect(test.accuracy).toBeGreaterThan(0.85);
  });

  it('has no others, as a file of relumax', async () => {
    const args = ['--layers', '28x28-8c5-p2-10', '--js', 'none.js'];
    const theirs = await run(['export', 'theirs.st', ...args], { cwd });
    expect([theirs.code, theirs.stderr]).toEqual([
      1,
      'relumax: theirs.st: model file: found 3 layers with a weight, expected 2, for the layers 28x28-8c5-p2-10\n',
    ]);
    const ours = await run(['export', 'digits.safetensors', ...args], { cwd });
    expect([ours.code, ours.stderr]).toEqual([
      1,
      'relumax: digits.safetensors: --layers: found 28x28-8c5-p2-10, expected 784-20-16-10\n',
    ]);
  });
});

describe('--js', () => {
  it('gives the bits of predict for 1,000 images, and from numbers too', async () => {
    const outcome = await run(['export', 'digits.safetensors', '--js', 'digits.mjs'], { cwd });
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    const module = await import(pathToFileURL(join(cwd, 'digits.mjs')).href);
    const network = await networkIn('digits.safetensors');
    const inputs = (await loadDigits()).inputs.slice(0, 1000 * 784);
    const wanted = network.predict(inputs);
    expect(module.layers).toEqual([784, 20, 16, 10]);
    expect(module.classes).toEqual([...'0123456789']);
    expect(module.predict(inputs)).toEqual(wanted);
    const numbers = Array.from(inputs.subarray(0, 784), (byte) => byte / 255);
    expect(module.predict(numbers)).toEqual(network.predict(Float64Array.from(numbers)));
    expect(() => module.predict(new Uint8Array(785))).toThrow(
      'found 785 values, expected a multiple of 784',
    );
    expect(() => module.predict([])).toThrow('found 0 values');
  });

  it.each(HIDDEN.flatMap((hidden) => OUTPUTS.map((output) => [hidden, output] as const)))(
    'gives the bits of a network with %s and %s, standardised or not',
    async (hidden, output) => {
      for (const layers of [
        [7, 3],
        [7, 5, 1],
        [9, 6, 13, 4],
      ]) {
        const inputs = randomFloats(layers[0]! * 50, 1, 3);
        const outputs = layers.at(-1)!;
        const targets = randomFloats(50 * outputs, 2).map(Math.abs);
        const labels = randomLabels(50, outputs, 3);
        const normalize = Dataset.from(
          output === 'softmax'
            ? { inputs, labels, classes: outputs }
            : { inputs, targets, outputs },
        );
        for (const more of [{}, { normalize }]) {
          const network = await Network.create({ layers, hidden, output, ...more });
          network.setParameters(randomParameters(layers, 4));
          const module = await moduleOf(network);
          const bytes = randomBytes(inputs.length, 5, 0.5);
          for (const given of [inputs, Float64Array.from(inputs), bytes]) {
            expect(module.predict(given)).toEqual(network.predict(given));
          }
        }
      }
    },
  );

  it.each(HIDDEN.flatMap((hidden) => OUTPUTS.map((output) => [hidden, output] as const)))(
    'gives the bits of convolutions and pooling with %s and %s, standardised or not',
    async (hidden, output) => {
      for (const text of [
        '7x9-5c3s-p2-4',
        '9x6x3-4c2s/2-3c3-6-3',
        '8x7x2-p2-9c2-1',
        '11x10x5-3c3s/4-2c2/2-3',
        '6x5x3-7-2',
      ]) {
        const architecture = parsedArchitecture(text);
        const options = { ...createOptions(architecture), hidden, output };
        const features = options.input.reduce((product, size) => product * size);
        const outputs = options.layers.at(-1) as number;
        const inputs = randomFloats(features * 20, 1, 3);
        const answers = answersFor(output, 20, outputs, 2);
        for (const more of [{}, { normalize: datasetOf(inputs, answers, outputs) }]) {
          const network = await Network.create({ ...options, ...more });
          network.setParameters(randomImageParameters(architecture, 3));
          const module = await moduleOf(network);
          expect(module.input).toEqual(network.input);
          expect(module.layers).toEqual(network.layers);
          const bytes = [0.1, 0.95].map((zeros) => randomBytes(inputs.length, 5, zeros));
          for (const given of [inputs, Float64Array.from(inputs), ...bytes]) {
            expect(module.predict(given)).toEqual(network.predict(given));
          }
        }
      }
    },
  );

  it.each([...HIDDEN.keys()])(
    'gives the bits of layers with activations of their own, from %i on',
    async (from) => {
      const own = ownActivations(4, from);
      const sizes = [9, 6, 13, 5, 7, 4];
      const dense = await Network.create({
        layers: [9, ...withActivations(sizes.slice(1), own)],
        hidden: 'silu',
      });
      dense.setParameters(randomParameters(sizes, 4));
      const architecture = parsedArchitecture('9x6x3-4c2s/2-3c2-p2-6-3');
      const { input, layers } = createOptions(architecture);
      const images = await Network.create({ input, layers: withActivations(layers, own) });
      images.setParameters(randomImageParameters(architecture, 3));
      for (const network of [dense, images]) {
        const module = await moduleOf(network);
        expect(module.layers).toEqual(network.layers);
        const inputs = randomFloats(network.features * 30, 1, 3);
        expect(module.predict(inputs)).toEqual(network.predict(inputs));
      }
    },
  );

  it('standardises by itself, and knows the classes’ names', async () => {
    await run(['export', 'iris.safetensors', '--js', 'iris.mjs'], { cwd });
    const module = await import(pathToFileURL(join(cwd, 'iris.mjs')).href);
    const network = await networkIn('iris.safetensors');
    const inputs = Float64Array.from(irisLike(2).flatMap((row) => row.slice(0, 4).map(Number)));
    expect(module.classes).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(module.predict(inputs)).toEqual(network.predict(inputs));
    // Bytes count as x / 255, as everywhere.
    const bytes = Uint8Array.of(5, 3, 4, 1);
    expect(module.predict(bytes)).toEqual(network.predict(bytes));
    expect(module.predict(bytes)).toEqual(module.predict([...bytes].map((byte) => byte / 255)));
  });
});

describe('--js refuses what predict refuses', () => {
  it.each(OUTPUTS)(
    'with the output %s: what no layer can hold, and what is no number',
    async (output) => {
      const layers = [2, 3, 2];
      const functions = { hidden: 'relu', output } as const;
      const normalize = Dataset.from({
        inputs: Float64Array.of(1e9, 1, 1e9 + 2, 3),
        ...(output === 'softmax'
          ? { labels: Uint8Array.of(0, 1), classes: 2 }
          : { targets: Float32Array.of(0, 1, 1, 0), outputs: 2 }),
      });
      for (const more of [{}, { normalize }]) {
        const network = await Network.create({ layers, ...functions, ...more });
        const weights = Float32Array.of(1, 0.5, 2, 1, -1, -1);
        network.setParameters(
          [3, 2].map((units) => ({ weights, biases: new Float32Array(units) })),
        );
        const { predict } = await moduleOf(network);
        const large = Float64Array.of(1, 2, 3e38, 3e38);
        const overflow = 'inputs: found example 1, for which layer 1 gives Infinity';
        expect(() => network.predict(large)).toThrow(overflow);
        expect(() => predict(large)).toThrow(overflow);
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e39]) {
          const found = `inputs[3]: found ${bad}, expected a finite number`;
          expect(() => network.predict(Float64Array.of(1, 2, 3, bad))).toThrow(found);
          expect(() => predict([1, 2, 3, bad])).toThrow(found);
        }
        // As JSON has a missing number, and a table's text an empty cell.
        for (const bad of [null, '', '5', undefined]) {
          expect(() => predict([1, 2, bad, 3])).toThrow(`inputs[2]: found ${bad}, expected`);
        }
      }
    },
  );

  it('takes bytes of another window, and those of a canvas', async () => {
    const network = await Network.create({ layers: [4, 3] });
    const { predict } = await moduleOf(network);
    const bytes = Uint8Array.of(1, 0, 200, 255);
    const foreign = runInNewContext('Uint8Array.of(1, 0, 200, 255)');
    expect(predict(foreign)).toEqual(network.predict(bytes));
    expect(predict(Uint8ClampedArray.from(bytes))).toEqual(network.predict(bytes));
  });
});

describe('what cannot be', () => {
  it.each<[string[], number, string]>([
    [['digits.safetensors'], 2, 'found neither --onnx nor --js'],
    [['none.safetensors', '--js', 'x.js'], 1, 'none.safetensors: '],
    [['iris.csv', '--onnx', 'x.onnx'], 1, 'iris.csv: '],
    [['digits.safetensors', '--js', 'none/x.js'], 1, '--js none/x.js: folder none'],
    [['digits.safetensors', '--js', 'x.js', '--onnx', '.'], 1, '--onnx .: is a folder'],
  ])('%j is named, and nothing is written', async (args, code, message) => {
    const before = await readdir(cwd);
    const outcome = await run(['export', ...args], { cwd });
    expect([outcome.code, outcome.stdout]).toEqual([code, '']);
    expect(outcome.stderr).toContain(message);
    expect(await readdir(cwd)).toEqual(before);
  });
});
