/** Helpers that cannot start: the network trains without them. */
import { expect, test, vi } from 'vitest';
import { Dataset } from '../../src/data/dataset.ts';
import { Network } from '../../src/network/network.ts';
import { randomBytes, randomLabels } from '../examples.ts';

vi.mock('#helper', () => ({ text: "throw new Error('no memory for it')" }));

test('what helpers do not do, the thread of the network does', async () => {
  const inputs = randomBytes(2000 * 784, 1, 0.8);
  const data = Dataset.from({ inputs, labels: randomLabels(2000, 10, 2), classes: 10 });
  const parameters = [1, 3].map(async (threads) => {
    const network = await Network.create({ layers: [784, 10, 10], seed: 1, threads });
    for (let i = 0; i < 5; i++) {
      await network.fit(data, { epochs: 2, batchSize: 64 });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return network.parameters();
  });
  const [one, three] = await Promise.all(parameters);
  expect(three).toEqual(one);
});
