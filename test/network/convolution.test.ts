/** Networks with convolution and pooling, held against float64. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { HIDDEN, type Hidden, OUTPUTS } from '../../src/core/activations.ts';
import { Network } from '../../src/network/network.ts';
import {
  answersFor,
  datasetOf,
  INPUT_KINDS,
  ownActivations,
  randomBytes,
  randomFloats,
  randomLabels,
  withActivations,
} from '../examples.ts';
import {
  eachParameter,
  forward,
  gradients,
  missedGradients,
  RELU_SOFTMAX,
  type ReferenceFunctions,
  relativeError,
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

/** Sizes around those of a register tile: 4 pixels by 8 filters. */
const SHAPES = [
  '28x28-8c5s-p2-16c5s-p2-10',
  '28x28-8c5-p2-16c5-p2-10',
  // Images smaller than a tile.
  '1x1-1c1-3',
  '1x1x17-5c1-3',
  '2x1x3-4c1-2',
  '3x1-8c3s-3',
  '2x2x2-7c2-4',
  '3x3x5-9c3-5-3',
  // One convolution, of filters and channels around the vector width.
  '5x5-8c1-p2-3',
  '7x5x3-4c3s-p2-6',
  '5x7x4-8c3-3',
  '6x6x17-17c3s-4',
  '8x8x16-8c3-p2-3',
  '5x4x33-3c3s-2',
  '16x9-33c3-p2-3',
  // Even kernels, and large ones.
  '9x6x2-5c2-p2-4',
  '9x6x2-5c2s-p3-4',
  '7x7x6-16c6s-p6-3',
  '9x8x3-6c4-2',
  '10x12x2-3c8s-p2-3',
  '11x10x3-5c10-3',
  '11x11x2-8c11-3',
  '13x4-9c11s-2',
  // Strides, some wider than the kernel.
  '10x11x7-17c3s/2-p2-3',
  '11x13-3c4/3-4',
  '11x13x2-6c5s/3-p2-4',
  '13x9x3-12c3/4-5',
  '17x16-10c4s/4-p2-7-3',
  '12x9-4c9/2-3',
  '9x9x3-4c1s/2-3',
  '10x10x2-4c1s/4-3',
  '10x10x2-5c2/4-3',
  '14x14-11c11s/2-p7-5',
  '7x7x2-8c7s/3-3',
  // Pools.
  '12x12x8-16c3s-p4-10',
  '16x5x9-7c3s-p5-3',
  '12x14x3-p2-8c3s-p3-5',
  '20x18x5-p4-6c2-3',
  '9x9-p8-4',
  '24x24-p3-4c5s-p8-2',
  '7x13x2-p2-p3-3',
  // Several of each.
  '8x8x3-6c3s-6c3s-p2-12c3s-p2-5',
  '9x9x4-5c3-p2-15c1-14c1-20-10-3',
  '13x13-2c3-2c3-2c3s/2-3',
  '12x9x3-8c3s/2-8c3s/2-8c3s/2-3',
  '15x15x3-13c7s/2-p2-9-6-4',
  // An image, and dense layers only.
  '6x6x3-4',
  '6x5x2-12-7-3',
  // Tall and wide.
  '40x3-5c3s-p3-3',
  '3x70x2-9c3s-p2-3',
];
const BATCHES = [1, 3, 17, 64];

/** So large that steps are far larger than the parameters, and can be read from them. */
const LEARNING_RATE = 2 ** 14;
/** More than f32 is off by, in Z and in A. */
const MARGIN = 1e-6;

async function networkOf(text: string, functions: ReferenceFunctions = RELU_SOFTMAX) {
  const { hidden, own = [], output } = functions;
  const architecture = parsedArchitecture(text);
  const { input, layers } = createOptions(architecture);
  const options = { input, layers: withActivations(layers, own), hidden, output };
  const network = await Network.create(options);
  const parameters = randomImageParameters(architecture, 1);
  network.setParameters(parameters);
  return { architecture, network, layers: imageLayers(architecture, parameters) };
}

