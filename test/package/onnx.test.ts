/** Models that `relumax export --onnx` writes, as onnxruntime runs them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { normalizedInputs } from '../../src/data/normalization.ts';
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
  run(inputs: { input: Tensor }): Promise<{ probabilities?: Tensor }>;
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
  expect(session.outputNames).toEqual(['probabilities']);
  return {
    network,
    ...meaningOf(bytes, network.layers),
    async probabilities(inputs: Float32Array): Promise<Float32Array> {
      const width = network.layers[0]!;
      const input = new ort.Tensor('float32', inputs, [inputs.length / width, width]);
      const { probabilities } = await session.run({ input });
      expect(probabilities!.dims).toEqual([inputs.length / width, network.layers.at(-1)]);
      return probabilities!.data;
    },
  };
}

const greatest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

test.each([
  ['784-10-10', '3'],
  ['784-128-33-10', '2'],
])('%s: 1,000 images to the same probabilities within 1e-5', async (layers, epochs) => {
  const { network, probabilities } = await exported(['-l', layers, '-e', epochs]);
  const pixels = (await loadDigits()).inputs.slice(0, 1000 * 784);
  const inputs = Float32Array.from(pixels, (byte) => byte / 255);
  const difference = greatest(await probabilities(inputs), network.predict(pixels));
  console.log(`${layers}: at most ${difference.toExponential(1)} apart`);
  expect(difference).toBeLessThan(1e-5);
  // Any number of examples goes.
  expect(await probabilities(inputs.subarray(0, 784))).toHaveLength(10);
});

test('a table’s numbers go in as they are', async () => {
  const rows = [HEADER, ...irisLike(1)].map((row) => row.join());
  await writeFile(join(cwd, 'iris.csv'), rows.join('\n'));
  const { network, probabilities, normalization } = await exported(['-d', 'iris.csv']);
  const inputs = Float32Array.from(irisLike(2).flatMap((row) => row.slice(0, 4).map(Number)));
  const wanted = network.predict(normalizedInputs(inputs, normalization!));
  expect(greatest(await probabilities(inputs), wanted)).toBeLessThan(1e-5);
});
