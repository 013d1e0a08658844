/**
 * Writes test/fixtures/tfjs-models.json: models as TensorFlow.js saves them, and models that relumax made of
 * its own files, each with what TensorFlow.js itself predicts. Fails where relumax predicts otherwise.
 *
 *     npm run build && npm ci --prefix bench/peers --ignore-scripts
 *     node bench/peers/tfjs-models.js && npx biome format --write test/fixtures
 */
import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { Dataset, Network } from '../../dist/index.js';
import { modelFromTfjs, tfjsFromModel } from '../../dist/tfjs.js';

const { layers, sequential } = tf;
await tf.setBackend('cpu');

const EXAMPLES = 3;

/** The same numbers each time, from −1 to 1. */
let state = 1;
const numbers = (/** @type {number} */ length, scale = 1, offset = 0) =>
  Float32Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return ((2 * state) / 2147483647 - 1) * scale + offset;
  });

const base64 = (/** @type {Uint8Array | Float32Array} */ { buffer, byteOffset, byteLength }) =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** What TensorFlow.js predicts of some inputs; relumax must agree. */
async function predictions(model, file, scale = 1, offset = 0) {
  const shape = model.inputs[0].shape.slice(1);
  const inputs = numbers(EXAMPLES * shape.reduce((a, b) => a * b), scale, offset);
  const outputs = model.predict(tf.tensor(inputs, [EXAMPLES, ...shape])).dataSync();
  const own = (await Network.load(file)).predict(inputs);
  const most = Math.max(1, ...outputs.map(Math.abs));
  const error = Math.max(...own.map((value, i) => Math.abs(value - outputs[i]) / most));
  if (!(error < 1e-5)) throw new Error(`${model.name}: off by ${error}`);
  return { inputs: base64(inputs), outputs: base64(outputs) };
}

