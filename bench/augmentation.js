/** `relumax/augmentation`: what it adds to an epoch. */
import { ImageAugmentation } from 'relumax/augmentation';
import { progress } from './terminal.js';
import { timeEach } from './timing.js';

/**
 * @typedef {object} AugmentationRow
 * @property {string} what
 * @property {import('./timing.js').Timing} timing of all images, in ms
 * @property {number} images
 */

const IMAGES = 2_000;

const SIZE = { width: 28, height: 28 };

const TIME = 1_000;

/**
 * @param {import('relumax').Dataset} train
 * @returns {Promise<AugmentationRow[]>}
 */
export async function benchAugmentation(train) {
  const augmentation = new ImageAugmentation(SIZE);
  const features = SIZE.width * SIZE.height;
  const bytes = train.inputs.slice(0, IMAGES * features);
  const floats = Float32Array.from(bytes, (byte) => byte / 255);
  let epoch = 0;
  const moved = (/** @type {import('relumax').Inputs} */ inputs) => async () => {
    epoch++;
    const began = performance.now();
    await augmentation.augment(inputs, { features, seed: 1, epoch });
    return performance.now() - began;
  };
  const works = { bytes: moved(bytes), floats: moved(floats) };
  const timings = await timeEach(works, TIME, () => progress('augmentation'));
  return [
    { what: '28 × 28 bytes', timing: timings.bytes, images: IMAGES },
    { what: '28 × 28 floats', timing: timings.floats, images: IMAGES },
  ];
}
