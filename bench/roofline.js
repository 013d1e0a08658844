/**
 * The kernels under the roofline of this machine: what they reach, by how much they compute for each byte of
 * their operands. No kernel can be much above the probe's rate, and none whose operands lie in main memory above
 * what that delivers.
 */
import { BOUND, prepare } from './kernels.js';
import { measureBandwidth } from './probe.js';
import { progress } from './terminal.js';
import { sampler, timeInTurns } from './timing.js';

/**
 * @typedef {object} RooflinePoint
 * @property {string} kernel
 * @property {number} intensity FLOP that it does for each byte of its operands, each counted once
 * @property {number} rate GFLOP/s that it does, without those it skips
 * @property {import('./timing.js').Timing} timing
 */

/**
 * @typedef {object} Roofline
 * @property {{ name: string, bandwidth: number }[]} slopes in GB/s
 * @property {RooflinePoint[]} points
 */

/** Where operands may lie, by the bytes of three arrays that are gone through. */
const PLACES = [
  { name: 'second-level cache', bytes: 384 * 1024 },
  { name: 'main memory', bytes: 288 * 1024 * 1024 },
];

const M = 128;

/** @type {readonly { operation: import('./kernels.js').Operation, k: number, n: number, sparse?: boolean }[]} */
const CASES = [
  { operation: 'affine', k: 512, n: 512 },
  { operation: 'weightGradient', k: 512, n: 512 },
  { operation: 'affine', k: 784, n: 128 },
  { operation: 'affine', k: 128, n: 10 },
  { operation: 'affine', k: 784, n: 128, sparse: true },
  { operation: 'weightGradient', k: 784, n: 128, sparse: true },
  { operation: 'relu', k: 512, n: 512 },
  { operation: 'sgd', k: 784, n: 128 },
  { operation: 'sgd', k: 2000, n: 2000 },
];

const ROUNDS = 11;
const SAMPLE = 5;

/**
 * @param {import('relumax').Dataset} images
 * @returns {Promise<Roofline>}
 */
export async function benchRoofline(images) {
  const slopes = [];
  for (const { name, bytes } of PLACES) {
    progress(`what the ${name} delivers`);
    slopes.push({ name, bandwidth: await measureBandwidth(bytes) });
  }
  /** @type {Record<string, () => number>} */
  const samples = {};
  const works = new Map();
  for (const { operation, k, n, sparse } of CASES) {
    const { run, difference, executed } = await prepare(
      operation,
      n,
      k,
      sparse ? images : undefined,
    );
    const kernel = `${NAMES[operation]}, ${operation === 'relu' ? `${n} × ${M}` : `${k} → ${n}`}${sparse ? ', images' : ''}`;
    if (!(difference <= BOUND)) throw new Error(`${kernel} is ${difference} from float64`);
    works.set(kernel, workOf(operation, n, k, sparse ? executed : undefined));
    samples[kernel] = sampler(run, SAMPLE);
  }
  progress('the kernels under the roofline');
  const timings = await timeInTurns(samples, ROUNDS);
  const points = Object.entries(timings).map(([kernel, timing]) => {
    const { flop, bytes } = works.get(kernel);
    return { kernel, intensity: flop / bytes, rate: flop / timing.ms / 1e6, timing };
  });
  return { slopes, points };
}

/** @type {Record<string, string>} */
const NAMES = {
  affine: 'Z',
  weightGradient: 'dW',
  relu: 'ReLU',
  sgd: 'SGD',
};

/**
 * What a kernel computes, and the bytes of its operands.
 *
 * @param {import('./kernels.js').Operation} operation
 * @param {number} n
 * @param {number} k
 * @param {number} [nonzeros] the share of the inputs that is not zero, where the others are skipped
 */
export function workOf(operation, n, k, nonzeros) {
  // A parameter and its gradient are read, the next parameter is written.
  if (operation === 'sgd') return { flop: 2 * n * k, bytes: 12 * n * k };
  if (operation === 'relu') return { flop: n * M, bytes: 8 * n * M };
  const flop = 2 * n * k * M * (nonzeros ?? 1);
  // A pair has twice the bytes of an input; a gradient of nonzeros is read and written.
  const inputs = nonzeros === undefined ? 4 * k * M : 8 * k * M * nonzeros;
  const passes = nonzeros !== undefined && operation === 'weightGradient' ? 2 : 1;
  return { flop, bytes: inputs + 4 * n * M + 4 * n * k * passes };
}
