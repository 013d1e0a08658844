import { threadCounts } from '../terminal.js';

/**
 * Something that is measured. `kind` says what is timed:
 *
 * - epoch: one pass over the training images (a single update, where the batch is all of them)
 * - one: the probabilities of one image
 * - many: the probabilities of all test images
 * - accuracy: from the files to a network that reads enough of the test images
 *
 * @typedef {object} Work
 * @property {number} id what --work calls it
 * @property {'epoch' | 'one' | 'many' | 'accuracy'} kind
 * @property {string} title
 * @property {[number, number, number]} [input] height, width and channels, where there are convolutions
 * @property {(number | { conv: number, kernel: number, padding?: 'same' } | { maxPool: number })[]} layers
 *   as `Network.create` takes them
 * @property {number} [images] of an epoch: the first of the training images; all unless given
 * @property {number} [batchSize] examples an update; 0 is all of them
 * @property {number} [learningRate] α
 * @property {number} [decay] what α is multiplied by after each epoch
 * @property {boolean} [dense] whether noise is added to the images, so that no input is zero
 * @property {number} [accuracyAfter] epochs from the common initial weights to the accuracy
 * @property {number} [target] the accuracy to reach
 * @property {number[]} [threads] how many each has, one number after another; 1 unless given
 * @property {'ms' | 'µs' | 's'} unit of the table
 */

/** @type {Pick<Work, 'kind' | 'layers' | 'batchSize' | 'learningRate' | 'dense' | 'accuracyAfter' | 'unit'>} */
const DENSE = {
  kind: 'epoch',
  layers: [784, 512, 512, 10],
  batchSize: 128,
  learningRate: 0.1,
  dense: true,
  accuracyAfter: 1,
  unit: 's',
};

/** @type {Pick<Work, 'input' | 'layers' | 'unit'>} */
const SAME = {
  input: [28, 28, 1],
  layers: [
    { conv: 8, kernel: 5, padding: 'same' },
    { maxPool: 2 },
    { conv: 16, kernel: 5, padding: 'same' },
    { maxPool: 2 },
    10,
  ],
  unit: 's',
};

/** @type {Pick<Work, 'input' | 'layers' | 'unit'>} */
const VALID = {
  ...SAME,
  layers: [{ conv: 8, kernel: 5 }, { maxPool: 2 }, { conv: 16, kernel: 5 }, { maxPool: 2 }, 10],
};

/** @type {Pick<Work, 'kind' | 'images' | 'batchSize' | 'learningRate' | 'accuracyAfter'>} */
const CONVOLUTION = {
  kind: 'epoch',
  images: 10_000,
  batchSize: 64,
  learningRate: 0.1,
  accuracyAfter: 1,
};

/** @type {readonly Work[]} */
export const WORKS = [
  {
    id: 1,
    kind: 'epoch',
    title: 'Full-batch iteration, 784-10-10, 60,000 images, α 0.5',
    layers: [784, 10, 10],
    batchSize: 0,
    learningRate: 0.5,
    accuracyAfter: 10,
    unit: 'ms',
  },
  {
    id: 2,
    kind: 'epoch',
    title: 'Epoch, 784-10-10, batch 64, α 0.1',
    layers: [784, 10, 10],
    batchSize: 64,
    learningRate: 0.1,
    accuracyAfter: 1,
    unit: 'ms',
  },
  {
    id: 3,
    kind: 'epoch',
    title: 'Epoch, 784-128-10, batch 128, α 0.1',
    layers: [784, 128, 10],
    batchSize: 128,
    learningRate: 0.1,
    accuracyAfter: 1,
    unit: 'ms',
  },
  {
    id: 4,
    title: 'Epoch, 784-512-512-10, batch 128, α 0.1, inputs without zeros',
    ...DENSE,
  },
  {
    id: 5,
    kind: 'one',
    title: 'One image through 784-10-10',
    layers: [784, 10, 10],
    unit: 'µs',
  },
  {
    id: 6,
    kind: 'many',
    title: '10,000 images through 784-128-10',
    layers: [784, 128, 10],
    unit: 'ms',
  },
  {
    id: 7,
    kind: 'accuracy',
    title: 'From the files to 98 % of the test images, 784-192-10, batch 32, α 0.4 falling',
    layers: [784, 192, 10],
    // Of a dozen tried, the one with the least time at the worst of six seeds.
    batchSize: 32,
    learningRate: 0.4,
    decay: 0.6,
    target: 0.98,
    unit: 's',
  },
  {
    id: 8,
    title: 'Several threads: epoch, 784-512-512-10, batch 128, α 0.1, inputs without zeros',
    ...DENSE,
    threads: threadCounts(),
  },
  {
    id: 9,
    title: 'Epoch of 10,000, 28x28-8c5s-p2-16c5s-p2-10, batch 64, α 0.1',
    ...SAME,
    ...CONVOLUTION,
  },
  {
    id: 10,
    title: 'Epoch of 10,000, 28x28-8c5-p2-16c5-p2-10, batch 64, α 0.1',
    ...VALID,
    ...CONVOLUTION,
  },
  {
    id: 11,
    kind: 'many',
    title: '10,000 images through 28x28-8c5s-p2-16c5s-p2-10',
    ...SAME,
  },
  {
    id: 12,
    kind: 'many',
    title: '10,000 images through 28x28-8c5-p2-16c5-p2-10',
    ...VALID,
  },
  {
    id: 13,
    title: 'Several threads: 28x28-8c5s-p2-16c5s-p2-10, batch 64, α 0.1',
    ...SAME,
    ...CONVOLUTION,
    threads: threadCounts(),
  },
];

/** How many training images and test images there are. */
export const TRAIN = 60_000;
export const TEST = 10_000;

/**
 * How many images a work takes.
 *
 * @param {Work} work
 */
export function imagesOf({ kind, images = TRAIN }) {
  return kind === 'one' || kind === 'many' ? TEST : images;
}

/** Milliseconds in each unit. */
export const UNITS = { µs: 1e-3, ms: 1, s: 1e3 };
