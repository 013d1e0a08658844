/** What a network does to raw numbers, and that it is then the network of standardised ones. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Turns } from '../../src/base/event-loop.ts';
import { type Normalization, normalizationOf } from '../../src/core/normalization.ts';
import { Dataset, type Inputs } from '../../src/data/dataset.ts';
import type { FitOptions } from '../../src/network/fit-options.ts';
import { Network } from '../../src/network/network.ts';
import { randomBytes, randomFloats, randomLabels } from '../examples.ts';
import { forward, referenceLayers, relativeError, standardized } from '../reference.ts';

const LINEAR = { hidden: 'relu', output: 'linear' } as const;
const SOFTMAX = { hidden: 'relu', output: 'softmax' } as const;

const labelled = (inputs: Inputs, features: number) =>
  Dataset.from({ inputs, labels: new Uint8Array(inputs.length / features), classes: 1 });

async function ofInputs(inputs: Inputs, features: number) {
  return (await normalizationOf(labelled(inputs, features), SOFTMAX, new Turns())).inputs!;
}

/** Columns of very different sizes. */
function scattered(rows: number, seed: number): Float64Array {
  const scales = [1e-3, 1, 1e6];
  const offsets = [0, -40, 1.7e9];
  return Float64Array.from(
    randomFloats(rows * 3, seed),
    (x, i) => x * scales[i % 3]! + offsets[i % 3]!,
  );
}

describe('mean and standard deviation', () => {
  it('are those of each column, the latter the root of the mean square', async () => {
    expect(await ofInputs(Float32Array.of(1, 10, 3, 40), 2)).toEqual({
      mean: Float64Array.of(2, 25),
      std: Float64Array.of(1, 15),
    });
  });

  it('are those of the oracle', async () => {
    const inputs = scattered(500, 1);
    const { mean, std } = await ofInputs(inputs, 3);
    const oracle = standardized(inputs, inputs, 3);
    expect(relativeError(mean, oracle.mean)).toBeLessThan(1e-14);
    expect(relativeError(std, oracle.std)).toBeLessThan(1e-14);
  });

  it('of bytes are those of x / 255', async () => {
    const bytes = randomBytes(300, 1, 0.3);
    const floats = Float64Array.from(bytes, (byte) => byte / 255);
    expect(await ofInputs(bytes, 3)).toEqual(await ofInputs(floats, 3));
  });

  it('of more values than are seen in one turn are the same', async () => {
    const inputs = scattered(100_001, 2);
    const { mean, std } = await ofInputs(inputs, 3);
    const oracle = standardized(inputs, inputs, 3);
    expect(relativeError(mean, oracle.mean)).toBeLessThan(1e-12);
    expect(relativeError(std, oracle.std)).toBeLessThan(1e-12);
  });

  it('of a column with one value are that value, exactly, and 1', async () => {
    const { mean, std } = await ofInputs(new Float64Array(30).fill(0.1), 3);
    expect(mean).toEqual(Float64Array.of(0.1, 0.1, 0.1));
    expect(std).toEqual(Float64Array.of(1, 1, 1));
  });

  it('of targets are there where the output is linear', async () => {
    const inputs = Float32Array.of(1, 2);
    const targets = Float64Array.of(1.7e9, 5, 1.7e9 + 2, 5);
    const dataset = Dataset.from({ inputs, targets, outputs: 2 });
    const { targets: found } = await normalizationOf(dataset, LINEAR, new Turns());
    expect(found).toEqual({ mean: Float64Array.of(1.7e9 + 1, 5), std: Float64Array.of(1, 1) });
    const sigmoid = await normalizationOf(dataset, { ...LINEAR, output: 'sigmoid' }, new Turns());
    expect(Object.keys(sigmoid)).toEqual(['inputs']);
  });

  it('copes with a mean that 64 bits round by more than the values differ', async () => {
    const inputs = Float64Array.from({ length: 999 }, (_, i) => 2 ** 60 + 256 * (i % 2));
    const { mean, std } = await ofInputs(inputs, 1);
    const squares = inputs.reduce((sum, x) => sum + ((x - mean[0]!) / std[0]!) ** 2, 0) / 999;
    expect(squares).toBeCloseTo(1, 5);
  });

  it('1 stands for a standard deviation too small for 64 bits', async () => {
    expect((await ofInputs(Float64Array.of(0, 1e-200), 1)).std).toEqual(Float64Array.of(1));
  });

  it.each([
    [Float64Array.of(1, -1e200, 2, 1e200), 'found a standard deviation of Infinity in column 2'],
    [
      Float64Array.of(1.7e308, 0, 1.7e308, 0, 1e308, 0),
      'found a standard deviation of Infinity in',
    ],
    [Float64Array.of(1.7e308, 0, -1.7e308, 0), 'normalize.inputs: found'],
  ])('too large for 64 bits are refused: %s', async (inputs, message) => {
    await expect(ofInputs(inputs, 2)).rejects.toThrow(RangeError);
    await expect(ofInputs(inputs, 2)).rejects.toThrow(message);
  });

  it('do not depend on how far the numbers are from 0', async () => {
    const near = Float64Array.from({ length: 256 }, (_, i) => (i * i) % 97);
    const far = near.map((x) => x + 1.7e9);
    const [a, b] = [await ofInputs(near, 1), await ofInputs(far, 1)];
    expect(b.std).toEqual(a.std);
    expect(b.mean[0]! - 1.7e9).toBe(a.mean[0]);
  });
});

