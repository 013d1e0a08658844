/** The oracle of convolution and pooling, by hand and by finite differences. */
import { describe, expect, test } from 'vitest';
import { HIDDEN, OUTPUTS } from '../src/core/activations.ts';
import {
  answersFor,
  ownActivations,
  randomFloats,
  randomLabels,
  randomParameters,
} from './examples.ts';
import {
  eachParameter,
  forward,
  gradients,
  RELU_SOFTMAX,
  type ReferenceFunctions,
  referenceLayers,
  scaled,
  slope,
} from './reference.ts';
import {
  imageLayers,
  inputsOffKinks,
  paddedNumbers,
  parsedArchitecture,
  randomImageParameters,
} from './reference-convolution.ts';

/** What one example gives in each layer, with ones as the weights of all layers after those given. */
function outputsOf(text: string, image: readonly number[], weights: readonly number[] = []) {
  const architecture = parsedArchitecture(text);
  const parameters = randomImageParameters(architecture, 1);
  for (const [l, layer] of parameters.entries()) {
    layer.biases.fill(0);
    if (l > 0 || weights.length === 0) layer.weights.fill(1);
    else layer.weights.set(weights);
  }
  const layers = imageLayers(architecture, parameters);
  const functions = { hidden: 'relu', output: 'linear' } as const;
  const { activations } = forward(layers, Float64Array.from(image), new Float32Array(1), functions);
  return activations.slice(1).map((a) => [...a]);
}

