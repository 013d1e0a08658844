/** Models that `relumax export --onnx` writes, as onnxruntime runs them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { normalizedInputs, restored } from '../../src/data/normalization.ts';
import { loadDigits, Network } from '../../src/index.ts';
import { meaningOf } from '../../src/model-meaning.ts';
import { run } from '../cli/command.ts';
import { HEADER, irisLike } from '../cli/iris-like.ts';

/** What is used of onnxruntime-web here, which is installed beside this file alone. */
interface Onnxruntime {
  env: { wasm: { numThreads: number } };
  Tensor: new (type: 'float32', data: Float32Array, dims: number[]) => Tensor;
  InferenceSession: { create(model: Uint8Array): Promise<Session> };
}

interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: { input: Tensor }): Promise<Record<string, Tensor>>;
}

const ort: Onnxruntime = createRequire(import.meta.url)('onnxruntime-web');

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-onnx-'));
  ort.env.wasm.numThreads = 1;
});
afterAll(() => rm(cwd, { recursive: true }));

async function exported(train: string[]) {
  await run(['train', ...train, '-o', 'model.safetensors'], { cwd });
  const { code, stderr } = await run(['export', 'model.safetensors', '--onnx', 'model.onnx'], {
    cwd,
  });
  expect([code, stderr]).toEqual([0, '']);
  const bytes = await readFile(join(cwd, 'model.safetensors'));
  const network = await Network.load(bytes);
  const session = await ort.InferenceSession.create(await readFile(join(cwd, 'model.onnx')));
  expect(session.inputNames).toEqual(['input']);
  const name = network.output === 'linear' ? 'values' : 'probabilities';
  expect(session.outputNames).toEqual([name]);
  return {
    network,
    ...meaningOf(bytes, network.layers),
    async outputs(inputs: Float32Array): Promise<Float32Array> {
      const width = network.layers[0]!;
      const input = new ort.Tensor('float32', inputs, [inputs.length / width, width]);
      const { [name]: outputs } = await session.run({ input });
      expect(outputs!.dims).toEqual([inputs.length / width, network.layers.at(-1)]);
      return outputs!.data;
    },
  };
}

const greatest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

test.each([
  ['784-10-10', '3', 'relu'],
  ['784-128-33-10', '2', 'relu'],
  ...['leaky-relu', 'tanh', 'sigmoid', 'gelu'].map((hidden) => ['784-20-16-10', '2', hidden]),
])('%s: 1,000 images to the same probabilities within 1e-5', async (layers, epochs, hidden) => {
  const train = ['-l', layers!, '-e', epochs!, '--hidden', hidden!];
  const { network, outputs } = await exported(train);
  const pixels = (await loadDigits()).inputs.slice(0, 1000 * 784);
  const inputs = Float32Array.from(pixels, (byte) => byte / 255);
  const difference = greatest(await outputs(inputs), network.predict(pixels));
  console.log(`${layers} ${hidden}: at most ${difference.toExponential(1)} apart`);
  expect(difference).toBeLessThan(1e-5);
  // Any number of examples goes.
  expect(await outputs(inputs.subarray(0, 784))).toHaveLength(10);
});

test('a table’s numbers go in as they are', async () => {
  const rows = [HEADER, ...irisLike(1)].map((row) => row.join());
  await writeFile(join(cwd, 'iris.csv'), rows.join('\n'));
  const { network, outputs, normalization } = await exported(['-d', 'iris.csv']);
  const inputs = Float32Array.from(irisLike(2).flatMap((row) => row.slice(0, 4).map(Number)));
  const wanted = network.predict(normalizedInputs(inputs, normalization!));
  expect(greatest(await outputs(inputs), wanted)).toBeLessThan(1e-5);
});

test.each(['linear', 'sigmoid'])('numbers that are no classes: %s', async (output) => {
  const rows = irisLike(1).map((row) => [...row.slice(0, 4), Number(row[0]) > 5.8 ? 1 : 0]);
  await writeFile(join(cwd, 'tall.csv'), [HEADER, ...rows].map((row) => row.join()).join('\n'));
  const made = await exported(['-d', 'tall.csv', '--output', output, '--hidden', 'gelu']);
  const { network, outputs, normalization, targets } = made;
  const inputs = Float32Array.from(irisLike(2).flatMap((row) => row.slice(0, 4).map(Number)));
  const raw = network.predict(normalizedInputs(inputs, normalization!));
  const wanted = targets ? restored(raw, targets) : raw;
  expect(targets !== undefined).toBe(output === 'linear');
  expect(greatest(await outputs(inputs), wanted)).toBeLessThan(1e-5);
});
