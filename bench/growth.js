/** What an image costs in training as the data grow. */
import { Network } from 'relumax';
import { firstExamples } from './data.js';
import { progress } from './terminal.js';
import { median } from './timing.js';
import { nameOf, WORKS } from './works.js';

/**
 * @typedef {object} Growth
 * @property {string} work
 * @property {{ images: number, ns: number }[]} costs median of an epoch, an image
 * @property {number} spread the dearest by the cheapest, less 1
 */

const SIZES = [1_000, 3_000, 10_000, 30_000, 60_000];

/** How often all sizes are gone through, and how many images each is given a time. */
const ROUNDS = 8;
const IMAGES = 180_000;

/**
 * Epochs of each size in turn, so that what else the machine does meets all alike.
 *
 * @param {import('relumax').Dataset} train
 * @returns {Promise<Growth[]>}
 */
export async function benchGrowth(train) {
  const growth = [];
  for (const work of WORKS) {
    if (work.images < train.length) continue;
    const { layers, batchSize, learningRate } = work;
    progress(`${nameOf(work)}: as the data grow`);
    const network = await Network.create({ layers, seed: 1 });
    const samples = SIZES.map(() => /** @type {number[]} */ ([]));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [i, size] of SIZES.entries()) {
        const epochs = Math.ceil(IMAGES / size);
        const images = firstExamples(train, size);
        const history = await network.fit(images, { batchSize, learningRate, epochs });
        // The first round warms up.
        if (round === 0) continue;
        samples[i]?.push(median(history.epochs.map(({ seconds }) => (seconds / size) * 1e9)));
      }
    }
    network.dispose();
    const costs = SIZES.map((images, i) => ({ images, ns: median(samples[i] ?? []) }));
    const ns = costs.map((cost) => cost.ns);
    growth.push({ work: nameOf(work), costs, spread: Math.max(...ns) / Math.min(...ns) - 1 });
  }
  return growth;
}
