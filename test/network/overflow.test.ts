/** Finite numbers that 32-bit floats cannot hold any more on their way through a network. */
import { Dataset as DatasetOfPackage, Network as InWorker } from 'relumax/worker';
import { describe, expect, test } from 'vitest';
import { HIDDEN, type Hidden, OUTPUTS, type Output } from '../../src/core/activations.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { DivergenceError } from '../../src/network/divergence.ts';
import { Network } from '../../src/network/network.ts';
import { randomFloats } from '../examples.ts';

const LARGE = 3e38;

/** The activations that stay within bounds, and the others. */
const BOUNDED: readonly Hidden[] = ['tanh', 'sigmoid'];
const UNBOUNDED = HIDDEN.filter((hidden) => !BOUNDED.includes(hidden));

/** Weights of a layer all `w`, biases zero. */
const layer = (inputs: number, units: number, w: number) => ({
  weights: new Float32Array(units * inputs).fill(w),
  biases: new Float32Array(units),
});

const PARAMETERS = [layer(2, 3, 1), layer(3, 2, 0.5)];

/** 2-3-2. */
async function create(hidden: Hidden = 'relu', output: Output = 'softmax'): Promise<Network> {
  const network = await Network.create({ layers: [2, 3, 2], hidden, output });
  network.setParameters(PARAMETERS);
  return network;
}

/** So many examples, of which number `bad` and those after it have large inputs. */
function examples(count: number, bad: number): Float32Array {
  return randomFloats(count * 2, 1).fill(LARGE, bad * 2);
}

function dataset(inputs: Float32Array, output: Output): Dataset {
  const length = inputs.length / 2;
  return output === 'softmax'
    ? Dataset.from({ inputs, labels: new Uint8Array(length), classes: 2 })
    : Dataset.from({ inputs, targets: new Float32Array(length * 2), outputs: 2 });
}

const KINDS = OUTPUTS.flatMap((output) => UNBOUNDED.map((hidden) => [hidden, output] as const));

describe.each(KINDS)('%s and %s', (hidden, output) => {
  // In the first tile, at its end, in a later one, and in a later chunk.
  test.each([0, 31, 40, 150_000])('an example with large inputs, number %i', async (bad) => {
    const network = await create(hidden, output);
    const inputs = examples(bad + 3, bad);
    const message = new RegExp(
      `^inputs: found example ${bad}, for which layer 1 gives Infinity, expected inputs and parameters small`,
    );
    expect(() => network.predict(inputs)).toThrow(RangeError);
    expect(() => network.predict(inputs)).toThrow(message);
    expect(() => network.activations(inputs)).toThrow(message);
    expect(() => network.evaluate(dataset(inputs, output))).toThrow(message);
    // Those before it have their outputs.
    const good = inputs.subarray(0, Math.max(2, bad * 2));
    if (bad > 0) expect(network.predict(good).every(Number.isFinite)).toBe(true);
  });

  test('training names the inputs, and changes nothing', async () => {
    const network = await create(hidden, output);
    const before = network.parameters();
    const data = dataset(examples(40, 35), output);
    const fitting = network.fit(data, { batchSize: 64 });
    await expect(fitting).rejects.toThrow(DivergenceError);
    await expect(fitting).rejects.toThrow(
      'the loss became NaN or infinite in epoch 1, step 1, layer 1; inputs, targets or parameters are too large',
    );
    const train = () => network.trainOnBatch(data.inputs, data.labelsOrTargets);
    expect(train).toThrow(DivergenceError);
    expect(network.parameters()).toEqual(before);
  });
});

