/** 4 % of the readings are faults: class weights, and a button that stops the training. */
import * as tf from '@tensorflow/tfjs';
import { readings } from '../data.js';
import { show, stop } from './page.js';

const { rows, faults } = readings();
const order = [...tf.util.createShuffledIndices(rows.length)];
const [xTrain, yTrain] = tensors(order.slice(1200));
const [xTest, yTest] = tensors(order.slice(0, 1200));
const { mean, variance } = tf.moments(xTrain, 0);

const model = tf.sequential();
model.add(tf.layers.dense({ units: 16, activation: 'relu', inputShape: [10] }));
model.add(tf.layers.dense({ units: 1, activation: 'sigmoid' }));
model.compile({ optimizer: tf.train.adam(0.003), loss: 'binaryCrossentropy' });
stop.onclick = () => {
  model.stopTraining = true;
};
await model.fit(normalize(xTrain), yTrain, {
  batchSize: 64,
  epochs: 20,
  classWeight: { 0: 1, 1: 24 },
  callbacks: { onEpochEnd: (epoch, { loss }) => show(`epoch ${epoch + 1}: ${loss}`) },
});

const found = model.predict(normalize(xTest)).greater(0.5);
const recall = tf.metrics.recall(yTest, found).dataSync()[0];
const precision = tf.metrics.precision(yTest, found).dataSync()[0];
show(`recall ${recall}, precision ${precision}`);

function tensors(indices) {
  const x = tf.tensor2d(indices.map((i) => rows[i]));
  return [x, tf.tensor2d(indices.map((i) => [faults[i]]))];
}

function normalize(x) {
  return x.sub(mean).div(variance.sqrt());
}