/** The dataset as a network that standardises so sees it. */
function seen(dataset: Dataset, { inputs, targets }: Normalization): Dataset {
  const done = (values: Inputs, { mean, std }: NonNullable<Normalization['inputs']>) => {
    const unit = values instanceof Uint8Array ? 255 : 1;
    return Float32Array.from(
      values,
      (x, i) => (x / unit - mean[i % mean.length]!) / std[i % mean.length]!,
    );
  };
  const { labels, classes, outputs } = dataset;
  const standard = done(dataset.inputs, inputs!);
  return dataset.targets
    ? Dataset.from({
        inputs: standard,
        targets: targets ? done(dataset.targets, targets) : dataset.targets,
        outputs,
      })
    : Dataset.from({ inputs: standard, labels, classes });
}

const ROWS = 300;
const numbers = Float64Array.from(scattered(ROWS, 5), (x, i) => x + (i % 7));
const KINDS: [string, Inputs][] = [
  ['float64', numbers],
  ['float32', Float32Array.from(numbers)],
  ['bytes', randomBytes(ROWS * 3, 3, 0.4)],
];

describe.each(KINDS)('a network of raw %s', (_, inputs) => {
  describe.each(['softmax', 'sigmoid', 'linear'] as const)('with %s', (output) => {
    const targets = Float64Array.from(
      { length: ROWS * 2 },
      (_, i) => ((output === 'linear' ? 1.7e9 + (i % 2 ? 1e-3 : 10) : 1) * ((i * 11) % 17)) / 17,
    );
    const dataset =
      output === 'softmax'
        ? Dataset.from({ inputs, labels: randomLabels(ROWS, 2, 1), classes: 2 })
        : Dataset.from({ inputs, targets, outputs: 2 });
    const { train, test: validation } = dataset.split({ test: 0.2, seed: 1 });
    const layers = [3, 9, 2];
    const make = async () => {
      const network = await Network.create({ layers, output, seed: 4, normalize: train });
      const raw = await Network.create({ layers, output, seed: 4 });
      return { network, raw, normalization: network.normalization! };
    };

    it.each<FitOptions>([
      { epochs: 3, batchSize: 7, learningRate: 0.05 },
      { epochs: 2, batchSize: Infinity, optimizer: 'adam', dropout: 0.2 },
    ])('is trained as one of standardised numbers, bit for bit: %j', async (options) => {
      const { network, raw, normalization } = await make();
      const history = await network.fit(train, { ...options, validation });
      const expected = await raw.fit(seen(train, normalization), {
        ...options,
        validation: seen(validation, normalization),
      });
      expect(network.parameters()).toEqual(raw.parameters());
      const timeless = (epoch: object) => ({ ...epoch, seconds: 0 });
      expect(history.epochs.map(timeless)).toEqual(expected.epochs.map(timeless));
    });

    it('answers as one of standardised numbers, in the unit of its targets', async () => {
      const { network, raw, normalization } = await make();
      const standard = seen(validation, normalization);
      const { mean, std } = normalization.targets ?? {};
      expect(mean !== undefined).toBe(output === 'linear');
      const restored = (values: Float32Array | Float64Array) =>
        mean && std ? Float64Array.from(values, (y, i) => y * std[i % 2]! + mean[i % 2]!) : values;
      expect(network.predict(validation.inputs)).toEqual(restored(raw.predict(standard.inputs)));
      const [hidden, last] = network.activations(validation.inputs);
      const [expectedHidden, expectedLast] = raw.activations(standard.inputs);
      expect([hidden, last]).toEqual([expectedHidden, restored(expectedLast!)]);

      const { r2, rmse, ...rest } = network.evaluate(validation);
      const expected = raw.evaluate(standard);
      expect(rest).toEqual((({ r2, rmse, ...rest }) => rest)(expected));
      expect(r2 === undefined).toBe(output !== 'linear');
      for (const [j, value] of (r2 ?? []).entries()) {
        expect(value).toBeCloseTo(expected.r2![j]!, 5);
        expect(rmse![j]! / std![j]!).toBeCloseTo(expected.rmse![j]!, 5);
        const told = network.predict(validation.inputs);
        const squares = [...validation.targets!].map((t, i) =>
          i % 2 === j ? (t - told[i]!) ** 2 : 0,
        );
        const sum = squares.reduce((sum, square) => sum + square, 0);
        expect(rmse![j]).toBeCloseTo(Math.sqrt(sum / validation.length), 12);
      }
    });

    it('learns from a batch as one of standardised numbers', async () => {
      const { network, raw, normalization } = await make();
      const standard = seen(train, normalization);
      const answers = (of: Dataset) => of.targets ?? of.labels;
      expect(network.trainOnBatch(train.inputs, answers(train))).toEqual(
        raw.trainOnBatch(standard.inputs, answers(standard)),
      );
      expect(network.parameters()).toEqual(raw.parameters());
    });

    it('answers as the oracle does', async () => {
      const { network } = await make();
      const x = standardized(validation.inputs, train.inputs, 3).values;
      const reference = referenceLayers(layers, network.parameters());
      const answers = validation.targets ?? validation.labels;
      const { activations } = forward(reference, x, answers, { hidden: 'relu', output });
      const by = output === 'linear' ? standardized(targets, train.targets!, 2) : undefined;
      const expected = activations
        .at(-1)!
        .map((y, i) => (by ? y * by.std[i % 2]! + by.mean[i % 2]! : y));
      const told = network.predict(validation.inputs);
      const difference = told.map(
        (y: number, i: number) => (y - expected[i]!) / (by?.std[i % 2] ?? 1),
      );
      expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-5);
    });
  });
});

