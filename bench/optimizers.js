/** One update of all parameters by each optimizer's kernel. */
import { loadKernels } from './from-tests.js';
import { progress } from './terminal.js';
import { timeEach } from './timing.js';

/**
 * @typedef {object} OptimizerRow
 * @property {string} optimizer
 * @property {number} parameters
 * @property {import('./timing.js').Timing} timing
 * @property {number} ns for each parameter, at the median
 * @property {number} bytes that are read and written for each parameter
 */

/** 784-128-10's, which a cache holds, and as many as it does not. */
const COUNTS = [101_776, 4_000_000];

const TIME = 300;

/** For how many parameters a sample is, at least. */
const SAMPLE = 4_000_000;

/** @returns {Promise<OptimizerRow[]>} */
export async function benchOptimizers() {
  const { Bench } = await loadKernels();
  const rows = [];
  for (const count of COUNTS) {
    const { kernels, ...memory } = await arrays(Bench, count);
    const { next, p, g, u, v } = memory;
    const cases = /** @type {const} */ ([
      ['SGD', 12, () => kernels.sgd(next, p, g, 1e-3, count)],
      ['momentum', 20, () => kernels.momentum(next, v, p, g, 1, 1e-3, 0.9, false, count)],
      ['Nesterov', 20, () => kernels.momentum(next, v, p, g, 1, 1e-3, 0.9, true, count)],
      ['Adam', 28, () => kernels.adam(next, u, v, p, g, 1, 1e-3, 1, 0.9, 0.999, 1e-8, 1, count)],
      ['weight decay and clipping', 12, () => kernels.regularize(g, p, 0.999, 1e-3, count)],
      ['norm of the gradients', 4, () => kernels.sumOfSquares(g, count)],
    ]);
    const times = Math.max(1, Math.round(SAMPLE / count));
    for (const [optimizer, bytes, run] of cases) {
      progress(`${optimizer}, ${count} parameters`);
      const { timing } = await timeEach({ timing: () => sampled(run, times) }, TIME);
      rows.push({ optimizer, parameters: count, timing, ns: (timing.ms * 1e6) / count, bytes });
    }
  }
  return rows;
}

/**
 * Gradients, parameters and what the optimizers keep of them.
 *
 * @param {typeof import('../test/assembly/kernels.ts').Bench} Bench
 * @param {number} count
 */
async function arrays(Bench, count) {
  const core = await Bench.create();
  const { kernels } = core;
  kernels.memory.grow(Math.ceil((5 * count * 4) / 65536));
  const values = Float32Array.from({ length: count }, (_, i) => Math.sin(i) / 10);
  const squares = values.map((value) => value * value);
  const floats = (/** @type {Float32Array} */ array) => core.floats(array);
  return {
    kernels,
    next: floats(values),
    p: floats(values),
    g: floats(values),
    u: floats(values),
    v: floats(squares),
  };
}

/**
 * @param {() => unknown} run
 * @param {number} times
 * @returns {number} ms for one
 */
function sampled(run, times) {
  const began = performance.now();
  for (let i = 0; i < times; i++) run();
  return (performance.now() - began) / times;
}
