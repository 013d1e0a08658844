import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDigits, Network } from '../../dist/index.js';
import { loadIdxFolder } from '../../dist/node.js';
import { loadOracle } from '../from-tests.js';

/**
 * Everyone's data, as raw files that JavaScript and Python read alike:
 *
 *   train.inputs.u8         60,000 × 784, one image after another, 0 … 255 for 0 … 1
 *   train-dense.inputs.u8   the same with noise added, 1 … 255
 *   train.labels.u8         60,000
 *   test.inputs.u8, test-dense.inputs.u8, test.labels.u8     10,000 likewise
 *   784-10-10.f32, …        initial W¹ (row-major, out × in), b¹, W², b², …
 *   784-10-10.expected.f32  the probabilities that these give the first 100 test images, in float64
 */

const TRAIN = 60_000;
const TEST = 10_000;
const SEED = 1;

/** How many of the test images' probabilities are held against the oracle's. */
const CHECKED = 100;

/**
 * Writes the files.
 *
 * @param {string} folder where to
 * @param {number[][]} networks layers of each network whose initial weights are wanted
 * @returns {Promise<string>} in words, which images they are
 */
export async function writeData(folder, networks) {
  const { train, test, source } = await loadImages();
  for (const [part, { inputs, labels }] of Object.entries({ train, test })) {
    writeFileSync(join(folder, `${part}.inputs.u8`), inputs);
    if (!(inputs instanceof Uint8Array)) throw new TypeError('images are bytes');
    writeFileSync(join(folder, `${part}-dense.inputs.u8`), withNoise(inputs, SEED));
    writeFileSync(join(folder, `${part}.labels.u8`), labels);
  }
  const { referenceLayers, scaled, forward } = await loadOracle();
  for (const layers of networks) {
    const network = await Network.create({ layers, seed: SEED });
    const arrays = network.parameters().flatMap(({ weights, biases }) => [weights, biases]);
    const bytes = arrays.map((array) => new Uint8Array(array.buffer));
    writeFileSync(join(folder, `${layers.join('-')}.f32`), Buffer.concat(bytes));
    const images = scaled(test.inputs.subarray(0, CHECKED * test.features));
    const labels = test.labels.subarray(0, CHECKED);
    const { activations } = forward(referenceLayers(layers, network.parameters()), images, labels);
    const expected = Float32Array.from(activations.at(-1) ?? []);
    writeFileSync(join(folder, `${layers.join('-')}.expected.f32`), expected);
  }
  return source;
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
 * @typedef {object} Layer
 * @property {number} inputs k
 * @property {number} units n
 * @property {Float32Array} weights n × k, row-major
 * @property {Float32Array} biases n
 */

/**
 * @param {string} folder
 * @param {import('./works.js').Work} work
 * @returns {Omit<Task, 'threads'>}
 */
export function readTask(folder, work) {
  const bytes = (/** @type {string} */ name) => new Uint8Array(readFileSync(join(folder, name)));
  const kind = work.dense ? '-dense' : '';
  const training = work.kind === 'epoch';
  const name = work.layers.join('-');
  return {
    work,
    pixels: training ? bytes(`train${kind}.inputs.u8`) : new Uint8Array(),
    labels: training ? bytes('train.labels.u8') : new Uint8Array(),
    testPixels: bytes(`test${kind}.inputs.u8`),
    testLabels: bytes('test.labels.u8'),
    layers: layersOf(work.layers, new Float32Array(bytes(`${name}.f32`).buffer)),
    expected: new Float32Array(bytes(`${name}.expected.f32`).buffer),
  };
}

/**
 * @param {number[]} sizes
 * @param {Float32Array} floats
 * @returns {Layer[]}
 */
function layersOf(sizes, floats) {
  let at = 0;
  const take = (/** @type {number} */ length) => {
    at += length;
    return floats.slice(at - length, at);
  };
  return sizes.slice(1).map((units, l) => {
    const inputs = /** @type {number} */ (sizes[l]);
    return { inputs, units, weights: take(units * inputs), biases: take(units) };
  });
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
