import { readFileSync } from 'node:fs';
import { readTask } from './data.js';
import { TEST } from './works.js';

/**
 * What the parent asks of a child, as JSON in its first argument.
 *
 * @typedef {object} Job
 * @property {import('./works.js').Work} work
 * @property {string} folder where data.js wrote the data
 * @property {import('./data.js').Architecture} architecture of the work's network
 * @property {number} images how many images a timed epoch takes, or a prediction of many
 * @property {number} warmUpImages how many the first, untimed epoch takes
 * @property {number} least repetitions
 * @property {number} most repetitions
 * @property {number} seconds after which no further repetition begins
 * @property {number} seed
 * @property {number} threads
 * @property {string} [variant] which of the ways to run the peer
 */

/**
 * What a child answers, as JSON on stdout.
 *
 * @typedef {object} Answer
 * @property {string} version
 * @property {string} how in words, how the peer was run
 * @property {number[]} times ms of each repetition, scaled up to all of the work's images; each
 *   image's where one image is the work
 * @property {number | undefined} accuracy of the test images
 */

/** @typedef {import('./data.js').Task} Task */

/**
 * A peer, as it offers itself to `serve`.
 *
 * @typedef {object} Peer
 * @property {string} version
 * @property {string | ((variant?: string) => string)} how
 * @property {(task: Task) => Trainer | Promise<Trainer>} [trainer]
 * @property {(task: Task) => Predictor | Promise<Predictor>} [predictor]
 * @property {(work: import('./works.js').Work, seed: number) => Promise<{ ms: number, accuracy: number, epochs: number }>} [toAccuracy]
 */

/**
 * @typedef {object} Trainer
 * @property {(images: number) => void | Promise<void>} [epoch] trains on that many of the images,
 *   in a new random order, and returns when that is done
 * @property {(onEpoch: () => boolean) => Promise<void>} [epochs] or: trains on all images for epoch
 *   after epoch, until the callback, called after each, returns false
 * @property {() => number | Promise<number>} accuracy of the test images
 */

/**
 * @typedef {object} Predictor
 * @property {(i: number) => unknown} one gives the probabilities of test image i
 * @property {() => ArrayLike<number> | Promise<ArrayLike<number>>} many gives those of all of them
 * @property {boolean} [ownMathematics] whether its answers are no probabilities of softmax's
 */

/**
 * Does the job that the parent gave this process.
 *
 * @param {Peer} peer
 */
export async function serve(peer) {
  /** @type {Job} */
  const job = JSON.parse(process.argv[2] ?? '');
  const how = typeof peer.how === 'string' ? peer.how : peer.how(job.variant);
  const answer = { version: peer.version, how, ...(await run(peer, job)) };
  process.stdout.write(JSON.stringify(answer));
}

/**
 * @param {Peer} peer
 * @param {Job} job
 */
async function run(peer, job) {
  const { kind } = job.work;
  if (kind === 'accuracy') {
    if (!peer.toAccuracy) throw new Error('not measured');
    const { ms, accuracy, epochs } = await peer.toAccuracy(job.work, job.seed);
    return { times: [ms], accuracy, epochs };
  }
  const { folder, work, architecture, images, variant, threads } = job;
  const task = { ...readTask(folder, work, architecture, images), variant, threads };
  if (kind === 'epoch') {
    if (!peer.trainer) throw new Error('does not train');
    return timeEpochs(await peer.trainer(task), job, task.labels.length);
  }
  if (!peer.predictor) throw new Error('not measured');
  const predictor = await peer.predictor(task);
  checkScores(await predictor.many(), task, predictor);
  return kind === 'one' ? timeOne(predictor, task, job) : timeMany(predictor, job);
}

/** More than rounding to float32 makes of a probability. */
const BOUND = 1e-4;

/**
 * Throws where the probabilities of the first test images are not those of the float64 oracle.
 *
 * @param {ArrayLike<number>} scores
 * @param {Task} task
 * @param {Predictor} predictor
 */
