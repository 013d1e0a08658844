/** Which species is a flower? */
import { Dataset, Network } from 'relumax';
import { irises } from '../data.js';

const { rows, labels, names } = irises();
const dataset = Dataset.from({ inputs: rows, labels, classNames: names });
const { train, test } = dataset.split({ test: 0.2 });

const network = await Network.create({
  layers: [4, { dense: 10, activation: 'sigmoid' }, 3],
  normalize: train,
});
await network.fit(train, {
  epochs: 100,
  optimizer: 'adam',
  learningRate: 0.01,
  validation: test,
  onEpoch: ({ epoch, loss, validation }) =>
    console.log(`epoch ${epoch}: ${loss}, ${validation?.accuracy}`),
});

const { accuracy } = await network.evaluate(test);
console.log(`accuracy ${accuracy}`);
for (const [best] of await network.classify([[5.1, 3.5, 1.4, 0.2]])) {
  console.log(`${best?.name}, ${best?.probability}`);
}
