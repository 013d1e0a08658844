/** One update of all parameters by each optimizer's kernel. */
import { loadKernels, loadOptimizers } from './from-tests.js';
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
  const { OPTIMIZERS, advance, checkedOptimizer, initialState, stateBlocks } =
    await loadOptimizers();
  const rows = [];
  for (const count of COUNTS) {
    const { kernels, next, p, g, kept } = await arrays(Bench, count);
    const cases = /** @type {[string, number, () => unknown][]} */ (
      OPTIMIZERS.map((name, i) => {
        const optimizer = checkedOptimizer('optimizer', name);
        const state = initialState(optimizer, kept, []);
        advance(state);
        const { values, t, at, bt } = state;
        const [a = 0, b = 0, c = 0, d = 0] = values;
        const shared = /** @type {const} */ ([next, p, g, kept, count * 4, count, 1, 1e-3, 1]);
        const run = () => kernels.step(i, ...shared, t, at, bt, a, b, c, d);
        return [name, 12 + 8 * stateBlocks(optimizer), run];
      })
    );
    cases.push(
      ['weight decay and clipping', 12, () => kernels.regularize(g, p, 0.999, 1e-3, count)],
      ['norm of the gradients', 4, () => kernels.sumOfSquares(g, count)],
    );
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
 * Gradients, parameters and what the optimizers keep of them: no negative numbers, for some take roots.
 *
 * @param {typeof import('../test/assembly/kernels.ts').Bench} Bench
 * @param {number} count
 */
async function arrays(Bench, count) {
  const core = await Bench.create();
  const { kernels } = core;
  kernels.memory.grow(Math.ceil((6 * count * 4) / 65536));
  const values = Float32Array.from({ length: count }, (_, i) => Math.sin(i) / 10);
  const squares = Float32Array.from({ length: 3 * count }, (_, i) => Math.sin(i) ** 2 / 100);
  const floats = (/** @type {Float32Array} */ array) => core.floats(array);
  return {
    kernels,
    next: floats(values),
    p: floats(values),
    g: floats(values),
    kept: floats(squares),
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
