/** How much memory is taken for compressed data. */

/** Bytes that deflate packs into one, at most: 258, the longest match, in two bits. */
export const MOST_DEFLATED = 1032;
/** What small files may unpack to: data that are all alike pack to a thousandth. */
const LEAST = 2 ** 26;
/** Images of handwriting pack to a fifth, and sparse ones to a fiftieth. */
const MOST_PER_BYTE = 100;

/** The bytes that so many compressed ones may unpack to, the largest budget of a reader aside. */
export function mostUnpacked(bytes: number): number {
  return Math.max(LEAST, MOST_PER_BYTE * bytes);
}
