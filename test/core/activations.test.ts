/** Hidden functions and outputs other than ReLU and softmax, in whole networks. */
import { describe, expect, test } from 'vitest';
import { HIDDEN, type Hidden, OUTPUTS, type Output } from '../../src/core/activations.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { Network, type NetworkOptions } from '../../src/network/network.ts';
import {
  answersFor,
  datasetOf,
  ownActivations,
  randomBytes,
  randomFloats,
  randomParameters,
  withActivations,
} from '../examples.ts';
import {
  eachParameter,
  forward,
  gradients,
  referenceLayers,
  relativeError,
  scaled,
  slope,
  stepError,
  trainedOnBatch,
} from '../reference.ts';

const PAIRS = HIDDEN.flatMap((hidden) =>
  OUTPUTS.map((output) => [hidden, output] as [Hidden, Output]),
);
const SHAPES = [
  [3, 1],
  [5, 3],
  [2, 9, 1],
  [7, 5, 3],
  [5, 4, 8, 12, 3],
  [64, 33, 17, 10],
];

async function networkOf(sizes: readonly number[], hidden: Hidden, output: Output) {
  const network = await Network.create({ layers: sizes, hidden, output });
  const parameters = randomParameters(sizes, 1);
  network.setParameters(parameters);
  return { network, layers: referenceLayers(sizes, parameters) };
}

describe.each(PAIRS)('%s and %s', (hidden, output) => {
  const functions = { hidden, output };

  test.each(SHAPES)('one update equals float64, %i', async (...sizes) => {
    for (const m of [1, 3, 64, 300]) {
      const answers = answersFor(output, m, sizes.at(-1)!, 3);
      for (const inputs of [randomFloats(m * sizes[0]!, 6), randomBytes(m * sizes[0]!, 4, 0.8)]) {
        const { network, layers } = await networkOf(sizes, hidden, output);
        const want = trainedOnBatch(layers, inputs, answers, 0.5, functions);
        const got = network.trainOnBatch(inputs, answers, { learningRate: 0.5 });
        expect(Math.abs(got.loss - want.loss)).toBeLessThan(1e-5 * Math.max(1, want.loss));
        expect(got.correct).toBe(output === 'linear' ? undefined : want.correct);
        for (const [l, { weights, biases }] of network.parameters().entries()) {
          for (const [name, values] of Object.entries({ weights, biases })) {
            const key = name as 'weights' | 'biases';
            expect(stepError(layers[l]![key], values, want.layers[l]![key])).toBeLessThan(1);
          }
        }
      }
    }
  });

  test.each([
    ['', functions],
    [
      ' with dropout',
      { ...functions, factor: (l: number, i: number, j: number) => [0, 1.5, 2][(l + i + j) % 3]! },
    ],
  ])('the oracle’s gradient%s agrees with finite differences', (_, given) => {
    const sizes = [4, 7, 5, 2];
    const layers = referenceLayers(sizes, randomParameters(sizes, 2));
    const inputs = scaled(randomFloats(6 * 4, 8));
    const answers = answersFor(output, 6, 2, 9);
    const exact = gradients(layers, forward(layers, inputs, answers, given), answers, given);
    const lossAt = () => forward(layers, inputs, answers, given).loss;
    eachParameter(layers, (l, name, i) => {
      const want = slope(layers[l]![name], i, lossAt);
      expect(Math.abs(want - exact[l]![name][i]!)).toBeLessThan(1e-7);
    });
  });

  test('the core’s own gradient agrees with finite differences', async () => {
    const { network, layers } = await networkOf([6, 8, 3], hidden, output);
    const inputs = randomFloats(40 * 6, 11);
    const answers = answersFor(output, 40, 3, 12);
    const before = network.parameters();
    network.trainOnBatch(inputs, answers, { learningRate: 1 });
    const after = network.parameters();
    const x = scaled(inputs);
    const lossAt = () => forward(layers, x, answers, functions).loss;
    eachParameter(layers, (l, name, i) => {
      const got = before[l]![name][i]! - after[l]![name][i]!;
      expect(Math.abs(got - slope(layers[l]![name], i, lossAt))).toBeLessThan(1e-6);
    });
  });

  test('predict, activations, evaluate and a saved model', async () => {
    const { network, layers } = await networkOf([6, 9, 4], hidden, output);
    const inputs = randomFloats(300 * 6, 13);
    const answers = answersFor(output, 300, 4, 14);
    const want = forward(layers, scaled(inputs), answers, functions);
    const all = network.activations(inputs);
    expect(relativeError(all[0]!, want.activations[1]!)).toBeLessThan(1e-6);
    expect(relativeError(all[1]!, want.activations[2]!)).toBeLessThan(1e-6);
    expect(network.predict(inputs)).toEqual(all[1]);
    const { loss, accuracy } = network.evaluate(datasetOf(inputs, answers, 4));
    expect(Math.abs(loss - want.loss)).toBeLessThan(1e-6);
    const share = want.correct / (output === 'sigmoid' ? 1200 : 300);
    expect(accuracy).toBe(output === 'linear' ? undefined : share);

    const loaded = await Network.load(network.save());
    expect([loaded.hidden, loaded.output]).toEqual([hidden, output]);
    expect(loaded.predict(inputs)).toEqual(all[1]);
  });
});

