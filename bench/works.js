/**
 * What is timed: one epoch of training each.
 *
 * @typedef {object} Work
 * @property {number[]} layers n⁰ … nᴸ
 * @property {number} batchSize examples an update; Infinity is all of them
 * @property {number} learningRate α
 * @property {number} images how many an epoch has
 * @property {boolean} [withoutZeros] whether no input is zero
 */

/** @type {readonly Work[]} */
export const WORKS = [
  { layers: [784, 10, 10], batchSize: Infinity, learningRate: 0.5, images: 60_000 },
  { layers: [784, 10, 10], batchSize: 64, learningRate: 0.1, images: 60_000 },
  { layers: [784, 128, 10], batchSize: 128, learningRate: 0.1, images: 60_000 },
  // A tenth of the images: plain JavaScript takes half a minute for all of them.
  {
    layers: [784, 512, 512, 10],
    batchSize: 128,
    learningRate: 0.1,
    images: 6_000,
    withoutZeros: true,
  },
];

/** @param {Pick<Work, 'layers' | 'batchSize' | 'withoutZeros'>} work */
export function nameOf({ layers, batchSize, withoutZeros }) {
  const batch = batchSize === Infinity ? 'full batch' : `batch ${batchSize}`;
  return `${layers.join('-')}, ${batch}${withoutZeros ? ', no zeros' : ''}`;
}

/**
 * FLOP for each image, counted densely, whatever a trainer leaves out where it finds zeros: 2·n·k
 * for each of the products Z = W·A, dW = dZ·Aᵀ and, above the first layer, Wᵀ·dZ.
 *
 * @param {Pick<Work, 'layers'>} work
 */
export function denseFlop({ layers }) {
  return flopOf(layers, (l) => (l > 1 ? 3 : 2));
}

/**
 * The same of a network of images, whose convolutions use each weight at every pixel.
 *
 * @param {Pick<import('../src/core/layers.ts').Architecture, 'trained'>} architecture
 */
export function convolutionFlop({ trained }) {
  let flop = 0;
  for (const [l, { kind, weights, output }] of trained.entries()) {
    const [height, width] = kind === 'conv' ? output : [1, 1];
    const products = weights.reduce((product, size) => product * size, height * width);
    flop += (l > 0 ? 3 : 2) * 2 * products;
  }
  return flop;
}

/**
 * The same of a prediction: Z = W·A alone.
 *
 * @param {Pick<Work, 'layers'>} work
 */
export function forwardFlop({ layers }) {
  return flopOf(layers, () => 1);
}

/** The most nonzeros with which the first layer's products skip zeros: SPARSE_FRACTION in assembly/network/examples.ts. */
export const SPARSE_FRACTION = 0.4;

/**
 * The share of `denseFlop` that is done where the products of the first layer, Z and dW, skip inputs that are zero.
 *
 * @param {Pick<Work, 'layers'>} work
 * @param {number} nonzeros the share of the inputs that is not zero
 */
export function executedShare({ layers }, nonzeros) {
  return executedOf(layers, nonzeros, 2, denseFlop({ layers }));
}

/**
 * The same of `forwardFlop`.
 *
 * @param {Pick<Work, 'layers'>} work
 * @param {number} nonzeros the share of the inputs that is not zero
 */
export function executedForward({ layers }, nonzeros) {
  return executedOf(layers, nonzeros, 1, forwardFlop({ layers }));
}

/**
 * @param {number[]} layers
 * @param {number} nonzeros
 * @param {number} products of the first layer
 * @param {number} flop of all layers
 */
function executedOf([inputs = 0, units = 0], nonzeros, products, flop) {
  if (nonzeros > SPARSE_FRACTION) return 1;
  return 1 - (products * 2 * inputs * units * (1 - nonzeros)) / flop;
}

/**
 * @param {number[]} layers
 * @param {(l: number) => number} products of a layer
 */
function flopOf(layers, products) {
  let flop = 0;
  let inputs = 0;
  for (const [l, units] of layers.entries()) {
    flop += products(l) * 2 * units * inputs;
    inputs = units;
  }
  return flop;
}
