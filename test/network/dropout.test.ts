import { describe, expect, test } from 'vitest';
import { parametersHash } from '../../src/cli/training/parameters-hash.ts';
import { HIDDEN } from '../../src/core/activations.ts';
import { Dataset } from '../../src/data/dataset.ts';
import type { FitOptions } from '../../src/network/fit-options.ts';
import { Network } from '../../src/network/network.ts';
import { randomBytes, randomFloats, randomLabels, randomParameters } from '../examples.ts';
import { dropoutFactor, referenceLayers, stepError, trainedOnBatch } from '../reference.ts';

describe.each(HIDDEN)('%s', (hidden) => {
  test.each([[[6, 9, 3]], [[5, 33, 18, 4]]])('an epoch of %j equals float64', async (sizes) => {
    const [m, share, seed] = [300, 0.3, 5];
    const inputs = randomFloats(m * sizes[0]!, 1);
    const labels = randomLabels(m, sizes.at(-1)!, 2);
    const parameters = randomParameters(sizes, 3);
    const network = await Network.create({ layers: sizes, hidden });
    network.setParameters(parameters);
    // One batch as it lies, of three tiles: its places are the numbers of the examples.
    const { epochs } = await network.fit(Dataset.from({ inputs, labels, classes: sizes.at(-1)! }), {
      batchSize: Infinity,
      learningRate: 0.5,
      dropout: share,
      seed,
    });
    const layers = referenceLayers(sizes, parameters);
    const factor = dropoutFactor(seed, 1, share);
    const want = trainedOnBatch(layers, inputs, labels, 0.5, {
      ...{ hidden, output: 'softmax', factor },
    });
    expect(epochs[0]!.loss).toBeCloseTo(want.loss, 5);
    expect(epochs[0]!.accuracy).toBeCloseTo(want.correct / m, 12);
    for (const [l, { weights, biases }] of network.parameters().entries()) {
      const [before, after] = [layers[l]!, want.layers[l]!];
      expect(stepError(before.weights, weights, after.weights)).toBeLessThan(1);
      expect(stepError(before.biases, biases, after.biases)).toBeLessThan(1);
    }
  });
});

const dataset = Dataset.from({
  inputs: randomBytes(500 * 30, 1, 0.7),
  labels: randomLabels(500, 4, 1),
  classes: 4,
});

async function trained(options: FitOptions) {
  const network = await Network.create({ layers: [30, 40, 4], seed: 1 });
  await network.fit(dataset, { epochs: 3, seed: 7, ...options });
  return network;
}

test('nothing is dropped where a network is asked, nor when the training is over', async () => {
  const network = await trained({ dropout: 0.5 });
  const copy = await Network.load(network.save());
  expect(copy.predict(dataset.inputs)).toEqual(network.predict(dataset.inputs));
  expect(copy.evaluate(dataset)).toEqual(network.evaluate(dataset));
  const [inputs, labels] = [dataset.inputs, dataset.labels];
  expect(network.trainOnBatch(inputs, labels)).toEqual(copy.trainOnBatch(inputs, labels));
  expect(network.parameters()).toEqual(copy.parameters());
});

test('what is asked for during the training does not change it', async () => {
  const network = await Network.create({ layers: [30, 40, 4], seed: 1 });
  await network.fit(dataset, {
    ...{ epochs: 3, seed: 7, dropout: 0.5 },
    onBatch: () => void network.predict(dataset.inputs.subarray(0, 300)),
  });
  const undisturbed = await trained({ dropout: 0.5 });
  expect(network.parameters()).toEqual(undisturbed.parameters());
});

test('the seed decides, and none dropped is no dropout', async () => {
  const hash = async (options: FitOptions) => parametersHash((await trained(options)).parameters());
  expect(await hash({ dropout: 0 })).toBe(await hash({}));
  expect(await hash({ dropout: 0.2 })).not.toBe(await hash({}));
  expect(await hash({ dropout: 0.2, shuffle: false })).not.toBe(
    await hash({ dropout: 0.2, shuffle: false, seed: 8 }),
  );
});
