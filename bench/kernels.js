/** The core's kernels beside the twin's, on a tile of 128 examples. */
import { Network } from 'relumax';
import { withoutZeros } from './data.js';
import { greatestDifference } from './equality.js';
import { at, Operands, sum, table } from './operands.js';
import { progress } from './terminal.js';
import { sampler, timeEach } from './timing.js';
import { TwinThread } from './twin-thread.js';

/** @typedef {import('./timing.js').Timing} Timing */

/** @typedef {'affine' | 'weightGradient' | 'affineBackward' | 'relu' | 'softmax' | 'sgd'} Operation */

/**
 * Something that a kernel does.
 *
 * @typedef {object} Case
 * @property {Operation} operation
 * @property {number[]} layers of a network that does it
 * @property {number} layer index, from 0
 * @property {boolean} [sparse] on the nonzeros of MNIST's images
 */

/**
 * @typedef {object} KernelRow
 * @property {string} kernel
 * @property {'relumax' | 'twin'} trainer
 * @property {Timing} timing in ms for a tile
 * @property {number} rate at the median: GFLOP/s of a product, counted densely, else 10⁹ elements/s
 * @property {boolean} product
 * @property {number} [executed] the share of a dense product's operations that it does
 * @property {number} [difference] the greatest from the oracle, by the greatest element
 * @property {number} [speedOfTwin]
 */

const M = 128;

/** How long each is sampled, in ms, and how long a sample is to be. */
const TIME = 300;
const SAMPLE = 2;

/** @type {readonly Case[]} */
const CASES = [
  { operation: 'affine', layers: [784, 512, 512, 10], layer: 1 },
  { operation: 'affineBackward', layers: [784, 512, 512, 10], layer: 1 },
  { operation: 'weightGradient', layers: [784, 512, 512, 10], layer: 1 },
  { operation: 'affine', layers: [784, 128, 10], layer: 0 },
  { operation: 'weightGradient', layers: [784, 128, 10], layer: 0 },
  { operation: 'affine', layers: [784, 128, 10], layer: 0, sparse: true },
  { operation: 'weightGradient', layers: [784, 128, 10], layer: 0, sparse: true },
  { operation: 'affine', layers: [784, 10, 10], layer: 0, sparse: true },
  { operation: 'weightGradient', layers: [784, 10, 10], layer: 0, sparse: true },
  { operation: 'affine', layers: [784, 128, 10], layer: 1 },
  { operation: 'softmax', layers: [784, 10, 10], layer: 1 },
  { operation: 'relu', layers: [784, 512, 512, 10], layer: 1 },
  { operation: 'sgd', layers: [784, 128, 10], layer: 0 },
];

/** What each operation does, in the symbols of docs/math.md. */
const EQUATIONS = {
  affine: 'Z = W·A + b',
  weightGradient: 'dW = dZ·Aᵀ',
  affineBackward: 'dA = Wᵀ·dZ',
  relu: 'ReLU',
  softmax: 'softmax and loss',
  sgd: 'W − α·dW',
};

/**
 * Times each case, whose result has been held against float64 arithmetic before.
 *
 * @param {import('relumax').Dataset} images
 * @returns {Promise<KernelRow[]>}
 * @throws Error where a kernel is wrong
 */
export async function benchKernels(images) {
  const rows = [];
  for (const one of CASES) rows.push(...(await benchCase(one, images)));
  return rows;
}

/** More than any rounding to float32 makes of these sums. */
export const BOUND = 1e-5;

/**
 * @param {Case} one
 * @param {import('relumax').Dataset} images
 * @returns {Promise<KernelRow[]>}
 */
async function benchCase(one, images) {
  const { operation, layers, layer, sparse = false } = one;
  const [k = 0, n = 0] = layers.slice(layer);
  const kernel = `${EQUATIONS[operation]}, ${sizeOf(one)}${sparse ? ', nonzeros of images' : ''}`;
  const { run, difference, executed } = await prepare(operation, n, k, sparse ? images : undefined);
  if (!(difference <= BOUND)) throw new Error(`${kernel} is ${difference} from the oracle`);
  const thread = await twinOf(one, images);
  let twinTimes = 1;
  const twin = () => thread.repeat({ operation, layer, times: twinTimes });
  twinTimes = Math.max(1, Math.round(SAMPLE / (await twin())));
  const timings = await timeEach(
    {
      relumax: sampler(run, SAMPLE),
      twin,
    },
    TIME,
    (name) => progress(`${kernel}: ${name}`),
  );
  await thread.end();
  const product = ['affine', 'weightGradient', 'affineBackward'].includes(operation);
  const count = product ? 2 * n * k * M : n * (operation === 'sgd' ? k : M);
  return ['relumax', /** @type {const} */ ('twin')].map((name) => {
    const trainer = /** @type {'relumax' | 'twin'} */ (name);
    const timing = timings[trainer];
    const rate = count / timing.ms / 1e6;
    return {
      kernel,
      trainer,
      timing,
      rate,
      product,
      executed,
      ...(trainer === 'relumax' && { difference, speedOfTwin: timings.twin.ms / timing.ms }),
    };
  });
}

