import { fileURLToPath } from 'node:url';
import { instantiate } from '@assemblyscript/loader';
import asc from 'assemblyscript/asc';

/** Some 15 ms, and how often: what others take of the machine meanwhile only makes it slower. */
const STEPS = 10_000_000;
const TIMES = 15;

/**
 * The most arithmetic that a core of this machine does on 128-bit vectors: the best that either form
 * of the probe (probe/peak.ts) reached.
 *
 * @returns {Promise<number>} GFLOP/s
 */
export async function measurePeak() {
  const { twoByFour, threeByThree } = await compileProbe();
  let peak = 0;
  for (let i = 0; i < TIMES; i++) {
    peak = Math.max(
      peak,
      rateOf(() => twoByFour(STEPS, 1, 0.5, 0.25, 0.25), 2, 8),
      rateOf(() => threeByThree(STEPS, 1, 0.5, 0.5), 3, 9),
    );
  }
  return peak;
}

/**
 * @param {() => number} probe whose ys sum to 2
 * @param {number} vectors how many it loads a step
 * @param {number} sums how many products it adds a step, of four lanes
 * @returns {number} GFLOP/s
 */
function rateOf(probe, vectors, sums) {
  const began = performance.now();
  const sum = probe();
  const ms = performance.now() - began;
  const expected = 4 * STEPS * vectors * 2;
  if (sum !== expected) throw new Error(`the probe of the peak gave ${sum}, expected ${expected}`);
  return (sums * 4 * 2 * STEPS) / ms / 1e6;
}

/** As the core is compiled (asconfig.json). */
const OPTIONS = ['-O3', '--enable', 'simd', '--runtime', 'stub'];

/** @typedef {(steps: number, ...ys: number[]) => number} Probe */

/** @returns {Promise<{ twoByFour: Probe, threeByThree: Probe }>} */
async function compileProbe() {
  const folder = fileURLToPath(new URL('./probe', import.meta.url));
  /** @type {Uint8Array | undefined} */
  let bytes;
  const { error, stderr } = await asc.main(
    ['peak.ts', '--baseDir', folder, '--outFile', 'peak.wasm', ...OPTIONS],
    {
      writeFile(_, contents) {
        bytes = /** @type {Uint8Array} */ (contents);
      },
    },
  );
  if (error || bytes === undefined) throw new Error(`the probe did not compile: ${stderr}`);
  const { exports } = await instantiate(bytes);
  return /** @type {any} */ (exports);
}
