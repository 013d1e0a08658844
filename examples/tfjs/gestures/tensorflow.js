/** A page that learns gestures from its user. */
import * as tf from '@tensorflow/tfjs';
import { FEATURES, GESTURES, onGesture, show, train } from './pad.js';

const model = tf.sequential();
model.add(tf.layers.dense({ units: 32, activation: 'relu', inputShape: [FEATURES] }));
model.add(tf.layers.dense({ units: GESTURES.length, activation: 'softmax' }));
model.compile({ optimizer: tf.train.adam(0.01), loss: 'sparseCategoricalCrossentropy' });

const rows = [];
const labels = [];
onGesture(async (points, label) => {
  if (label !== undefined) {
    rows.push(points);
    labels.push(label);
    return show(`${rows.length} examples`);
  }
  const output = tf.tidy(() => model.predict(tf.tensor2d([points])));
  const probabilities = await output.data();
  output.dispose();
  const best = probabilities.indexOf(Math.max(...probabilities));
  show(`${GESTURES[best]}, ${probabilities[best].toFixed(2)}`);
});

train.onclick = async () => {
  if (rows.length === 0) return;
  const [x, y] = [tf.tensor2d(rows), tf.tensor1d(labels)];
  await model.fit(x, y, {
    epochs: 60,
    batchSize: 8,
    callbacks: { onEpochEnd: (epoch, { loss }) => show(`epoch ${epoch + 1}: ${loss}`) },
  });
  tf.dispose([x, y]);
  show('trained');
};
