/** What does a house cost? */
import { Dataset, Network } from 'relumax';
import { houses } from '../data.js';

const { rows: inputs, prices: targets } = houses();
const { train: known, test } = Dataset.from({ inputs, targets }).split({ test: 0.2 });
const { train, test: validation } = known.split({ test: 0.2 });

const network = await Network.create({
  layers: [12, 50, 50, 1],
  output: 'linear',
  normalize: train,
});
await network.fit(train, {
  batchSize: 40,
  epochs: 60,
  optimizer: 'adam',
  learningRate: 0.01,
  validation,
  earlyStopping: { patience: 10 },
});

const { r2 } = await network.evaluate(test);
console.log(`R² ${r2}`);
const [first] = await network.predict(test.inputs);
console.log(`a price of ${test.targets?.[0]} was predicted as ${first}`);
