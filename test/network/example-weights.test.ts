/** Weights of classes and examples (docs/equations.md, eq. 33), held against float64 and finite differences. */
import { describe, expect, test } from 'vitest';
import {
  LAYERS,
  LENGTHS,
  OPTIMIZER,
  recallOf,
  TRAINING,
  unbalanced,
  WEIGHTS,
} from '../../bench/unbalanced.js';
import { parametersHash } from '../../src/cli/training/parameters-hash.ts';
import { HIDDEN, OUTPUTS } from '../../src/core/activations.ts';
import { OPTIMIZERS } from '../../src/core/optimizers.ts';
import { Dataset } from '../../src/data/dataset.ts';
import type { FitOptions } from '../../src/network/fit-options.ts';
import { ImageAugmentation } from '../../src/network/image-augmentation.ts';
import { Network } from '../../src/network/network.ts';
import {
  answersFor,
  datasetOf,
  INPUT_KINDS,
  randomBytes,
  randomFloats,
  randomLabels,
  randomParameters,
} from '../examples.ts';
import {
  eachParameter,
  forward,
  gradients,
  missedGradients,
  type ReferenceFunctions,
  referenceLayers,
  scaled,
  slope,
} from '../reference.ts';
import {
  createOptions,
  imageLayers,
  inputsOffKinks,
  parsedArchitecture,
  randomImageParameters,
} from '../reference-convolution.ts';

/** Weights from 0 to `most`, every fifth of them 0. */
const randomWeights = (count: number, seed: number, most = 3) =>
  randomFloats(count, seed, most).map((w, i) => (i % 5 === 0 ? 0 : Math.abs(w)));

/** So large that steps are far larger than the parameters, and can be read from them. */
const LEARNING_RATE = 2 ** 14;
/** One batch as it lies, of several tiles. */
const ONE_UPDATE = { batchSize: Infinity, learningRate: LEARNING_RATE } as const;

describe.each(HIDDEN.flatMap((hidden) => OUTPUTS.map((output) => ({ hidden, output }))))(
  '$hidden and $output',
  ({ hidden, output }) => {
    test.each([[[3, 2]], [[7, 5, 1]], [[5, 9, 33, 4]], [[40, 129, 5]]])(
      'one update of %j',
      async (sizes) => {
        const outputs = sizes.at(-1)!;
        for (const m of [1, 3, 130, 300]) {
          const weights = randomWeights(m, m).fill(0.7, 0, 1);
          const functions = { hidden, output, weight: (i: number) => weights[i]! } as const;
          const parameters = randomParameters(sizes, 3);
          const layers = referenceLayers(sizes, parameters);
          const answers = answersFor(output, m, outputs, 2);
          const kinds = Object.values(INPUT_KINDS);
          const inputs = kinds[m % kinds.length]!(m * sizes[0]!, 1);
          const network = await Network.create({ layers: sizes, hidden, output });
          network.setParameters(parameters);
          const { epochs } = await network.fit(datasetOf(inputs, answers, outputs), {
            ...ONE_UPDATE,
            exampleWeights: weights,
          });
          const pass = forward(layers, scaled(inputs), answers, functions);
          expect(epochs[0]!.weighted).toBe(true);
          expect(Math.abs(epochs[0]!.loss - pass.loss)).toBeLessThan(1e-5 * Math.max(1, pass.loss));
          const want = gradients(layers, pass, answers, functions);
          expect(missedGradients(layers, network.parameters(), want, LEARNING_RATE)).toEqual([]);
        }
      },
    );
  },
);

describe.each(OUTPUTS)('a convolution with a %s output', (output) => {
  test.each(['7x5x3-4c3s-p2-6-3', '9x6x2-5c2-p2-4', '13x9x3-12c3/4-5'])('%s', async (text) => {
    const architecture = parsedArchitecture(text);
    const parameters = randomImageParameters(architecture, 1);
    const layers = imageLayers(architecture, parameters);
    const [m, outputs] = [37, layers.at(-1)!.units];
    const weights = randomWeights(m, 8);
    const functions = { hidden: 'tanh', output, weight: (i: number) => weights[i]! } as const;
    const answers = answersFor(output, m, outputs, 3);
    const make = (seed: number) => randomFloats(m * layers[0]!.inputs, seed);
    const inputs = inputsOffKinks(architecture, layers, make, answers, 1e-6, functions);
    const network = await Network.create({
      ...createOptions(architecture),
      hidden: 'tanh',
      output,
    });
    network.setParameters(parameters);
    const exampleWeights = weights;
    await network.fit(datasetOf(inputs, answers, outputs), { ...ONE_UPDATE, exampleWeights });
    const pass = forward(layers, scaled(inputs), answers, functions);
    const want = gradients(layers, pass, answers, functions);
    expect(missedGradients(layers, network.parameters(), want, LEARNING_RATE)).toEqual([]);
  });
});

