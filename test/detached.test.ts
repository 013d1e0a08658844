/** Arrays whose memory was transferred, shrunk or grown after they were handed over. */
import { describe, expect, test } from 'vitest';
import { Dataset } from '../src/data/dataset.ts';
import { datasetFromIdx } from '../src/data/idx.ts';
import { modelFromTfjs } from '../src/model/tfjs-reader.ts';
import { tfjsFromModel } from '../src/model/tfjs-writer.ts';
import { modelFromTorch } from '../src/model/torch-model.ts';
import { type Checkpoint, Checkpoints } from '../src/network/checkpoint.ts';
import { ImageAugmentation } from '../src/network/image-augmentation.ts';
import { Network } from '../src/network/network.ts';
import { randomFloats, randomLabels } from './examples.ts';

const LENGTH = 100;
const FEATURES = 4;

/** Transfers the memory of an array elsewhere, as postMessage does. */
function transfer({ buffer }: { buffer: ArrayBufferLike }): void {
  structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
}

function withLabels(): Dataset {
  const inputs = randomFloats(LENGTH * FEATURES, 1);
  return Dataset.from({ inputs, labels: randomLabels(LENGTH, 2, 1), classes: 2 });
}

function withTargets(): Dataset {
  const inputs = randomFloats(LENGTH * FEATURES, 1);
  return Dataset.from({ inputs, targets: randomFloats(LENGTH * 2, 2), outputs: 2 });
}

const create = (output: 'softmax' | 'linear' = 'softmax') =>
  Network.create({ layers: [FEATURES, 5, 2], seed: 1, output });

/** What must not have changed where a call was refused. */
const weightsOf = (network: Network) => [...network.parameters()[0]!.weights];

const gone = /: found an? \w+ whose memory was transferred elsewhere, expected /;

describe('a dataset whose memory was transferred', () => {
  test.each(['inputs', 'labels', 'targets'] as const)('%s', async (name) => {
    const make = name === 'targets' ? withTargets : withLabels;
    const network = await create(name === 'targets' ? 'linear' : 'softmax');
    const before = weightsOf(network);
    const whole = make();
    const dataset = make();
    transfer(dataset[name]!);
    const values = { inputs: LENGTH * FEATURES, labels: LENGTH, targets: LENGTH * 2 }[name];
    const type = name === 'labels' ? 'Uint8Array' : 'Float32Array';
    const found = `found a ${type} whose memory was transferred elsewhere, expected its ${values} values`;
    expect(() => network.evaluate(dataset)).toThrow(new RangeError(`dataset.${name}: ${found}`));
    await expect(network.fit(dataset)).rejects.toThrow(`dataset.${name}: ${found}`);
    await expect(network.fit(whole, { validation: dataset })).rejects.toThrow(
      `validation.${name}: ${found}`,
    );
    expect(() => dataset.subset(Uint32Array.of(0))).toThrow(`${name}: ${found}`);
    expect(() => dataset.split({ test: 0.5, seed: 1 })).toThrow(`${name}: ${found}`);
    expect(weightsOf(network)).toEqual(before);
  });

  test('by a WebAssembly memory that grew', async () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const inputs = new Float32Array(memory.buffer, 0, LENGTH * FEATURES);
    const dataset = Dataset.from({ inputs, labels: new Uint8Array(LENGTH), classes: 2 });
    const network = await create();
    network.evaluate(dataset);
    memory.grow(1);
    expect(() => network.evaluate(dataset)).toThrow(gone);
  });

  test('as the file that it is a view of', async () => {
    const idx = (...values: number[]) => Uint8Array.from(values);
    const images = idx(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 4, 1, 2, 3, 4, 5, 6, 7, 8);
    const labels = idx(0, 0, 8, 1, 0, 0, 0, 2, 0, 1);
    const files = {
      images: { name: 'images', bytes: images },
      labels: { name: 'labels', bytes: labels },
    };
    const dataset = datasetFromIdx(files);
    transfer(images);
    expect(() => dataset.subset(Uint32Array.of(0))).toThrow(gone);
    expect(() => datasetFromIdx(files)).toThrow(gone);
  });
});

