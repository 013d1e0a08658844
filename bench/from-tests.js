/**
 * What the benchmarks take from the tests and the library, whose TypeScript is translated here: the
 * float64 oracle that every kernel is held against, the core's kernels on a memory of their own, the
 * architectures, the table of optimizers, and the preset.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @returns {Promise<typeof import('../test/reference.ts')>} */
export function loadOracle() {
  return load('../test/reference.ts');
}

/** @returns {Promise<typeof import('../test/reference-convolution.ts')>} */
export function loadConvolutionOracle() {
  return load('../test/reference-convolution.ts');
}

/** @returns {Promise<typeof import('../src/core/architecture.ts')>} */
export function loadArchitectures() {
  return load('../src/core/architecture.ts');
}

/** @returns {Promise<typeof import('../test/assembly/kernels.ts')>} */
export function loadKernels() {
  return load('../test/assembly/kernels.ts');
}

/** @returns {Promise<typeof import('../src/core/optimizers.ts')>} */
export function loadOptimizers() {
  return load('../src/core/optimizers.ts');
}

/**
 * What `relumax train --preset best` does with images.
 *
 * @param {[height: number, width: number, channels: number]} image the size of the images
 * @param {number} classes
 * @returns {Promise<{ architecture: import('../src/core/layers.ts').Architecture, options: import('relumax').FitOptions }>}
 */
export async function loadPreset(image, classes) {
  /** @type {typeof import('../src/cli/options/fit-options.ts')} */
  const { augmentationOptions, optimizerOptions, BEST_IMAGES } = await load(
    '../src/cli/options/fit-options.ts',
  );
  const preset = BEST_IMAGES;
  const { hiddenLayers, batch: batchSize } = preset;
  /** @type {typeof import('../src/core/architecture.ts')} */
  const { checkedArchitecture } = await load('../src/core/architecture.ts');
  const layers = [.../** @type {readonly import('relumax').Layer[]} */ (hiddenLayers[0]), classes];
  const architecture = checkedArchitecture({ input: image, layers });
  const [height, width] = image;
  const optimizing = optimizerOptions(preset);
  const options = { ...optimizing, ...augmentationOptions(preset, { height, width }), batchSize };
  return { architecture, options };
}

/**
 * @param {string} path from here
 * @returns {Promise<any>} the module
 */
async function load(path) {
  const url = new URL(path, import.meta.url);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(url)],
    bundle: true,
    format: 'esm',
    platform: 'node',
    // Where it finds what lies beside it.
    define: { 'import.meta.url': JSON.stringify(url.href) },
    write: false,
  });
  const [{ text } = { text: '' }] = outputFiles;
  return import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
}
