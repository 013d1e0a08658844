/** The parts of a table's numbers from which as many rows are held out: tenths by size. */

const PARTS = 10;
const ROWS_OF_A_PART = 5;

/** Of each number, which tenth of all it is in by its size; fewer parts of few numbers. */
export function tenthsOf(numbers: Float64Array): Uint8Array {
  const { length } = numbers;
  const parts = Math.max(1, Math.min(PARTS, Math.floor(length / ROWS_OF_A_PART)));
  const bySize = Uint32Array.from(numbers.keys()).sort(
    (a, b) => numbers[a]! - numbers[b]! || a - b,
  );
  const tenths = new Uint8Array(length);
  for (const [rank, row] of bySize.entries()) tenths[row] = Math.floor((rank * parts) / length);
  return tenths;
}
