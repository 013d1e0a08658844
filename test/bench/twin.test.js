import { describe, expect, test } from 'vitest';
import { Twin } from '../../bench/twin.js';
import { Dataset, Network } from '../../src/index.ts';
import { randomBytes, randomFloats, randomLabels, randomParameters } from '../examples.ts';
import { relativeError } from '../reference.ts';

/** Float32 begins at 6e-8; a few updates of sums of some hundred products carry it this far. */
const TOLERANCE = 1e-5;

/**
 * Trains relumax and the twin from the same parameters on the same examples in the same order.
 *
 * @param {number[]} layers
 * @param {Uint8Array | Float32Array} inputs
 * @param {number} batchSize
 * @param {{ skipZeros?: boolean }} [options]
 */
async function trainBoth(layers, inputs, batchSize, { skipZeros = false } = {}) {
  const [features = 0] = layers;
  const classes = layers.at(-1) ?? 0;
  const length = inputs.length / features;
  const labels = randomLabels(length, classes, 2);
  const network = await Network.create({ layers });
  const initial = randomParameters(layers, 3);
  network.setParameters(initial);
  const twin = new Twin(initial, { skipZeros });
  const options = { batchSize, learningRate: 0.1, shuffle: false };
  const dataset = Dataset.from({ inputs, labels, classes });
  const { epochs } = await network.fit(dataset, { ...options, epochs: 2 });
  const order = Uint32Array.from(labels, (_, i) => i);
  const reports = epochs.map(() => twin.train(inputs, labels, order, batchSize, 0.1));
  return { network, twin, epochs, reports };
}

/** @param {Awaited<ReturnType<typeof trainBoth>>} trained */
function expectEqual({ network, twin, epochs, reports }) {
  for (const [e, { loss, accuracy }] of epochs.entries()) {
    expect(relativeError([reports[e]?.loss ?? NaN], [loss])).toBeLessThan(TOLERANCE);
    expect(reports[e]?.accuracy).toBe(accuracy);
  }
  const parameters = twin.parameters();
  for (const [l, { weights, biases }] of network.parameters().entries()) {
    expect(relativeError(parameters[l]?.weights ?? [], weights)).toBeLessThan(TOLERANCE);
    expect(relativeError(parameters[l]?.biases ?? [], biases)).toBeLessThan(TOLERANCE);
  }
}

const LAYERS = [
  [3, 2],
  [7, 5, 3],
  [13, 1, 2],
  [8, 4, 6, 2],
  [64, 33, 17, 10],
  [49, 128, 10],
];
const BATCH_SIZES = [1, 2, 3, 64, 129, 130, Infinity];

describe.each(LAYERS.map((layers) => ({ layers })))('twin of $layers', ({ layers }) => {
  // Not a multiple of any batch: the last one is ragged, and so is the last tile of them all.
  const length = 263;
  const [features = 0] = layers;

  test.each(BATCH_SIZES)('equals relumax in batches of %d', async (batchSize) => {
    const floats = randomFloats(length * features, 1);
    expectEqual(await trainBoth(layers, floats, batchSize));
  });

  test.each([false, true])('equals relumax on bytes, skipping zeros: %s', async (skipZeros) => {
    const bytes = randomBytes(length * features, 1, 0.8);
    expectEqual(await trainBoth(layers, bytes, 50, { skipZeros }));
  });

  test('equals relumax on floats of which most are zero, and skipped', async () => {
    const bytes = randomBytes(length * features, 1, 0.8);
    const floats = Float32Array.from(bytes, (byte) => byte / 100);
    expectEqual(await trainBoth(layers, floats, Infinity, { skipZeros: true }));
  });
});

describe('Twin', () => {
  test('takes the examples in the order given', () => {
    const layers = [5, 4, 3];
    const parameters = randomParameters(layers, 1);
    const inputs = randomFloats(6 * 5, 2);
    const labels = randomLabels(6, 3, 3);
    const order = Uint32Array.of(4, 0, 5, 2, 1, 3);
    const ordered = new Twin(parameters);
    ordered.train(inputs, labels, order, 2, 0.1);

    const moved = new Twin(parameters);
    const movedInputs = Float32Array.from(inputs, (_, i) => {
      const example = order[Math.floor(i / 5)] ?? 0;
      return inputs[example * 5 + (i % 5)] ?? 0;
    });
    const movedLabels = Uint8Array.from(order, (example) => labels[example] ?? 0);
    moved.train(movedInputs, movedLabels, Uint32Array.of(0, 1, 2, 3, 4, 5), 2, 0.1);
    expect(ordered.parameters()).toEqual(moved.parameters());
  });

  test('copies the parameters it is given', () => {
    const parameters = randomParameters([5, 3], 1);
    const before = structuredClone(parameters);
    const twin = new Twin(parameters);
    twin.train(randomFloats(5, 2), Uint8Array.of(1), Uint32Array.of(0), 1, 0.1);
    expect(parameters).toEqual(before);
    expect(twin.parameters()).not.toEqual(before);
  });

  test('takes wide layers in smaller tiles', async () => {
    const layers = [9, 4096, 2];
    expectEqual(await trainBoth(layers, randomFloats(130 * 9, 1), 130));
  });

  test('refuses layers that its arena cannot hold', () => {
    const parameters = [{ weights: new Float32Array(400_000), biases: new Float32Array(1) }];
    expect(() => new Twin(parameters)).toThrow(RangeError);
  });
});