describe.each(OUTPUTS)('finite differences of a weighted loss, %s', (output) => {
  const [sizes, m] = [[6, 8, 3], 40];
  const weights = randomWeights(m, 4);
  const functions: ReferenceFunctions = { hidden: 'tanh', output, weight: (i) => weights[i]! };
  const parameters = randomParameters(sizes, 2);
  const layers = referenceLayers(sizes, parameters);
  const inputs = randomFloats(m * 6, 8);
  const answers = answersFor(output, m, 3, 9);
  const lossAt = () => forward(layers, scaled(inputs), answers, functions).loss;

  test('are the gradients of the oracle, and of the core', async () => {
    const network = await Network.create({ layers: sizes, hidden: 'tanh', output });
    network.setParameters(parameters);
    const options = { batchSize: Infinity, learningRate: 1, exampleWeights: weights };
    await network.fit(datasetOf(inputs, answers, 3), options);
    const after = network.parameters();
    const pass = forward(layers, scaled(inputs), answers, functions);
    const exact = gradients(layers, pass, answers, functions);
    eachParameter(layers, (l, name, i) => {
      const want = slope(layers[l]![name], i, lossAt);
      expect(Math.abs(want - exact[l]![name][i]!)).toBeLessThan(1e-7);
      const step = parameters[l]![name][i]! - after[l]![name][i]!;
      expect(Math.abs(step - want)).toBeLessThan(1e-6);
    });
  });
});

const LENGTH = 301;
const dataset = Dataset.from({
  inputs: randomBytes(LENGTH * 30, 1, 0.7),
  labels: randomLabels(LENGTH, 4, 1),
  classes: 4,
});
const binary = (length = LENGTH) =>
  Dataset.from({
    inputs: randomFloats(length * 6, 1),
    targets: Float64Array.from(randomLabels(length, 2, 2)),
    outputs: 1,
  });

async function trained(
  options: FitOptions,
  examples = dataset,
  layers: readonly number[] = [30, 19, 4],
  output: (typeof OUTPUTS)[number] = 'softmax',
) {
  const network = await Network.create({ layers, output, seed: 1 });
  const history = await network.fit(examples, { epochs: 2, seed: 7, ...options });
  return { hash: parametersHash(network.parameters()), history, network };
}

/** Loss and accuracy of each epoch. */
const shown = ({ history }: Awaited<ReturnType<typeof trained>>) =>
  history.epochs.map(({ loss, accuracy, validation }) => ({ loss, accuracy, validation }));

describe('weights of 1 give the bits of none', () => {
  test.each(OPTIMIZERS)('%s', async (optimizer) => {
    const options = { optimizer, dropout: 0.2, clipNorm: 1, weightDecay: 0.01 };
    const none = await trained(options);
    expect(none.history.epochs[0]).not.toHaveProperty('weighted');
    for (const weights of [
      { exampleWeights: new Float32Array(LENGTH).fill(1) },
      { classWeights: [1, 1, 1, 1] },
      { classWeights: [2, 2, 2, 2], exampleWeights: new Array(LENGTH).fill(0.5) },
    ]) {
      const ones = await trained({ ...options, ...weights });
      expect(ones.hash).toBe(none.hash);
      expect(shown(ones)).toEqual(shown(none));
      expect(ones.history.epochs.map(({ weighted }) => weighted)).toEqual([true, true]);
    }
  });
});

describe('weights of classes are those of their examples', () => {
  const same = async (
    one: FitOptions,
    other: FitOptions,
    ...rest: [examples?: Dataset, layers?: readonly number[], output?: 'sigmoid']
  ) => {
    const [a, b] = [await trained(one, ...rest), await trained(other, ...rest)];
    expect(a.hash).toBe(b.hash);
    expect(shown(a)).toEqual(shown(b));
  };

  test('of labels', async () => {
    const classWeights = [1, 24, 0, 0.3];
    const exampleWeights = [...dataset.labels].map((label) => classWeights[label]!);
    await same({ classWeights }, { exampleWeights });
    await same({ classWeights: Float64Array.from(classWeights) }, { exampleWeights });
    const whole = [1, 24, 0, 3];
    await same({ classWeights: Int32Array.from(whole) as never }, { classWeights: whole });
    const own = randomWeights(LENGTH, 3);
    const products = exampleWeights.map((weight, i) => weight * own[i]!);
    await same({ classWeights, exampleWeights: own }, { exampleWeights: products });
  });

  test('of an output that is a probability', async () => {
    const examples = binary();
    const exampleWeights = [...examples.targets!].map((target) => [1, 24][target]!);
    await same({ classWeights: [1, 24] }, { exampleWeights }, examples, [6, 5, 1], 'sigmoid');
  });

  test('balanced: as scikit-learn’s, of the classes that occur', async () => {
    // compute_class_weight('balanced', classes=[0, 1, 3], y=labels) of scikit-learn.
    const labels = Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 1, 3, 3);
    const balanced = [10 / 15, 10 / 9, 1, 10 / 6];
    const few = Dataset.from({ inputs: randomBytes(300, 2, 0.5), labels, classes: 4 });
    await same({ classWeights: 'balanced' }, { classWeights: balanced }, few, [30, 4]);
    const examples = binary();
    const ones = examples.targets!.filter((target) => target === 1).length;
    const weights = [LENGTH / (2 * (LENGTH - ones)), LENGTH / (2 * ones)];
    await same(
      { classWeights: 'balanced' },
      { classWeights: weights },
      examples,
      [6, 5, 1],
      'sigmoid',
    );
  });
});