/** One update on m examples of some kind equals the oracle's. */
async function expectUpdate(
  text: string,
  m: number,
  kind: string,
  functions = RELU_SOFTMAX,
): Promise<void> {
  const { architecture, network, layers } = await networkOf(text, functions);
  const answers = answersFor(functions.output, m, layers.at(-1)!.units, 3);
  const make = (seed: number) => INPUT_KINDS[kind]!(m * layers[0]!.inputs, seed);
  const inputs = inputsOffKinks(architecture, layers, make, answers, MARGIN, functions);
  const pass = forward(layers, scaled(inputs), answers, functions);
  const got = network.trainOnBatch(inputs, answers, { learningRate: LEARNING_RATE });
  expect(Math.abs(got.loss - pass.loss)).toBeLessThan(1e-5 * Math.max(1, pass.loss));
  expect(got.correct).toBe(functions.output === 'linear' ? undefined : pass.correct);
  const want = gradients(layers, pass, answers, functions);
  expect(missedGradients(layers, network.parameters(), want, LEARNING_RATE)).toEqual([]);
}

describe.each(SHAPES)('one update of %s', (text) => {
  test.each(Object.keys(INPUT_KINDS))('%s', async (kind) => {
    for (const m of BATCHES) await expectUpdate(text, m, kind);
  });
});

const FUNCTIONS: ReferenceFunctions[] = [
  ...HIDDEN.flatMap((hidden) => OUTPUTS.map((output) => ({ hidden, output }))),
  ...HIDDEN.map((hidden, from) => {
    return { hidden, own: ownActivations(3, from), output: OUTPUTS[from % OUTPUTS.length]! };
  }),
];

describe.each(FUNCTIONS)('$hidden and $output, of their own $own', (functions) => {
  test.each(['7x5x3-4c3s-p2-6-3', '9x6x2-5c2-p2-4', '6x8x3-p2-5c2s/2-9-4', '9x7-8c3-9c3s-3'])(
    'one update of %s',
    async (text) => {
      for (const kind of Object.keys(INPUT_KINDS)) await expectUpdate(text, 17, kind, functions);
    },
  );

  test('predict, activations, evaluate and a saved model', async () => {
    const { network, layers } = await networkOf('9x6x2-5c3s-p2-7c2-6-4', functions);
    const inputs = randomFloats(100 * 108, 13);
    const answers = answersFor(functions.output, 100, 4, 14);
    const want = forward(layers, scaled(inputs), answers, functions);
    const all = network.activations(inputs);
    expect(all).toHaveLength(layers.length);
    for (const [l, a] of all.entries()) {
      expect(relativeError(a, want.activations[l + 1]!)).toBeLessThan(1e-6);
    }
    expect(network.predict(inputs)).toEqual(all.at(-1));
    const { loss, accuracy } = network.evaluate(datasetOf(inputs, answers, 4));
    expect(Math.abs(loss - want.loss)).toBeLessThan(1e-6);
    const share = want.correct / (functions.output === 'sigmoid' ? 400 : 100);
    expect(accuracy).toBe(functions.output === 'linear' ? undefined : share);

    const loaded = await Network.load(network.save());
    expect([loaded.hidden, loaded.output]).toEqual([functions.hidden, functions.output]);
    expect([loaded.input, loaded.layers]).toEqual([network.input, network.layers]);
    expect(loaded.parameters()).toEqual(network.parameters());
    expect(loaded.activations(inputs)).toEqual(all);
  });
});

