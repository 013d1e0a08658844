/** The highest ratio of deflate: 258 bytes, the longest match, in two bits. */
export const MOST_DEFLATED = 1032;
