/**
 * `npm run bench`: how fast relumax trains, beside its twin in plain JavaScript and NumPy, on one
 * thread. Before the timing it shows that the three train the same. With --json it prints the
 * figures as JSON.
 */
import { parseArgs } from 'node:util';
import { Network } from 'relumax';
import { Bench } from 'tinybench';
import { loadTrainingImages } from './data.js';
import { checkEquality } from './equality.js';
import { NO_NUMPY, Numpy, withIdxFolder } from './numpy.js';
import { progress } from './progress.js';
import { describeMachine, formatResults } from './report.js';
import { TwinThread } from './twin-thread.js';
import { denseFlop, nameOf, WORKS } from './works.js';

/** @typedef {import('./works.js').Work} Work */

/** The least samples of each figure, and the least time that they take, in ms. */
const SAMPLES = 5;
const TIME = 2_000;

/** What NumPy is given to do; its first epoch warms it up and does not count. */
const NUMPY_EPOCHS = 11;

const { json } = parseArgs({ options: { json: { type: 'boolean', default: false } } }).values;

progress('loading');
const { train, source } = await loadTrainingImages();
const numpy = await Numpy.find();
progress('comparing the trainers');
const equality = await checkEquality(train, numpy);

const rows = [];
const copying = [];
for (const work of WORKS) {
  const { relumax, twin, copyingMs } = await timeHere(work);
  const rival = numpy && (await timeNumpy(numpy, work));
  for (const timing of [relumax, twin, rival]) {
    if (timing === undefined) continue;
    rows.push({
      work: nameOf(work),
      ...timing,
      imagesPerSecond: (train.length / timing.ms) * 1e3,
      gflops: (denseFlop(work) * train.length) / timing.ms / 1e6,
      speedOfTwin: twin.ms / timing.ms,
      speedOfNumpy: rival && rival.ms / timing.ms,
    });
  }
  copying.push({ work: nameOf(work), ms: copyingMs });
}
progress('');

const results = {
  ...describeMachine(),
  numpy: numpy?.version ?? NO_NUMPY,
  data: source,
  equality,
  rows,
  copying,
};
console.log(json ? JSON.stringify(results, undefined, 2) : formatResults(results));

/**
 * Times relumax and the twin.
 *
 * A sample of relumax's is the epoch's own time, as `fit` reports it; what `fit` takes besides, for
 * the copying of the images, is given separately.
 *
 * @param {Work} work
 */
async function timeHere(work) {
  const { layers, batchSize, learningRate } = work;
  const network = await Network.create({ layers, seed: 1 });
  const { inputs, labels } = train;
  const parameters = network.parameters();
  const thread = new TwinThread({ parameters, inputs, labels, batchSize, learningRate });
  /** @type {number[]} */
  const besides = [];

  const bench = new Bench({
    iterations: SAMPLES,
    time: TIME,
    warmupIterations: 1,
    warmupTime: 0,
    throws: true,
  });
  const whole = { async: true };
  bench.add(
    'relumax',
    async () => {
      const began = performance.now();
      const { epochs } = await network.fit(train, { batchSize, learningRate });
      const fit = performance.now() - began;
      const epoch = (epochs[0]?.seconds ?? NaN) * 1e3;
      besides.push(fit - epoch);
      return { overriddenDuration: epoch, overriddenIterationCost: fit };
    },
    whole,
  );
  bench.add('twin', async () => ({ overriddenDuration: await thread.epoch() }), whole);
  bench.addEventListener('start', () => progress(nameOf(work)));
  bench.addEventListener('cycle', ({ task }) =>
    progress(`${nameOf(work)}: ${task?.name} is timed`),
  );
  await bench.run();
  await thread.end();
  return {
    relumax: timingOf(bench, 'relumax'),
    twin: timingOf(bench, 'twin'),
    copyingMs: median(besides),
  };
}

/**
 * What tinybench measured.
 *
 * @param {Bench} bench
 * @param {string} trainer
 */
function timingOf(bench, trainer) {
  const result = bench.getTask(trainer)?.result;
  if (result?.state !== 'completed') throw new Error(`${trainer} was not timed: ${result?.state}`);
  const { p50, min, max, samplesCount } = result.latency;
  return { trainer, ms: p50, fastest: min, slowest: max, samples: samplesCount };
}

/**
 * Times NumPy, which has the images as float32 already.
 *
 * @param {Numpy} numpy
 * @param {Work} work
 */
async function timeNumpy(numpy, work) {
  progress(`${nameOf(work)}: NumPy`);
  const runs = await withIdxFolder(train, (folder) =>
    numpy.train({ folder, ...work, epochs: NUMPY_EPOCHS }, ['--no-test']),
  );
  const samples = (runs[0]?.epochs ?? []).slice(1).map(({ seconds }) => seconds * 1e3);
  return {
    trainer: 'NumPy',
    ms: median(samples),
    fastest: Math.min(...samples),
    slowest: Math.max(...samples),
    samples: samples.length,
  };
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle) - 1] ?? NaN)) / 2;
}
