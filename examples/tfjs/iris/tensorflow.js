/** Which species is a flower? */
import * as tf from '@tensorflow/tfjs';
import { irises } from '../data.js';

const { rows, labels, names } = irises();
const order = [...tf.util.createShuffledIndices(rows.length)];
const [xTrain, yTrain] = tensors(order.slice(30));
const [xTest, yTest] = tensors(order.slice(0, 30));
const { mean, variance } = tf.moments(xTrain, 0);

const model = tf.sequential();
model.add(tf.layers.dense({ units: 10, activation: 'sigmoid', inputShape: [4] }));
model.add(tf.layers.dense({ units: 3, activation: 'softmax' }));
model.compile({
  optimizer: tf.train.adam(0.01),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
await model.fit(normalize(xTrain), yTrain, {
  epochs: 100,
  validationData: [normalize(xTest), yTest],
  callbacks: {
    onEpochEnd: (epoch, logs) => console.log(`epoch ${epoch + 1}: ${logs.loss}, ${logs.val_acc}`),
  },
});

const [, accuracy] = model.evaluate(normalize(xTest), yTest);
console.log(`accuracy ${accuracy.dataSync()[0]}`);
const flower = tf.tensor2d([[5.1, 3.5, 1.4, 0.2]]);
const probabilities = [...model.predict(normalize(flower)).dataSync()];
const best = probabilities.indexOf(Math.max(...probabilities));
console.log(`${names[best]}, ${probabilities[best]}`);

function tensors(indices) {
  const x = tf.tensor2d(indices.map((i) => rows[i]));
  return [x, tf.tensor1d(indices.map((i) => labels[i]))];
}

function normalize(x) {
  return x.sub(mean).div(variance.sqrt());
}
