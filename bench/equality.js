import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Network } from 'relumax';
import { firstExamples } from './data.js';
import { withIdxFolder } from './numpy.js';
import { Twin } from './twin.js';
import { nameOf, WORKS } from './works.js';

/**
 * How far two trainers were from each other after the same updates.
 *
 * @typedef {object} Difference
 * @property {string} work
 * @property {number} updates
 * @property {number[]} twin of relumax's parameters from the twin's: W¹, b¹, W², b² …, each the norm
 *   of the difference by the norm of the twin's
 * @property {number | undefined} numpy the largest relative difference of an epoch's loss from
 *   NumPy's; undefined where there is no NumPy
 */

/**
 * The largest relative difference there may be. Rounding to float32 begins at 6e-8, and after the
 * updates below 1e-7 to 5e-7 was measured. Of wrong equations, one example too few in the mean of a
 * full batch shows least, with 1.4e-4 to 3.7e-4; ReLU's derivative left out makes more than 0.3.
 */
const BOUND = 1e-4;

/**
 * α, at which training is stable. The 0.5 at which full batches are timed is at the edge: there the
 * loss goes up and down, and any difference is magnified until it shows.
 */
const LEARNING_RATE = 0.1;

/** Some 300 updates of each work, the batches being of the size that it is timed at. */
const CASES = [
  { images: 2_000, epochs: 300 },
  { images: 6_410, epochs: 3 },
  { images: 12_810, epochs: 3 },
];

/**
 * Trains relumax, the twin and NumPy from the same parameters on the same batches in the same
 * order, before anything is timed.
 *
 * @param {import('relumax').Dataset} train
 * @param {import('./numpy.js').Numpy | undefined} numpy
 * @returns {Promise<Difference[]>}
 * @throws Error where they do not agree
 */
export async function checkEquality(train, numpy) {
  const differences = [];
  for (const [i, { images, epochs }] of CASES.entries()) {
    const work = /** @type {import('./works.js').Work} */ (WORKS[i]);
    const { layers, batchSize } = work;
    const examples = firstExamples(train, images);
    const network = await Network.create({ layers, seed: 1 });
    const initial = network.save();
    const twin = new Twin(network.parameters());
    const order = Uint32Array.from(examples.labels, (_, example) => example);
    const { epochs: reports } = await network.fit(examples, {
      epochs,
      batchSize,
      learningRate: LEARNING_RATE,
      shuffle: false,
    });
    for (let epoch = 0; epoch < epochs; epoch++) {
      twin.train(examples.inputs, examples.labels, order, batchSize, LEARNING_RATE);
    }
    const expected = twin.parameters().flatMap(({ weights, biases }) => [weights, biases]);
    const actual = network.parameters().flatMap(({ weights, biases }) => [weights, biases]);
    const difference = {
      work: nameOf(work),
      updates: epochs * Math.max(1, Math.ceil(images / batchSize)),
      twin: actual.map((array, a) => relativeDifference(array, expected[a] ?? [])),
      numpy: await withIdxFolder(examples, async (folder) => {
        const file = join(folder, 'initial.safetensors');
        await writeFile(file, initial);
        const job = { folder, layers, batchSize, learningRate: LEARNING_RATE, epochs };
        const runs = await numpy?.train(job, ['--initial', file, '--no-shuffle', '--no-test']);
        const losses = runs?.[0]?.epochs.map(({ loss }) => loss);
        return (
          losses &&
          Math.max(...reports.map(({ loss }, e) => relativeDifference([loss], [losses[e] ?? NaN])))
        );
      }),
    };
    for (const value of [...difference.twin, difference.numpy ?? 0]) {
      if (!(value <= BOUND)) {
        throw new Error(`the trainers do not agree to ${BOUND}: ${JSON.stringify(difference)}`);
      }
    }
    differences.push(difference);
  }
  return differences;
}

/**
 * ‖actual − expected‖ / ‖expected‖
 *
 * @param {ArrayLike<number>} actual
 * @param {ArrayLike<number>} expected
 */
function relativeDifference(actual, expected) {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < actual.length; i++) {
    const value = expected[i] ?? NaN;
    difference += ((actual[i] ?? NaN) - value) ** 2;
    norm += value ** 2;
  }
  return Math.sqrt(difference / norm);
}
