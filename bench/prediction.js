/** `predict`: one image, and many. */
import { Network } from 'relumax';
import { firstExamples } from './data.js';
import { progress } from './terminal.js';
import { timeEach } from './timing.js';

/**
 * @typedef {object} PredictionRow
 * @property {string} what
 * @property {import('./timing.js').Timing} timing of a call, in ms
 * @property {number} images of a call
 */

const MANY = 10_000;

/** Calls a sample, where one is too short to time. */
const CALLS = 1_000;

const TIME = 1_000;

/**
 * @param {import('relumax').Dataset} train
 * @returns {Promise<PredictionRow[]>}
 */
export async function benchPrediction(train) {
  const images = firstExamples(train, MANY);
  const { features } = images;
  const narrow = await Network.create({ layers: [features, 10, 10], seed: 1 });
  const wide = await Network.create({ layers: [features, 128, 10], seed: 1 });
  const one = () => {
    const began = performance.now();
    for (let i = 0; i < CALLS; i++) {
      narrow.predict(images.inputs.subarray(i * features, (i + 1) * features));
    }
    return (performance.now() - began) / CALLS;
  };
  const many = () => {
    const began = performance.now();
    wide.predict(images.inputs);
    return performance.now() - began;
  };
  const timings = await timeEach({ one, many }, TIME, () => progress('predict'));
  narrow.dispose();
  wide.dispose();
  return [
    { what: `one image through ${features}-10-10`, timing: timings.one, images: 1 },
    { what: `10,000 images through ${features}-128-10`, timing: timings.many, images: MANY },
  ];
}