describe('a dataset in memory that can be resized', () => {
  const resizable = () => {
    // ES2024, which Node 20 has and our library of types does not.
    const length = LENGTH * FEATURES;
    const buffer: ArrayBuffer & { resize(length: number): void } = Reflect.construct(ArrayBuffer, [
      length,
      { maxByteLength: 2 * length },
    ]);
    // Without a length, so that it follows the buffer's.
    const inputs = new Uint8Array(buffer);
    const dataset = Dataset.from({ inputs, labels: new Uint8Array(LENGTH), classes: 2 });
    return { buffer, dataset };
  };

  test('is one as any other while its size stays', async () => {
    const { dataset } = resizable();
    const plain = Dataset.from({
      inputs: new Uint8Array(LENGTH * FEATURES),
      labels: new Uint8Array(LENGTH),
      classes: 2,
    });
    const network = await create();
    expect(network.evaluate(dataset)).toEqual(network.evaluate(plain));
    await network.fit(dataset);
  });

  test.each([
    ['shrank', 0.5],
    ['grew', 2],
  ])('%s', async (_, factor) => {
    const { buffer, dataset } = resizable();
    buffer.resize(buffer.byteLength * factor);
    const network = await create();
    const message = `dataset.inputs: found a Uint8Array of ${400 * factor}, expected its 400 values`;
    expect(() => network.evaluate(dataset)).toThrow(new RangeError(message));
    await expect(network.fit(dataset)).rejects.toThrow(message);
    expect(() => dataset.subset(Uint32Array.of(0))).toThrow('expected its 400 values');
  });
});

test('shared memory gives what memory of its own does', async () => {
  const plain = withLabels();
  const inputs = new Float32Array(new SharedArrayBuffer(plain.inputs.byteLength));
  const labels = new Uint8Array(new SharedArrayBuffer(LENGTH));
  inputs.set(plain.inputs);
  labels.set(plain.labels);
  const dataset = Dataset.from({ inputs, labels, classes: 2 });
  const [one, other, third] = [await create(), await create(), await create()];
  await one.fit(plain, { epochs: 2 });
  await other.fit(dataset, { epochs: 2 });
  expect(weightsOf(other)).toEqual(weightsOf(one));
  // And where it is converted.
  const whole = new Int16Array(new SharedArrayBuffer(2 * LENGTH));
  whole.set(labels);
  await third.fit(Dataset.from({ inputs, labels: whole, classes: 2 }), { epochs: 2 });
  expect(weightsOf(third)).toEqual(weightsOf(one));
  const bytes = one.save();
  const file = new Uint8Array(new SharedArrayBuffer(bytes.length));
  file.set(bytes);
  expect(weightsOf(await Network.load(file))).toEqual(weightsOf(one));
});

describe('while fit runs', () => {
  const onFirstEpoch = (callback: () => void) => ({
    onEpoch: ({ epoch }: { epoch: number }) => {
      if (epoch === 1) callback();
    },
  });

  test('the examples have been copied', async () => {
    const [dataset, whole] = [withLabels(), withLabels()];
    const [one, other] = [await create(), await create()];
    await one.fit(dataset, {
      epochs: 3,
      ...onFirstEpoch(() => {
        transfer(dataset.inputs);
        transfer(dataset.labels);
      }),
    });
    await other.fit(whole, { epochs: 3 });
    expect(weightsOf(one)).toEqual(weightsOf(other));
  });

  test.each(['inputs', 'labels'] as const)('%s that go before they are copied', async (name) => {
    // So many that copying them takes several turns.
    const length = 3_000_000;
    const inputs = new Float32Array(length * FEATURES).fill(0.5);
    const dataset = Dataset.from({ inputs, labels: new Uint8Array(length), classes: 2 });
    const network = await create();
    const before = weightsOf(network);
    const fitting = network.fit(dataset);
    setImmediate(() => transfer(dataset[name]));
    await expect(fitting).rejects.toThrow(`${name}: found`);
    await expect(network.fit(dataset)).rejects.toThrow(gone);
    expect(weightsOf(network)).toEqual(before);
    // What was copied has been given back.
    await network.fit(withLabels());
  });

  test('a validation set', async () => {
    const validation = withLabels();
    const fitting = (await create()).fit(withLabels(), {
      ...{ epochs: 3, validation },
      ...onFirstEpoch(() => transfer(validation.labels)),
    });
    await expect(fitting).rejects.toThrow(`validation.labels: found`);
    await expect(fitting).rejects.toThrow(gone);
  });

  test('images that are moved about in each epoch', async () => {
    const augmentation = new ImageAugmentation({ width: 2, height: 2 });
    const dataset = withLabels();
    const fitting = (await create()).fit(dataset, {
      ...{ epochs: 3, augmentation },
      ...onFirstEpoch(() => transfer(dataset.inputs)),
    });
    await expect(fitting).rejects.toThrow(/^dataset\.inputs: found a Float32Array whose memory/);
  });

  test.each([1, 2])('images, in the middle of an epoch, by %i threads', async (threads) => {
    const inputs = new Uint8Array(4_000_000).fill(1);
    const augmentation = new ImageAugmentation({ width: 2, height: 2 });
    const augmented = augmentation.augment(inputs, { features: 4, seed: 1, epoch: 1, threads });
    setImmediate(() => transfer(inputs));
    await expect(augmented).rejects.toThrow(gone);
  });

  test('what a checkpoint was given stays its own', async () => {
    const dataset = withLabels();
    // Labels the other way round: the first epoch is the best.
    const labels = dataset.labels.map((label) => 1 - label);
    const validation = Dataset.from({ inputs: dataset.inputs, labels, classes: 2 });
    const options = { epochs: 6, learningRate: 0.5, validation, earlyStopping: { patience: 4 } };
    const kept: Checkpoint[] = [];
    const onCheckpoint = (checkpoint: Checkpoint) => {
      kept.push(structuredClone(checkpoint));
      for (const { weights, biases } of checkpoint.best ?? []) {
        transfer(weights);
        transfer(biases);
      }
    };
    const [one, other, third] = [await create(), await create(), await create()];
    const { bestEpoch } = await one.fit(dataset, options);
    expect(bestEpoch).toBeLessThan(3);
    await other.fit(dataset, { ...options, checkpoints: new Checkpoints({ onCheckpoint }) });
    expect(weightsOf(other)).toEqual(weightsOf(one));

    const resume = kept[3]!;
    await third.fit(dataset, {
      ...options,
      checkpoints: new Checkpoints({ resume }),
      onEpoch() {
        for (const { weights } of resume.best!) if (weights.length > 0) transfer(weights);
      },
    });
    expect(weightsOf(third)).toEqual(weightsOf(one));
  });
});