/** A model as TensorFlow.js saves it; its weights are set, and its biases are not 0. */
async function saved(name, model, scale, offset) {
  model.setWeights(
    model.getWeights().map(({ size, shape }) => tf.tensor(numbers(size, 0.6), shape)),
  );
  let made;
  await model.save(
    tf.io.withSaveHandler(async ({ weightData, weightSpecs, ...rest }) => {
      // As its own handlers write the file model.json.
      const weightsManifest = [{ paths: ['./weights.bin'], weights: weightSpecs }];
      made = { modelJson: { ...rest, weightsManifest }, weights: new Uint8Array(weightData) };
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  const { modelJson, weights } = made;
  const file = modelFromTfjs(modelJson, weights);
  const predicted = await predictions(model, file, scale, offset);
  return { name, modelJson: JSON.stringify(modelJson), weights: base64(weights), ...predicted };
}

/** A network, its file, and the model of it, which TensorFlow.js loads. */
async function written(name, options, scale, offset) {
  const network = await Network.create(options);
  const parameters = network.parameters();
  for (const { weights, biases } of parameters) {
    for (const array of [weights, biases]) array.set(numbers(array.length, 0.6));
  }
  network.setParameters(parameters);
  const file = network.save();
  const { modelJson, weights } = tfjsFromModel(file);
  const { modelTopology, weightsManifest } = modelJson;
  const weightSpecs = weightsManifest[0].weights;
  const artifacts = { modelTopology, weightSpecs, weightData: weights.buffer };
  const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  const predicted = await predictions(model, file, scale, offset);
  return {
    name,
    file: base64(file),
    modelJson: JSON.stringify(modelJson),
    weights: base64(weights),
    ...predicted,
  };
}

/** Three layers with the same activation. */
const three = (activation) =>
  sequential({
    layers: [
      layers.dense({ inputShape: [6], units: 5, activation }),
      layers.dense({ units: 4, activation }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });

function functional() {
  const inputs = tf.input({ shape: [5, 4] });
  const outputs = [
    layers.reshape({ targetShape: [5, 4, 1] }),
    layers.conv2d({ filters: 3, kernelSize: 2, useBias: false }),
    layers.reLU(),
    layers.flatten(),
    layers.dense({ units: 3 }),
    layers.softmax(),
  ].reduce((before, layer) => layer.apply(before), inputs);
  return tf.model({ inputs, outputs });
}

/** Images of 9 × 8 pixels through two convolutions. */
const images = () =>
  sequential({
    layers: [
      layers.conv2d({
        ...{ inputShape: [9, 8, 2], filters: 3, kernelSize: 3, padding: 'same' },
        activation: 'relu',
      }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 5, kernelSize: 2, activation: 'relu' }),
      layers.flatten(),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: 4, activation: 'relu' }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });

/** As Teachable Machine's: a head of two layers, the second without bias, in a model around it. */
const head = () =>
  sequential({
    layers: [
      sequential({
        layers: [
          layers.dense({ inputShape: [12], units: 6, activation: 'relu' }),
          layers.dropout({ rate: 0.5 }),
          layers.dense({ units: 3, useBias: false, activation: 'softmax' }),
        ],
      }),
    ],
  });

const strided = () =>
  sequential({
    layers: [
      layers.conv2d({
        ...{ inputShape: [8, 7, 1], filters: 4, kernelSize: 3, strides: 2, padding: 'same' },
      }),
      layers.maxPooling2d({ poolSize: 2, padding: 'same' }),
      layers.activation({ activation: 'tanh' }),
      layers.flatten(),
      layers.dense({ units: 2 }),
    ],
  });

const leaky = () =>
  sequential({
    layers: [
      layers.dense({ inputShape: [4], units: 5 }),
      layers.leakyReLU({ alpha: 0.01 }),
      layers.dense({ units: 3, useBias: false, activation: 'sigmoid' }),
    ],
  });

/** Each layer has another activation, or none. */
const mixed = () =>
  sequential({
    layers: [
      layers.conv2d({ inputShape: [5, 4, 2], filters: 3, kernelSize: 2, activation: 'tanh' }),
      layers.conv2d({ filters: 4, kernelSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 6, activation: 'swish' }),
      layers.dense({ units: 5, activation: 'tanh' }),
      layers.dense({ units: 4, activation: 'linear' }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });

const rescaled = () =>
  sequential({
    layers: [
      layers.rescaling({ inputShape: [4, 3, 1], scale: 1 / 127.5, offset: -1 }),
      layers.flatten(),
      layers.dense({ units: 5, activation: 'elu' }),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });

/** Columns of other scales, and targets far from 0. */
const columns = 3;
const inputs = numbers(50 * columns).map((x, i) => [0.01, 700, 5][i % 3] * x + [2, 4000, 0][i % 3]);
const targets = numbers(50, 80, 3000);
const table = Dataset.from({ inputs, targets, outputs: 1 });
const pixels = Dataset.from({
  inputs: numbers(5 * 72, 9, 4),
  labels: new Uint8Array(5),
  classes: 2,
});

const all = {
  source: `@tensorflow/tfjs ${tf.version.tfjs}`,
  script: 'bench/peers/tfjs-models.js',
  saved: [
    await saved('relu', three('relu')),
    await saved('tanh', three('tanh')),
    await saved('sigmoid', three('sigmoid')),
    await saved('elu', three('elu')),
    await saved('gelu_new', three('gelu_new')),
    await saved('swish', three('swish')),
    await saved('leaky ReLU, sigmoid, no bias', leaky()),
    await saved('convolutions', images()),
    await saved('strides, an activation behind pooling', strided()),
    await saved('functional', functional()),
    await saved('a model in a model', head()),
    await saved('other activations', mixed()),
    await saved('rescaled inputs', rescaled(), 128, 128),
  ],
  written: [
    ...(await Promise.all(
      /** @type {const} */ (['relu', 'leaky-relu', 'tanh', 'sigmoid', 'elu', 'silu']).map(
        (hidden) => written(hidden, { layers: [6, 5, 3], hidden }),
      ),
    )),
    await written('other activations', {
      layers: [
        5,
        { dense: 6, activation: 'leaky-relu' },
        4,
        { dense: 4, activation: 'linear' },
        { dense: 3, activation: 'elu' },
        2,
      ],
      hidden: 'tanh',
    }),
    await written('sigmoid outputs', { layers: [6, 3], output: 'sigmoid' }),
    await written(
      'normalized',
      { layers: [columns, 8, 1], output: 'linear', normalize: table },
      700,
    ),
    await written('normalized images', {
      input: [6, 6, 2],
      layers: [{ conv: 3, kernel: 3, padding: 'same', stride: 2 }, { maxPool: 2 }, 4, 2],
      hidden: 'leaky-relu',
      normalize: pixels,
    }),
    await written('convolutions', {
      input: [7, 6, 1],
      layers: [{ conv: 2, kernel: 4, padding: 'same' }, { conv: 3, kernel: 3 }, { maxPool: 2 }, 3],
      hidden: 'tanh',
    }),
  ],
};
const fixture = new URL('../../test/fixtures/tfjs-models.json', import.meta.url);
writeFileSync(fixture, JSON.stringify(all));
