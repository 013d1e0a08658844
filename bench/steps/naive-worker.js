/**
 * A thread for the naive loops: in one where a memory of WebAssembly has grown, V8 checks before each access to
 * an array whether it is still there.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { naive } from './naive.js';

/** @type {{ w: Float32Array, a: Float32Array, b: Float32Array, n: number, k: number, m: number }} */
const { w, a, b, n, k, m } = workerData;
const z = new Float32Array(n * m);

parentPort?.on('message', (/** @type {number} */ times) => {
  const began = performance.now();
  for (let i = 0; i < times; i++) naive(z, w, a, b, n, k, m);
  parentPort?.postMessage({ ms: (performance.now() - began) / times, z });
});
