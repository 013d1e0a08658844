import { Dataset, Network } from '../../dist/index.js';
import { loadIdxFolder } from '../../dist/node.js';
import { relumaxVersion, serve } from './child.js';
import { floatsOf } from './data.js';

await serve({
  version: relumaxVersion(),
  how: 'Network.fit, which shuffles, and Network.predict; images as bytes, noisy ones as floats',
  trainer,
  predictor,
  toAccuracy,
});

/** @param {import('./data.js').Task} task */
async function trainer({ work, threads, pixels, labels, testPixels, testLabels, layers }) {
  const inputsOf = (/** @type {Uint8Array} */ bytes) => (work.dense ? floatsOf(bytes) : bytes);
  const network = await networkOf(work, layers, threads);
  const train = Dataset.from({ inputs: inputsOf(pixels), labels, classes: 10 });
  const test = Dataset.from({ inputs: inputsOf(testPixels), labels: testLabels, classes: 10 });
  const batchSize = work.batchSize || Infinity;
  const { learningRate } = work;
  return {
    async epochs(/** @type {() => boolean} */ onEpoch) {
      const stop = new AbortController();
      await network.fit(train, {
        epochs: 10_000,
        batchSize,
        learningRate,
        signal: stop.signal,
        onEpoch: () => {
          if (!onEpoch()) stop.abort();
        },
      });
    },
    accuracy: () => network.evaluate(test).accuracy,
  };
}

/** @param {import('./data.js').Task} task */
async function predictor({ work, testPixels, layers }) {
  const network = await networkOf(work, layers);
  const { features } = network;
  return {
    one: (/** @type {number} */ i) =>
      network.predict(testPixels.subarray(i * features, (i + 1) * features)),
    many: () => network.predict(testPixels),
  };
}

/**
 * @param {import('./works.js').Work} work
 * @param {import('./data.js').Layer[]} parameters
 * @param {number} [threads]
 */
async function networkOf({ input, layers }, parameters, threads) {
  const network = await Network.create({ input, layers, threads });
  network.setParameters(parameters.filter(({ kind }) => kind !== 'maxPool'));
  return network;
}

/**
 * @param {import('./works.js').Work} work
 * @param {number} seed
 */
async function toAccuracy(
  { layers, batchSize = 32, learningRate = 0.1, decay = 1, target = 1 },
  seed,
) {
  const folder = process.env.RELUMAX_MNIST;
  if (!folder) throw new Error('needs MNIST: RELUMAX_MNIST names no folder');
  const start = performance.now();
  const { train, test } = await loadIdxFolder(folder);
  const network = await Network.create({ layers, seed });
  for (let epochs = 1; epochs <= 20; epochs++) {
    const rate = learningRate * decay ** (epochs - 1);
    await network.fit(train, { batchSize, learningRate: rate, seed: 1000 * seed + epochs });
    const { accuracy } = network.evaluate(test);
    if (accuracy >= target) return { ms: performance.now() - start, accuracy, epochs };
  }
  throw new Error('not reached in 20 epochs');
}
