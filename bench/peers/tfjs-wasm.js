import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { serve, versionOf } from './child.js';
import { predictor, trainer } from './tfjs.js';

setThreadsCount(1);
const dist = new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url);
setWasmPaths(fileURLToPath(dist));
if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend does not start');
await tf.ready();
const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');

await serve({
  version: versionOf('@tensorflow/tfjs-backend-wasm'),
  how: (variant) =>
    `backend wasm (XNNPACK${simd ? ', SIMD' : ''}), one thread; fused dense layers; ${
      variant === 'by hand'
        ? 'gradients written out, matrices transposed before each product'
        : 'optimizer.minimize'
    }`,
  trainer,
  predictor,
});
