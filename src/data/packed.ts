/** Bytes that deflate packs into one, at most: 258, the longest match, in two bits. */
export const MOST_DEFLATED = 1032;