test.each(['6x5x2-3c3s-p2-4-3', '7x7-2c3/2-5c2s-3'])(
  'the core’s own gradient of %s agrees with finite differences',
  async (text) => {
    const { architecture, network, layers } = await networkOf(text);
    const labels = randomLabels(20, 3, 12);
    const make = (seed: number) => randomFloats(20 * layers[0]!.inputs, seed);
    const inputs = inputsOffKinks(architecture, layers, make, labels, 3e-5);
    const withParameters = layers.filter(({ weights }) => weights.length > 0);
    const before = network.parameters();
    network.trainOnBatch(inputs, labels, { learningRate: 1 });
    const after = network.parameters();
    const x = scaled(inputs);
    const lossAt = () => forward(layers, x, labels).loss;
    eachParameter(withParameters, (l, name, i) => {
      const got = before[l]![name][i]! - after[l]![name][i]!;
      const want = slope(withParameters[l]![name], i, lossAt);
      expect(Math.abs(got - want)).toBeLessThan(1e-6);
    });
  },
);

test.each([0, 1, 2, 3])(
  'a pool’s gradient goes to the first of equals, number %i',
  async (first) => {
    const architecture = parsedArchitecture('2x2x2-1c1-p2-2');
    const network = await Network.create(createOptions(architecture));
    const zero = Float32Array.of(0);
    const dense = { weights: Float32Array.of(1, -1), biases: Float32Array.of(0, 0) };
    network.setParameters([{ weights: Float32Array.of(1, 1), biases: zero }, dense]);
    // The filter adds two channels, and gives 4; its gradient tells from which pixel.
    const image = [1, 3, 4, 0, 2, 2, 0, 4].map((a, i) => (i >> 1 < first ? a / 8 : a));
    network.trainOnBatch(Float32Array.from(image), Uint8Array.of(1));
    const [one, other] = network.parameters()[0]!.weights.map((w) => 1 - w);
    const [a, b] = image.slice(2 * first);
    expect(one! + other!).toBeGreaterThan(0.1);
    expect(one! * b!).toBeCloseTo(other! * a!, 5);
  },
);

describe('predict', () => {
  test.each([1, 2, 7, 8, 9, 127, 300])('%i examples, bytes and floats', async (m) => {
    const { network, layers } = await networkOf('9x7x2-6c3s-p2-5c2-7-3');
    for (const inputs of [randomBytes(m * 126, m, 0.5), randomFloats(m * 126, m)]) {
      const { activations } = forward(layers, scaled(inputs), new Uint8Array(m));
      expect(relativeError(network.predict(inputs), activations.at(-1)!)).toBeLessThan(1e-5);
    }
  });

  test.each(['12x12-8c5s-p2-4', '9x9x3-6c3-p2-4', '9x8x2-5c3s/2-4', '8x8x2-p2-9c3s-4'])(
    'of %s does not depend on what else is asked for at the same time',
    async (text) => {
      const { network, layers } = await networkOf(text);
      const { inputs: features } = layers[0]!;
      // Images with many zeros between images without, and one that is all zero.
      const images = [0.95, 0, 0, 0, 0.8, 0, 0.9, 1, 0, 0, 0.99, 0.99, 0.99, 0.99, 0, 0, 0.7];
      const inputs = new Uint8Array(images.length * features);
      for (const [i, zeros] of images.entries()) {
        inputs.set(randomBytes(features, i, zeros), i * features);
      }
      for (const values of [inputs, Float32Array.from(inputs, (byte) => byte / 255)]) {
        const all = network.predict(values);
        for (const i of images.keys()) {
          const alone = network.predict(values.subarray(i * features, (i + 1) * features));
          expect(alone).toEqual(all.slice(4 * i, 4 * (i + 1)));
        }
      }
    },
  );
});

test.each(['12x12-8c5s-p2-4', '9x9x3-6c3-p2-4', '9x8x2-5c3s/2-4'])(
  'bytes and the same numbers as floats give %s the same bits',
  async (text) => {
    const [one, other] = [await networkOf(text), await networkOf(text)];
    const count = 19 * one.layers[0]!.inputs;
    const labels = randomLabels(19, 4, 1);
    for (const zeros of [0, 0.5, 0.8, 0.97]) {
      const bytes = randomBytes(count, 1, zeros);
      const floats = Float32Array.from(bytes, (byte) => byte * Math.fround(1 / 255));
      const got = one.network.trainOnBatch(bytes, labels);
      expect(other.network.trainOnBatch(floats, labels)).toEqual(got);
      expect(other.network.parameters()).toEqual(one.network.parameters());
    }
  },
);

