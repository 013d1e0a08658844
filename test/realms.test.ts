/**
 * Values of another realm, as node:vm and Jest make them: `instanceof` does not know them, though they
 * are what they are.
 */
import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { isTyped } from '../src/base/arguments.ts';
import { Dataset } from '../src/data/dataset.ts';
import { datasetFromIdx } from '../src/data/idx.ts';
import { modelFromTfjs } from '../src/model/tfjs-reader.ts';
import { tfjsFromModel } from '../src/model/tfjs-writer.ts';
import { modelFromTorch } from '../src/model/torch-model.ts';
import { type Checkpoint, Checkpoints } from '../src/network/checkpoint.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../src/network/checkpoint-file.ts';
import { ImageAugmentation } from '../src/network/image-augmentation.ts';
import { Network } from '../src/network/network.ts';
import { randomFloats, randomLabels } from './examples.ts';

const context = createContext({ AbortController });
type Array = Uint8Array | Uint32Array | Float32Array;

/** A copy of an array in the other realm. */
function foreign<A extends Array>(array: A): A {
  const copy = runInContext(`(values) => new ${array.constructor.name}(values)`, context)(array);
  expect(copy).not.toBeInstanceOf(array.constructor);
  return copy;
}

const LAYERS = [4, 3, 2];
const inputs = randomFloats(40, 1);
const bytes = Uint8Array.from(inputs, (value) => 128 + 100 * value);
const labels = randomLabels(10, 2, 1);
const targets = randomFloats(20, 2);
const create = (output?: 'linear') =>
  Network.create({ layers: LAYERS, seed: 1, ...(output && { output }) });
const weightsOf = (network: Network) => network.parameters().map(({ weights }) => [...weights]);

test('every kind of dataset trains, evaluates, splits and is augmented as one of our own', async () => {
  for (const [own, theirs] of [
    [
      { inputs, labels, classes: 2 },
      { inputs: foreign(inputs), labels: foreign(labels), classes: 2 },
    ],
    [
      { inputs: bytes, labels, classes: 2 },
      { inputs: foreign(bytes), labels: foreign(labels), classes: 2 },
    ],
    [
      { inputs, targets, outputs: 2 },
      { inputs: foreign(inputs), targets: foreign(targets), outputs: 2 },
    ],
  ] as const) {
    const outcomes = [];
    for (const examples of [own, theirs]) {
      const dataset = Dataset.from(examples);
      const network = await create(dataset.targets && 'linear');
      const { train, test } = dataset.split({ test: 0.3, seed: 1 });
      const augmentation = new ImageAugmentation({ width: 2, height: 2 });
      await network.fit(dataset, { epochs: 2, validation: test });
      await network.fit(train, { epochs: 2, augmentation });
      const order = Uint32Array.of(3, 1);
      const subset = dataset.subset(examples === own ? order : foreign(order));
      outcomes.push([weightsOf(network), network.evaluate(dataset), [...subset.inputs]]);
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
  }
});

test('bare arrays', async () => {
  const [one, other] = [await create(), await create()];
  for (const examples of [inputs, bytes]) {
    expect(other.predict(foreign(examples))).toEqual(one.predict(examples));
    expect(other.activations(foreign(examples))).toEqual(one.activations(examples));
    expect(other.trainOnBatch(foreign(examples), foreign(labels))).toEqual(
      one.trainOnBatch(examples, labels),
    );
  }
  const parameters = one.parameters().map(({ weights, biases }) => ({
    weights: foreign(weights),
    biases: foreign(biases),
  }));
  const third = await create();
  third.setParameters(parameters);
  expect(weightsOf(third)).toEqual(weightsOf(one));
});

test('rows and plain arrays', async () => {
  const [one, other] = [await create(), await create()];
  const theirs = runInContext('(rows) => Array.from(rows, (row) => Array.from(row))', context);
  const rows = theirs(Array.from({ length: 10 }, (_, i) => inputs.subarray(i * 4, i * 4 + 4)));
  expect(rows).not.toBeInstanceOf(Array);
  expect(other.predict(rows)).toEqual(one.predict(inputs));
  const oneHot = theirs(Array.from(labels, (label) => [1 - label, label]));
  expect(other.trainOnBatch(rows, oneHot)).toEqual(one.trainOnBatch(inputs, labels));
  expect(weightsOf(other)).toEqual(weightsOf(one));
  const whole = runInContext('(values) => new Int32Array(values)', context)(labels);
  const dataset = Dataset.from({ inputs: rows, labels: whole, classes: 2 });
  expect({ ...dataset }).toEqual({ ...Dataset.from({ inputs, labels, classes: 2 }) });
});

test('files', async () => {
  const network = await create();
  const file = network.save();
  const theirs = foreign(file);
  expect(weightsOf(await Network.load(theirs))).toEqual(weightsOf(network));
  expect(weightsOf(await Network.load(theirs.buffer))).toEqual(weightsOf(network));
  expect(modelFromTorch(theirs)).toBe(theirs);
  const { modelJson, weights } = tfjsFromModel(theirs);
  const parsed = runInContext('JSON.parse', context)(JSON.stringify(modelJson));
  expect(modelFromTfjs(parsed, foreign(weights))).toEqual(file);
  const images = foreign(Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 8));
  const classes = foreign(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 0));
  const dataset = datasetFromIdx({
    images: { name: 'images', bytes: images },
    labels: { name: 'labels', bytes: classes },
  });
  expect([...dataset.inputs]).toEqual([7, 8]);
});

test('a checkpoint', async () => {
  const dataset = Dataset.from({ inputs, labels, classes: 2 });
  const files: Uint8Array[] = [];
  const onCheckpoint = (checkpoint: Checkpoint) => {
    files.push(foreign(encodeCheckpoint(checkpoint)));
  };
  const options = { epochs: 3, optimizer: 'adam' } as const;
  const [one, other] = [await create(), await create()];
  await one.fit(dataset, { ...options, checkpoints: new Checkpoints({ onCheckpoint }) });
  const { checkpoint: resume } = decodeCheckpoint(files[0]!);
  await other.fit(dataset, { ...options, checkpoints: new Checkpoints({ resume }) });
  expect(weightsOf(other)).toEqual(weightsOf(one));
});

test('a signal, and what only says that it is an array', async () => {
  const dataset = Dataset.from({ inputs, labels, classes: 2 });
  const signal = runInContext(
    `Object.defineProperty(new EventTarget(), Symbol.toStringTag, { value: 'AbortSignal' })`,
    createContext({ EventTarget }),
  );
  signal.aborted = true;
  expect(signal).not.toBeInstanceOf(AbortSignal);
  expect((await (await create()).fit(dataset, { signal })).aborted).toBe(true);
  const pretence = { [Symbol.toStringTag]: 'Uint8Array', length: 4 };
  expect(isTyped(pretence, 'Uint8Array')).toBe(false);
  const network = await create();
  expect(() => network.predict(pretence as unknown as Uint8Array)).toThrow(
    'inputs: found an object, expected an array of numbers',
  );
});
