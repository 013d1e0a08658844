import convnet from 'convnetjs';
import { serve, versionOf } from './child.js';
import { accuracyOf, floatsOf, randomOrder } from './data.js';

await serve({
  version: versionOf('convnetjs'),
  how: 'Trainer, method sgd without momentum, batches added up image by image; float64',
  trainer,
  predictor,
});

/** @param {import('./data.js').Task} task */
function trainer({ work, pixels, labels, testPixels, testLabels, layers }) {
  const net = netOf(layers);
  const image = imageOf(pixels, layers);
  const sgd = new convnet.Trainer(net, {
    method: 'sgd',
    learning_rate: work.learningRate,
    momentum: 0,
    batch_size: work.batchSize || labels.length,
  });
  return {
    epoch(/** @type {number} */ count) {
      const order = work.batchSize ? randomOrder(labels.length) : [...labels.keys()];
      for (let i = 0; i < count; i++) {
        const example = /** @type {number} */ (order[i]);
        sgd.train(image(example), labels[example]);
      }
    },
    accuracy: () => accuracyOf(probabilities(net, testPixels, layers), testLabels),
  };
}

/** @param {import('./data.js').Task} task */
function predictor({ testPixels, layers }) {
  const net = netOf(layers);
  const image = imageOf(testPixels, layers);
  return {
    one: (/** @type {number} */ i) => net.forward(image(i)).w,
    many: () => probabilities(net, testPixels, layers),
  };
}

/**
 * @param {any} net
 * @param {Uint8Array} pixels
 * @param {import('./data.js').Layer[]} layers
 */
function probabilities(net, pixels, layers) {
  const image = imageOf(pixels, layers);
  const scores = new Float64Array((pixels.length / (layers[0]?.inputs ?? 1)) * 10);
  for (let i = 0; i * 10 < scores.length; i++) scores.set(net.forward(image(i)).w, i * 10);
  return scores;
}

/** @param {import('./data.js').Layer[]} layers */
function netOf(layers) {
  const net = new convnet.Net();
  const definitions = [{ type: 'input', out_sx: 1, out_sy: 1, out_depth: layers[0]?.inputs }];
  for (const { units } of layers.slice(0, -1)) {
    definitions.push(
      /** @type {any} */ ({ type: 'fc', num_neurons: units, activation: 'relu', bias_pref: 0 }),
    );
  }
  definitions.push(/** @type {any} */ ({ type: 'softmax', num_classes: layers.at(-1)?.units }));
  net.makeLayers(definitions);
  const dense = net.layers.filter((/** @type {any} */ layer) => layer.layer_type === 'fc');
  for (const [l, { inputs, units, weights, biases }] of layers.entries()) {
    for (let i = 0; i < units; i++) {
      dense[l].filters[i].w.set(weights.subarray(i * inputs, (i + 1) * inputs));
    }
    dense[l].biases.w.set(biases);
  }
  return net;
}

/**
 * Gives image i as a volume: always the same one, because each keeps a gradient of its own size.
 *
 * @param {Uint8Array} pixels
 * @param {import('./data.js').Layer[]} layers
 */
function imageOf(pixels, layers) {
  const features = layers[0]?.inputs ?? 0;
  const floats = floatsOf(pixels);
  const volume = new convnet.Vol(1, 1, features, 0);
  return (/** @type {number} */ i) => {
    volume.w.set(floats.subarray(i * features, (i + 1) * features));
    return volume;
  };
}
