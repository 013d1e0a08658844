/** A small head on embeddings, retrained with every example. */
import { Dataset, Network } from 'relumax';
import { notes, TOPICS } from '../data.js';

const network = await Network.create({ layers: [64, 16, TOPICS.length] });

/** @type {Dataset | undefined} */
let dataset;
/** @type {Promise<unknown> | undefined} */
let training;
for await (const { embedding, topic } of notes()) {
  const example = { inputs: [embedding], labels: [topic], classNames: TOPICS };
  dataset = dataset?.with([embedding], [topic]) ?? Dataset.from(example);
  training = network.fit(dataset, {
    epochs: 30,
    batchSize: 8,
    optimizer: 'adam',
    learningRate: 0.01,
    replace: true, // ends the one before
  });
}
await training;

const inputs = [];
const labels = [];
for await (const { embedding, topic } of notes(40, 6)) {
  inputs.push(embedding);
  labels.push(topic);
}
const held = Dataset.from({ inputs, labels, classNames: TOPICS });
const { accuracy } = await network.evaluate(held);
console.log(`accuracy ${accuracy}`);
