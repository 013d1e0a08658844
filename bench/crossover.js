/**
 * The first layer by its dense products and by its nonzeros, as the share of inputs that are not zero grows:
 * where the core changes from one to the other (SPARSE_FRACTION in assembly/network/examples.ts).
 */
import { Operands } from './operands.js';
import { progress } from './terminal.js';
import { sampler, timeInTurns } from './timing.js';

/** @typedef {import('./timing.js').Timing} Timing */

/**
 * @typedef {object} Crossover
 * @property {string} layer
 * @property {{ share: number, dense: Timing, sparse: Timing }[]} points
 * @property {number} [crossing] the share from which on the dense products take less time
 */

const LAYERS = [
  { k: 784, n: 128 },
  { k: 784, n: 10 },
];
const M = 128;

/** 0, 5, … 100 %. */
const SHARES = Array.from({ length: 21 }, (_, i) => i / 20);

const ROUNDS = 11;
const SAMPLE = 2;

/** @returns {Promise<Crossover[]>} */
export async function benchCrossover() {
  const crossovers = [];
  for (const { k, n } of LAYERS) {
    const layer = `${k} → ${n}`;
    const points = [];
    for (const share of SHARES) {
      progress(`dense and sparse products, ${layer}: ${Math.round(100 * share)} % nonzeros`);
      const { dense, sparse } = await firstLayer(k, n, M, share);
      const samples = { dense: sampler(dense, SAMPLE), sparse: sampler(sparse, SAMPLE) };
      points.push({ share, ...(await timeInTurns(samples, ROUNDS)) });
    }
    const crossing = crossingOf(points);
    crossovers.push({ layer, points, ...(crossing !== undefined && { crossing }) });
  }
  return crossovers;
}

/**
 * What a tile of bytes takes in the first layer: A or its nonzeros, Z, and dW from zero. Both ways give the same bits.
 *
 * @param {number} k inputs
 * @param {number} n units
 * @param {number} m examples
 * @param {number} share of the bytes that are not zero
 * @throws Error where the bits differ
 */
export async function firstLayer(k, n, m, share) {
  const operands = await Operands.create({ n, k, m, bytes: bytesWith(share, k * m) });
  const { core, kernels, weights, inputs, biases, deltas, z, ldZ, ldA } = operands;
  const nonzeros = operands.nonzeros();
  const { rowPointers } = nonzeros;
  const count = kernels.panelFloats(n, k);
  const dw = operands.gradientRoom();
  const packed = operands.packedRoom();
  const dense = () => {
    nonzeros.scale();
    kernels.affine(z, weights, inputs, biases, n, k, m, ldZ, ldA);
    kernels.weightGradient(dw, packed, deltas, inputs, n, k, m, ldZ, ldA, false, 0, ldA);
  };
  const sparse = () => {
    nonzeros.decode();
    kernels.sparseAffine(z, weights, rowPointers, biases, n, k, m, ldZ);
    kernels.clear(dw, count);
    kernels.sparseWeightGradient(dw, deltas, rowPointers, n, k, m, ldZ);
  };
  const [ofDense, ofSparse] = [dense, sparse].map((run) => {
    run();
    return Buffer.concat(
      [operands.columns(z), core.readPanels(dw, n, k)].map(({ buffer }) => Buffer.from(buffer)),
    );
  });
  if (!ofDense || !ofSparse?.equals(ofDense)) {
    throw new Error(`${k} → ${n}, ${share} nonzeros: dense and sparse products differ`);
  }
  return { dense, sparse };
}

/**
 * Bytes of which a share is not zero, spread without a pattern, each time the same.
 *
 * @param {number} share
 * @param {number} length
 */
function bytesWith(share, length) {
  const bytes = new Uint8Array(length).fill(200, 0, Math.round(share * length));
  let state = 1;
  for (let i = length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [bytes[i], bytes[j]] = [bytes[j] ?? 0, bytes[i] ?? 0];
  }
  return bytes;
}

/**
 * Where the lines through the medians meet: the first share from which on dense products take less time.
 *
 * @param {{ share: number, dense: { ms: number }, sparse: { ms: number } }[]} points by share
 */
export function crossingOf(points) {
  const ahead = points.map(({ dense, sparse }) => sparse.ms - dense.ms);
  const i = ahead.findLastIndex((ms) => ms <= 0);
  const [before, after] = [points[i], points[i + 1]];
  if (!before || !after) return undefined;
  const [from = 0, to = 0] = ahead.slice(i);
  return before.share + ((after.share - before.share) * -from) / (to - from);
}
