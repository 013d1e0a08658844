import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
import { serve, versionOf } from './child.js';
import { accuracyOf, featuresOf, floatsOf, randomOrder, transposedWeights } from './data.js';

await init('wasm');
defaultDevice('wasm');

await serve({
  version: versionOf('@jax-js/jax'),
  how:
    'device wasm, one thread; forward pass, gradients and update in a single jit; at 0 the slope of ' +
    'its ReLU is 1',
  trainer,
  predictor,
});

/** @typedef {{ weights: np.Array, biases: np.Array }[]} Parameters of the layers that have some */

/**
 * What gives the logits of the network with these layers. It consumes its arguments, as every function
 * on jax-js's arrays.
 *
 * @param {import('./data.js').Layer[]} layers
 */
function networkOf(layers) {
  return (/** @type {Parameters} */ parameters, /** @type {np.Array} */ x) => {
    const remaining = [...parameters];
    for (const { kind, size, pad, inputs } of layers) {
      if (kind === 'maxPool') {
        x = lax.reduceWindow(x, np.max, [size, size], [size, size]);
        continue;
      }
      const { weights, biases } = /** @type {Parameters[number]} */ (remaining.shift());
      if (kind === 'conv') {
        const padding = [pad, pad];
        x = lax.convGeneralDilated(x, weights, [1, 1], [padding, padding]);
        x = x.add(biases.reshape([-1, 1, 1]));
      } else {
        x = np.dot(x.reshape([-1, inputs]), weights).add(biases);
      }
      if (remaining.length > 0) x = nn.relu(x);
    }
    return x;
  };
}

/** @param {import('./data.js').Task} task */
function trainer({ work, pixels, labels, testPixels, testLabels, layers }) {
  const { learningRate = 0, batchSize } = work;
  const logitsOf = networkOf(layers);
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
  const size = sizeOf(layers);
  const floats = floatsOf(pixels);
  const targets = new Float32Array(labels.length * 10);
  for (const [i, label] of labels.entries()) targets[i * 10 + label] = 1;
  const x = np.array(floats).reshape([labels.length, ...size]);
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
          parameters = step(parameters, rows(floats, batch, size), rows(targets, batch, [10]));
          // As its MNIST demo does after each update; updates that pile up take ten times as long.
          await blockUntilReady(parameters);
        }
      }
      await blockUntilReady(parameters);
    },
    async accuracy() {
      const test = np.array(floatsOf(testPixels)).reshape([testLabels.length, ...size]);
      return accuracyOf(await logitsOf(tree.ref(parameters), test).data(), testLabels);
    },
  };
}

/**
 * The size of an example: an image's, channels first, as jax-js's convolutions take it.
 *
 * @param {import('./data.js').Layer[]} layers
 */
function sizeOf(layers) {
  const [height = 0, width = 0, channels = 0] = layers[0]?.input ?? [];
  return layers[0]?.kind === 'dense' ? [channels] : [channels, height, width];
}

/**
 * The given rows of an array. It takes a fifth of the time of jax-js's own indexing.
 *
 * @param {Float32Array} values
 * @param {Int32Array} batch
 * @param {number[]} size of a row
 */
function rows(values, batch, size) {
  const width = size.reduce((count, length) => count * length);
  const gathered = new Float32Array(batch.length * width);
  for (const [i, row] of batch.entries()) {
    gathered.set(values.subarray(row * width, (row + 1) * width), i * width);
  }
  return np.array(gathered).reshape([batch.length, ...size]);
}

/** @param {import('./data.js').Task} task */
function predictor({ testPixels, testLabels, layers }) {
  const features = featuresOf(layers);
  const size = sizeOf(layers);
  const parameters = parametersOf(layers);
  const logitsOf = networkOf(layers);
  const predict = jit((/** @type {Parameters} */ weights, /** @type {np.Array} */ x) =>
    nn.softmax(logitsOf(weights, x)),
  );
  const floats = floatsOf(testPixels);
  const x = np.array(floats).reshape([testLabels.length, ...size]);
  return {
    one(/** @type {number} */ i) {
      const image = np.array(floats.slice(i * features, (i + 1) * features)).reshape([1, ...size]);
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
  return layers
    .filter(({ kind }) => kind !== 'maxPool')
    .map((layer) => {
      const { kind, input, size, inputs, units, weights, biases } = layer;
      return {
        weights:
          kind === 'conv'
            ? np.array(weights).reshape([units, input[2], size, size])
            : np.array(transposedWeights(layer)).reshape([inputs, units]),
        biases: np.array(biases),
      };
    });
}