function checkScores(scores, { testLabels, expected }, { ownMathematics = false }) {
  if (scores.length !== testLabels.length * 10) throw new Error('wrong number of probabilities');
  if (ownMathematics) return;
  for (const [i, want] of expected.entries()) {
    const off = Math.abs(Number(scores[i]) - want);
    if (!(off <= BOUND)) throw new Error(`probability ${i} is ${scores[i]}, expected ${want}`);
  }
}

/**
 * The first epoch warms up. Where the trainer goes through its epochs by itself, the clock is read
 * between them.
 *
 * @param {Trainer} trainer
 * @param {Job} job
 * @param {number} length how many training images there are
 */
async function timeEpochs(trainer, job, length) {
  const whole = job.warmUpImages === length;
  const after = whole ? (job.work.accuracyAfter ?? 1) : 0;
  /** @type {number[]} */
  const times = [];
  let epochs = 0;
  let began = 0;
  let accuracy;

  /** @param {number} ms of the epoch that has ended */
  const count = (ms) => {
    epochs++;
    if (epochs === 1) began = performance.now();
    else times.push((ms * length) / job.images);
    return { wanted: epochs === after, goOn: epochs < after || more(times, began, job) };
  };

  if (trainer.epochs) {
    let start = performance.now();
    await trainer.epochs(() => {
      const { wanted, goOn } = count(performance.now() - start);
      if (wanted) accuracy = trainer.accuracy();
      start = performance.now();
      return goOn;
    });
    return { times, accuracy };
  }
  for (let goOn = true, images = job.warmUpImages; goOn; images = job.images) {
    const start = performance.now();
    await trainer.epoch?.(images);
    const counted = count(performance.now() - start);
    if (counted.wanted && (epochs === 1 || job.images === length))
      accuracy = await trainer.accuracy();
    goOn = counted.goOn;
  }
  return { times, accuracy };
}

/**
 * One image a call, and a thousand different ones in turn; they are timed in blocks, because a call
 * may take no longer than the clock's tick.
 *
 * @param {Predictor} predictor
 * @param {Task} task
 * @param {Job} job
 */
async function timeOne(predictor, { testLabels }, job) {
  const block = 100;
  const times = [];
  let image = 0;
  const calls = async (/** @type {number} */ count) => {
    for (let i = 0; i < count; i++) {
      const answer = predictor.one(image);
      if (answer instanceof Promise) await answer;
      image = (image + 1) % Math.min(1000, testLabels.length);
    }
  };
  const warmedUp = performance.now() + 1000;
  while (performance.now() < warmedUp) await calls(block);
  const end = performance.now() + 1000 * Math.min(job.seconds, 3);
  while (performance.now() < end) {
    const start = performance.now();
    await calls(block);
    times.push((performance.now() - start) / block);
  }
  return { times };
}

/**
 * @param {Predictor} predictor
 * @param {Job} job
 */
async function timeMany(predictor, job) {
  const times = [];
  await predictor.many();
  await predictor.many();
  const began = performance.now();
  while (more(times, began, job)) {
    const start = performance.now();
    await predictor.many();
    times.push(((performance.now() - start) * TEST) / job.images);
  }
  return { times };
}

/**
 * @param {number[]} times
 * @param {number} began
 * @param {Job} job
 */
function more(times, began, { least, most, seconds }) {
  if (times.length < least) return true;
  return times.length < most && performance.now() - began < 1000 * seconds;
}

/**
 * The version of a package that is installed here.
 *
 * @param {string} name
 * @returns {string}
 */
export function versionOf(name) {
  return versionIn(`node_modules/${name}/package.json`);
}

/** The version of relumax that this checkout is. */
export function relumaxVersion() {
  return versionIn('../../package.json');
}

/**
 * @param {string} path
 * @returns {string}
 */
function versionIn(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
}
