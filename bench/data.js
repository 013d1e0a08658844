import { Dataset, loadDigits } from 'relumax';
import { loadIdxFolder } from 'relumax/node';

/** How many training images MNIST has, and with it every benchmark. */
const LENGTH = 60_000;

/**
 * The images of the benchmarks.
 *
 * @typedef {object} Images
 * @property {Dataset} train
 * @property {string} source which they are, in words
 * @property {string} [folder] that of MNIST's files
 */

/** The folder of MNIST's files that the environment variable RELUMAX_MNIST names. */
export function mnistFolder() {
  return process.env.RELUMAX_MNIST || undefined;
}

/**
 * The images that benchmarks train on: those of the folder of IDX files that the environment
 * variable RELUMAX_MNIST names; without it the bundled digits, repeated until they are as many as
 * MNIST's, which takes the same time an image but is nothing to judge accuracy by.
 *
 * @returns {Promise<Images>}
 */
export async function loadImages() {
  const folder = mnistFolder();
  if (folder) {
    const { train } = await loadIdxFolder(folder);
    return { train, source: `MNIST’s ${count(train.length)} training images`, folder };
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

/**
 * The images of a work: the first of them, with the paper, 0, made 1 where it wants no zeros.
 *
 * @param {Dataset} images
 * @param {Pick<import('./works.js').Work, 'withoutZeros'>} work
 * @param {number} length
 */
export function imagesOf(images, { withoutZeros: wanted }, length) {
  const first = firstExamples(images, length);
  if (!wanted) return first;
  const { inputs, labels, classes } = first;
  return Dataset.from({ inputs: withoutZeros(inputs), labels, classes });
}

/**
 * The share of the inputs that is not zero.
 *
 * @param {Dataset} dataset
 */
export function nonzeroShare({ inputs }) {
  let count = 0;
  for (const x of inputs) count += Number(x !== 0);
  return count / inputs.length;
}

/**
 * Bytes with 1 for each 0.
 *
 * @param {import('relumax').Inputs} bytes
 */
export function withoutZeros(bytes) {
  return Uint8Array.from(bytes, (byte) => byte || 1);
}

/** @param {number} value */
function count(value) {
  return value.toLocaleString('en');
}
