/** Memory limits for compressed data. */

/** The highest ratio of deflate: 258 bytes, the longest match, in two bits. */
export const MOST_DEFLATED = 1032;
/** Bytes that even a small file may unpack to: constant data compress to a thousandth. */
const LEAST = 2 ** 26;
/** Images of handwriting compress to a fifth, and sparse ones to a fiftieth. */
const MOST_PER_BYTE = 100;

/** How many bytes so many compressed ones may unpack to; readers may have a smaller limit. */
export function mostUnpacked(bytes: number): number {
  return Math.max(LEAST, MOST_PER_BYTE * bytes);
}
