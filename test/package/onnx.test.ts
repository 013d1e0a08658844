/** Models that `relumax export --onnx` writes, as onnxruntime runs them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HIDDEN, OUTPUTS } from '../../src/core/activations.ts';
import {
  Dataset,
  loadDigits,
  Network,
  type NetworkOptions,
  type Outputs,
} from '../../src/index.ts';
import { Preprocessing } from '../../src/table.ts';
import { run } from '../cli/command.ts';
import { HEADER, irisLike } from '../cli/iris-like.ts';
import { answersFor, datasetOf, randomFloats } from '../examples.ts';
import {
  createOptions,
  parsedArchitecture,
  randomImageParameters,
} from '../reference-convolution.ts';
import { ROWS, trainedOn } from '../table/trained.ts';

/** What is used of onnxruntime-web here, which is installed beside this file alone. */
interface Onnxruntime {
  env: { wasm: { numThreads: number } };
  Tensor: new (type: Type, data: Outputs, dims: number[]) => Tensor;
  InferenceSession: { create(model: Uint8Array): Promise<Session> };
}

type Type = 'float32' | 'float64';

interface Tensor {
  readonly type: Type;
  readonly data: Outputs;
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
  return exportedModel();
}

/** The model that lies in the folder, on both sides. */
async function exportedModel() {
  const { code, stderr } = await run(['export', 'model.safetensors', '--onnx', 'model.onnx'], {
    cwd,
  });
  expect([code, stderr]).toEqual([0, '']);
  const bytes = await readFile(join(cwd, 'model.safetensors'));
  const network = await Network.load(bytes);
  const onnx = await readFile(join(cwd, 'model.onnx'));
  const session = await ort.InferenceSession.create(onnx);
  expect(session.inputNames).toEqual(['input']);
  const name = network.output === 'linear' ? 'values' : 'probabilities';
  expect(session.outputNames).toEqual([name]);
  return {
    network,
    metadata: metadataOf(onnx),
    async outputs(inputs: Outputs): Promise<Outputs> {
      const width = network.features;
      const typeOf = (standardises: object | undefined) => (standardises ? 'float64' : 'float32');
      const { normalization } = network;
      const type = typeOf(normalization?.inputs);
      const input = new ort.Tensor(type, inputs, [inputs.length / width, width]);
      const { [name]: outputs } = await session.run({ input });
      expect(outputs!.type).toBe(typeOf(normalization?.targets));
      expect(outputs!.dims).toEqual([inputs.length / width, network.outputs]);
      return outputs!.data;
    },
  };
}

/** As much of onnx.proto3 as the metadata need. */
const { root } = protobuf.parse(`syntax = "proto3";
message ModelProto { repeated Entry metadata_props = 14; }
message Entry { string key = 1; string value = 2; }`);

function metadataOf(onnx: Uint8Array): Record<string, string> {
  const { metadataProps } = root.lookupType('ModelProto').decode(onnx).toJSON();
  return Object.fromEntries(
    (metadataProps ?? []).map(({ key, value }: { key: string; value: string }) => [key, value]),
  );
}

const greatest = (a: Outputs, b: Outputs) =>
  [...a].reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