/** @param {Case} one */
function sizeOf({ operation, layers, layer }) {
  const [k, n] = layers.slice(layer);
  if (operation === 'relu' || operation === 'softmax') return `${n} × ${M}`;
  return `${k} → ${n}`;
}

/**
 * The twin, after an update on one tile.
 *
 * @param {Case} one
 * @param {import('relumax').Dataset} images
 */
async function twinOf({ layers, sparse = false }, images) {
  const network = await Network.create({ layers, seed: 1 });
  const parameters = network.parameters();
  network.dispose();
  const bytes = images.inputs.subarray(0, M * (layers[0] ?? 0));
  const thread = new TwinThread({
    parameters,
    inputs: sparse ? bytes : withoutZeros(bytes),
    labels: images.labels.subarray(0, M),
    batchSize: M,
    learningRate: 1e-3,
    skipZeros: sparse,
  });
  await thread.epoch();
  return thread;
}

/**
 * A kernel with its operands, and how far its result is from that of float64.
 *
 * @param {Operation} operation
 * @param {number} n units
 * @param {number} k inputs
 * @param {import('relumax').Dataset} [images] whose nonzeros are the inputs
 * @returns {Promise<{ run: () => void, difference: number, executed: number }>} `executed`: the share of a
 *   dense product's operations that it does
 */
export async function prepare(operation, n, k, images) {
  const bytes = images && Uint8Array.from(images.inputs.subarray(0, k * M));
  const operands = await Operands.create({ n, k, m: M, ...(bytes && { bytes }) });
  const { core, kernels, ldZ, ldA, w, dz, weights, inputs, deltas, biases, z } = operands;
  const nonzeros = bytes && operands.nonzeros();
  const executed = nonzeros ? nonzeros.count / (k * M) : 1;
  /** @param {() => void} run @param {() => ArrayLike<number>} got @param {ArrayLike<number>} want */
  const compared = (run, got, want) => {
    run();
    return { run, executed, difference: greatestDifference(got(), want) };
  };

  switch (operation) {
    case 'affine': {
      const run = nonzeros
        ? () => kernels.sparseAffine(z, weights, nonzeros.rowPointers, biases, n, k, M, ldZ)
        : () => kernels.affine(z, weights, inputs, biases, n, k, M, ldZ, ldA);
      return compared(run, () => operands.columns(z), operands.affine());
    }
    case 'weightGradient': {
      const dw = operands.gradientRoom();
      const packed = operands.packedRoom();
      const run = nonzeros
        ? () => kernels.sparseWeightGradient(dw, deltas, nonzeros.rowPointers, n, k, M, ldZ)
        : () =>
            kernels.weightGradient(dw, packed, deltas, inputs, n, k, M, ldZ, ldA, false, 0, ldA);
      return compared(run, () => core.readPanels(dw, n, k), operands.weightGradient());
    }
    case 'affineBackward': {
      const transposed = core.floats(new Float32Array(kernels.panelFloats(k, n)));
      kernels.transpose(transposed, weights, n, k, 0, ldA);
      const da = core.floats(new Float32Array(ldA * M));
      const run = () => kernels.affineBackward(da, transposed, deltas, n, k, M, ldA, ldZ);
      return compared(run, () => operands.columns(da, k, ldA), operands.affineBackward());
    }
    case 'relu': {
      const want = table(M, n, (e, j) => Math.max(at(dz, e * n + j), 0));
      return compared(
        () => kernels.relu(deltas, n, M, ldZ),
        () => operands.columns(deltas),
        want,
      );
    }
    case 'softmax': {
      const [maxima, sums, classes] = [core.room(M * 4), core.room(M * 4), core.room(M * 4)];
      const labels = core.bytes(new Uint8Array(M));
      const losses = core.room(M * 8);
      const run = () => {
        kernels.softmax(z, maxima, sums, deltas, n, M, ldZ);
        kernels.argmax(classes, deltas, maxima, n, M, ldZ);
        kernels.crossEntropy(losses, z, deltas, maxima, sums, labels, M, ldZ);
      };
      const exp = (/** @type {number} */ e, /** @type {number} */ j) => Math.exp(at(dz, e * n + j));
      const want = table(M, n, (e, j) => exp(e, j) / sum(n, (i) => exp(e, i)) - Number(j === 0));
      return compared(run, () => operands.columns(z), want);
    }
    case 'sgd': {
      const count = kernels.panelFloats(n, k);
      const gradients = core.panels(n, k, (j, i) => at(w, j * k + i) / 2);
      const next = core.floats(new Float32Array(count));
      const want = table(n, k, (j, i) => at(w, j * k + i) * (1 - Math.fround(0.1) / 2));
      return compared(
        () => core.sgd(next, weights, gradients, 0.1, count),
        () => core.readPanels(next, n, k),
        want,
      );
    }
  }
}
