import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
import { serve, versionOf } from './child.js';
import { accuracyOf, floatsOf, randomOrder, transposedWeights } from './data.js';

await init('wasm');
defaultDevice('wasm');

await serve({
  version: versionOf('@jax-js/jax'),
  how: 'device wasm, one thread; forward pass, gradients and update in a single jit',
  trainer,
  predictor,
});

/** @typedef {{ weights: np.Array, biases: np.Array }[]} Parameters */

/**
 * Consumes its arguments, as every function on jax-js's arrays.
 *
 * @param {Parameters} parameters
 * @param {np.Array} x
 */
function logitsOf(parameters, x) {
  for (const [l, { weights, biases }] of parameters.entries()) {
    x = np.dot(x, weights).add(biases);
    if (l + 1 < parameters.length) x = nn.relu(x);
  }
  return x;
}

/** @param {import('./data.js').Task} task */
function trainer({ work, pixels, labels, testPixels, testLabels, layers }) {
  const { learningRate = 0, batchSize } = work;
  const loss = (
    /** @type {Parameters} */ parameters,
    /** @type {np.Array} */ x,
    /** @type {np.Array} */ y,
  ) => {
    const m = x.shape[0] ?? 1;
    return nn
      .logSoftmax(logitsOf(parameters, x))
      .mul(y)
      .sum()
      .mul(-1 / m);
  };
  const step = jit(
    (
      /** @type {Parameters} */ parameters,
      /** @type {np.Array} */ x,
      /** @type {np.Array} */ y,
    ) => {
      const [value, gradients] = valueAndGrad(loss)(tree.ref(parameters), x, y);
      value.dispose();
      return tree.map(
        (/** @type {np.Array} */ parameter, /** @type {np.Array} */ gradient) =>
          parameter.sub(gradient.mul(learningRate)),
        parameters,
        gradients,
      );
    },
  );
  const features = layers[0]?.inputs ?? 0;
  const floats = floatsOf(pixels);
  const targets = new Float32Array(labels.length * 10);
  for (const [i, label] of labels.entries()) targets[i * 10 + label] = 1;
  const x = np.array(floats).reshape([labels.length, features]);
  const y = np.array(targets).reshape([labels.length, 10]);
  let parameters = parametersOf(layers);
  return {
    async epoch(/** @type {number} */ images) {
      if (!batchSize) {
        parameters = step(parameters, x.ref, y.ref);
      } else {
        const order = randomOrder(labels.length);
        for (let start = 0; start < images; start += batchSize) {
          const batch = order.subarray(start, Math.min(start + batchSize, images));
          parameters = step(parameters, rows(floats, batch), rows(targets, batch));
          // As its MNIST demo does after each update; updates that pile up take ten times as long.
          await blockUntilReady(parameters);
        }
      }
      await blockUntilReady(parameters);
    },
    async accuracy() {
      const test = np.array(floatsOf(testPixels)).reshape([testLabels.length, features]);
      return accuracyOf(await logitsOf(tree.ref(parameters), test).data(), testLabels);
    },
  };
}

/**
 * The given rows of an array of 60,000. It takes a fifth of the time of jax-js's own indexing.
 *
 * @param {Float32Array} values
 * @param {Int32Array} batch
 */
function rows(values, batch) {
  const width = values.length / 60_000;
  const gathered = new Float32Array(batch.length * width);
  for (const [i, row] of batch.entries()) {
    gathered.set(values.subarray(row * width, (row + 1) * width), i * width);
  }
  return np.array(gathered).reshape([batch.length, width]);
}

/** @param {import('./data.js').Task} task */
function predictor({ testPixels, testLabels, layers }) {
  const features = layers[0]?.inputs ?? 0;
  const parameters = parametersOf(layers);
  const predict = jit((/** @type {Parameters} */ weights, /** @type {np.Array} */ x) =>
    nn.softmax(logitsOf(weights, x)),
  );
  const floats = floatsOf(testPixels);
  const x = np.array(floats).reshape([testLabels.length, features]);
  return {
    one(/** @type {number} */ i) {
      const image = np.array(floats.slice(i * features, (i + 1) * features)).reshape([1, features]);
      return predict(tree.ref(parameters), image).dataSync();
    },
    many: () => predict(tree.ref(parameters), x.ref).data(),
  };
}

/**
 * @param {import('./data.js').Layer[]} layers
 * @returns {Parameters}
 */
function parametersOf(layers) {
  return layers.map((layer) => ({
    weights: np.array(transposedWeights(layer)).reshape([layer.inputs, layer.units]),
    biases: np.array(layer.biases),
  }));
}
