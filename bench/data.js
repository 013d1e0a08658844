import { Dataset, loadDigits } from 'relumax';
import { loadIdxFolder } from 'relumax/node';

/** How many training images MNIST has, and with it every benchmark. */
const LENGTH = 60_000;

/**
 * The images that benchmarks train on: those of the folder of IDX files that the environment
 * variable RELUMAX_MNIST names; without it the bundled digits, repeated until they are as many as
 * MNIST's, which takes the same time an image but is nothing to judge accuracy by.
 *
 * @returns {Promise<{ train: Dataset, source: string }>} `source` says in words which they are
 */
export async function loadTrainingImages() {
  const folder = process.env.RELUMAX_MNIST;
  if (folder) {
    const { train } = await loadIdxFolder(folder);
    return { train, source: `${count(train.length)} training images in ${folder} (RELUMAX_MNIST)` };
  }
  const digits = await loadDigits();
  const repeated = digits.subset(Uint32Array.from({ length: LENGTH }, (_, i) => i % digits.length));
  const source =
    `the ${count(digits.length)} bundled digits, repeated to ${count(LENGTH)} ` +
    '(RELUMAX_MNIST names no folder with MNIST)';
  return { train: repeated, source };
}

/**
 * The first examples of a dataset.
 *
 * @param {Dataset} dataset
 * @param {number} length
 */
export function firstExamples({ inputs, labels, classes, features }, length) {
  return Dataset.from({
    inputs: inputs.subarray(0, length * features),
    labels: labels.subarray(0, length),
    classes,
  });
}

/** @param {number} value */
function count(value) {
  return value.toLocaleString('en');
}
