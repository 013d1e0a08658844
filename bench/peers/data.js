import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDigits, Network } from '../../dist/index.js';
import { loadIdxFolder } from '../../dist/node.js';
import { loadArchitectures, loadConvolutionOracle, loadOracle } from '../from-tests.js';
import { imagesOf, TEST, TRAIN } from './works.js';

/**
 * Everyone's data, as raw files that JavaScript and Python read alike:
 *
 *   train.inputs.u8         60,000 × 784, one image after another, 0 … 255 for 0 … 1
 *   train-dense.inputs.u8   the same with noise added, 1 … 255
 *   train.labels.u8         60,000
 *   test.inputs.u8, test-dense.inputs.u8, test.labels.u8     10,000 likewise
 *   784-10-10.f32, …        initial W¹ (row-major, out × in), b¹, W², b², …; of convolutions, and of the
 *                           dense layer behind them, in PyTorch's order
 *   784-10-10.expected.f32  the probabilities that these give the first 100 test images, in float64
 */

const SEED = 1;

/** How many of the test images' probabilities are held against the oracle's. */
const CHECKED = 100;

/**
 * A network, as its name in files and its layers.
 *
 * @typedef {object} Architecture
 * @property {string} text
 * @property {Shape[]} shapes
 */

/**
 * A layer without its parameters.
 *
 * @typedef {object} Shape
 * @property {'dense' | 'conv' | 'maxPool'} kind
 * @property {[number, number, number]} input height, width and channels; of a dense layer that no image
 *   is before, 1, 1 and n
 * @property {[number, number, number]} output
 * @property {number[]} [weights] their shape; undefined where there are none
 * @property {number} size of the filters or of the pool's windows, which are squares; 1 of dense layers
 * @property {number} pad zeros on each side of the image
 */

/**
 * The network of a work.
 *
 * @param {import('./works.js').Work} work
 * @returns {Promise<Architecture>}
 */
export async function architectureOf(work) {
  const { checkedArchitecture } = await loadArchitectures();
  const { text, layers, shapes } = checkedArchitecture(work);
  return {
    text,
    shapes: shapes.map(({ kind, input, output, weights }, l) => {
      const layer = layers.at(l - shapes.length);
      const size = layer?.maxPool ?? layer?.kernel ?? 1;
      const pad = kind === 'conv' ? (output[0] - 1 + size - input[0]) / 2 : 0;
      return { kind, input, output, weights, size, pad };
    }),
  };
}

/**
 * Writes the files.
 *
 * @param {string} folder where to
 * @param {readonly import('./works.js').Work[]} works whose networks' initial weights are wanted
 * @returns {Promise<string>} in words, which images they are
 */
export async function writeData(folder, works) {
  const { train, test, source } = await loadImages();
  for (const [part, { inputs, labels }] of Object.entries({ train, test })) {
    writeFileSync(join(folder, `${part}.inputs.u8`), inputs);
    if (!(inputs instanceof Uint8Array)) throw new TypeError('images are bytes');
    writeFileSync(join(folder, `${part}-dense.inputs.u8`), withNoise(inputs, SEED));
    writeFileSync(join(folder, `${part}.labels.u8`), labels);
  }
  const { referenceLayers, scaled, forward } = await loadOracle();
  const { imageLayers, parsedArchitecture } = await loadConvolutionOracle();
  for (const { input, layers, text } of await networksOf(works)) {
    const network = await Network.create({ input, layers, seed: SEED });
    const arrays = network.parameters().flatMap(({ weights, biases }) => [weights, biases]);
    const bytes = arrays.map((array) => new Uint8Array(array.buffer));
    writeFileSync(join(folder, `${text}.f32`), Buffer.concat(bytes));
    const parameters = network.parameters();
    const reference = input
      ? imageLayers(parsedArchitecture(text), parameters)
      : referenceLayers(layers, parameters);
    const images = scaled(test.inputs.subarray(0, CHECKED * test.features));
    const labels = test.labels.subarray(0, CHECKED);
    const { activations } = forward(reference, images, labels);
    const expected = Float32Array.from(activations.at(-1) ?? []);
    writeFileSync(join(folder, `${text}.expected.f32`), expected);
  }
  return source;
}

/**
 * Each network of the works once.
 *
 * @param {readonly import('./works.js').Work[]} works
 */
async function networksOf(works) {
  /** @type {Map<string, Pick<import('./works.js').Work, 'input' | 'layers'>>} */
  const networks = new Map();
  for (const work of works) networks.set((await architectureOf(work)).text, work);
  return [...networks].map(([text, { input, layers }]) => ({ text, input, layers }));
}

/** The images of RELUMAX_MNIST, or the bundled digits repeated until they are as many. */
async function loadImages() {
  const folder = process.env.RELUMAX_MNIST;
  if (folder) return { ...(await loadIdxFolder(folder)), source: 'MNIST' };
  const digits = await loadDigits();
  const { train, test } = digits.split({ test: 0.2, seed: SEED });
  return {
    train: train.subset(Uint32Array.from({ length: TRAIN }, (_, i) => i % train.length)),
    test: test.subset(Uint32Array.from({ length: TEST }, (_, i) => i % test.length)),
    source: 'the 10,000 bundled digits, 8,000 of them repeated to 60,000, the others to 10,000',
  };
}