const NINE = [1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('by hand', () => {
  test.each([
    ['3x3-1c2-1', [37, 47, 67, 77]],
    // Below and to the right of an even kernel there is the odd zero.
    ['3x3-1c2s-1', [37, 47, 21, 67, 77, 33, 23, 26, 9]],
    ['3x3-1c2s/2-1', [37, 21, 23, 9]],
    ['3x3-1c2/2-1', [37]],
  ])('%s: a cross-correlation', (text, expected) => {
    expect(outputsOf(text, NINE, [1, 2, 3, 4])[0]).toEqual(expected);
  });

  test('a stride leaves fewer zeros, half of them before the image', () => {
    // Of 4 pixels: 4, by 2 and 3 at a time, is 2 outputs, with one zero after it.
    const row = (text: string) => outputsOf(text, [1, 10, 100, 1000], Array(9).fill(1))[0];
    expect(row('1x4-1c3s-1')).toEqual([11, 111, 1110, 1100]);
    expect(row('1x4-1c3s/2-1')).toEqual([111, 1100]);
    expect(row('1x4-1c3s/3-1')).toEqual([11, 1100]);
    expect(row('1x4-1c3s/4-1')).toEqual([111]);
  });

  test('weights are [out, in, kh, kw], and values channels last', () => {
    const image = [1, 10, 2, 20, 3, 30];
    const weights = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((w) => [w, 0]);
    // Two filters of two channels, each of 2 × 2, of which the second column is 0.
    expect(outputsOf('3x1x2-2c2s-1', image, weights)[0]).toEqual([
      ...[1 + 2 * 2 + 30 + 4 * 20, 5 + 6 * 2 + 70 + 8 * 20],
      ...[2 + 2 * 3 + 60 + 4 * 30, 10 + 6 * 3 + 140 + 8 * 30],
      ...[3 + 90, 15 + 210],
    ]);
    // [out, C·H·W]: first what channel 0 has.
    expect(outputsOf('3x1x2-1', image, [1, 2, 3, 4, 5, 6])[0]).toEqual([14 + 40 + 100 + 180]);
  });

  test('pools, of which only whole windows count', () => {
    expect(outputsOf('3x3-p2-1', NINE)).toEqual([[5], [5]]);
    expect(outputsOf('5x2x2-p2-1', [...NINE, ...NINE, 1, 2])[0]).toEqual([7, 8, 9, 7]);
  });

  test('a pool’s gradient goes to the first of equals alone', () => {
    // A filter that adds two channels gives 4 everywhere; its gradient tells from which pixel.
    for (const first of [0, 1, 2, 3]) {
      const architecture = parsedArchitecture('2x2x2-1c1-p2-1');
      const ones = { weights: Float32Array.of(1), biases: Float32Array.of(0) };
      const layers = imageLayers(architecture, [{ ...ones, weights: Float32Array.of(1, 1) }, ones]);
      const image = [1, 3, 4, 0, 2, 2, 0, 4].map((a, i) => (i >> 1 < first ? a / 8 : a));
      const functions = { hidden: 'relu', output: 'linear' } as const;
      const targets = Float32Array.of(3.5);
      const pass = forward(layers, Float64Array.from(image), targets, functions);
      const [{ weights }] = gradients(layers, pass, targets, functions) as [(typeof layers)[0]];
      expect([...weights]).toEqual(image.slice(2 * first, 2 * first + 2));
    }
  });
});

test('units are numbered with the channels filled up to fours', () => {
  const numberOf = paddedNumbers(parsedArchitecture('2x2x3-5c1-p2-6-2'));
  expect([0, 4, 5, 19].map((unit) => numberOf(0, unit))).toEqual([0, 4, 8, 28]);
  expect([0, 4].map((unit) => numberOf(1, unit))).toEqual([0, 4]);
  expect([0, 5].map((unit) => numberOf(2, unit))).toEqual([0, 5]);
});

test.each(['1x1x7-5-3', '1x1x7-5c1-3', '1x1x7-5c1s-3c1', '1x1x7-5c3s-3'])(
  '%s is the dense network that it amounts to',
  (text) => {
    const sizes = [7, 5, 3];
    const parameters = randomParameters(sizes, 1);
    const architecture = parsedArchitecture(text);
    const given = parameters.map(({ weights, biases }) => ({ weights, biases }));
    // All but the middle of a 3 × 3 kernel is outside the image.
    if (text.includes('c3s')) {
      given[0]!.weights = Float32Array.from({ length: 9 * 35 }, (_, i) =>
        i % 9 === 4 ? parameters[0]!.weights[(i - 4) / 9]! : i,
      );
    }
    const x = scaled(randomFloats(6 * 7, 2));
    const labels = randomLabels(6, 3, 3);
    const dense = referenceLayers(sizes, parameters);
    const layers = imageLayers(architecture, given);
    const [want, got] = [forward(dense, x, labels), forward(layers, x, labels)];
    expect(got).toEqual(want);
    const wanted = gradients(dense, want, labels);
    const found = gradients(layers, got, labels);
    if (text.includes('c3s')) found[0]!.weights = found[0]!.weights.filter((_, i) => i % 9 === 4);
    expect(found).toEqual(wanted);
  },
);

/** Each parameter's gradient is the slope of the loss. */
function expectSlopes(text: string, functions: ReferenceFunctions): void {
  const architecture = parsedArchitecture(text);
  const layers = imageLayers(architecture, randomImageParameters(architecture, 1));
  const [m, outputs] = [3, layers.at(-1)!.units];
  const answers = answersFor(functions.output, m, outputs, 9);
  const make = (seed: number) => scaled(randomFloats(m * layers[0]!.inputs, seed));
  const inputs = inputsOffKinks(architecture, layers, make, answers, 3e-5, functions);
  const exact = gradients(layers, forward(layers, inputs, answers, functions), answers, functions);
  const lossAt = () => forward(layers, inputs, answers, functions).loss;
  let largest = 0;
  eachParameter(layers, (l, name, i) => {
    const want = slope(layers[l]![name], i, lossAt);
    largest = Math.max(largest, Math.abs(want));
    expect(Math.abs(want - exact[l]![name][i]!)).toBeLessThan(1e-7);
  });
  // A network all of whose units are off would agree as well.
  expect(largest).toBeGreaterThan(1e-2);
}

const factor = (l: number, example: number, unit: number) => [0, 1.5, 2][(l + example + unit) % 3]!;

describe('gradients agree with finite differences', () => {
  test.each([
    '4x4x2-3',
    '3x5-4-2',
    '5x4x2-3c3s-p2-4',
    '7x6-2c3/2-3c2s/2-5-2',
    '6x6x3-p2-4c1-3',
    '8x5-3c2s/3-p2-3',
    '9x9-2c4/4-3',
    '6x5-2c3-2c3s-p3-4-3-2',
    '4x12-1c11s-p4-2',
    '17x9x2-p8-3',
    '9x8x2-3c2-p2-p2-2',
    '3x3x5-2c3-6-2',
    '5x5-2c1/4-3c2-2',
    '4x3x2-2c5s-2c4s/2-3',
  ])('%s', (text) => {
    expectSlopes(text, RELU_SOFTMAX);
    expectSlopes(text, { ...RELU_SOFTMAX, factor });
  });

  test.each(HIDDEN.flatMap((hidden) => OUTPUTS.map((output) => ({ hidden, output }))))(
    '$hidden and $output',
    (functions) => {
      for (const text of ['5x4x2-3c3s-p2-2c2-3-2', '6x5-p2-2c2s/2-3c1-2']) {
        expectSlopes(text, functions);
        expectSlopes(text, { ...functions, factor });
      }
    },
  );

  test.each([...HIDDEN.keys()])('layers with activations of their own, from %i on', (from) => {
    const own = ownActivations(5, from);
    expectSlopes('5x4x2-3c3s-p2-2c2-3-2', { ...RELU_SOFTMAX, own, factor });
    expectSlopes('6x5-2c2s/2-p2-5-3-2', { hidden: 'silu', own, output: 'linear' });
  });
});
