/** The thread that the twin works in (twin-thread.js): an epoch or an operation at each message. */
import { parentPort, workerData } from 'node:worker_threads';
import { shuffle, Twin } from './twin.js';

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
