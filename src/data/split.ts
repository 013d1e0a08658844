/** Which examples are held out: at random, and of each class, or each tenth of numbers, the same fraction. */
import { Random } from '../base/random.ts';

/**
 * Marks the examples that are held out: of each class the same fraction, to within one example (largest
 * remainder method; of equal remainders the lower class first).
 *
 * @param labels the class of each example; all alike if there are no classes
 * @returns 1 for each example that is held out, else 0
 */
export function heldOut(
  labels: Uint8Array,
  classes: number,
  test: number,
  total: number,
  seed: number,
): Uint8Array {
  const isTest = new Uint8Array(labels.length);
  const members = placesOf(labels, classes);
  const counts = largestRemainders(
    members.map((examples) => test * examples.length),
    total,
  );
  for (const [label, examples] of members.entries()) {
    new Random(seed, 'split', label).shuffle(examples);
    for (const example of examples.subarray(0, counts[label])) isTest[example] = 1;
  }
  return isTest;
}

/**
 * The rows to train on and those to hold out; a class with a single row is trained on.
 *
 * @param classes of each row the number of its class, below 256; undefined if there are no classes
 */
export function splitRows(
  classes: Uint8Array | undefined,
  rows: number,
  test: number,
  seed: number,
): { train: Uint32Array; test: Uint32Array } {
  const labels = classes ?? new Uint8Array(rows);
  const members = placesOf(labels, 256);
  const divided = Uint32Array.from(labels.keys()).filter(
    (row) => !classes || members[labels[row]!]!.length > 1,
  );
  const total = Math.round(test * divided.length);
  const held = heldOut(
    Uint8Array.from(divided, (row) => labels[row]!),
    ...([256, test, total, seed] as const),
  );
  const isTest = new Uint8Array(rows);
  for (const [i, row] of divided.entries()) isTest[row] = held[i]!;
  const [trained, tested] = placesOf(isTest, 2);
  return { train: trained!, test: tested! };
}

/** Parts of the numbers from which as many are held out, and the rows that each has at least. */
const PARTS = 10;
const ROWS_OF_A_PART = 5;

/** Of each number, which tenth of all it is in by its size: classes for `splitRows`; fewer parts of few numbers. */
export function tenthsOf(numbers: Float64Array | Float32Array): Uint8Array {
  const { length } = numbers;
  const parts = Math.max(1, Math.min(PARTS, Math.floor(length / ROWS_OF_A_PART)));
  const bySize = Uint32Array.from(numbers.keys()).sort(
    (a, b) => numbers[a]! - numbers[b]! || a - b,
  );
  const tenths = new Uint8Array(length);
  for (const [rank, row] of bySize.entries()) tenths[row] = Math.floor((rank * parts) / length);
  return tenths;
}

/** For each number from 0 to `count` − 1 its indices in an array, ascending. */
export function placesOf(numbers: Uint8Array, count: number): Uint32Array[] {
  const counts = new Uint32Array(count);
  for (const number of numbers) counts[number]!++;
  const places = Array.from(counts, (count) => new Uint32Array(count));
  for (let i = numbers.length - 1; i >= 0; i--) places[numbers[i]!]![--counts[numbers[i]!]!] = i;
  return places;
}

/**
 * Rounds numbers so that they add up to `total`, by the largest remainder method (Hamilton's): each is
 * rounded down, and the largest remainders are rounded up; of equal ones the first.
 *
 * @param shares not negative; their sum rounds to `total`
 */
function largestRemainders(shares: number[], total: number): number[] {
  const counts = shares.map(Math.floor);
  const missing = total - counts.reduce((sum, count) => sum + count, 0);
  const remainder = (i: number) => shares[i]! - counts[i]!;
  const largestFirst = [...shares.keys()].sort((a, b) => remainder(b) - remainder(a));
  for (const i of largestFirst.slice(0, missing)) counts[i]!++;
  return counts;
}