describe.each([...HIDDEN.keys()])('layers with activations of their own, from %i on', (from) => {
  const output = OUTPUTS[from % OUTPUTS.length]!;
  const hidden = HIDDEN[(from + 3) % HIDDEN.length]!;

  async function mixedNetwork(sizes: readonly number[]) {
    const own = ownActivations(sizes.length - 2, from);
    const layers = [sizes[0]!, ...withActivations(sizes.slice(1), own)];
    const network = await Network.create({ layers, hidden, output });
    expect(network.layers).toEqual(layers);
    const parameters = randomParameters(sizes, 1);
    network.setParameters(parameters);
    return {
      network,
      layers: referenceLayers(sizes, parameters),
      functions: { hidden, own, output },
    };
  }

  test.each(SHAPES.filter(({ length }) => length > 2))(
    'one update equals float64, %i',
    async (...sizes) => {
      for (const m of [1, 3, 300]) {
        const answers = answersFor(output, m, sizes.at(-1)!, 3);
        for (const inputs of [randomFloats(m * sizes[0]!, 6), randomBytes(m * sizes[0]!, 4, 0.8)]) {
          const { network, layers, functions } = await mixedNetwork(sizes);
          const want = trainedOnBatch(layers, inputs, answers, 0.5, functions);
          const got = network.trainOnBatch(inputs, answers, { learningRate: 0.5 });
          expect(Math.abs(got.loss - want.loss)).toBeLessThan(1e-5 * Math.max(1, want.loss));
          for (const [l, layer] of network.parameters().entries()) {
            for (const key of ['weights', 'biases'] as const) {
              expect(stepError(layers[l]![key], layer[key], want.layers[l]![key])).toBeLessThan(1);
            }
          }
        }
      }
    },
  );

  test('gradients, the oracle’s and the core’s, agree with finite differences', async () => {
    const { network, layers, functions } = await mixedNetwork([5, 8, 7, 6, 3]);
    const inputs = randomFloats(20 * 5, 11);
    const answers = answersFor(output, 20, 3, 12);
    const before = network.parameters();
    network.trainOnBatch(inputs, answers, { learningRate: 1 });
    const after = network.parameters();
    const x = scaled(inputs);
    const exact = gradients(layers, forward(layers, x, answers, functions), answers, functions);
    const lossAt = () => forward(layers, x, answers, functions).loss;
    eachParameter(layers, (l, name, i) => {
      const want = slope(layers[l]![name], i, lossAt);
      expect(Math.abs(exact[l]![name][i]! - want)).toBeLessThan(1e-7);
      expect(Math.abs(before[l]![name][i]! - after[l]![name][i]! - want)).toBeLessThan(2e-6);
    });
  });

  test('activations, and a saved model', async () => {
    const { network, layers, functions } = await mixedNetwork([6, 9, 5, 7, 4]);
    const inputs = randomFloats(200 * 6, 13);
    const want = forward(layers, scaled(inputs), answersFor(output, 200, 4, 14), functions);
    const all = network.activations(inputs);
    for (const [l, values] of all.entries()) {
      expect(relativeError(values, want.activations[l + 1]!)).toBeLessThan(2e-6);
    }
    const bytes = network.save();
    const loaded = await Network.load(bytes);
    expect([loaded.layers, loaded.hidden]).toEqual([network.layers, hidden]);
    expect(loaded.activations(inputs)).toEqual(all);
  });
});

