import { describe, expect, test } from 'vitest';
import { Network } from '../../src/network/network.ts';
import { randomBytes, randomFloats, randomLabels, randomParameters } from '../examples.ts';
import {
  eachParameter,
  forward,
  gradients,
  referenceLayers,
  relativeError,
  scaled,
  slope,
  softmax,
  trainedOnBatch,
} from '../reference.ts';

const SHAPES = [
  [1, 1],
  [3, 2],
  [2, 9, 1],
  [7, 5, 3],
  [13, 1, 2],
  [5, 4, 8, 12, 3],
  [64, 33, 17, 10],
  [100, 129, 130, 5],
  [784, 10, 10],
  [784, 128, 10],
];
const BATCHES = [1, 2, 3, 5, 64, 129, 1000];

/** Sizes of W·A in the largest case that is worth a float64 pass for every batch size. */
const cases = SHAPES.flatMap((sizes) =>
  BATCHES.filter((m) => m * sizes[0]! * sizes[1]! < 2e7 || m === 129 || m === 1000).map(
    (m) => [sizes, m] as const,
  ),
);

async function networkOf(sizes: readonly number[], seed = 1) {
  const network = await Network.create({ layers: sizes });
  const parameters = randomParameters(sizes, seed);
  network.setParameters(parameters);
  return { network, layers: referenceLayers(sizes, parameters) };
}

const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

describe.each(cases)('one update of %j on %i examples', (sizes, m) => {
  const classes = sizes.at(-1)!;
  const labels = randomLabels(m, classes, 3);
  const count = m * sizes[0]!;

  test.each([
    ['bytes, most of them zero', randomBytes(count, 4, 0.81)],
    ['bytes, few of them zero', randomBytes(count, 5, 0.1)],
    ['floats', randomFloats(count, 6)],
  ])('%s', async (_, inputs) => {
    const { network, layers } = await networkOf(sizes);
    const want = trainedOnBatch(layers, inputs, labels, 0.5);
    const got = network.trainOnBatch(inputs, labels, { learningRate: 0.5 });
    expect(Math.abs(got.loss - want.loss)).toBeLessThan(1e-5 * Math.max(1, want.loss));
    expect(got.correct).toBe(want.correct);
    for (const [l, { weights, biases }] of network.parameters().entries()) {
      const before = layers[l]!;
      const after = want.layers[l]!;
      expect(relativeError(weights, after.weights)).toBeLessThan(1e-5);
      expect(relativeError(biases, after.biases)).toBeLessThan(1e-5);
      // The step alone: the parameters themselves hide most of its error. What an f32 of their
      // size cannot hold of it is no error of the step.
      const size = norm(after.weights.map((w, i) => w - before.weights[i]!));
      const error = norm(after.weights.map((w, i) => weights[i]! - w));
      const rounding = 2 ** -24 * norm(after.weights);
      expect(error).toBeLessThan(1e-5 * size + rounding);
    }
  });
});

describe.each([[[3, 2]], [[7, 5, 3]], [[6, 9, 4, 3]]])(
  'the oracle’s gradient of %j agrees with finite differences',
  (sizes) => {
    test('each parameter', () => {
      const m = 7;
      const layers = referenceLayers(sizes, randomParameters(sizes, 2));
      const inputs = scaled(randomFloats(m * sizes[0]!, 8));
      const labels = randomLabels(m, sizes.at(-1)!, 9);
      const exact = gradients(layers, forward(layers, inputs, labels), labels);
      const lossAt = () => forward(layers, inputs, labels).loss;
      eachParameter(layers, (l, name, i) => {
        const want = slope(layers[l]![name], i, lossAt);
        expect(Math.abs(want - exact[l]![name][i]!)).toBeLessThan(1e-7);
      });
    });
  },
);

test('the gradient of the core itself agrees with finite differences of its loss', async () => {
  const sizes = [6, 8, 3];
  const { network, layers } = await networkOf(sizes);
  const inputs = randomFloats(40 * 6, 11);
  const labels = randomLabels(40, 3, 12);
  const before = network.parameters();
  network.trainOnBatch(inputs, labels, { learningRate: 1 });
  const after = network.parameters();
  const x = scaled(inputs);
  for (const [l, { weights }] of before.entries()) {
    for (let i = 0; i < weights.length; i++) {
      const slope = (side: number) => {
        layers[l]!.weights[i]! += side;
        const { loss } = forward(layers, x, labels);
        layers[l]!.weights[i]! -= side;
        return loss;
      };
      const want = (slope(1e-5) - slope(-1e-5)) / 2e-5;
      expect(Math.abs(weights[i]! - after[l]!.weights[i]! - want)).toBeLessThan(1e-6);
    }
  }
});

