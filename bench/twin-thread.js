import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * What the twin is to train, and how.
 *
 * @typedef {object} TwinJob
 * @property {import('relumax').LayerParameters[]} parameters
 * @property {import('relumax').Inputs} inputs
 * @property {Uint8Array} labels
 * @property {number} batchSize
 * @property {number} learningRate
 * @property {boolean} skipZeros whether the first layer skips inputs that are zero
 */

/**
 * An operation of a layer, again and again, on the tile that was trained on last.
 *
 * @typedef {object} Repetition
 * @property {import('./kernels.js').Operation} operation
 * @property {number} layer index, from 0
 * @property {number} times
 */

/** @typedef {'epoch' | Repetition} Request */

/**
 * The twin in a thread of its own, where no WebAssembly memory has grown and V8 compiles it at its
 * best (twin.js).
 */
export class TwinThread {
  #worker;

  /** @param {TwinJob} job */
  constructor(job) {
    this.#worker = new Worker(new URL('./twin-worker.js', import.meta.url), { workerData: job });
  }

  /**
   * Trains for an epoch.
   *
   * @returns {Promise<number>} how long it took, in ms
   */
  epoch() {
    return this.#ask('epoch');
  }

  /**
   * @param {Repetition} repetition
   * @returns {Promise<number>} how long one took, in ms
   */
  async repeat(repetition) {
    return (await this.#ask(repetition)) / repetition.times;
  }

  async end() {
    await this.#worker.terminate();
  }

  /** @param {Request} request */
  async #ask(request) {
    this.#worker.postMessage(request);
    const [ms] = await once(this.#worker, 'message');
    return ms;
  }
}
