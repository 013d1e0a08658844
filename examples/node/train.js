/** Trains on the bundled digits, evaluates on 2,000 held-out ones, and prints the hash of the parameters. */
import { createHash } from 'node:crypto';
import { loadDigits, Network } from 'relumax';

const { train, test } = (await loadDigits()).split({ test: 0.2, seed: 1 });
const network = await Network.create({ layers: [784, 10, 10], seed: 1 });
await network.fit(train, { epochs: 20, batchSize: 64, learningRate: 0.1, seed: 1 });
const hash = createHash('sha256');
for (const { weights, biases } of network.parameters()) hash.update(weights).update(biases);
console.log(network.evaluate(test).accuracy, hash.digest('hex'));