describe('predict', () => {
  test.each([1, 2, 127, 128, 129, 700])('%i examples, bytes and floats', async (m) => {
    const sizes = [30, 20, 7];
    const { network, layers } = await networkOf(sizes);
    for (const inputs of [randomBytes(m * 30, m, 0.5), randomFloats(m * 30, m)]) {
      const got = network.predict(inputs);
      const pass = forward(layers, scaled(inputs), new Uint8Array(m));
      expect(relativeError(got, softmax(pass.logits, 7))).toBeLessThan(1e-5);
    }
  });

  test('does not depend on what else is asked for at the same time', async () => {
    const { network } = await networkOf([30, 20, 7]);
    const inputs = randomBytes(300 * 30, 1, 0.8);
    const all = network.predict(inputs);
    for (const i of [0, 1, 127, 128, 299]) {
      const alone = network.predict(inputs.subarray(i * 30, (i + 1) * 30));
      expect(alone).toEqual(all.slice(i * 7, (i + 1) * 7));
    }
  });

  test('reads the last row of a wide layer', async () => {
    const sizes = [5, 4096, 3];
    const { network, layers } = await networkOf(sizes);
    const inputs = randomFloats(5 * 40, 3);
    const pass = forward(layers, scaled(inputs), new Uint8Array(40));
    expect(relativeError(network.predict(inputs), softmax(pass.logits, 3))).toBeLessThan(1e-5);
  });
});

describe('activations', () => {
  test.each([
    [[7, 5, 3], 300],
    [[20, 33, 16, 4], 129],
    [[6, 3], 5],
  ])('of %j agree with the oracle, for %i examples', async (sizes, m) => {
    const { network, layers } = await networkOf(sizes);
    const inputs = randomFloats(m * sizes[0]!, 3);
    const want = forward(layers, scaled(inputs), new Uint8Array(m)).activations.slice(1);
    const got = network.activations(inputs);
    expect(got).toHaveLength(want.length);
    for (const [l, a] of got.entries()) expect(relativeError(a, want[l]!)).toBeLessThan(1e-6);
    expect(got.at(-1)).toEqual(network.predict(inputs));
  });

  test('of a wrong number name it', async () => {
    const { network } = await networkOf([7, 5, 3]);
    const inputs = new Float32Array(7 * 200);
    inputs[7 * 150] = Number.NaN;
    expect(() => network.activations(inputs)).toThrow(`inputs[${7 * 150}]: found NaN`);
  });
});

describe('create', () => {
  test('makes the network that was asked for, whatever becomes of the array meanwhile', async () => {
    const layers = [3, 4, 2];
    const making = Network.create({ layers });
    layers[1] = 9;
    const network = await making;
    expect(network.layers).toEqual([3, 4, 2]);
    expect(network.parameters()[0]!.biases).toHaveLength(4);
  });

  test('gives He-uniform weights and zero biases, by seed', async () => {
    const network = await Network.create({ layers: [784, 100, 10], seed: 5 });
    const [first, second] = network.parameters();
    const limit = Math.sqrt(6 / 784);
    expect(first!.weights.every((w) => Math.abs(w) <= limit)).toBe(true);
    const mean = first!.weights.reduce((sum, w) => sum + w, 0) / 78400;
    const variance = first!.weights.reduce((sum, w) => sum + w * w, 0) / 78400;
    expect(Math.abs(mean)).toBeLessThan((4 * limit) / Math.sqrt(3 * 78400));
    expect(variance / (2 / 784)).toBeCloseTo(1, 1);
    expect(first!.biases).toEqual(new Float32Array(100));
    expect(second!.weights).toHaveLength(1000);
    const again = await Network.create({ layers: [784, 100, 10], seed: 5 });
    expect(again.parameters()).toEqual(network.parameters());
    const other = await Network.create({ layers: [784, 100, 10], seed: 6 });
    expect(other.parameters()).not.toEqual(network.parameters());
  });

  test.each([
    [{ layers: 5 }, TypeError, 'layers: found 5, expected an array'],
    [{ layers: [784] }, RangeError, 'layers: found an array of 1, expected at least two sizes'],
    [{ layers: [784, 0, 10] }, RangeError, 'layers[1]: found 0'],
    [{ layers: [784, 1.5, 10] }, RangeError, 'layers[1]: found 1.5'],
    [{ layers: [784, '10'] }, TypeError, 'layers[1]: found "10"'],
    [{ layers: [3, 2], seed: -1 }, RangeError, 'seed: found -1'],
    [{ layers: [3, 2], seed: Number.NaN }, RangeError, 'seed: found NaN'],
    [
      { layers: [3, 2], sed: 1 },
      TypeError,
      'options: found "sed", expected only layers, input, seed',
    ],
    [{ layers: [2 ** 20, 2 ** 20] }, RangeError, 'layers: found what takes'],
    [undefined, TypeError, 'options: found undefined'],
  ])('refuses %j', async (options, type, message) => {
    const failure = await Network.create(options as never).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(type);
    expect((failure as Error).message).toContain(message);
  });
});