test('the same activation, said for all or for each, gives the same bits', async () => {
  const inputs = randomFloats(40 * 6, 1);
  const dataset = datasetOf(inputs, answersFor('softmax', 40, 3, 2), 3);
  for (const activation of HIDDEN) {
    const trained = async (options: Pick<NetworkOptions, 'layers' | 'hidden'>) => {
      const network = await Network.create({ ...options, seed: 4 });
      // The last layer begins by `hidden`.
      const { weights } = network.parameters().at(-1)!;
      network.setParameters(randomParameters([6, 9, 5, 3], 1));
      await network.fit(dataset, { epochs: 2, batchSize: 16, dropout: 0.2 });
      return { weights, parameters: network.parameters() };
    };
    const each = [
      { dense: 9, activation },
      { dense: 5, activation },
    ];
    const one = await trained({ layers: [6, 9, 5, 3], hidden: activation });
    const own = await trained({ layers: [6, ...each, 3], hidden: 'relu' });
    expect(own.parameters).toEqual(one.parameters);
    const { weights } = await trained({ layers: [6, 9, 5, 3] });
    expect(own.weights).toEqual(weights);
  }
});

test('a network all of whose layers are linear is linear', async () => {
  const network = await Network.create({
    layers: [4, 7, 5, 3],
    hidden: 'linear',
    output: 'linear',
  });
  const [a, b] = [randomFloats(4, 1), randomFloats(4, 2)];
  const ofSum = network.predict(a.map((x, i) => x + b[i]!));
  const [ofA, ofB] = [network.predict(a), network.predict(b)];
  expect(
    relativeError(
      ofSum,
      ofA.map((y, i) => y + ofB[i]!),
    ),
  ).toBeLessThan(1e-6);
});

describe('fit with targets', () => {
  test('a line is found, and R² says so', async () => {
    const inputs = randomFloats(500 * 3, 1);
    const targets = Float32Array.from({ length: 1000 }, (_, k) => {
      const [a, b, c] = inputs.subarray(3 * (k >> 1));
      return k % 2 === 0 ? 2 * a! - b! + 0.5 * c! + 1 : b! * 3;
    });
    const dataset = Dataset.from({ inputs, targets, outputs: 2 });
    const { train, test: heldOut } = dataset.split({ test: 0.2, seed: 1 });
    expect([train.length, heldOut.length, heldOut.outputs]).toEqual([400, 100, 2]);
    const network = await Network.create({ layers: [3, 2], output: 'linear', seed: 1 });
    const { epochs } = await network.fit(train, {
      ...{ epochs: 60, batchSize: 16, learningRate: 0.3, seed: 1 },
      validation: heldOut,
    });
    expect(epochs.at(-1)!.loss).toBeLessThan(1e-9);
    for (const report of [epochs.at(-1)!, epochs.at(-1)!.validation!]) {
      expect(report).not.toHaveProperty('accuracy');
    }
    const { r2, loss } = network.evaluate(heldOut);
    expect(loss).toBe(epochs.at(-1)!.validation!.loss);
    expect(r2!.map((value) => Math.round(value * 1e6))).toEqual([1e6, 1e6]);
  });

  test('R² is what is defined: against numbers worked out by hand', async () => {
    // The network gives x + 1; targets 1, 2, 6 have the mean 3 and the squares 4 + 1 + 9 = 14;
    // residuals 0, 0, 3: R² = 1 − 9 / 14. The second output is always 0: its targets never change.
    const network = await Network.create({ layers: [1, 2], output: 'linear' });
    network.setParameters([{ weights: Float32Array.of(1, 0), biases: Float32Array.of(1, 0) }]);
    const evaluate = (second: number) =>
      network.evaluate(
        Dataset.from({
          inputs: Float32Array.of(0, 1, 2),
          targets: Float64Array.of(1, second, 2, second, 6, second),
          outputs: 2,
        }),
      );
    expect(evaluate(0).r2![0]).toBeCloseTo(1 - 9 / 14, 12);
    expect(evaluate(0).r2![1]).toBe(1);
    expect(evaluate(5).r2![1]).toBe(0);
    // A mean of these, summed up as it is, would be rounded.
    expect(evaluate(3.1).r2![1]).toBe(0);
    expect(evaluate(5).loss).toBeCloseTo((9 + 3 * 25) / 6, 6);
  });

  test('sigmoid outputs train on several labels per example', async () => {
    const inputs = randomFloats(600 * 4, 5);
    const targets = Float32Array.from({ length: 1800 }, (_, k) => {
      const [a, b, c, d] = inputs.subarray(4 * Math.floor(k / 3));
      return [+(a! > 0), +(b! + c! > 0), +(d! < 0.2)][k % 3]!;
    });
    const dataset = Dataset.from({ inputs, targets, outputs: 3 });
    const network = await Network.create({ layers: [4, 16, 3], output: 'sigmoid', hidden: 'tanh' });
    await network.fit(dataset, {
      epochs: 100,
      batchSize: 16,
      optimizer: 'adam',
      learningRate: 0.01,
    });
    const { accuracy, precision, recall, confusion } = network.evaluate(dataset);
    expect(accuracy).toBeGreaterThan(0.97);
    for (const share of [...precision, ...recall]) expect(share).toBeGreaterThan(0.93);
    expect(confusion).toEqual([]);
  });
});

