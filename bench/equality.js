import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Network } from 'relumax';
import { imagesOf } from './data.js';
import { loadOracle } from './from-tests.js';
import { withIdxFolder } from './numpy.js';
import { Twin } from './twin.js';
import { nameOf, WORKS } from './works.js';

/** @typedef {import('relumax').LayerParameters} LayerParameters */

/**
 * How far the trainers were from each other after the same updates.
 *
 * @typedef {object} Difference
 * @property {string} work
 * @property {number} updates
 * @property {number} twin of relumax's parameters from the twin's: the greatest over W¹, b¹, W² … of
 *   the norm of the difference by the norm of the twin's
 * @property {number} skipping likewise, from the twin's that skips zeros
 * @property {number | undefined} numpy the largest relative difference of an epoch's loss from
 *   NumPy's; undefined where there is no NumPy
 * @property {{ relumax: number, twin: number, skipping: number }} oracle of each one's parameters
 *   from the float64 oracle's after a few updates: the greatest difference, by the greatest
 *   parameter
 */

/**
 * The largest relative difference there may be. Rounding to float32 begins at 6e-8, and after the
 * updates below 1e-7 to 5e-7 was measured. Of wrong equations, one example too few in the mean of a
 * full batch shows least, with 1.4e-4 to 3.7e-4; a missing derivative of ReLU makes more than 0.3.
 */
const BOUND = 1e-4;

/**
 * Some 300 updates of each work, fewer of the largest, with batches of the size it is timed at, and
 * α at which training is stable. Those that are timed are at the edge of it, full batches and the
 * largest network: there the loss goes up and down, and any difference is magnified until it shows.
 * Of the largest network's many Z some come so near to 0 that rounding decides on which side they
 * are; with these few updates none does.
 */
const CASES = [
  { images: 2_000, epochs: 300, learningRate: 0.1 },
  { images: 6_410, epochs: 3, learningRate: 0.1 },
  { images: 12_810, epochs: 3, learningRate: 0.1 },
  { images: 138, epochs: 3, learningRate: 0.01 },
];

/** Updates that the oracle makes, which is slow, and the most examples of each. */
const ORACLE_UPDATES = 3;
const ORACLE_EXAMPLES = 128;

/**
 * Trains relumax, both forms of the twin, NumPy and the oracle from the same parameters on the same
 * batches in the same order, before anything is timed.
 *
 * @param {import('relumax').Dataset} train
 * @param {import('./numpy.js').Numpy | undefined} numpy
 * @param {(work: string) => void} onNext told what comes next
 * @returns {Promise<Difference[]>}
 * @throws Error where they do not agree
 */
export async function checkEquality(train, numpy, onNext) {
  const differences = [];
  for (const [i, { images, epochs, learningRate }] of CASES.entries()) {
    const work = /** @type {import('./works.js').Work} */ (WORKS[i]);
    const { layers, batchSize } = work;
    onNext(nameOf(work));
    const examples = imagesOf(train, work, images);
    const network = await Network.create({ layers, seed: 1 });
    const initial = network.save();
    const parameters = network.parameters();
    const order = Uint32Array.from(examples.labels, (_, example) => example);
    const { epochs: reports } = await network.fit(examples, {
      epochs,
      batchSize,
      learningRate,
      shuffle: false,
    });
    /** @param {boolean} skipZeros */
    const fromTwin = (skipZeros) => {
      const twin = new Twin(parameters, { skipZeros });
      for (let epoch = 0; epoch < epochs; epoch++) {
        twin.train(examples.inputs, examples.labels, order, batchSize, learningRate);
      }
      return greatest(relativeDifference, network.parameters(), twin.parameters());
    };
    const difference = {
      work: nameOf(work),
      updates: epochs * Math.max(1, Math.ceil(images / batchSize)),
      twin: fromTwin(false),
      skipping: fromTwin(true),
      numpy: await withIdxFolder(examples, async (folder) => {
        const file = join(folder, 'initial.safetensors');
        await writeFile(file, initial);
        const job = { folder, layers, batchSize, learningRate, epochs };
        const runs = await numpy?.train(job, ['--initial', file, '--no-shuffle', '--no-test']);
        const losses = runs?.[0]?.epochs.map(({ loss }) => loss);
        return (
          losses &&
          Math.max(...reports.map(({ loss }, e) => relativeDifference([loss], [losses[e] ?? NaN])))
        );
      }),
      oracle: await fromOracle(layers, parameters, examples, learningRate),
    };
    network.dispose();
    const { twin, skipping, oracle } = difference;
    for (const value of [twin, skipping, difference.numpy ?? 0, ...Object.values(oracle)]) {
      if (!(value <= BOUND)) {
        throw new Error(`the trainers do not agree to ${BOUND}: ${JSON.stringify(difference)}`);
      }
    }
    differences.push(difference);
  }
  return differences;
}

/**
 * How far each is from the oracle after a few updates on one small batch.
 *
 * @param {number[]} layers
 * @param {LayerParameters[]} parameters
 * @param {import('relumax').Dataset} examples
 * @param {number} learningRate
 */
async function fromOracle(layers, parameters, examples, learningRate) {
  const { referenceLayers, trainedOnBatch } = await loadOracle();
  const inputs = examples.inputs.subarray(0, ORACLE_EXAMPLES * examples.features);
  const labels = examples.labels.subarray(0, ORACLE_EXAMPLES);
  const order = Uint32Array.from(labels, (_, i) => i);
  const network = await Network.create({ layers });
  network.setParameters(parameters);
  const twins = [false, true].map((skipZeros) => new Twin(parameters, { skipZeros }));
  let want = referenceLayers(layers, parameters);
  for (let update = 0; update < ORACLE_UPDATES; update++) {
    network.trainOnBatch(inputs, labels, { learningRate });
    for (const twin of twins) twin.train(inputs, labels, order, labels.length, learningRate);
    want = trainedOnBatch(want, inputs, labels, learningRate).layers;
  }
  const [relumax, twin, skipping] = [network, ...twins].map((trainer) =>
    greatest(greatestDifference, trainer.parameters(), want),
  );
  network.dispose();
  return { relumax: relumax ?? NaN, twin: twin ?? NaN, skipping: skipping ?? NaN };
}

/**
 * The greatest difference of any array of parameters.
 *
 * @param {(got: ArrayLike<number>, want: ArrayLike<number>) => number} difference
 * @param {readonly LayerParameters[]} got
 * @param {readonly { weights: ArrayLike<number>, biases: ArrayLike<number> }[]} want
 */
function greatest(difference, got, want) {
  return Math.max(
    ...got.flatMap(({ weights, biases }, l) => [
      difference(weights, want[l]?.weights ?? []),
      difference(biases, want[l]?.biases ?? []),
    ]),
  );
}

/**
 * The greatest difference of an element, by the greatest element.
 *
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} want
 */
export function greatestDifference(got, want) {
  let difference = got.length === want.length ? 0 : NaN;
  let size = 0;
  for (let i = 0; i < want.length; i++) {
    difference = Math.max(difference, Math.abs((got[i] ?? NaN) - (want[i] ?? NaN)));
    size = Math.max(size, Math.abs(want[i] ?? NaN));
  }
  return difference / size;
}

/**
 * ‖got − want‖ / ‖want‖
 *
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} want
 */
export function relativeDifference(got, want) {
  let difference = got.length === want.length ? 0 : NaN;
  let norm = 0;
  for (let i = 0; i < want.length; i++) {
    const value = want[i] ?? NaN;
    difference += ((got[i] ?? NaN) - value) ** 2;
    norm += value ** 2;
  }
  return Math.sqrt(difference / norm);
}