test.each([
  ['784-10-10', '3', 'relu'],
  ['784-128-33-10', '2', 'relu'],
  ...HIDDEN.slice(1).map((hidden) => ['784-20-16-10', '2', hidden]),
  ['784-20:gelu-16:linear-16-12:leaky-relu-12:gelu-10', '2', 'silu'],
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

/** Convolutions and pooling in the form of a text, with parameters as of a training. */
async function withImages(text: string, more: Partial<NetworkOptions> = {}) {
  const architecture = parsedArchitecture(text);
  const network = await Network.create({ ...createOptions(architecture), ...more });
  network.setParameters(randomImageParameters(architecture, 1));
  await writeFile(join(cwd, 'model.safetensors'), network.save());
  return exportedModel();
}

test.each(['28x28-8c5s-p2-16c5s-p2-10', '28x28-8c5-p2-16c5-p2-10'])(
  '%s: 1,000 images to the same probabilities within 1e-5',
  async (text) => {
    const { network, outputs } = await withImages(text);
    const pixels = (await loadDigits()).inputs.slice(0, 1000 * 784);
    const inputs = Float32Array.from(pixels, (byte) => byte / 255);
    const difference = greatest(await outputs(inputs), network.predict(pixels));
    console.log(`${text}: at most ${difference.toExponential(1)} apart`);
    expect(difference).toBeLessThan(1e-5);
    expect(await outputs(inputs.subarray(0, 784))).toHaveLength(10);
  },
);

describe('random images to the same outputs', () => {
  const expectSame = async (text: string, more: Partial<NetworkOptions> = {}) => {
    const { network, outputs } = await withImages(text, more);
    const inputs = Float32Array.from(randomFloats(1000 * network.features, 2));
    const found = await outputs(network.normalization?.inputs ? Float64Array.from(inputs) : inputs);
    expect(greatest(found, network.predict(inputs))).toBeLessThan(1e-5);
  };

  test.each([
    // Strides, some wider than the kernel; even kernels; one pixel.
    ...['11x13x2-6c5s/3-p2-4', '10x10x2-4c1s/4-3', '12x9-4c4s/2-3c2s-3', '13x9x3-12c3/4-5'],
    ...['1x1x5-3c1-2', '9x4-9c11s-2'],
    // Pooling first, in odd sizes, or twice; and no convolution at all.
    ...['13x11x3-p2-8c3s-p3-5', '7x13x2-p2-p3-3', '6x5x3-7-2'],
  ])('%s', (text) => expectSame(text));

  test.each(HIDDEN)('%s', (hidden) => expectSame('9x8x3-5c3s-p2-7c2-6-4', { hidden }));

  test.each(OUTPUTS)('standardised: %s', async (output) => {
    const normalize = datasetOf(randomFloats(50 * 84, 3, 2), answersFor(output, 50, 3, 4), 3);
    await expectSame('7x6x2-5c3s-p2-3', { output, normalize });
  });
});

test('a table’s numbers go in as they are', async () => {
  const rows = [HEADER, ...irisLike(1)].map((row) => row.join());
  await writeFile(join(cwd, 'iris.csv'), rows.join('\n'));
  const { network, outputs } = await exported(['-d', 'iris.csv']);
  const inputs = Float64Array.from(irisLike(2).flatMap((row) => row.slice(0, 4).map(Number)));
  expect(greatest(await outputs(inputs), network.predict(inputs))).toBeLessThan(1e-5);
});

test('numbers far from 0 keep their differences, on both sides', async () => {
  const FAR = 1_700_000_000;
  const label = (i: number) => (i < 100 ? 'early' : 'late');
  const rows = Array.from({ length: 200 }, (_, i) => [FAR + i, label(i)].join());
  await writeFile(join(cwd, 'far.csv'), ['t,label', ...rows].join('\n'));
  const classes = await exported(['-d', 'far.csv']);
  const inputs = Float64Array.from({ length: 200 }, (_, i) => FAR + i);
  expect(greatest(await classes.outputs(inputs), classes.network.predict(inputs))).toBeLessThan(
    1e-5,
  );

  const waves = Array.from(inputs, (t, i) => [t, FAR + 10 * Math.sin(i / 32)].join());
  await writeFile(join(cwd, 'wave.csv'), ['t,y', ...waves].join('\n'));
  const { network, outputs } = await exported(['-d', 'wave.csv', '--output', 'linear']);
  expect(greatest(await outputs(inputs), network.predict(inputs))).toBeLessThan(1e-4);
  const targets = Float64Array.from(inputs, (_, i) => FAR + 10 * Math.sin(i / 32));
  expect(network.evaluate(Dataset.from({ inputs, targets, outputs: 1 })).rmse![0]).toBeLessThan(8);
});

test.each(OUTPUTS)('the numbers of a table’s rows go in: %s', async (output) => {
  const { file, preprocessing } = await trainedOn(output);
  await writeFile(join(cwd, 'model.safetensors'), file);
  const { network, outputs, metadata } = await exportedModel();
  const inputs = Preprocessing.of(network)!.inputs(ROWS);
  const expected = network.predict(inputs);
  const std = network.normalization!.targets?.std[0] ?? 1;
  expect(greatest(await outputs(inputs), expected) / std).toBeLessThan(1e-5);
  expect(JSON.parse(metadata.features!)).toEqual(preprocessing.features);
  expect(Preprocessing.of({ metadata })!.columns).toEqual(preprocessing.columns);
});

test.each(['linear', 'sigmoid'])('numbers that are no classes: %s', async (output) => {
  const rows = irisLike(1).map((row) => [...row.slice(0, 4), Number(row[0]) > 5.8 ? 1 : 0]);
  await writeFile(join(cwd, 'tall.csv'), [HEADER, ...rows].map((row) => row.join()).join('\n'));
  const made = await exported(['-d', 'tall.csv', '--output', output, '--hidden', 'gelu']);
  const { network, outputs } = made;
  const inputs = Float64Array.from(irisLike(2).flatMap((row) => row.slice(0, 4).map(Number)));
  expect(network.normalization!.targets !== undefined).toBe(output === 'linear');
  expect(greatest(await outputs(inputs), network.predict(inputs))).toBeLessThan(1e-5);
});