test('a batch of several chunks is one batch', async () => {
  const { network, layers } = await networkOf('20x20-3c5/4-p2-2');
  const m = 5000;
  const inputs = randomBytes(m * 400, 1, 0.9);
  const labels = randomLabels(m, 2, 2);
  const pass = forward(layers, scaled(inputs), labels);
  const got = network.trainOnBatch(inputs, labels, { learningRate: LEARNING_RATE });
  expect(got.loss).toBeCloseTo(pass.loss, 6);
  const want = gradients(layers, pass, labels);
  expect(missedGradients(layers, network.parameters(), want, LEARNING_RATE)).toEqual([]);
});

/** Of the layers that have parameters: index of the layer, number of weights, fan-in and fan-out. */
const FANS: [l: number, count: number, fanIn: number, fanOut: number][] = [
  [0, 4 * 27, 27, 9 * 4],
  [2, 28, 4, 7],
  [3, 63, 7, 9],
  [4, 27, 9, 3],
];

test.each<Hidden>(['relu', 'tanh'])(
  'initial weights for %s: the words of each layer’s generator, in PyTorch’s order',
  async (hidden) => {
    const options = createOptions(parsedArchitecture('5x5x3-4c3-p2-7c1-9-3'));
    const network = await Network.create({ ...options, hidden, seed: 5 });
    for (const [i, [l, count, fanIn, fanOut]] of FANS.entries()) {
      const random = new Random(5, 'weights', l);
      const limit = Math.sqrt(6 / (hidden === 'tanh' ? fanIn + fanOut : fanIn));
      const want = Array.from(
        { length: count },
        () => limit * ((random.word() >>> 8) / 2 ** 23 - 1),
      );
      const { weights, biases } = network.parameters()[i]!;
      expect(relativeError(weights, want)).toBeLessThan(2e-7);
      expect(biases.some((bias) => bias !== 0)).toBe(false);
    }
  },
);

test('parameters that are set come back, bit for bit', async () => {
  for (const text of SHAPES) {
    const { architecture, network } = await networkOf(text);
    expect(network.parameters()).toEqual(randomImageParameters(architecture, 1));
  }
});

test('after a disastrous update the last good parameters come back', async () => {
  const { network } = await networkOf('8x7x2-5c3-p2-6-3');
  const inputs = randomFloats(10 * 112, 1);
  const labels = randomLabels(10, 3, 1);
  const before = network.parameters();
  network.trainOnBatch(inputs, labels, { learningRate: 1e30 });
  expect(() => network.trainOnBatch(inputs, labels)).toThrow(/loss became NaN or infinite/);
  expect(network.parameters()).toEqual(before);
  expect(() => network.trainOnBatch(inputs, labels, { learningRate: 1e300 })).toThrow(
    /would make parameters NaN or infinite/,
  );
  expect(network.parameters()).toEqual(before);
  expect(network.trainOnBatch(inputs, labels).loss).toBeLessThan(10);
});

test.each([
  ['6x6x2-5c3s-p2-3', 1],
  ['6x6x2-p2-5c3s-3', 2],
])('where a layer of %s gives an infinity, the error says which', async (text, layer) => {
  const { network } = await networkOf(text);
  const inputs = randomFloats(60 * 72, 1);
  inputs.fill(3e38, 20 * 72, 21 * 72);
  expect(() => network.predict(inputs)).toThrow(`example 20, for which layer ${layer} gives`);
  expect(() => network.activations(inputs)).toThrow(`example 20, for which layer ${layer} gives`);
});
