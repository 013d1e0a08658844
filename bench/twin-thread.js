import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * What the twin is to train, and how.
 *
 * @typedef {object} TwinJob
 * @property {import('relumax').LayerParameters[]} parameters
 * @property {Uint8Array | Float32Array} inputs
 * @property {Uint8Array} labels
 * @property {number} batchSize
 * @property {number} learningRate
 */

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
  async epoch() {
    this.#worker.postMessage(undefined);
    const [ms] = await once(this.#worker, 'message');
    return ms;
  }

  async end() {
    await this.#worker.terminate();
  }
}
