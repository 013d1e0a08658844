/**
 * Who is compared, in a file each that is run as a process of its own.
 *
 * @typedef {object} Entry
 * @property {string} name what --only calls it
 * @property {string} label
 * @property {string} file
 * @property {string} [variant]
 * @property {string} [python] the Python package that it needs
 * @property {readonly number[]} works that it takes part in
 * @property {Record<number, Share>} [shares] of the images, by work, where all of them take too long
 */

/**
 * @typedef {object} Share
 * @property {number} images that a timed repetition takes: in training, the first of a random order
 * @property {boolean} [warmUp] whether the warming up is a whole epoch all the same, so that there is
 *   an accuracy
 */

const TRAINING = [1, 2, 3, 4];
const PREDICTING = [5, 6];
const ALL = [...TRAINING, ...PREDICTING];
/** What those take part in that have several threads. */
const THREADS = 8;
const CONVOLUTION_TRAINING = [9, 10];
const CONVOLUTION_PREDICTING = [11, 12];
const CONVOLUTION = [...CONVOLUTION_TRAINING, ...CONVOLUTION_PREDICTING];
const CONVOLUTION_THREADS = 13;

/** @type {Entry} */
export const RELUMAX = {
  name: 'relumax',
  label: 'relumax',
  file: 'relumax.js',
  works: [...ALL, 7, THREADS, ...CONVOLUTION, CONVOLUTION_THREADS],
};

/** @type {readonly Entry[]} */
export const PEERS = [
  {
    name: 'pytorch',
    label: 'PyTorch',
    file: 'pytorch.py',
    python: 'torch',
    works: [...ALL, 7, THREADS],
  },
  {
    name: 'pytorch-sgd',
    label: 'PyTorch, optim.SGD',
    file: 'pytorch.py',
    variant: 'optim.SGD',
    python: 'torch',
    works: [...TRAINING, THREADS],
  },
  {
    name: 'pytorch-by-hand',
    label: 'PyTorch, by hand',
    file: 'pytorch.py',
    variant: 'by hand',
    python: 'torch',
    works: [...TRAINING, THREADS],
  },
  {
    name: 'pytorch-channels-last',
    label: 'PyTorch, channels last',
    file: 'pytorch.py',
    variant: 'channels last',
    python: 'torch',
    works: [...CONVOLUTION, CONVOLUTION_THREADS],
  },
  {
    name: 'pytorch-channels-first',
    label: 'PyTorch, channels first',
    file: 'pytorch.py',
    variant: 'channels first',
    python: 'torch',
    works: [...CONVOLUTION, CONVOLUTION_THREADS],
  },
  {
    name: 'numpy',
    label: 'NumPy',
    file: 'numpy_peer.py',
    python: 'numpy',
    works: [...ALL, THREADS],
  },
  {
    name: 'onnxruntime-web',
    label: 'onnxruntime-web',
    file: 'onnxruntime-web.js',
    works: [...PREDICTING, ...CONVOLUTION_PREDICTING],
  },
  {
    name: 'jax-js',
    label: 'jax-js',
    file: 'jax-js.js',
    works: [...ALL, ...CONVOLUTION],
    shares: {
      9: { images: 128, warmUp: true },
      10: { images: 256, warmUp: true },
      11: { images: 500 },
      12: { images: 5000 },
    },
  },
  {
    name: 'tfjs-wasm',
    label: 'TensorFlow.js, wasm',
    file: 'tfjs-wasm.js',
    works: [...ALL, ...CONVOLUTION],
    shares: { 4: { images: 1280 } },
  },
  {
    name: 'tfjs-wasm-kernel',
    label: 'TensorFlow.js, wasm, a kernel added',
    file: 'tfjs-wasm.js',
    variant: 'kernel added',
    works: CONVOLUTION_TRAINING,
    shares: { 9: { images: 2560, warmUp: true }, 10: { images: 2560, warmUp: true } },
  },
  {
    name: 'tfjs-wasm-kernels',
    label: 'TensorFlow.js, wasm, two kernels added',
    file: 'tfjs-wasm.js',
    variant: 'two kernels added',
    works: CONVOLUTION_TRAINING,
    shares: { 9: { images: 2560, warmUp: true }, 10: { images: 2560, warmUp: true } },
  },
  {
    name: 'tfjs-wasm-by-hand',
    label: 'TensorFlow.js, wasm, by hand',
    file: 'tfjs-wasm.js',
    variant: 'by hand',
    works: TRAINING,
    shares: { 4: { images: 6400 } },
  },
  {
    name: 'tfjs-cpu',
    label: 'TensorFlow.js, cpu',
    file: 'tfjs-cpu.js',
    works: [...ALL, ...CONVOLUTION],
    shares: {
      3: { images: 6400, warmUp: true },
      4: { images: 640 },
      9: { images: 64 },
      10: { images: 64 },
      11: { images: 100 },
      12: { images: 100 },
    },
  },
  {
    name: 'convnetjs',
    label: 'ConvNetJS',
    file: 'convnetjs.js',
    works: [...ALL, ...CONVOLUTION],
    shares: {
      3: { images: 6400, warmUp: true },
      4: { images: 640 },
      9: { images: 320, warmUp: true },
      10: { images: 640, warmUp: true },
      11: { images: 1000 },
      12: { images: 1000 },
    },
  },
  {
    name: 'brain.js',
    label: 'brain.js',
    file: 'brain.js',
    works: ALL,
    shares: {
      3: { images: 2000, warmUp: true },
      4: { images: 250 },
    },
  },
];
