/**
 * Training on the whole of MNIST reaches what the NumPy implementation of the same equations
 * (bench/numpy_reference.py) reaches over several seeds; bench/accuracy.js sets the two side by
 * side. At α = 0.5 a full batch is at the edge of stability, hence the wide bounds. It needs the four IDX files, in the folder that the
 * environment variable RELUMAX_MNIST names.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Dataset } from '../src/data/dataset.ts';
import { loadIdxFolder } from '../src/data/idx-folder-node.ts';
import { Network } from '../src/network/network.ts';

const folder = process.env.RELUMAX_MNIST;
if (folder === undefined) {
  console.warn(
    'NOT RUN: training on the whole of MNIST, for the environment variable RELUMAX_MNIST names no ' +
      'folder with its four IDX files.',
  );
}

describe.skipIf(folder === undefined)('on the whole of MNIST', () => {
  let train: Dataset;
  let unseen: Dataset;
  beforeAll(async () => {
    ({ train, test: unseen } = await loadIdxFolder(folder!));
  });

  test.each([
    ['full batch, 500 iterations', [784, 10, 10], Infinity, 0.5, 500, 0.8, 0.935],
    ['batches of 64, three epochs', [784, 10, 10], 64, 0.1, 3, 0.9, 0.935],
    ['128 hidden units, batches of 128, five epochs', [784, 128, 10], 128, 0.1, 5, 0.953, 0.963],
  ])(
    '%s',
    { timeout: 300_000 },
    async (_, layers, batchSize, learningRate, epochs, least, most) => {
      const network = await Network.create({ layers, seed: 1 });
      await network.fit(train, { epochs, batchSize, learningRate, seed: 1 });
      const { accuracy } = network.evaluate(unseen);
      expect(accuracy).toBeGreaterThan(least);
      expect(accuracy).toBeLessThan(most);
    },
  );
});
