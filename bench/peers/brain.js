import brain from 'brain.js';
import { serve, versionOf } from './child.js';
import { accuracyOf, floatsOf, randomOrder } from './data.js';

/** Smaller than everyone else's, because an update sees a single image. */
const LEARNING_RATE = 0.01;

/** It must be above 0; so small that it decides nothing, so large that no number is subnormal. */
const MOMENTUM = 1e-12;

await serve({
  version: versionOf('brain.js'),
  how:
    'NeuralNetwork.train, which first converts the arrays of the images; it knows no batches ' +
    '(an update an image, α 0.01) and no softmax (ReLU and squared error at the end)',
  trainer,
  predictor,
});

/** @param {import('./data.js').Task} task */
function trainer({ work, pixels, labels, testPixels, testLabels, layers }) {
  if (!work.batchSize) throw new Error('knows no batches: it updates after every image');
  const network = networkOf(work, layers);
  const inputs = rowsOf(pixels, layers);
  const data = inputs.map((input, i) => {
    const output = Array.from({ length: 10 }, (_, label) => Number(label === labels[i]));
    return { input: Array.from(input), output };
  });
  const test = rowsOf(testPixels, layers);
  return {
    epoch(/** @type {number} */ images) {
      const order = randomOrder(data.length).subarray(0, images);
      network.train(
        Array.from(order, (i) => data[i]),
        {
          iterations: 1,
          learningRate: LEARNING_RATE,
          momentum: MOMENTUM,
          errorThresh: Number.MIN_VALUE,
        },
      );
    },
    accuracy: () =>
      accuracyOf(
        test.flatMap((input) => [...network.run(input)]),
        testLabels,
      ),
  };
}

/** @param {import('./data.js').Task} task */
function predictor({ work, testPixels, layers }) {
  const network = networkOf(work, layers);
  const test = rowsOf(testPixels, layers);
  return {
    one: (/** @type {number} */ i) => network.run(test[i]),
    many() {
      const scores = new Float32Array(test.length * 10);
      for (const [i, input] of test.entries()) scores.set(network.run(input), i * 10);
      return scores;
    },
    // Its last layer is as all others, without softmax.
    ownMathematics: true,
  };
}

/**
 * @param {import('./works.js').Work} work
 * @param {import('./data.js').Layer[]} layers
 */
function networkOf(work, layers) {
  /** @type {any} */
  const network = new brain.NeuralNetwork({ activation: 'relu' });
  network.sizes = work.layers;
  network.initialize();
  for (const [l, { inputs, units, weights, biases }] of layers.entries()) {
    for (let i = 0; i < units; i++) {
      network.weights[l + 1][i].set(weights.subarray(i * inputs, (i + 1) * inputs));
    }
    network.biases[l + 1].set(biases);
  }
  return network;
}

/**
 * @param {Uint8Array} pixels
 * @param {import('./data.js').Layer[]} layers
 */
function rowsOf(pixels, layers) {
  const features = layers[0]?.inputs ?? 0;
  const floats = floatsOf(pixels);
  return Array.from({ length: floats.length / features }, (_, i) =>
    floats.subarray(i * features, (i + 1) * features),
  );
}
