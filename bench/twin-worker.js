/** The thread that trains the twin (twin-thread.js): an epoch at each message. */
import { parentPort, workerData } from 'node:worker_threads';
import { Twin } from './twin.js';

const { parameters, inputs, labels, batchSize, learningRate } =
  /** @type {import('./twin-thread.js').TwinJob} */ (workerData);
const twin = new Twin(parameters);
const order = Uint32Array.from(labels, (_, i) => i);

parentPort?.on('message', () => {
  const began = performance.now();
  // As relumax does, which takes a single batch as it lies.
  if (batchSize < labels.length) shuffle(order);
  twin.train(inputs, labels, order, batchSize, learningRate);
  parentPort?.postMessage(performance.now() - began);
});

/**
 * Puts the items into a random order (Fisher–Yates).
 *
 * @param {Uint32Array} items
 */
function shuffle(items) {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    const item = items[last] ?? 0;
    items[last] = items[other] ?? 0;
    items[other] = item;
  }
}
