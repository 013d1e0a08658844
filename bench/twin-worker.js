/** The thread that the twin works in (twin-thread.js): an epoch or an operation at each message. */
import { parentPort, workerData } from 'node:worker_threads';
import { Twin } from './twin.js';

const { parameters, inputs, labels, batchSize, learningRate, skipZeros } =
  /** @type {import('./twin-thread.js').TwinJob} */ (workerData);
const twin = new Twin(parameters, { skipZeros });
const order = Uint32Array.from(labels, (_, i) => i);

parentPort?.on('message', (/** @type {import('./twin-thread.js').Request} */ request) => {
  const began = performance.now();
  if (request === 'epoch') epoch();
  else repeat(request);
  parentPort?.postMessage(performance.now() - began);
});

function epoch() {
  // As relumax does, which takes a single batch as it lies.
  if (batchSize < labels.length) shuffle(order);
  twin.train(inputs, labels, order, batchSize, learningRate);
}

/** @param {import('./twin-thread.js').Repetition} repetition */
function repeat({ operation, layer, times }) {
  const run = twin.operations(layer, labels)[operation];
  for (let i = 0; i < times; i++) run();
}

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