test('examples of weight 0 change nothing but the number that the sums are divided by', async () => {
  const exampleWeights = randomWeights(LENGTH, 6).map((w) => (w > 0 ? 1 : 0));
  const counted = Uint32Array.from([...exampleWeights.keys()].filter((i) => exampleWeights[i]));
  const options = { epochs: 1, batchSize: Infinity } as const;
  const rate = 0.5;
  const all = await trained({ ...options, exampleWeights, learningRate: rate });
  const share = counted.length / LENGTH;
  const few = await trained({ ...options, learningRate: rate * share }, dataset.subset(counted));
  expect(all.history.epochs[0]!.loss).toBeCloseTo(few.history.epochs[0]!.loss * share, 6);
  for (const [l, { weights }] of all.network.parameters().entries()) {
    const others = few.network.parameters()[l]!.weights;
    for (const [i, weight] of weights.entries()) expect(weight).toBeCloseTo(others[i]!, 6);
  }
});

test('weights belong to their examples in whatever order, with augmentation and in slices', async () => {
  const exampleWeights = randomWeights(LENGTH, 2);
  const reversed = Uint32Array.from({ length: LENGTH }, (_, i) => LENGTH - 1 - i);
  const options = { batchSize: 20, shuffle: false, epochs: 1 } as const;
  const { hash } = await trained({ ...options, exampleWeights });
  const backwards = await trained(
    { ...options, exampleWeights: exampleWeights.slice().reverse() },
    dataset.subset(reversed),
  );
  expect(backwards.hash).not.toBe(hash);
  const twice = dataset.subset(reversed).subset(reversed);
  expect((await trained({ ...options, exampleWeights }, twice)).hash).toBe(hash);
  const augmentation = new ImageAugmentation({
    width: 6,
    height: 5,
    shift: 0,
    rotate: 0,
    scale: 0,
  });
  const still = { augment: augmentation.augment.bind(augmentation), settings: {} };
  const augmented = await trained({ ...options, exampleWeights, augmentation: still });
  expect(augmented.hash).toBe(hash);
});

/** What TensorFlow.js 4.22.0 reaches from the same parameters, as bench/peers/class-weights.js prints it. */
const TFJS = [
  { classWeights: undefined, recall: 0.1194, precision: 0.5714, loss: 0.1229 },
  { classWeights: WEIGHTS, recall: 0.7114, precision: 0.1115, loss: 0.8065 },
];

test.each(TFJS)(
  '4 % of positive examples are found as by TensorFlow.js, with weights $classWeights',
  async ({ classWeights, recall, precision, loss }) => {
    const network = await Network.create({ layers: LAYERS, seed: 1 });
    const train = Dataset.from({ ...unbalanced(LENGTHS.train, 1), classes: 2 });
    const { epochs } = await network.fit(train, {
      ...TRAINING,
      optimizer: OPTIMIZER,
      ...(classWeights && { classWeights }),
    });
    const { inputs, labels } = unbalanced(LENGTHS.test, 2);
    const found = recallOf(network.predict(inputs), labels);
    expect(Math.abs(found.recall - recall)).toBeLessThan(0.005);
    expect(Math.abs(found.precision - precision)).toBeLessThan(0.005);
    expect(Math.abs(epochs.at(-1)!.loss - loss)).toBeLessThan(0.001);
  },
);

