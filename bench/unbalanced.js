/**
 * Two classes of which one is rare, and how they are trained: for bench/peers/class-weights.js, which trains
 * TensorFlow.js likewise, and for a test that holds relumax to what it reaches.
 */

/** How many examples in a hundred are positive. */
const POSITIVE = 4;
const FEATURES = 10;

export const LAYERS = [FEATURES, 16, 2];
export const TRAINING = { epochs: 20, batchSize: 32, learningRate: 0.003, shuffle: false };
export const OPTIMIZER = /** @type {const} */ ({
  name: 'adam',
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
});
export const WEIGHTS = [1, 24];
export const LENGTHS = { train: 5000, test: 5000 };

/**
 * So many examples: normal numbers, which the positive ones have moved, so that the classes overlap.
 *
 * @param {number} length
 * @param {number} seed
 */
export function unbalanced(length, seed) {
  const next = wordsFrom(seed);
  const uniform = () => next() / 2 ** 32;
  // The sum of twelve uniform numbers has variance 1, and is the same in every engine.
  const normal = () => Array.from({ length: 12 }, uniform).reduce((sum, u) => sum + u, -6);
  const labels = Uint8Array.from({ length }, () => +(uniform() < POSITIVE / 100));
  const inputs = new Float32Array(length * FEATURES);
  for (const i of inputs.keys()) {
    const moved = labels[Math.floor(i / FEATURES)] ? 0.8 - 0.1 * (i % FEATURES) : 0;
    inputs[i] = normal() + moved;
  }
  return { inputs, labels };
}

/**
 * The words of Mulberry32 (T. Ettinger, 2017).
 *
 * @param {number} seed
 */
function wordsFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  };
}

/**
 * The share of the positive examples that are found, and of those found the share that are positive.
 *
 * @param {ArrayLike<number>} probabilities two an example
 * @param {Uint8Array} labels
 */
export function recallOf(probabilities, labels) {
  let [found, right, positive] = [0, 0, 0];
  for (const [i, label] of labels.entries()) {
    const isFound = (probabilities[2 * i + 1] ?? 0) > 0.5;
    found += +isFound;
    right += +isFound & label;
    positive += label;
  }
  return { recall: right / positive, precision: right / found };
}