describe('parameters near the limits', () => {
  test.each([
    [1, [3e38, 1]],
    [2, [1, 3e38]],
  ])('of layer %i', async (number, [first, second]) => {
    const network = await create();
    network.setParameters([layer(2, 3, first!), layer(3, 2, second!)]);
    const message = `inputs: found example 0, for which layer ${number} gives Infinity`;
    expect(() => network.predict(Float32Array.of(1, 1))).toThrow(message);
    expect(() => network.activations(Float32Array.of(1, 1))).toThrow(message);
    // Where nothing overflows they are as good as any.
    expect([...network.predict(Float32Array.of(0, 0))]).toEqual([0.5, 0.5]);
  });

  test('which no later layer hides', async () => {
    // The second hidden layer makes zeros of minus infinity, and the outputs are finite again.
    const network = await Network.create({ layers: [2, 3, 3, 2] });
    network.setParameters([layer(2, 3, 3e38), layer(3, 3, -1), layer(3, 2, 1)]);
    expect(() => network.predict(Float32Array.of(1, 1))).toThrow('layer 1 gives Infinity');
    expect(() => network.activations(Float32Array.of(1, 1))).toThrow('layer 1 gives Infinity');
  });
});

test('hidden units that saturate stay what they are', async () => {
  for (const hidden of BOUNDED) {
    const network = await create(hidden);
    const outputs = network.predict(examples(3, 1));
    expect(outputs.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(Number.isFinite(network.evaluate(dataset(examples(3, 1), 'softmax')).loss)).toBe(true);
  }
});

describe('targets near the limits', () => {
  test('whose squared errors double precision holds', async () => {
    const network = await create('relu', 'linear');
    const inputs = randomFloats(4, 1);
    const targets = Float32Array.of(LARGE, 0, 0, 0);
    const { loss } = network.evaluate(Dataset.from({ inputs, targets, outputs: 2 }));
    expect(loss / (LARGE ** 2 / 4)).toBeCloseTo(1);
  });

  test('that are too far from the outputs', async () => {
    const network = await create('relu', 'linear');
    const [first, second] = network.parameters();
    second!.biases.fill(-LARGE);
    network.setParameters([first!, second!]);
    const targets = Float32Array.of(0, 0, 0, LARGE);
    const data = Dataset.from({ inputs: new Float32Array(4), targets, outputs: 2 });
    const evaluate = () => network.evaluate(data);
    expect(evaluate).toThrow(RangeError);
    expect(evaluate).toThrow(
      /^targets\[3\]: found 3\S+e\+38, expected a number nearer to -3\S+e\+38, the output/,
    );
    await expect(network.fit(data)).rejects.toThrow('inputs, targets or parameters are too large');
  });
});

test('in a worker', async () => {
  const remote = await InWorker.create({ layers: [2, 3, 2] });
  await remote.setParameters(PARAMETERS);
  const message = 'inputs: found example 1, for which layer 1 gives Infinity';
  const data = DatasetOfPackage.from({
    inputs: examples(2, 1),
    labels: new Uint8Array(2),
    classes: 2,
  });
  await expect(remote.predict(examples(2, 1))).rejects.toThrow(message);
  await expect(remote.activations(examples(2, 1))).rejects.toThrow(RangeError);
  await expect(remote.evaluate(data)).rejects.toThrow(message);
  remote.dispose();
});

test('infinite gradients leave nothing behind', async () => {
  // Of three units there is room for four: ∞ times the zero of the last weight is NaN.
  const layers = [2, 3, 3, 3, 2];
  const network = await Network.create({ layers, seed: 1, hidden: 'linear', output: 'linear' });
  const fresh = network.parameters();
  const large = fresh.map(({ weights, biases }, l) => {
    const value = l === 3 ? 1e30 : 1;
    return { weights: weights.map(() => value), biases };
  });
  const example = [Float32Array.of(1, 1), Float32Array.of(0, 0)] as const;
  const batch = { learningRate: 0.01 };
  network.setParameters(large);
  expect(() => network.trainOnBatch(...example, batch)).toThrow(DivergenceError);
  network.setParameters(fresh);
  const update = network.trainOnBatch(...example, batch);
  const other = await Network.create({ layers, seed: 1, hidden: 'linear', output: 'linear' });
  expect(other.trainOnBatch(...example, batch)).toEqual(update);
  expect(network.parameters()).toEqual(other.parameters());
});