describe('bare arrays', () => {
  test.each<[string, (network: Network, array: Uint8Array) => unknown]>([
    ['predict', (network, inputs) => network.predict(inputs)],
    ['activations', (network, inputs) => network.activations(inputs)],
    ['trainOnBatch, inputs', (network, inputs) => network.trainOnBatch(inputs, new Uint8Array(1))],
    ['trainOnBatch, labels', (network, labels) => network.trainOnBatch(new Uint8Array(4), labels)],
    ['load', (_, bytes) => Network.load(bytes)],
    ['load, of a buffer', (_, { buffer }) => Network.load(buffer as ArrayBuffer)],
    ['modelFromTorch', (_, bytes) => modelFromTorch(bytes)],
    [
      'modelFromTfjs',
      (network, bytes) => modelFromTfjs(tfjsFromModel(network.save()).modelJson, bytes),
    ],
    ['tfjsFromModel', (_, bytes) => tfjsFromModel(bytes)],
    ['Dataset.from', (_, inputs) => Dataset.from({ inputs, labels: inputs, classes: 2 })],
  ])('%s', async (_, call) => {
    const network = await create();
    const array = new Uint8Array(FEATURES);
    transfer(array);
    await expect((async () => call(network, array))()).rejects.toThrow(gone);
  });

  test.each([Uint8ClampedArray, Int32Array, Float32Array])('a row in a %o', async (type) => {
    const network = await create();
    const rows = [new type(FEATURES), new type(FEATURES)];
    expect(network.predict(rows).length).toBe(4);
    transfer(rows[1]!);
    const message = /^inputs\[1\]: found an? \w+ whose memory was transferred elsewhere/;
    expect(() => network.predict(rows)).toThrow(message);
    expect(() => Dataset.from({ inputs: rows, labels: [0, 1], classes: 2 })).toThrow(message);
    expect(() => network.predict(rows[1]!)).toThrow(gone);
  });

  test('what is converted may lose its memory, and be written to', () => {
    const inputs = Int32Array.of(1, 2, 3, 4);
    const labels = Int32Array.of(0, 1);
    const dataset = Dataset.from({ inputs, labels, classes: 2 });
    inputs.fill(9);
    transfer(inputs);
    transfer(labels);
    expect(dataset.subset(Uint32Array.of(1)).inputs).toEqual(Float32Array.of(3, 4));
    dataset.checkMemory();
  });

  test('setParameters', async () => {
    const network = await create();
    const parameters = network.parameters();
    const before = weightsOf(network);
    transfer(parameters[1]!.biases);
    expect(() => network.setParameters(parameters)).toThrow(
      /^parameters\[1\]\.biases: found a Float32Array whose memory was transferred elsewhere/,
    );
    expect(weightsOf(network)).toEqual(before);
  });

  test('a checkpoint to go on from', async () => {
    const dataset = withLabels();
    let resume: Checkpoint | undefined;
    const onCheckpoint = (checkpoint: Checkpoint) => {
      resume = checkpoint;
    };
    await (await create()).fit(dataset, { checkpoints: new Checkpoints({ onCheckpoint }) });
    const checkpoints = new Checkpoints({ resume: resume! });
    transfer(resume!.parameters[0]!.weights);
    expect(() => new Checkpoints({ resume: resume! })).toThrow(
      /^resume\.parameters\[0\]\.weights: found .* transferred/,
    );
    // What was copied before is still there.
    await (await create()).fit(dataset, { checkpoints });
  });
});
