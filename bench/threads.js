/** All that runs on several threads, beside the same on one: training, prediction and the preset. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Network } from 'relumax';
import { firstExamples, imagesOf, nonzeroShare } from './data.js';
import { loadPreset } from './from-tests.js';
import { measureProbe } from './probe.js';
import { progress, threadCounts } from './terminal.js';
import { median, timingFrom } from './timing.js';
import {
  convolutionFlop,
  denseFlop,
  executedForward,
  executedShare,
  forwardFlop,
  nameOf,
  WORKS,
} from './works.js';

/** @typedef {import('./timing.js').Timing} Timing */

/**
 * What some threads did of one work.
 *
 * @typedef {object} ThreadRow
 * @property {string} work
 * @property {number} threads
 * @property {Timing} timing of an epoch, or a call
 * @property {number} images of it
 * @property {number} speedup the median of one thread, by that of these
 * @property {number} gflops at the median, counted densely (works.js)
 * @property {number} [executed] the share of these operations that is done; undefined where that is not known
 * @property {number} probe GFLOP/s of as many threads at once
 */

/**
 * What is timed, made for one number of threads.
 *
 * @typedef {object} Runner
 * @property {() => Promise<number>} sample ms of an epoch, or a call
 * @property {() => string} outcome by which the threads are compared
 * @property {() => void} end
 */

/**
 * @typedef {object} Case
 * @property {string} work
 * @property {number} images
 * @property {number} flop of an image, counted densely
 * @property {number} [executed] the share of it that is done
 * @property {(threads: number) => Promise<Runner>} create
 */

/** How often each number of threads is timed; the first time does not count. */
const ROUNDS = 8;

/** Epochs, or calls, of a turn: its sample is the median of all but the first, for which helpers come. */
const REPETITIONS = 4;

/** How many images an epoch of the preset has here. */
const PRESET_IMAGES = 12_000;

const PREDICTED = 10_000;

/**
 * @param {import('relumax').Dataset} train
 * @returns {Promise<ThreadRow[]>}
 * @throws Error where the outcome depends on the number of threads
 */
export async function benchThreads(train) {
  const counts = threadCounts();
  /** @type {Map<number, number>} */
  const probes = new Map();
  const measureProbes = async () => {
    for (const threads of counts) {
      progress(`the probe on ${threads} threads`);
      probes.set(threads, Math.max(probes.get(threads) ?? 0, await measureProbe(threads)));
    }
  };
  await measureProbes();
  const results = [];
  for (const { work, images, flop, executed, create } of await casesOf(train)) {
    const timings = await timeAlternately(work, counts, create);
    const one = timings.get(1)?.ms ?? NaN;
    for (const [threads, timing] of timings) {
      const gflops = (flop * images) / timing.ms / 1e6;
      const speedup = one / timing.ms;
      results.push({
        work,
        threads,
        timing,
        images,
        speedup,
        gflops,
        ...(executed && { executed }),
      });
    }
  }
  await measureProbes();
  return results.map((row) => ({ ...row, probe: probes.get(row.threads) ?? NaN }));
}

/**
 * Lets every number of threads have its turn, again and again, so that whatever slows the machine down for
 * a while meets all of them.
 *
 * @param {string} work
 * @param {number[]} counts
 * @param {(threads: number) => Promise<Runner>} create
 */
async function timeAlternately(work, counts, create) {
  /** @type {Map<number, { runner: Runner, samples: number[] }>} */
  const turns = new Map();
  for (const threads of counts) {
    turns.set(threads, { runner: await create(threads), samples: [] });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [threads, { runner, samples }] of turns) {
      progress(`${work}: ${threads} threads`);
      const sample = await runner.sample();
      if (round > 0) samples.push(sample);
    }
  }
  const all = [...turns];
  const outcomes = new Set(all.map(([, { runner }]) => runner.outcome()));
  for (const [, { runner }] of all) runner.end();
  if (outcomes.size > 1) throw new Error(`${work}: the bits depend on the number of threads`);
  return new Map(all.map(([threads, { samples }]) => [threads, timingFrom(samples)]));
}

/**
 * @param {import('relumax').Dataset} train
 * @returns {Promise<Case[]>}
 */
async function casesOf(train) {
  const trainings = WORKS.map((work) => {
    const { layers, batchSize, learningRate } = work;
    const images = imagesOf(train, work, work.images);
    const flop = denseFlop({ layers });
    const executed = executedShare({ layers }, nonzeroShare(images));
    const options = { batchSize, learningRate };
    return { ...training(nameOf(work), { layers }, flop, images, options), executed };
  });
  return [...trainings, await presetTraining(train), prediction(train)];
}

/**
 * What `relumax train --preset best` does with images.
 *
 * @param {import('relumax').Dataset} train
 */
async function presetTraining(train) {
  const { architecture, options } = await loadPreset([28, 28, 1], train.classes);
  const { input, layers, text } = architecture;
  const images = firstExamples(train, PRESET_IMAGES);
  const flop = convolutionFlop(architecture);
  return training(`--preset best, ${text}`, { input, layers }, flop, images, options);
}

/**
 * @param {string} work
 * @param {Pick<import('relumax').NetworkOptions, 'input' | 'layers'>} network
 * @param {number} flop of an example
 * @param {import('relumax').Dataset} images
 * @param {import('relumax').FitOptions} options
 * @returns {Case}
 */
function training(work, network, flop, images, options) {
  return {
    work,
    images: images.length,
    flop,
    async create(threads) {
      const trained = await Network.create({ ...network, seed: 1, threads });
      return {
        async sample() {
          const { epochs } = await trained.fit(images, { ...options, epochs: REPETITIONS });
          return 1e3 * median(epochs.slice(1).map(({ seconds }) => seconds));
        },
        outcome: () => hashOf(trained.save()),
        end: () => trained.dispose(),
      };
    },
  };
}

/**
 * @param {import('relumax').Dataset} train
 * @returns {Case}
 */
function prediction(train) {
  const images = firstExamples(train, PREDICTED);
  const { inputs, features, classes } = images;
  const layers = [features, 128, classes];
  return {
    work: `predict, ${layers.join('-')}`,
    images: PREDICTED,
    flop: forwardFlop({ layers }),
    executed: executedForward({ layers }, nonzeroShare(images)),
    async create(threads) {
      const network = await Network.create({ layers, seed: 1, threads });
      return {
        async sample() {
          const times = [];
          for (let call = 0; call < REPETITIONS; call++) {
            const began = performance.now();
            network.predict(inputs);
            times.push(performance.now() - began);
            // Helpers that have been asked for come while nothing else runs.
            await setImmediate();
          }
          return median(times.slice(1));
        },
        outcome: () => hashOf(network.predict(inputs)),
        end: () => network.dispose(),
      };
    },
  };
}

/** @param {NodeJS.ArrayBufferView} values */
function hashOf(values) {
  return createHash('sha256').update(values).digest('hex');
}
