import { createHash } from 'node:crypto';
import { loadDigits, Network } from 'relumax/worker';

test('trains in a worker', async () => {
  const { train, test } = (await loadDigits()).split({ test: 0.2, seed: 1 });
  const network = await Network.create({ layers: [784, 10, 10], seed: 1 });
  await network.fit(train, { epochs: 20, batchSize: 64, learningRate: 0.1, seed: 1 });
  const hash = createHash('sha256');
  for (const { weights, biases } of await network.parameters()) hash.update(weights).update(biases);
  const { accuracy } = await network.evaluate(test);
  network.dispose();
  process.stdout.write(`\n${accuracy} ${hash.digest('hex')}\n`);
});
