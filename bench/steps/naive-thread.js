import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** The naive loops in a thread of their own (naive-worker.js). */
export class NaiveThread {
  #worker;

  /** @param {Pick<import('../operands.js').Operands, 'w' | 'a' | 'b' | 'n' | 'k' | 'm'>} operands */
  constructor({ w, a, b, n, k, m }) {
    const script = new URL('./naive-worker.js', import.meta.url);
    this.#worker = new Worker(script, { workerData: { w, a, b, n, k, m } });
  }

  /**
   * @param {number} times
   * @returns {Promise<{ ms: number, z: Float32Array }>} ms for one
   */
  async repeat(times) {
    this.#worker.postMessage(times);
    const [result] = await once(this.#worker, 'message');
    return result;
  }

  end() {
    return this.#worker.terminate();
  }
}
