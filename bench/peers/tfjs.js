import * as tf from '@tensorflow/tfjs';
import { accuracyOf, floatsOf, randomOrder, transposedWeights } from './data.js';

/**
 * TensorFlow.js on the backend that has been set. The images are one tensor, from which a batch is
 * gathered; each update is inside `tf.tidy`.
 *
 * - As its guide has it: fused dense layers and `optimizer.minimize`.
 * - Variant "by hand": without its automatic differentiation, whose products of transposed matrices
 *   backend wasm does in a loop of its own that is much slower than XNNPACK.
 *
 * @param {import('./data.js').Task} task
 */
export function trainer({ work, pixels, labels, testPixels, testLabels, layers, variant }) {
  const features = layers[0]?.inputs ?? 0;
  const parameters = layers.map((layer) => ({
    weights: tf.variable(tf.tensor2d(transposedWeights(layer), [layer.inputs, layer.units])),
    biases: tf.variable(tf.tensor1d(layer.biases)),
  }));
  const x = tf.tensor2d(floatsOf(pixels), [labels.length, features]);
  const classes = tf.tensor1d(Int32Array.from(labels), 'int32');
  const y = /** @type {tf.Tensor2D} */ (tf.cast(tf.oneHot(classes, 10), 'float32'));
  const optimizer = tf.train.sgd(work.learningRate ?? 0);
  const byGuide = (/** @type {tf.Tensor2D} */ inputs, /** @type {tf.Tensor2D} */ targets) => {
    const loss = () => tf.losses.softmaxCrossEntropy(targets, logitsOf(parameters, inputs));
    optimizer.minimize(/** @type {() => tf.Scalar} */ (loss));
  };
  const byHand = (/** @type {tf.Tensor2D} */ inputs, /** @type {tf.Tensor2D} */ targets) =>
    update(parameters, inputs, targets, work.learningRate ?? 0);
  const step = variant === 'by hand' ? byHand : byGuide;
  return {
    epoch(/** @type {number} */ images) {
      if (!work.batchSize) {
        tf.tidy(() => step(x, y));
      } else {
        const order = randomOrder(labels.length);
        for (let start = 0; start < images; start += work.batchSize) {
          const batch = order.subarray(start, Math.min(start + work.batchSize, images));
          tf.tidy(() => {
            const indices = tf.tensor1d(batch, 'int32');
            step(tf.gather(x, indices), tf.gather(y, indices));
          });
        }
      }
      // Waits for the last update.
      parameters[0]?.biases.dataSync();
    },
    accuracy() {
      return tf.tidy(() => {
        const test = tf.tensor2d(floatsOf(testPixels), [testLabels.length, features]);
        return accuracyOf(logitsOf(parameters, test).dataSync(), testLabels);
      });
    },
  };
}

/** @param {import('./data.js').Task} task */
export function predictor({ testPixels, testLabels, layers }) {
  const features = layers[0]?.inputs ?? 0;
  const parameters = layers.map((layer) => ({
    weights: tf.tensor2d(transposedWeights(layer), [layer.inputs, layer.units]),
    biases: tf.tensor1d(layer.biases),
  }));
  const floats = floatsOf(testPixels);
  const x = tf.tensor2d(floats, [testLabels.length, features]);
  const probabilities = (/** @type {tf.Tensor2D} */ inputs) =>
    tf.softmax(logitsOf(parameters, inputs)).dataSync();
  return {
    one: (/** @type {number} */ i) =>
      tf.tidy(() => {
        const pixels = floats.subarray(i * features, (i + 1) * features);
        return probabilities(tf.tensor2d(pixels, [1, features]));
      }),
    many: () => tf.tidy(() => probabilities(x)),
  };
}

/** @typedef {{ weights: any, biases: any }[]} Parameters */

/**
 * @param {Parameters} parameters
 * @param {tf.Tensor2D} inputs
 */
function logitsOf(parameters, inputs) {
  return /** @type {tf.Tensor2D} */ (activationsOf(parameters, inputs).at(-1));
}

/**
 * A of every layer from the input on; the last is the logits.
 *
 * @param {Parameters} parameters
 * @param {tf.Tensor2D} inputs
 */
function activationsOf(parameters, inputs) {
  const activations = [inputs];
  for (const [l, { weights, biases }] of parameters.entries()) {
    const a = /** @type {tf.Tensor2D} */ (activations[l]);
    const activation = l + 1 < parameters.length ? 'relu' : 'linear';
    activations.push(tf.fused.matMul({ a, b: weights, bias: biases, activation }));
  }
  return activations;
}

/**
 * Equations 2 to 10, one after another.
 *
 * @param {Parameters} parameters
 * @param {tf.Tensor2D} inputs
 * @param {tf.Tensor2D} targets
 * @param {number} learningRate
 */
function update(parameters, inputs, targets, learningRate) {
  const activations = activationsOf(parameters, inputs);
  const logits = /** @type {tf.Tensor2D} */ (activations.pop());
  let dz = tf.sub(tf.softmax(logits), targets).mul(1 / inputs.shape[0]);
  for (let l = parameters.length - 1; l >= 0; l--) {
    const { weights, biases } = /** @type {Parameters[number]} */ (parameters[l]);
    const a = /** @type {tf.Tensor2D} */ (activations[l]);
    const dw = tf.matMul(tf.transpose(a), dz);
    const db = tf.sum(dz, 0);
    if (l > 0) dz = tf.matMul(dz, tf.transpose(weights)).mul(tf.step(a));
    weights.assign(tf.sub(weights, dw.mul(learningRate)));
    biases.assign(tf.sub(biases, db.mul(learningRate)));
  }
}