describe('what does not fit is refused', () => {
  const inputs = new Float32Array(4);
  const labelled = Dataset.from({ inputs, labels: new Uint8Array(2), classes: 3 });
  const targeted = Dataset.from({ inputs, targets: new Float32Array(6), outputs: 3 });

  test.each([
    [{ hidden: 'swish' }, 'hidden: found "swish", expected one of relu, leaky-relu, tanh'],
    [{ output: 'Softmax' }, 'output: found "Softmax", expected one of softmax, sigmoid, linear'],
    [{ output: 1 }, 'output: found 1, expected one of softmax'],
  ])('%o', async (given, message) => {
    const options = { layers: [2, 3], ...given } as never;
    await expect(Network.create(options)).rejects.toThrow(message);
  });

  test('labels where there are to be targets, and the other way round', async () => {
    const classes = await Network.create({ layers: [2, 3] });
    const numbers = await Network.create({ layers: [2, 3], output: 'linear' });
    await expect(classes.fit(targeted)).rejects.toThrow(
      "dataset: found targets, expected labels, for the network's output is softmax",
    );
    await expect(numbers.fit(labelled)).rejects.toThrow('dataset: found labels, expected targets');
    expect(() => numbers.trainOnBatch(inputs, new Uint8Array(2))).toThrow(
      'targets: found a Uint8Array of 2, expected 2 × 3 numbers',
    );
    expect(() => numbers.trainOnBatch(inputs, new Float32Array(2))).toThrow(
      'targets: found a Float32Array of 2, expected 2 × 3 numbers',
    );
    const bad = Float32Array.of(0, 0, 0, 0, Number.NaN, 0);
    expect(() => numbers.trainOnBatch(inputs, bad)).toThrow('targets[4]: found NaN');
  });

  test('targets that are as many as the outputs are not', async () => {
    const numbers = await Network.create({ layers: [2, 2], output: 'linear' });
    await expect(numbers.fit(targeted)).rejects.toThrow(
      "dataset.outputs: found 3, expected 2, the number of the network's outputs",
    );
  });

  test('targets that no sigmoid comes to', async () => {
    const network = await Network.create({ layers: [2, 3], output: 'sigmoid' });
    const targets = Float32Array.of(0, 1, 0.5, 1, 1.5, 0);
    const dataset = Dataset.from({ inputs, targets, outputs: 3 });
    const message = 'targets[4]: found 1.5, expected a number from 0 to 1';
    await expect(network.fit(dataset)).rejects.toThrow(`dataset.${message}`);
    expect(() => network.trainOnBatch(inputs, targets)).toThrow(message);
  });
});