it('any numbers come out with the mean 0 and the mean square 1', async () => {
  const value = fc.double({ min: -1e100, max: 1e100, noNaN: true });
  const column = fc.array(value, { minLength: 2, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(column, async (values) => {
      const inputs = Float64Array.from(values);
      const { mean, std } = await ofInputs(inputs, 1);
      const done = inputs.map((x) => (x - mean[0]!) / std[0]!);
      const square = done.reduce((sum, x) => sum + x * x, 0) / done.length;
      const spread = Math.max(...values) - Math.min(...values);
      if (spread > 1e-100) expect(square).toBeCloseTo(1, 6);
      // Squares of such differences are whole multiples of the least number: half of one is rounded off
      // each, and half of one off their mean, which is at least one.
      else expect(square).toBeLessThanOrEqual(2);
    }),
  );
});

describe('normalization', () => {
  it('gives copies, and nothing where nothing is standardised', async () => {
    const raw = await Network.create({ layers: [1, 1] });
    expect(raw.normalization).toBeUndefined();
    const dataset = labelled(Float32Array.of(1, 3), 1);
    const network = await Network.create({ layers: [1, 1], normalize: dataset });
    const before = network.predict(Float32Array.of(2));
    network.normalization!.inputs!.mean[0] = 100;
    expect(network.normalization).toEqual({
      inputs: { mean: Float64Array.of(2), std: Float64Array.of(1) },
    });
    expect(network.predict(Float32Array.of(2))).toEqual(before);
    network.dispose();
    expect(network.normalization?.inputs?.mean[0]).toBe(2);
  });

  it.each<[object, string]>([
    [
      { layers: [2, 1] },
      "normalize.features: found 1, expected 2, the number of the network's inputs",
    ],
    [{ layers: [1, 2] }, 'normalize.classes: found 1, expected 2'],
    [{ layers: [1, 1], output: 'linear' }, 'normalize: found labels, expected targets'],
    [{ layers: [1, 1], normalize: true }, 'normalize: found true, expected a Dataset'],
    [{ layers: [1, 1], normalize: null }, 'normalize: found null, expected a Dataset'],
  ])('%j is refused', async (options, message) => {
    const normalize = labelled(Float32Array.of(1, 3), 1);
    await expect(Network.create({ normalize, ...options } as never)).rejects.toThrow(message);
  });
});

describe('means and standard deviations that a program gives', () => {
  const given = { inputs: { mean: [2], std: [0.5] }, targets: { mean: [1.7e9], std: [100] } };
  const shape = { layers: [1, 3, 1], output: 'linear' } as const;

  it('are those of the network, as copies', async () => {
    const mean = Float64Array.of(2);
    const normalize = { ...given, inputs: { mean, std: [0.5] } };
    const network = await Network.create({ ...shape, normalize });
    mean[0] = 3;
    expect(network.normalization).toEqual({
      inputs: { mean: Float64Array.of(2), std: Float64Array.of(0.5) },
      targets: { mean: Float64Array.of(1.7e9), std: Float64Array.of(100) },
    });
    const raw = await Network.create(shape);
    const [told] = raw.predict(Float32Array.of(6));
    expect(network.predict(Float64Array.of(5))).toEqual(Float64Array.of(told! * 100 + 1.7e9));
  });

  it('train as those of the dataset do', async () => {
    const inputs = scattered(60, 3);
    const targets = Float64Array.from({ length: 60 }, (_, i) => 1e7 + ((i * 7) % 11));
    const dataset = Dataset.from({ inputs, targets });
    const layers = [3, 4, 1];
    const by = await Network.create({ ...shape, layers, normalize: dataset });
    const network = await Network.create({ ...shape, layers, normalize: by.normalization! });
    await by.fit(dataset, { epochs: 2 });
    await network.fit(dataset, { epochs: 2 });
    expect(network.save()).toEqual(by.save());
  });

  it('may be those of one part', async () => {
    const { targets, inputs } = given;
    const layers = [1, 2];
    const network = await Network.create({ layers, normalize: { inputs } });
    expect(Object.keys(network.normalization!)).toEqual(['inputs']);
    const other = await Network.create({ ...shape, normalize: { targets } });
    expect(Object.keys(other.normalization!)).toEqual(['targets']);
  });

  const part = (name: string, value: object) => ({ ...given, [name]: value });
  it.each<[object, string]>([
    [{ normalize: {} }, 'normalize: found an object, expected inputs, targets or both'],
    [{ normalize: { input: 1 } }, 'normalize: found "input", expected only inputs, targets'],
    [{ normalize: new Map() }, 'normalize: found a Map, expected a Dataset, or an object of means'],
    [{ output: 'sigmoid' }, 'normalize.targets: found an object, expected none beside the output'],
    [
      { normalize: part('inputs', { mean: [1] }) },
      'normalize.inputs.std: found undefined, expected an array of numbers',
    ],
    [
      { normalize: part('inputs', { mean: [1, 2], std: [1] }) },
      'normalize.inputs.mean: found an array of 2, expected 1 numbers',
    ],
    [
      { normalize: part('targets', { mean: [Number.NaN], std: [1] }) },
      'normalize.targets.mean[0]: found NaN, expected a finite number',
    ],
    [
      { normalize: part('targets', { mean: Float64Array.of(Infinity), std: [1] }) },
      'normalize.targets.mean[0]: found Infinity, expected a finite number',
    ],
    [
      { normalize: part('inputs', { mean: [1], std: [0] }) },
      'normalize.inputs.std[0]: found 0, expected a number above 0, at most 1e+100',
    ],
    [
      { normalize: part('inputs', { mean: [1], std: [1e101] }) },
      'normalize.inputs.std[0]: found 1e+101, expected a number above 0',
    ],
    [
      { normalize: part('inputs', [1]) },
      'normalize.inputs: found an array of 1, expected an object',
    ],
  ])('%j is refused', async (options, message) => {
    const created = Network.create({ ...shape, normalize: given, ...options } as never);
    await expect(created).rejects.toThrow(message);
  });
});

describe('numbers that 32 bits do not hold', () => {
  const labels = Uint8Array.of(0, 1, 0);
  const dataset = (inputs: Inputs) => Dataset.from({ inputs, labels, classes: 2 });
  const good = dataset(Float64Array.of(1, 2, 3));
  const large = dataset(Float64Array.of(1, 1e39, 2));
  const expected = /inputs\[1\]: found 1e\+39, expected a finite number that 32 bits hold$/;

  test('are refused by a network that takes them as they are, before it changes', async () => {
    const network = await Network.create({ layers: [1, 3, 2] });
    const before = network.parameters();
    await expect(network.fit(large)).rejects.toThrow(expected);
    await expect(network.fit(good, { validation: large })).rejects.toThrow(
      /^validation\.inputs\[1\]: found 1e\+39, /,
    );
    expect(() => network.evaluate(large)).toThrow(expected);
    expect(() => network.predict(large.inputs)).toThrow(expected);
    expect(() => network.activations(large.inputs)).toThrow(expected);
    expect(() => network.trainOnBatch(large.inputs, labels)).toThrow(expected);
    expect(network.parameters()).toEqual(before);
  });

  test('are numbers like others to one that standardises them', async () => {
    const network = await Network.create({ layers: [1, 3, 2], normalize: large });
    await network.fit(large, { validation: good });
    expect(network.evaluate(large).loss).toBeLessThan(2);
  });

  test('are refused where they are too large when standardised, before it changes', async () => {
    const network = await Network.create({ layers: [1, 3, 2], normalize: good });
    const before = network.parameters();
    const validation = large;
    await expect(network.fit(good, { validation })).rejects.toThrow(
      'validation.inputs[1]: found 1e+39, expected a finite number that 32 bits hold when standardised',
    );
    expect(() => network.predict(large.inputs)).toThrow('inputs[1]: found 1e+39');
    expect(network.parameters()).toEqual(before);
  });

  test('are refused among targets', async () => {
    const network = await Network.create({ layers: [1, 1], output: 'linear' });
    const targets = Float64Array.of(0, 0, -1e39);
    const { inputs } = good;
    const bad = Dataset.from({ inputs, targets, outputs: 1 });
    await expect(network.fit(bad)).rejects.toThrow('targets[2]: found -1e+39');
    expect(() => network.trainOnBatch(inputs, targets)).toThrow('targets[2]: found -1e+39');
    const zeros = Dataset.from({ inputs, targets: new Float64Array(3), outputs: 1 });
    const before = network.parameters();
    await expect(network.fit(zeros, { validation: bad })).rejects.toThrow('validation.targets[2]');
    expect(network.parameters()).toEqual(before);
  });
});