/**
 * Images with noise: none of their pixels is zero.
 *
 * @param {Uint8Array} inputs
 * @param {number} seed
 */
function withNoise(inputs, seed) {
  let state = seed;
  return inputs.map((byte) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 1 + Math.floor(0.9 * byte + (25 * state) / 2 ** 32);
  });
}

/**
 * The data of one task, read in the child.
 *
 * @typedef {object} Task
 * @property {import('./works.js').Work} work
 * @property {Uint8Array} pixels of the training images, as bytes
 * @property {Uint8Array} labels of the training images
 * @property {Uint8Array} testPixels
 * @property {Uint8Array} testLabels
 * @property {Layer[]} layers initial parameters
 * @property {Float32Array} expected the probabilities that these give the first test images
 * @property {string} [variant]
 * @property {number} threads
 */

/**
 * @typedef {object} Parameters
 * @property {number} inputs k: how many weights a unit or a filter has
 * @property {number} units n: of a convolution, its filters
 * @property {Float32Array} weights n × k, row-major
 * @property {Float32Array} biases n
 */

/** @typedef {Omit<Shape, 'weights'> & Parameters} Layer a pool has zero weights and biases */

/**
 * @param {string} folder
 * @param {import('./works.js').Work} work
 * @param {Architecture} architecture
 * @param {number} images that predictions are made for; in training all test images
 * @returns {Omit<Task, 'threads'>}
 */
export function readTask(folder, work, { text, shapes }, images) {
  const bytes = (/** @type {string} */ name) => new Uint8Array(readFileSync(join(folder, name)));
  const kind = work.dense ? '-dense' : '';
  const training = work.kind === 'epoch';
  const first = (/** @type {string} */ name, /** @type {number} */ length) =>
    bytes(name).subarray(0, length);
  const [train, test] = [training ? imagesOf(work) : 0, training ? TEST : images];
  const features = featuresOf(shapes);
  return {
    work,
    pixels: first(`train${kind}.inputs.u8`, train * features),
    labels: first('train.labels.u8', train),
    testPixels: first(`test${kind}.inputs.u8`, test * features),
    testLabels: first('test.labels.u8', test),
    layers: layersOf(shapes, new Float32Array(bytes(`${text}.f32`).buffer)),
    expected: new Float32Array(bytes(`${text}.expected.f32`).buffer),
  };
}

/**
 * @param {Shape[]} shapes
 * @param {Float32Array} floats
 * @returns {Layer[]}
 */
function layersOf(shapes, floats) {
  let at = 0;
  const take = (/** @type {number} */ length) => {
    at += length;
    return floats.slice(at - length, at);
  };
  return shapes.map(({ weights: [units = 0, ...sizes] = [], ...shape }) => {
    const inputs = sizes.reduce((count, size) => count * size, 1);
    return { ...shape, inputs, units, weights: take(units * inputs), biases: take(units) };
  });
}

/**
 * W of a layer with each unit's or filter's weights channels last, as its inputs are.
 *
 * @param {Layer} layer
 * @returns {Layer}
 */
export function channelsLast(layer) {
  const { kind, input, inputs, size, weights } = layer;
  const channels = input[2];
  const pixels = kind === 'conv' ? size * size : input[0] * input[1];
  return {
    ...layer,
    weights: weights.map((_, index) => {
      const [unit, place] = [Math.floor(index / inputs), index % inputs];
      const [pixel, channel] = [Math.floor(place / channels), place % channels];
      return /** @type {number} */ (weights[unit * inputs + channel * pixels + pixel]);
    }),
  };
}

/**
 * Pixels as floats, 0 … 1.
 *
 * @param {Uint8Array} bytes
 */
export function floatsOf(bytes) {
  return Float32Array.from(bytes, (byte) => byte / 255);
}

/**
 * How many values an example has.
 *
 * @param {Pick<Shape, 'input'>[]} layers
 */
export function featuresOf([first]) {
  return first?.input.reduce((count, size) => count * size) ?? 0;
}

/**
 * W of a layer as in × out, row-major: what a product of examples (rows) and weights takes.
 *
 * @param {Layer} layer
 */
export function transposedWeights({ inputs, units, weights }) {
  const transposed = new Float32Array(weights.length);
  for (let i = 0; i < units; i++) {
    for (let k = 0; k < inputs; k++) {
      transposed[k * units + i] = /** @type {number} */ (weights[i * inputs + k]);
    }
  }
  return transposed;
}

/**
 * The share of the examples whose largest score is that of their label.
 *
 * @param {ArrayLike<number>} scores examples × classes
 * @param {Uint8Array} labels
 */
export function accuracyOf(scores, labels) {
  const classes = scores.length / labels.length;
  let correct = 0;
  for (let i = 0; i < labels.length; i++) {
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if (Number(scores[i * classes + c]) > Number(scores[i * classes + best])) best = c;
    }
    if (best === labels[i]) correct++;
  }
  return correct / labels.length;
}

/**
 * A new random order of the numbers 0 … length − 1 (Fisher–Yates).
 *
 * @param {number} length
 */
export function randomOrder(length) {
  const order = Int32Array.from({ length }, (_, i) => i);
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    const item = /** @type {number} */ (order[last]);
    order[last] = /** @type {number} */ (order[other]);
    order[other] = item;
  }
  return order;
}
