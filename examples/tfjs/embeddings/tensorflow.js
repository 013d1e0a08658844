/** A small head on embeddings, retrained with every example. */
import * as tf from '@tensorflow/tfjs';
import { notes, TOPICS } from '../data.js';

const model = tf.sequential();
model.add(tf.layers.dense({ units: 16, activation: 'relu', inputShape: [64] }));
model.add(tf.layers.dense({ units: TOPICS.length, activation: 'softmax' }));
model.compile({
  optimizer: tf.train.adam(0.01),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});

const examples = [];
let training = Promise.resolve();
for await (const note of notes()) {
  examples.push(note);
  // A model trains once at a time.
  model.stopTraining = true;
  await training;
  training = train();
}
await training;

const held = [];
for await (const note of notes(40, 6)) held.push(note);
const [x, y] = tensors(held);
const [, accuracy] = model.evaluate(x, y);
console.log(`accuracy ${accuracy.dataSync()[0]}`);

async function train() {
  const [x, y] = tensors(examples);
  await model.fit(x, y, { epochs: 30, batchSize: 8 });
  tf.dispose([x, y]);
}

function tensors(notes) {
  const x = tf.tensor2d(notes.map(({ embedding }) => embedding));
  return [x, tf.tensor1d(notes.map(({ topic }) => topic))];
}
