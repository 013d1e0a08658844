/** Whole training: an epoch of relumax, of both forms of the twin, and of NumPy. */
import { Network } from 'relumax';
import { imagesOf, nonzeroShare } from './data.js';
import { withIdxFolder } from './numpy.js';
import { progress } from './terminal.js';
import { median, timeEach, timingFrom } from './timing.js';
import { TwinThread } from './twin-thread.js';
import { denseFlop, executedShare, nameOf, WORKS } from './works.js';

/**
 * @typedef {import('./works.js').Work} Work
 * @typedef {import('./timing.js').Timing} Timing
 */

/**
 * How long one trainer took for one work.
 *
 * @typedef {object} TrainingRow
 * @property {string} work
 * @property {'relumax' | 'skipping' | 'twin' | 'numpy'} trainer
 * @property {Timing} timing of an epoch
 * @property {number} images of an epoch
 * @property {number} imagesPerSecond at the median
 * @property {number} gflops at the median, counted densely (works.js)
 * @property {number} [executed] the share of these operations that is done
 * @property {number} [difference] from the oracle (equality.js)
 * @property {number} slower how many times relumax's time it takes
 */

/** How long each is sampled, in ms. */
const TIME = 2_000;

/** What NumPy is given to do; its first epoch warms it up and does not count. */
const NUMPY_EPOCHS = 11;

/**
 * @param {import('relumax').Dataset} train
 * @param {import('./numpy.js').Numpy | undefined} numpy
 * @param {import('./equality.js').Difference[]} equality
 * @returns {Promise<{ rows: TrainingRow[], copying: { work: string, ms: number }[] }>} `copying`:
 *   what `fit` takes besides its epochs, mostly to copy the images in
 */
export async function benchTraining(train, numpy, equality) {
  /** @type {TrainingRow[]} */
  const rows = [];
  const copying = [];
  for (const [i, work] of WORKS.entries()) {
    const images = imagesOf(train, work, work.images);
    const { timings, copyingMs } = await timeHere(work, images);
    const rival = numpy && (await timeNumpy(numpy, work, images));
    const executed = executedShare(work, nonzeroShare(images));
    const all = rival ? { ...timings, numpy: rival } : timings;
    for (const [name, timing] of Object.entries(all)) {
      const trainer = /** @type {TrainingRow['trainer']} */ (name);
      const difference = trainer === 'numpy' ? undefined : equality[i]?.oracle[trainer];
      rows.push({
        work: nameOf(work),
        trainer,
        timing,
        images: images.length,
        imagesPerSecond: (images.length / timing.ms) * 1e3,
        gflops: (denseFlop(work) * images.length) / timing.ms / 1e6,
        executed: trainer === 'relumax' || trainer === 'skipping' ? executed : 1,
        ...(difference !== undefined && { difference }),
        slower: timing.ms / timings.relumax.ms,
      });
    }
    copying.push({ work: nameOf(work), ms: copyingMs });
  }
  return { rows, copying };
}

/**
 * Times relumax and the twins. A sample of relumax's is the epoch's own time, as `fit` reports it.
 *
 * @param {Work} work
 * @param {import('relumax').Dataset} images
 */
async function timeHere(work, images) {
  const { layers, batchSize, learningRate, withoutZeros } = work;
  const network = await Network.create({ layers, seed: 1 });
  const { inputs, labels } = images;
  const parameters = network.parameters();
  const job = { parameters, inputs, labels, batchSize, learningRate };
  const dense = new TwinThread({ ...job, skipZeros: false });
  const skipping = new TwinThread({ ...job, skipZeros: true });
  /** @type {number[]} */
  const besides = [];
  const relumax = async () => {
    const began = performance.now();
    const { epochs } = await network.fit(images, { batchSize, learningRate });
    const epoch = (epochs[0]?.seconds ?? NaN) * 1e3;
    besides.push(performance.now() - began - epoch);
    return epoch;
  };
  const twin = () => dense.epoch();
  const onNext = (/** @type {string} */ name) => progress(`${nameOf(work)}: ${name}`);
  const timings = withoutZeros
    ? // There is nothing to skip.
      await timeEach({ relumax, twin }, TIME, onNext)
    : await timeEach({ relumax, skipping: () => skipping.epoch(), twin }, TIME, onNext);
  await dense.end();
  await skipping.end();
  network.dispose();
  return { timings, copyingMs: median(besides) };
}

/**
 * Times NumPy, which has the images as float32 already.
 *
 * @param {import('./numpy.js').Numpy} numpy
 * @param {Work} work
 * @param {import('relumax').Dataset} images
 */
async function timeNumpy(numpy, work, images) {
  progress(`${nameOf(work)}: NumPy`);
  const runs = await withIdxFolder(images, (folder) =>
    numpy.train({ folder, ...work, epochs: NUMPY_EPOCHS }, ['--no-test']),
  );
  return timingFrom((runs[0]?.epochs ?? []).slice(1).map(({ seconds }) => seconds * 1e3));
}
