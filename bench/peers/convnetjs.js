import convnet from 'convnetjs';
import { serve, versionOf } from './child.js';
import { accuracyOf, channelsLast, featuresOf, floatsOf, randomOrder } from './data.js';

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
  const scores = new Float64Array((pixels.length / featuresOf(layers)) * 10);
  for (let i = 0; i * 10 < scores.length; i++) scores.set(net.forward(image(i)).w, i * 10);
  return scores;
}

/** @param {import('./data.js').Layer[]} layers */
function netOf(layers) {
  const net = new convnet.Net();
  const [height, width, channels] = layers[0]?.input ?? [];
  net.makeLayers([
    { type: 'input', out_sx: width, out_sy: height, out_depth: channels },
    ...layers.slice(0, -1).map(definitionOf),
    { type: 'softmax', num_classes: layers.at(-1)?.units },
  ]);
  const own = net.layers.filter((/** @type {any} */ layer) => layer.filters);
  const trained = layers.filter(({ kind }) => kind !== 'maxPool').map(channelsLast);
  for (const [l, { inputs, units, weights, biases }] of trained.entries()) {
    for (let i = 0; i < units; i++) {
      own[l].filters[i].w.set(weights.subarray(i * inputs, (i + 1) * inputs));
    }
    own[l].biases.w.set(biases);
  }
  return net;
}

/** @param {import('./data.js').Layer} layer */
function definitionOf({ kind, size: sx, pad, units }) {
  const relu = { activation: 'relu', bias_pref: 0 };
  if (kind === 'maxPool') return { type: 'pool', sx, stride: sx };
  if (kind === 'conv') return { type: 'conv', sx, pad, stride: 1, filters: units, ...relu };
  return { type: 'fc', num_neurons: units, ...relu };
}

/**
 * Gives image i as a volume: always the same one, because each keeps a gradient of its own size.
 *
 * @param {Uint8Array} pixels
 * @param {import('./data.js').Layer[]} layers
 */
function imageOf(pixels, layers) {
  const features = featuresOf(layers);
  const floats = floatsOf(pixels);
  const [height, width, channels] = layers[0]?.input ?? [];
  const volume = new convnet.Vol(width, height, channels, 0);
  return (/** @type {number} */ i) => {
    volume.w.set(floats.subarray(i * features, (i + 1) * features));
    return volume;
  };
}
