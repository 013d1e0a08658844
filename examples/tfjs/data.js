/** What the programs learn from: the same arrays for TensorFlow.js and for relumax. All but the digits are drawn at random. */

/** Of each species: mean and standard deviation of sepal length and width, petal length and width, in cm. */
const SPECIES = {
  setosa: [5.01, 0.35, 3.43, 0.38, 1.46, 0.17, 0.25, 0.11],
  versicolor: [5.94, 0.52, 2.77, 0.31, 4.26, 0.47, 1.33, 0.2],
  virginica: [6.59, 0.64, 2.97, 0.32, 5.55, 0.55, 2.03, 0.27],
};

/** Of each column of the houses: the least value, the largest, and how much it adds to the price. */
const COLUMNS = [
  [0.01, 90, -2],
  [0, 100, 1],
  [0.5, 28, -1],
  [0, 1, 1],
  [0.4, 0.9, -3],
  [3.5, 8.8, 6],
  [3, 100, -1],
  [1.1, 12, -3],
  [1, 24, 2],
  [190, 710, -2],
  [12.6, 22, -3],
  [1.7, 38, -6],
];

/** 150 flowers, like R. A. Fisher's irises (1936). */
export function irises() {
  const { normal } = randomNumbers(1);
  const names = Object.keys(SPECIES);
  const labels = Array.from({ length: 150 }, (_, i) => i % 3);
  const rows = labels.map((label) => {
    const moments = Object.values(SPECIES)[label] ?? [];
    return [0, 2, 4, 6].map((i) => (moments[i] ?? 0) + (moments[i + 1] ?? 0) * normal());
  });
  return { rows, labels, names };
}

/** 800 houses of 12 columns, from 0.01 to 700, and their prices in thousands, of which ±2 is chance. */
export function houses() {
  const { uniform, normal } = randomNumbers(2);
  const rows = Array.from({ length: 800 }, () =>
    COLUMNS.map(([least = 0, largest = 0]) => least + (largest - least) * uniform()),
  );
  const prices = rows.map((row) => {
    const parts = COLUMNS.map(([least = 0, largest = 0, worth = 0], i) => {
      const part = ((row[i] ?? 0) - least) / (largest - least) - 0.5;
      return worth * (part + part * part);
    });
    return 22 + parts.reduce((sum, part) => sum + part) + 2 * normal();
  });
  return { rows, prices };
}

/** 6,000 readings of 10 sensors; 4 % are faults, which are 1 in `faults`. */
export function readings() {
  const { uniform, normal } = randomNumbers(3);
  const faults = Array.from({ length: 6000 }, () => Number(uniform() < 0.04));
  const rows = faults.map((fault) =>
    Array.from({ length: 10 }, (_, i) => 20 * (i + 1) + 5 * normal() + (i < 4 ? 5 * fault : 0)),
  );
  return { rows, faults };
}

/** What the notes are about. */
export const TOPICS = ['work', 'home', 'travel', 'sport'];

/** Notes as a model of sentences embeds them: 64 numbers each. They come one after another. */
export async function* notes(count = 60, seed = 4) {
  const { normal } = randomNumbers(5);
  const centres = TOPICS.map(() => Float32Array.from({ length: 64 }, normal));
  const own = randomNumbers(seed);
  for (let i = 0; i < count; i++) {
    const topic = i % TOPICS.length;
    const embedding = Float32Array.from(centres[topic] ?? [], (c) => (c + 1.5 * own.normal()) / 2);
    await new Promise((resolve) => setTimeout(resolve, 5));
    yield { embedding, topic };
  }
}

/** Numbers that look random, and are the same each time (mulberry32). @param {number} seed */
function randomNumbers(seed) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
  // Twelve uniform numbers less six are close to normal.
  const normal = () => Array.from({ length: 12 }, uniform).reduce((a, b) => a + b) - 6;
  return { uniform, normal };
}
