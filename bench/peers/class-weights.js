/**
 * Trains TensorFlow.js and relumax on the same unbalanced classes, from the same parameters, with class weights
 * and without, and prints what recall each reaches: `node bench/peers/class-weights.js` after `npm run build`.
 */
import * as tf from '@tensorflow/tfjs';
import { Dataset, Network } from '../../dist/index.js';
import {
  LAYERS,
  LENGTHS,
  OPTIMIZER,
  recallOf,
  TRAINING,
  unbalanced,
  WEIGHTS,
} from '../unbalanced.js';

const train = unbalanced(LENGTHS.train, 1);
const test = unbalanced(LENGTHS.test, 2);
const { epochs, batchSize, learningRate, shuffle } = TRAINING;
const [features = 0, hidden = 0, classes = 0] = LAYERS;

await tf.setBackend('cpu');
for (const weights of [undefined, WEIGHTS]) {
  const network = await Network.create({ layers: LAYERS, seed: 1 });
  const initial = network.parameters();
  const { epochs: reports } = await network.fit(Dataset.from({ ...train, classes }), {
    ...TRAINING,
    optimizer: OPTIMIZER,
    ...(weights && { classWeights: weights }),
  });
  print('relumax', weights, network.predict(test.inputs), reports.at(-1)?.loss);

  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: hidden, activation: 'relu', inputShape: [features] }),
      tf.layers.dense({ units: classes, activation: 'softmax' }),
    ],
  });
  model.setWeights(
    initial.flatMap(({ weights, biases }) => [
      tf.tensor2d(weights, [biases.length, weights.length / biases.length]).transpose(),
      tf.tensor1d(biases),
    ]),
  );
  const { beta1, beta2, epsilon } = OPTIMIZER;
  model.compile({
    optimizer: tf.train.adam(learningRate, beta1, beta2, epsilon),
    loss: 'categoricalCrossentropy',
  });
  const targets = tf.oneHot(tf.tensor1d(Int32Array.from(train.labels), 'int32'), classes);
  const inputsOf = (/** @type {Float32Array} */ inputs) =>
    tf.tensor2d(inputs, [inputs.length / features, features]);
  const { history } = await model.fit(inputsOf(train.inputs), targets, {
    ...{ epochs, batchSize, shuffle, verbose: 0 },
    ...(weights && { classWeight: { ...weights } }),
  });
  const outputs = /** @type {tf.Tensor} */ (model.predict(inputsOf(test.inputs)));
  print('tfjs', weights, outputs.dataSync(), history.loss?.at(-1));
}

/**
 * @param {string} name
 * @param {number[] | undefined} weights
 * @param {ArrayLike<number>} probabilities
 * @param {number | import('@tensorflow/tfjs').Tensor | undefined} loss
 */
function print(name, weights, probabilities, loss) {
  const { recall, precision } = recallOf(probabilities, test.labels);
  const how = weights ? `weights ${weights.join(', ')}` : 'no weights';
  const numbers = { recall, precision, 'loss of the last epoch': Number(loss) };
  const texts = Object.entries(numbers).map(([key, value]) => `${key} ${value.toFixed(4)}`);
  console.log(`${name}, ${how}: ${texts.join(', ')}`);
}
