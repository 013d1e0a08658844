import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web';
import { Network } from '../../dist/index.js';
import { serve, versionOf } from './child.js';
import { featuresOf, floatsOf } from './data.js';

ort.env.wasm.numThreads = 1;

await serve({
  version: versionOf('onnxruntime-web'),
  how: 'backend wasm (SIMD), one thread, all graph optimisations; inference only',
  predictor,
});

/** @param {import('./data.js').Task} task */
async function predictor({ work, testPixels, testLabels, layers }) {
  const features = featuresOf(layers);
  const session = await ort.InferenceSession.create(await exported(work, layers), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  const floats = floatsOf(testPixels);
  const all = new ort.Tensor('float32', floats, [testLabels.length, features]);
  const predict = async (/** @type {ort.Tensor} */ x) => {
    const { probabilities } = await session.run({ input: x });
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

/**
 * The network as `relumax export` writes it.
 *
 * @param {import('./works.js').Work} work
 * @param {import('./data.js').Layer[]} parameters
 */
async function exported({ input, layers }, parameters) {
  const network = await Network.create({ input, layers });
  network.setParameters(parameters.filter(({ kind }) => kind !== 'maxPool'));
  const folder = mkdtempSync(join(tmpdir(), 'relumax-onnx-'));
  try {
    const [model, onnx] = [join(folder, 'model.safetensors'), join(folder, 'model.onnx')];
    writeFileSync(model, network.save());
    const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
    execFileSync(process.execPath, [command, 'export', model, '--onnx', onnx]);
    return new Uint8Array(readFileSync(onnx));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
