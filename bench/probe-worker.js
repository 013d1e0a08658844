/** A thread that the probe runs in (probe.js): the best of its times, beside those of the others. */
import { parentPort, workerData } from 'node:worker_threads';
import { instantiate } from '@assemblyscript/loader';

/** Some 15 ms, and how often: what others take of the machine meanwhile only makes it slower. */
const STEPS = 10_000_000;
const TIMES = 15;

/** @typedef {(steps: number, ...ys: number[]) => number} Probe */

/** @type {{ module: WebAssembly.Module, arrived: Int32Array, threads: number }} */
const { module, arrived, threads } = workerData;
const { exports } = await instantiate(module);
const { twoByFour, threeByThree } = /** @type {Record<string, Probe>} */ (
  /** @type {any} */ (exports)
);
if (!twoByFour || !threeByThree) throw new Error('the probe has another form');

let best = 0;
for (let i = 0; i < TIMES; i++) {
  best = Math.max(
    best,
    rateOf(() => twoByFour(STEPS, 1, 0.5, 0.25, 0.25), 2, 8),
    rateOf(() => threeByThree(STEPS, 1, 0.5, 0.5), 3, 9),
  );
}
parentPort?.postMessage(best);

/**
 * @param {() => number} probe whose ys sum to 2
 * @param {number} vectors how many it loads a step
 * @param {number} sums how many products it adds a step, of four lanes
 * @returns {number} GFLOP/s
 */
function rateOf(probe, vectors, sums) {
  meet();
  const began = performance.now();
  const sum = probe();
  const ms = performance.now() - began;
  const expected = 4 * STEPS * vectors * 2;
  if (sum !== expected) throw new Error(`the probe gave ${sum}, expected ${expected}`);
  return (sums * 4 * 2 * STEPS) / ms / 1e6;
}

/** Waits for all threads, so that none measures what it reaches alone. */
function meet() {
  const place = Atomics.add(arrived, 0, 1);
  const last = place - (place % threads) + threads;
  while (Atomics.load(arrived, 0) < last);
}
