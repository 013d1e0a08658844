import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { serve, versionOf } from './child.js';
import { predictor, trainer } from './tfjs.js';
import { addFilterGradient, replaceInputGradient } from './tfjs-kernels.js';

setThreadsCount(1);
const dist = new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url);
setWasmPaths(fileURLToPath(dist));
if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend does not start');
await tf.ready();
const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');

/** How each variant trains. */
const VARIANTS = {
  'by hand': 'gradients written out, matrices transposed before each product',
  'kernel added':
    'optimizer.minimize; the missing kernel Conv2DBackpropFilter registered, as the guide to custom ' +
    'kernels shows, as a convolution by XNNPACK',
  'two kernels added':
    'optimizer.minimize; besides Conv2DBackpropFilter, Conv2DBackpropInput registered as a convolution',
};

await serve({
  version: versionOf('@tensorflow/tfjs-backend-wasm'),
  how: (variant) =>
    `backend wasm (XNNPACK${simd ? ', SIMD' : ''}), one thread; fused layers; ${
      VARIANTS[variant] ?? 'optimizer.minimize'
    }`,
  trainer(task) {
    if (task.variant?.endsWith('added')) addFilterGradient();
    if (task.variant === 'two kernels added') replaceInputGradient();
    return trainer(task);
  },
  predictor,
});
