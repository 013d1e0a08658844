/** A page that learns gestures from its user. */
import * as tf from '@tensorflow/tfjs';
import { FEATURES, GESTURES, onGesture, show, train } from './pad.js';

const model = tf.sequential();
model.add(tf.layers.dense({ units: 32, activation: 'relu', inputShape: [FEATURES] }));
model.add(tf.layers.dense({ units: GESTURES.length, activation: 'softmax' }));
model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });

let xs;
let ys;
onGesture(async (points, label) => {
  if (label !== undefined) return addExample(points, label);
  const output = tf.tidy(() => model.predict(tf.tensor2d([points])));
  const probabilities = await output.data();
  output.dispose();
  const best = probabilities.indexOf(Math.max(...probabilities));
  show(`${GESTURES[best]}, ${probabilities[best].toFixed(2)}`);
});

train.onclick = async () => {
  await model.fit(xs, ys, {
    epochs: 60,
    batchSize: 8,
    callbacks: {
      onEpochEnd: async (epoch, { loss }) => {
        show(`epoch ${epoch + 1}: ${loss}`);
        await tf.nextFrame();
      },
    },
  });
  show('trained');
};

function addExample(points, label) {
  const x = tf.tensor2d([points]);
  const y = tf.tidy(() => tf.oneHot(tf.tensor1d([label], 'int32'), GESTURES.length));
  const [oldXs, oldYs] = [xs, ys];
  xs = oldXs ? oldXs.concat(x) : x.clone();
  ys = oldYs ? oldYs.concat(y) : y.clone();
  tf.dispose([x, y, oldXs, oldYs]);
  show(`${xs.shape[0]} examples`);
}
