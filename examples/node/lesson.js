/** What worker.js trains, with whichever `Network` it is given: to `await` what is not a promise gives the value itself. */
import { createHash } from 'node:crypto';

export async function lesson({ loadDigits, Network }) {
  const { train, test } = (await loadDigits()).split({ test: 0.2, seed: 1 });
  const network = await Network.create({ layers: [784, 10, 10], seed: 1 });
  await network.fit(train, { epochs: 20, batchSize: 64, learningRate: 0.1, seed: 1 });
  const hash = createHash('sha256');
  for (const { weights, biases } of await network.parameters()) hash.update(weights).update(biases);
  const { accuracy } = await network.evaluate(test);
  network.dispose?.();
  return { accuracy, hash: hash.digest('hex') };
}
