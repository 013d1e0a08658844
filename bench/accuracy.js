/**
 * `node bench/accuracy.js [--seeds 5]`: how well relumax learns MNIST, beside NumPy with the same
 * settings (numpy_reference.py), over several seeds. The environment variable RELUMAX_MNIST names
 * the folder of IDX files.
 *
 * The two draw different weights and orders from the same seed, so it is their means that are
 * compared, by how far chance alone takes them apart.
 */
import { parseArgs } from 'node:util';
import { Network } from 'relumax';
import { loadIdxFolder } from 'relumax/node';
import { NO_NUMPY, Numpy } from './numpy.js';
import { progress } from './terminal.js';
import { nameOf } from './works.js';

/** @typedef {Omit<import('./works.js').Work, 'images'> & { epochs: number }} Setting */

/** @type {readonly Setting[]} */
const SETTINGS = [
  { layers: [784, 10, 10], batchSize: Infinity, learningRate: 0.5, epochs: 500 },
  { layers: [784, 10, 10], batchSize: 64, learningRate: 0.1, epochs: 3 },
  { layers: [784, 128, 10], batchSize: 128, learningRate: 0.1, epochs: 5 },
];

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '5' } } });
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const folder = process.env.RELUMAX_MNIST;
if (!(seeds.length >= 2)) fail(`--seeds ${values.seeds}: a spread takes at least 2`);
else if (!folder) fail('RELUMAX_MNIST names no folder with the IDX files of MNIST');
else await compare(folder);

/** @param {string} mnist */
async function compare(mnist) {
  const data = await loadIdxFolder(mnist);
  const numpy = await Numpy.find();
  for (const setting of SETTINGS) {
    const { learningRate, epochs } = setting;
    const name = `${nameOf(setting)}, learning rate ${learningRate}, ${epochs} epochs`;
    console.log(`${name}: test accuracy by seed, mean, std`);
    progress(`${name}: relumax`);
    const relumax = await trainHere(data, setting);
    print('relumax', relumax);
    if (numpy === undefined) continue;
    progress(`${name}: NumPy`);
    const runs = await numpy.train({ folder: mnist, ...setting }, ['--seeds', `${seeds.length}`]);
    const reference = runs.map(({ testAccuracy }) => testAccuracy ?? NaN);
    print('NumPy', reference);
    const difference = mean(relumax) - mean(reference);
    const error = Math.sqrt((std(relumax) ** 2 + std(reference) ** 2) / seeds.length);
    console.log(
      `  difference of the means ${percent(difference)}, standard error ${percent(error)}`,
    );
  }
  console.log(numpy?.version ?? NO_NUMPY);
}

/**
 * The test accuracy of a network of each seed.
 *
 * @param {Awaited<ReturnType<typeof loadIdxFolder>>} data
 * @param {Setting} setting
 */
async function trainHere({ train, test }, { layers, ...options }) {
  const accuracies = [];
  for (const seed of seeds) {
    const network = await Network.create({ layers, seed });
    await network.fit(train, { ...options, seed });
    accuracies.push(network.evaluate(test).accuracy ?? NaN);
  }
  return accuracies;
}

/**
 * @param {string} trainer
 * @param {number[]} accuracies
 */
function print(trainer, accuracies) {
  progress('');
  const each = accuracies.map(percent).join(' ');
  const { length } = 'relumax';
  console.log(
    `  ${trainer.padEnd(length)}  ${each}  mean ${percent(mean(accuracies))}, std ${percent(std(accuracies))}`,
  );
}

/** @param {number[]} sample */
function mean(sample) {
  return sample.reduce((sum, value) => sum + value, 0) / sample.length;
}

/** @param {number[]} sample */
function std(sample) {
  const centre = mean(sample);
  const squares = sample.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (sample.length - 1));
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

/** @param {string} message */
function fail(message) {
  console.error(`accuracy.js: ${message}`);
  process.exitCode = 2;
}