describe('bad input changes nothing', () => {
  const inputs = new Uint8Array(6).fill(9);
  const labels = Uint8Array.of(0, 1);
  const nan = Float32Array.of(1, 2, 3, 4, Number.NaN, 6);
  test.each<[string, (n: Network) => unknown, typeof Error, string]>([
    [
      'a text',
      (n) => n.trainOnBatch('1, 2, 3' as never, labels),
      TypeError,
      'inputs: found "1, 2, 3", expected an array of numbers',
    ],
    [
      'numbers as text',
      (n) => n.predict([1, '2', 3] as never),
      TypeError,
      'inputs[1]: found "2", expected a finite number',
    ],
    [
      'a row that is too short',
      (n) => n.predict([[1, 2, 3], new Float32Array(2)]),
      RangeError,
      'inputs[1]: found a row of 2, expected 3',
    ],
    [
      'rows of another width',
      (n) =>
        n.predict([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      RangeError,
      'inputs[0]: found a row of 2, expected 3',
    ],
    [
      'NaN in a row',
      (n) =>
        n.trainOnBatch(
          [
            [1, 2, 3],
            [4, Number.NaN, 6],
          ],
          labels,
        ),
      RangeError,
      'inputs[1][1]: found NaN, expected a finite number',
    ],
    [
      'a part of a label',
      (n) => n.trainOnBatch(inputs, [0, 0.5]),
      RangeError,
      'labels[1]: found 0.5, expected a class from 0 to 1, or a one-hot row',
    ],
    [
      'two labels of one example',
      (n) =>
        n.trainOnBatch(inputs, [
          [0, 1],
          [1, 1],
        ]),
      RangeError,
      'labels[1]: found 1,1, expected a class from 0 to 1, or a one-hot row',
    ],
    [
      'an example without a label',
      (n) => n.trainOnBatch(inputs, Float32Array.of(0, 0, 0, 1)),
      RangeError,
      'labels[0]: found 0,0, expected a class from 0 to 1, or a one-hot row',
    ],
    [
      'an array that is cut off',
      (n) => n.predict([1, 2, 3, 4]),
      RangeError,
      'inputs: found an array of 4, expected a length that is a positive multiple of 3',
    ],
    [
      'a ragged length',
      (n) => n.trainOnBatch(new Uint8Array(7), labels),
      RangeError,
      'inputs: found a Uint8Array of 7',
    ],
    [
      'no example',
      (n) => n.trainOnBatch(new Uint8Array(0), new Uint8Array(0)),
      RangeError,
      'inputs',
    ],
    [
      'too few labels',
      (n) => n.trainOnBatch(inputs, labels.subarray(1)),
      RangeError,
      'labels: found a Uint8Array of 1, expected 2',
    ],
    [
      'no labels',
      (n) => n.trainOnBatch(inputs, undefined as never),
      TypeError,
      'labels: found undefined',
    ],
    [
      'a label too large',
      (n) => n.trainOnBatch(inputs, Uint8Array.of(0, 2)),
      RangeError,
      'labels[1]: found 2, expected a whole number from 0 to 1',
    ],
    ['NaN', (n) => n.trainOnBatch(nan, labels), RangeError, 'inputs[4]: found NaN'],
    [
      'Infinity to predict',
      (n) => n.predict(Float32Array.of(1, -Infinity, 1)),
      RangeError,
      'inputs[1]: found -Infinity',
    ],
    [
      'rate 0',
      (n) => n.trainOnBatch(inputs, labels, { learningRate: 0 }),
      RangeError,
      'learningRate: found 0',
    ],
    [
      'rate NaN',
      (n) => n.trainOnBatch(inputs, labels, { learningRate: Number.NaN }),
      RangeError,
      'learningRate: found NaN',
    ],
    [
      'a rate as text',
      (n) => n.trainOnBatch(inputs, labels, { learningRate: '1' as never }),
      TypeError,
      'learningRate: found "1"',
    ],
    [
      'a misspelt option',
      (n) => n.trainOnBatch(inputs, labels, { learningrate: 1 } as never),
      TypeError,
      '"learningrate"',
    ],
    [
      'parameters of another shape',
      (n) => n.setParameters([{ weights: new Float32Array(5), biases: new Float32Array(2) }]),
      RangeError,
      'parameters[0].weights',
    ],
    ['too many layers', (n) => n.setParameters([]), RangeError, 'parameters: found 0 entries'],
    [
      'parameters that are NaN',
      (n) =>
        n.setParameters([
          { weights: new Float32Array(6).fill(Number.NaN), biases: new Float32Array(2) },
        ]),
      RangeError,
      'parameters[0].weights[0]: found NaN',
    ],
    [
      'something that is no dataset',
      (n) => n.evaluate({ inputs, labels } as never),
      TypeError,
      'dataset: found an object',
    ],
  ])('%s', async (_, call, type, message) => {
    const { network } = await networkOf([3, 2]);
    const before = network.parameters();
    expect(() => call(network)).toThrow(type);
    expect(() => call(network)).toThrow(message);
    expect(network.parameters()).toEqual(before);
  });

  test('NaN in a later chunk of a large batch', async () => {
    const { network } = await networkOf([1000, 2]);
    const before = network.parameters();
    const m = 3000;
    const large = randomFloats(m * 1000, 1);
    large[m * 1000 - 1] = Number.NaN;
    expect(() => network.trainOnBatch(large, new Uint8Array(m))).toThrow(
      'inputs[2999999]: found NaN',
    );
    expect(network.parameters()).toEqual(before);
  });
});

test('a batch of several chunks is one batch', async () => {
  const sizes = [1000, 3, 2];
  const { network, layers } = await networkOf(sizes);
  const m = 5000;
  const inputs = randomBytes(m * 1000, 1, 0.9);
  const labels = randomLabels(m, 2, 2);
  const want = trainedOnBatch(layers, inputs, labels, 1);
  const got = network.trainOnBatch(inputs, labels, { learningRate: 1 });
  expect(got.loss).toBeCloseTo(want.loss, 6);
  for (const [l, { weights }] of network.parameters().entries()) {
    expect(relativeError(weights, want.layers[l]!.weights)).toBeLessThan(1e-5);
  }
});

test('after a disastrous update the last good parameters come back', async () => {
  const { network } = await networkOf([4, 8, 3]);
  const inputs = randomFloats(40, 1);
  const labels = randomLabels(10, 3, 1);
  const before = network.parameters();
  network.trainOnBatch(inputs, labels, { learningRate: 1e30 });
  expect(() => network.trainOnBatch(inputs, labels)).toThrow(
    /loss became NaN or infinite.*smaller/,
  );
  expect(network.parameters()).toEqual(before);
  expect(() => network.trainOnBatch(inputs, labels, { learningRate: 1e300 })).toThrow(
    /update in layer 2 would make parameters NaN or infinite/,
  );
  expect(network.parameters()).toEqual(before);
  expect(network.trainOnBatch(inputs, labels).loss).toBeLessThan(10);
});

test('a disposed network says so, and can be disposed of again', async () => {
  const { network } = await networkOf([3, 2]);
  network[Symbol.dispose]();
  network.dispose();
  expect(() => network.predict(new Uint8Array(3))).toThrow(
    'predict: the network has been disposed of',
  );
  expect(() => network.parameters()).toThrow('disposed of');
});

test('parameters are copies', async () => {
  const { network } = await networkOf([3, 2]);
  const copy = network.parameters();
  copy[0]!.weights.fill(0);
  copy[0]!.biases.fill(0);
  expect(network.parameters()).not.toEqual(copy);
});
