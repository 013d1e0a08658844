/** 4 % of the readings are faults: class weights, and a button that stops the training. */
import { Dataset, Network } from 'relumax';
import { readings } from '../data.js';
import { show, stop } from './page.js';

const { rows: inputs, faults: targets } = readings();
const { train, test } = Dataset.from({ inputs, targets }).split({ test: 0.2 });

const network = await Network.create({ layers: [10, 16, 1], output: 'sigmoid', normalize: train });
const controller = new AbortController();
stop.onclick = () => controller.abort();
await network.fit(train, {
  batchSize: 64,
  epochs: 20,
  optimizer: 'adam',
  learningRate: 0.003,
  classWeights: [1, 24],
  signal: controller.signal,
  onEpoch: ({ epoch, loss }) => show(`epoch ${epoch}: ${loss}`),
});

const { recall, precision } = await network.evaluate(test);
show(`recall ${recall}, precision ${precision}`);
