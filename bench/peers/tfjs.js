import * as tf from '@tensorflow/tfjs';
import {
  accuracyOf,
  channelsLast,
  featuresOf,
  floatsOf,
  randomOrder,
  transposedWeights,
} from './data.js';

/**
 * TensorFlow.js on the backend that has been set. The images are one tensor, from which a batch is
 * gathered; each update is inside `tf.tidy`.
 *
 * - As its guide has it: fused layers and `optimizer.minimize`.
 * - Variant "by hand": without its automatic differentiation, whose products of transposed matrices
 *   backend wasm does in a loop of its own that is much slower than XNNPACK.
 *
 * @param {import('./data.js').Task} task
 */
export function trainer({ work, pixels, labels, testPixels, testLabels, layers, variant }) {
  const parameters = parametersOf(layers, tf.variable);
  const x = imagesOf(pixels, layers);
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
        const logits = logitsOf(parameters, imagesOf(testPixels, layers));
        return accuracyOf(logits.dataSync(), testLabels);
      });
    },
  };
}

/** @param {import('./data.js').Task} task */
export function predictor({ testPixels, layers }) {
  const features = featuresOf(layers);
  const parameters = parametersOf(layers, (tensor) => tensor);
  const floats = floatsOf(testPixels);
  const x = imagesOf(testPixels, layers);
  const probabilities = (/** @type {tf.Tensor} */ inputs) =>
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

/** @typedef {(import('./data.js').Shape & { weights: any, biases: any })[]} Parameters */

/**
 * The layers with their parameters as tensors.
 *
 * @param {import('./data.js').Layer[]} layers
 * @param {(tensor: tf.Tensor) => tf.Tensor} make
 * @returns {Parameters}
 */
function parametersOf(layers, make) {
  return layers.map((layer) => {
    const { kind, input, size, inputs, units, biases } = layer;
    const shape = kind === 'conv' ? [size, size, input[2], units] : [inputs, units];
    return {
      ...layer,
      weights: make(tf.tensor(transposedWeights(channelsLast(layer)), shape)),
      biases: make(tf.tensor1d(biases)),
    };
  });
}

/**
 * Pixels as a tensor, examples × values, or of images, channels last.
 *
 * @param {Uint8Array} pixels
 * @param {import('./data.js').Layer[]} layers
 */
function imagesOf(pixels, layers) {
  const features = featuresOf(layers);
  const size = layers[0]?.kind === 'dense' ? [features] : (layers[0]?.input ?? []);
  return tf.tensor(floatsOf(pixels), [pixels.length / features, ...size]);
}

/**
 * @param {Parameters} parameters
 * @param {tf.Tensor} inputs
 */
function logitsOf(parameters, inputs) {
  return /** @type {tf.Tensor2D} */ (activationsOf(parameters, inputs).at(-1));
}

/**
 * A of every layer from the input on; the last is the logits.
 *
 * @param {Parameters} parameters
 * @param {tf.Tensor} inputs
 */
function activationsOf(parameters, inputs) {
  const activations = [inputs];
  for (const [l, layer] of parameters.entries()) {
    const activation = l + 1 < parameters.length ? 'relu' : 'linear';
    activations.push(outputOf(layer, /** @type {any} */ (activations[l]), activation));
  }
  return activations;
}

/**
 * @param {Parameters[number]} layer
 * @param {any} a what it takes
 * @param {'relu' | 'linear'} activation
 */
function outputOf({ kind, size, pad, weights, biases }, a, activation) {
  if (kind === 'maxPool') return tf.maxPool(a, size, size, 'valid');
  if (kind === 'conv') {
    const [strides, padding] = [1, pad > 0 ? 'same' : 'valid'];
    const bias = biases;
    return tf.fused.conv2d({ x: a, filter: weights, strides, pad: padding, bias, activation });
  }
  const rows = a.rank === 2 ? a : a.reshape([a.shape[0], -1]);
  return tf.fused.matMul({ a: rows, b: weights, bias: biases, activation });
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
