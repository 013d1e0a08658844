import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { instantiate } from '@assemblyscript/loader';
import { compileAssembly } from './compile.js';

/**
 * The probe's rate: the most 128-bit arithmetic that this engine gets out of a core of this machine, without
 * a kernel's other work; the best that either form of probe/registers.ts reached. It is no peak: of a
 * processor with wider vectors and fused multiply-add it is a fraction, and a kernel may exceed it by a
 * little. Several threads share cores, their clock and their heat, so theirs is the sum of what each
 * reached while the others ran too.
 *
 * @param {number} [threads]
 * @returns {Promise<number>} GFLOP/s
 */
export async function measureProbe(threads = 1) {
  const workerData = {
    module: await probe('registers'),
    // How many have come to a meeting of all of them.
    arrived: new Int32Array(new SharedArrayBuffer(4)),
    threads,
  };
  const script = new URL('./probe-worker.js', import.meta.url);
  const rates = Array.from({ length: threads }, async () => {
    const [rate] = await once(new Worker(script, { workerData }), 'message');
    return rate;
  });
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
}

/** How long each of the others is measured, in ms, and how often at least; the best of all times counts. */
const TIME = 400;
const LEAST = 8;

/**
 * The clock of a core while it runs WebAssembly (probe/clock.ts).
 *
 * @returns {Promise<number>} GHz
 */
export async function measureClock() {
  // Short, for what others take of the machine comes in between.
  const steps = 400_000;
  const { chain } = await exportsOf('clock');
  // Back where it began, after an even number of steps.
  return best(() => {
    if (chain(steps, 5, -1, -1) !== 5) throw new Error('the probe of the clock computes wrongly');
    return 2 * steps;
  });
}

/**
 * What a core can read and write (probe/memory.ts): three arrays of `bytes` in all, which one after the other
 * are gone through again and again.
 *
 * @param {number} bytes a multiple of 96
 * @returns {Promise<number>} GB/s
 */
export async function measureBandwidth(bytes) {
  const { triad, memory } = await exportsOf('memory');
  const count = bytes / 12;
  const first = 65_536;
  memory.grow(Math.ceil((bytes + first) / 65_536));
  const [a, b, c] = [first, first + count * 4, first + count * 8];
  const floats = new Float32Array(memory.buffer);
  floats.fill(1, b / 4, c / 4);
  floats.fill(2, c / 4, c / 4 + count);
  const repetitions = Math.max(1, Math.round(4e7 / bytes));
  const rate = best(() => {
    for (let i = 0; i < repetitions; i++) triad(a, b, c, 0.5, count);
    return repetitions * bytes;
  });
  if (floats[a / 4] !== 2 || floats[a / 4 + count - 1] !== 2) {
    throw new Error('the probe of the memory computes wrongly');
  }
  return rate;
}

/**
 * @param {() => number} run returns how much it did
 * @returns {number} 10⁹ a second
 */
function best(run) {
  let rate = 0;
  const end = performance.now() + TIME;
  for (let i = 0; i < LEAST || performance.now() < end; i++) {
    const began = performance.now();
    const done = run();
    rate = Math.max(rate, done / (performance.now() - began) / 1e6);
  }
  return rate;
}

/** @param {string} name */
async function probe(name) {
  return new WebAssembly.Module(await compileAssembly([`bench/probe/${name}.ts`]));
}

/** @param {string} name */
async function exportsOf(name) {
  const { exports } = await instantiate(await probe(name));
  return /** @type {Record<string, any>} */ (/** @type {unknown} */ (exports));
}
