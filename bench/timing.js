import { Bench } from 'tinybench';

/**
 * How long something took.
 *
 * @typedef {object} Timing
 * @property {number} ms median of the samples, as `fastest` and `slowest` in ms
 * @property {number} fastest
 * @property {number} slowest
 * @property {number} samples
 */

/** The least samples of each figure. */
const SAMPLES = 5;

/**
 * Times functions by tinybench, one after the other. Each returns what a sample of it took, in ms,
 * and may have done more than that.
 *
 * @template {string} Name
 * @param {Record<Name, () => number | Promise<number>>} functions
 * @param {number} time how long each is sampled, in ms
 * @param {(name: string) => void} [onNext] told what comes next
 * @returns {Promise<Record<Name, Timing>>}
 */
export async function timeEach(functions, time, onNext) {
  const bench = new Bench({
    iterations: SAMPLES,
    time,
    warmupIterations: 2,
    warmupTime: 0,
    throws: true,
  });
  const names = /** @type {Name[]} */ (Object.keys(functions));
  for (const name of names) {
    const sample = async () => {
      const began = performance.now();
      const overriddenDuration = await functions[name]();
      return { overriddenDuration, overriddenIterationCost: performance.now() - began };
    };
    bench.add(name, sample, { async: true, beforeAll: () => onNext?.(name) });
  }
  await bench.run();
  return /** @type {Record<Name, Timing>} */ (
    Object.fromEntries(names.map((name) => [name, timingOf(bench, name)]))
  );
}

/**
 * Times functions in turns, so that whatever slows the machine down for a while meets all of them. Each returns
 * what a sample of it took, in ms.
 *
 * @template {string} Name
 * @param {Record<Name, () => number | Promise<number>>} functions
 * @param {number} rounds
 * @returns {Promise<Record<Name, Timing>>}
 */
export async function timeInTurns(functions, rounds) {
  const names = /** @type {Name[]} */ (Object.keys(functions));
  /** @type {Map<Name, number[]>} */
  const samples = new Map(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, taken] of samples) {
      const sample = await functions[name]();
      // The first round warms up.
      if (round > 0) taken.push(sample);
    }
  }
  return /** @type {Record<Name, Timing>} */ (
    Object.fromEntries([...samples].map(([name, taken]) => [name, timingFrom(taken)]))
  );
}

/**
 * Something that runs as often as it takes to be measured, and returns what one took, in ms. Its first sample finds
 * out how often that is.
 *
 * @param {() => unknown} run
 * @param {number} ms how long a sample is to be
 */
export function sampler(run, ms) {
  let times = 0;
  const sample = () => {
    const began = performance.now();
    for (let i = 0; i < times; i++) run();
    return (performance.now() - began) / times;
  };
  return () => {
    // V8 has optimised it after some milliseconds.
    for (let spent = 0, next = 1; times === 0 || (next !== times && spent < 5 * ms); ) {
      times = next;
      const took = sample();
      spent += took * times;
      next = Math.max(1, Math.round(ms / Math.max(took, 1e-6)));
    }
    return sample();
  };
}

/**
 * @param {Bench} bench
 * @param {string} name
 * @returns {Timing}
 */
function timingOf(bench, name) {
  const result = bench.getTask(name)?.result;
  if (result?.state !== 'completed') throw new Error(`${name} was not timed: ${result?.state}`);
  const { p50, min, max, samplesCount } = result.latency;
  return { ms: p50, fastest: min, slowest: max, samples: samplesCount };
}

/**
 * The timing that samples give.
 *
 * @param {number[]} samples in ms
 * @returns {Timing}
 */
export function timingFrom(samples) {
  return {
    ms: median(samples),
    fastest: Math.min(...samples),
    slowest: Math.max(...samples),
    samples: samples.length,
  };
}

/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle) - 1] ?? NaN)) / 2;
}
