import * as ort from 'onnxruntime-web';
import { serve } from './child.js';
import { floatsOf } from './data.js';
import { encodeModel } from './onnx-model.js';
import { versionOf } from './versions.js';

ort.env.wasm.numThreads = 1;

await serve({
  version: versionOf('onnxruntime-web'),
  how: 'backend wasm (SIMD), one thread, all graph optimisations; inference only',
  predictor,
});

/** @param {import('./data.js').Task} task */
async function predictor({ testPixels, testLabels, layers }) {
  const features = layers[0]?.inputs ?? 0;
  const session = await ort.InferenceSession.create(encodeModel(layers), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  const floats = floatsOf(testPixels);
  const all = new ort.Tensor('float32', floats, [testLabels.length, features]);
  const predict = async (/** @type {ort.Tensor} */ x) => {
    const { probabilities } = await session.run({ x });
    return /** @type {Float32Array} */ (probabilities?.data);
  };
  return {
    one(/** @type {number} */ i) {
      const pixels = floats.subarray(i * features, (i + 1) * features);
      return predict(new ort.Tensor('float32', pixels, [1, features]));
    },
    many: () => predict(all),
  };
}
