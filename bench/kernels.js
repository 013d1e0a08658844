/** The core's kernels beside the twin's, on a tile of 128 examples. */
import { Network } from 'relumax';
import { withoutZeros } from './data.js';
import { greatestDifference } from './equality.js';
import { loadKernels } from './from-tests.js';
import { progress } from './terminal.js';
import { timeEach } from './timing.js';
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
const BOUND = 1e-5;

/**
 * @param {Case} one
 * @param {import('relumax').Dataset} images
 * @returns {Promise<KernelRow[]>}
 */
async function benchCase(one, images) {
  const { operation, layers, layer, sparse = false } = one;
  const [k = 0, n = 0] = layers.slice(layer);
  const kernel = `${EQUATIONS[operation]}, ${sizeOf(one)}${sparse ? ', nonzeros of images' : ''}`;
  const { run, difference } = await prepare(operation, n, k, sparse ? images : undefined);
  if (!(difference <= BOUND)) throw new Error(`${kernel} is ${difference} from the oracle`);
  const thread = await twinOf(one, images);
  const times = { relumax: timesOf(run), twin: 1 };
  const twin = () => thread.repeat({ operation, layer, times: times.twin });
  times.twin = Math.max(1, Math.round(SAMPLE / (await twin())));
  const timings = await timeEach(
    {
      relumax: () => {
        const began = performance.now();
        for (let i = 0; i < times.relumax; i++) run();
        return (performance.now() - began) / times.relumax;
      },
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

/** @param {() => void} run */
function timesOf(run) {
  for (let i = 0; i < 20; i++) run();
  const began = performance.now();
  for (let i = 0; i < 20; i++) run();
  return Math.max(1, Math.round((SAMPLE * 20) / (performance.now() - began)));
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
 * @returns {Promise<{ run: () => void, difference: number }>}
 */
async function prepare(operation, n, k, images) {
  const { Bench, lanes4 } = await loadKernels();
  const core = await Bench.create();
  const { kernels } = core;
  const random = numbers();
  /** @param {number} count */
  const uniform = (count) => Float32Array.from({ length: count }, random);
  const w = uniform(n * k);
  const a = images
    ? Float32Array.from(images.inputs.subarray(0, k * M), (x) => x * Math.fround(1 / 255))
    : uniform(k * M);
  const dz = uniform(n * M);
  const b = uniform(n);
  const weights = core.panels(n, k, (j, i) => w[j * k + i] ?? NaN);
  const [ldZ, ldA] = [lanes4(n), lanes4(k)];
  const inputs = core.columns(k, M, ldA, (i, e) => a[e * k + i] ?? NaN);
  const deltas = core.columns(n, M, ldZ, (j, e) => dz[e * n + j] ?? NaN);
  const biases = core.columns(n, 1, ldZ, (j) => b[j] ?? NaN);
  const out = core.floats(new Float32Array(ldZ * M));
  const rowPointers = images && collect();
  /** @param {number} at @param {number} rows @param {number} ld */
  const columns = (at, rows, ld) => {
    const floats = core.readFloats(at, ld * M);
    return Float32Array.from({ length: rows * M }, (_, i) => {
      return floats[Math.floor(i / rows) * ld + (i % rows)] ?? NaN;
    });
  };
  const at = (/** @type {ArrayLike<number>} */ x, /** @type {number} */ i) => x[i] ?? NaN;

  switch (operation) {
    case 'affine': {
      const run = rowPointers
        ? () => kernels.sparseAffine(out, weights, rowPointers, biases, n, k, M, ldZ)
        : () => kernels.affine(out, weights, inputs, biases, n, k, M, ldZ, ldA);
      run();
      const want = table(
        M,
        n,
        (e, j) => at(b, j) + sum(k, (i) => at(w, j * k + i) * at(a, e * k + i)),
      );
      return { run, difference: greatestDifference(columns(out, n, ldZ), want) };
    }
    case 'weightGradient': {
      const dw = core.floats(new Float32Array(kernels.panelFloats(n, k)));
      const packed = core.floats(new Float32Array((Math.ceil(n / 16) * 16 + 16) * M));
      const run = rowPointers
        ? () => kernels.sparseWeightGradient(dw, deltas, rowPointers, n, k, M, ldZ)
        : () =>
            kernels.weightGradient(dw, packed, deltas, inputs, n, k, M, ldZ, ldA, false, 0, ldA);
      run();
      const want = table(n, k, (j, i) => sum(M, (e) => at(dz, e * n + j) * at(a, e * k + i)));
      return { run, difference: greatestDifference(core.readPanels(dw, n, k), want) };
    }
    case 'affineBackward': {
      const transposed = core.floats(new Float32Array(kernels.panelFloats(k, n)));
      kernels.transpose(transposed, weights, n, k, 0, ldA);
      const da = core.floats(new Float32Array(ldA * M));
      const run = () => kernels.affineBackward(da, transposed, deltas, n, k, M, ldA, ldZ);
      run();
      const want = table(M, k, (e, i) => sum(n, (j) => at(w, j * k + i) * at(dz, e * n + j)));
      return { run, difference: greatestDifference(columns(da, k, ldA), want) };
    }
    case 'relu': {
      const run = () => kernels.relu(deltas, n, M, ldZ);
      run();
      const want = table(M, n, (e, j) => Math.max(at(dz, e * n + j), 0));
      return { run, difference: greatestDifference(columns(deltas, n, ldZ), want) };
    }
    case 'softmax': {
      const [maxima, sums, classes] = [core.room(M * 4), core.room(M * 4), core.room(M * 4)];
      const labels = core.bytes(new Uint8Array(M));
      const losses = core.room(M * 8);
      const run = () => {
        kernels.softmax(out, maxima, sums, deltas, n, M, ldZ);
        kernels.argmax(classes, deltas, maxima, n, M, ldZ);
        kernels.crossEntropy(losses, out, deltas, maxima, sums, labels, M, ldZ);
      };
      run();
      const exp = (/** @type {number} */ e, /** @type {number} */ j) => Math.exp(at(dz, e * n + j));
      const want = table(M, n, (e, j) => exp(e, j) / sum(n, (i) => exp(e, i)) - Number(j === 0));
      return { run, difference: greatestDifference(columns(out, n, ldZ), want) };
    }
    case 'sgd': {
      const count = kernels.panelFloats(n, k);
      const gradients = core.panels(n, k, (j, i) => at(w, j * k + i) / 2);
      const next = core.floats(new Float32Array(count));
      const run = () => core.sgd(next, weights, gradients, 0.1, count);
      run();
      const want = table(n, k, (j, i) => at(w, j * k + i) * (1 - Math.fround(0.1) / 2));
      return { run, difference: greatestDifference(core.readPanels(next, n, k), want) };
    }
  }

  /** The nonzeros of the images, as the core finds them. */
  function collect() {
    const width = Math.min(lanes4(n), 16);
    const pairs = core.room((k * M + 7) * 8);
    const encoded = core.room((k + 7) * 2);
    const bytes = core.bytes(images?.inputs.subarray(0, k * M) ?? []);
    const bounds = [];
    let last = pairs;
    for (let e = 0; e < M; e++) {
      const end = kernels.encodeBytes(encoded, bytes + e * k, k);
      const from = last;
      last = kernels.pairsOfEncoded(from, encoded, end, width);
      bounds.push(from, last);
    }
    return core.words(bounds);
  }
}

/**
 * @param {number} rows
 * @param {number} columns
 * @param {(row: number, column: number) => number} value
 * @returns {Float64Array} row by row
 */
function table(rows, columns, value) {
  return Float64Array.from({ length: rows * columns }, (_, i) =>
    value(Math.floor(i / columns), i % columns),
  );
}

/**
 * @param {number} count
 * @param {(i: number) => number} term
 */
function sum(count, term) {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

/** A sequence of numbers −1 … 1, each time the same. */
function numbers() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}
