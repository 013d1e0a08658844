/** What does a house cost? */
import * as tf from '@tensorflow/tfjs';
import { houses } from '../data.js';

const { rows, prices } = houses();
const order = [...tf.util.createShuffledIndices(rows.length)];
const [xTrain, yTrain] = tensors(order.slice(288));
const [xValidation, yValidation] = tensors(order.slice(160, 288));
const [xTest, yTest] = tensors(order.slice(0, 160));
const { mean, variance } = tf.moments(xTrain, 0);

const model = tf.sequential();
model.add(tf.layers.dense({ units: 50, activation: 'relu', inputShape: [12] }));
model.add(tf.layers.dense({ units: 50, activation: 'relu' }));
model.add(tf.layers.dense({ units: 1 }));
model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError' });
await model.fit(normalize(xTrain), yTrain, {
  batchSize: 40,
  epochs: 60,
  validationData: [normalize(xValidation), yValidation],
  callbacks: tf.callbacks.earlyStopping({ patience: 10 }),
});

const predicted = model.predict(normalize(xTest));
console.log(`R² ${tf.metrics.r2Score(yTest, predicted).dataSync()[0]}`);
const [first] = predicted.dataSync();
console.log(`a price of ${yTest.dataSync()[0]} was predicted as ${first}`);

function tensors(indices) {
  const x = tf.tensor2d(indices.map((i) => rows[i]));
  return [x, tf.tensor2d(indices.map((i) => [prices[i]]))];
}

function normalize(x) {
  return x.sub(mean).div(variance.sqrt());
}