test('neither validation nor evaluation is weighted, nor an update on a batch', async () => {
  const validation = dataset.subset(Uint32Array.from({ length: 50 }, (_, i) => i));
  const { network, history } = await trained({ validation, classWeights: [0, 5, 1, 2] });
  const { loss, accuracy } = network.evaluate(validation);
  expect(history.epochs.at(-1)!.validation).toEqual({ loss, accuracy });
  const copy = await Network.load(network.save());
  const batch = [dataset.inputs.subarray(0, 300), dataset.labels.subarray(0, 10)] as const;
  expect(network.trainOnBatch(...batch)).toEqual(copy.trainOnBatch(...batch));
  expect(network.parameters()).toEqual(copy.parameters());
});

test('a training without weights that follows one with them has none', async () => {
  const { network } = await trained({ classWeights: 'balanced' });
  const copy = await Network.load(network.save());
  for (const one of [network, copy]) await one.fit(dataset, { epochs: 1, seed: 9 });
  expect(network.parameters()).toEqual(copy.parameters());
});

describe('wrong weights are refused by name, before anything has changed', () => {
  const numbers = (count: number, value = 1) => new Array<number>(count).fill(value);
  const linear = Dataset.from({
    inputs: randomFloats(12, 1),
    targets: randomFloats(6, 2),
    outputs: 2,
  });
  const soft = Dataset.from({
    inputs: randomFloats(12, 1),
    targets: Float32Array.of(0, 1, 0.5, 1),
    outputs: 1,
  });
  test.each<[FitOptions, string, Dataset?, number[]?, ('linear' | 'sigmoid')?]>([
    [
      { classWeights: 'balance' as never },
      'classWeights: found "balance", expected 4 numbers, one for each class, or "balanced"',
    ],
    [
      { classWeights: [1, 2] },
      'classWeights: found an array of 2, expected 4 numbers, one for each class, or "balanced"',
    ],
    [{ classWeights: [1, 2, -1, 3] }, 'classWeights[2]: found -1, expected a finite number from 0'],
    [
      { classWeights: ['1', 1, 1, 1] as never },
      'classWeights[0]: found "1", expected a finite number from 0',
    ],
    [
      { exampleWeights: new Float32Array(7) },
      `exampleWeights: found an array of 7, expected ${LENGTH} numbers, one for each example`,
    ],
    [
      { exampleWeights: 3 as never },
      `exampleWeights: found 3, expected ${LENGTH} numbers, one for each example`,
    ],
    [
      { exampleWeights: numbers(LENGTH).with(300, Number.NaN) },
      'exampleWeights[300]: found NaN, expected a finite number from 0',
    ],
    [
      { exampleWeights: numbers(LENGTH).with(5, Infinity) },
      'exampleWeights[5]: found Infinity, expected a finite number from 0',
    ],
    [
      { exampleWeights: numbers(LENGTH).with(5, 1e39) },
      'exampleWeights: found too large a weight for example 5, expected one that 32 bits hold',
    ],
    [
      { exampleWeights: numbers(LENGTH, 0) },
      'exampleWeights: found a weight of 0 for every example, expected at least one above 0',
    ],
    [
      { classWeights: numbers(4, 0) },
      'classWeights: found a weight of 0 for every example, expected at least one above 0',
    ],
    [
      { classWeights: numbers(4, 1e38), exampleWeights: numbers(LENGTH, 1e38) },
      'exampleWeights: found too large a weight for example 0',
    ],
    [
      { classWeights: [1, 2] },
      'classWeights: found an array of 2, expected none, for the network has 2 linear outputs: use exampleWeights',
      linear,
      [4, 2],
      'linear',
    ],
    [
      { classWeights: 'balanced' },
      'classWeights: found "balanced", expected none, for the network has 2 linear outputs',
      linear,
      [4, 2],
      'linear',
    ],
    [
      { classWeights: [1, 2] },
      'dataset.targets[2]: found 0.5, expected 0 or 1, for there are classWeights',
      soft,
      [3, 1],
      'sigmoid',
    ],
    [
      { classWeights: [1, 2, 3] },
      'classWeights: found an array of 3, expected 2 numbers',
      binary(2),
      [6, 1],
      'sigmoid',
    ],
  ])('%#', async (options, message, examples = dataset, layers = [30, 4], output) => {
    const network = await Network.create({ layers, ...(output && { output }) });
    const before = network.parameters();
    const attempt = network.fit(examples, options);
    await expect(attempt).rejects.toThrow(message);
    expect(network.parameters()).toEqual(before);
    await network.fit(examples, { epochs: 1 });
  });

  test('memory that was transferred', async () => {
    const network = await Network.create({ layers: [30, 4] });
    const weights = new Float32Array(LENGTH).fill(1);
    structuredClone(weights, { transfer: [weights.buffer] });
    await expect(network.fit(dataset, { exampleWeights: weights })).rejects.toThrow(
      /^exampleWeights: found .*, expected 301 numbers/,
    );
  });
});
