/**
 * The layout of weights in memory, and its address arithmetic.
 *
 * A matrix W[n × k] of weights is stored in *panels* of 16 units. Panel p has, for each input in order, the
 * weights from that input to the units 16p … 16p + 15: one cache line. A panel is a column-major matrix
 * that a product reads from front to back, so weights are never packed before a product:
 *
 *     w                 panel 0:  16 × k₄ floats
 *     w + 16·k₄         panel 1:  16 × k₄
 *     …                 n₁₆/16 in all
 *
 * n₄ and k₄ are n and k rounded up to a multiple of 4, n₁₆ is n rounded up to one of 16. Where n₄
 * is less than 16 there is one panel, no wider than n₄. The lanes and columns in between hold zero.
 */

/** The most units of a panel. */
const WIDEST = 16;

/** The bytes of `count` f32. */
export function f32Bytes(count: i32): usize {
  return (<usize>count) << 2;
}

/** The least multiple of 4 that holds n lanes. */
export function lanes4(n: i32): i32 {
  return (n + 3) & ~3;
}

/** How many lanes a panel of n units' weights has, its padding included. */
export function panelWidth(n: i32): i32 {
  return min(lanes4(n), WIDEST);
}

/** How many lanes all panels of n units' weights have. */
export function panelUnits(n: i32): i32 {
  const width = panelWidth(n);
  return ((n + width - 1) / width) * width;
}

/** How many floats W[n × k] takes. */
export function panelFloats(n: i32, k: i32): i32 {
  return panelUnits(n) * lanes4(k);
}

/** Where the weight from input i to unit j of n lies, in bytes from the start of W[n × k]. */
export function panelOffset(j: i32, i: i32, n: i32, k: i32): usize {
  const lane = j & (WIDEST - 1);
  return f32Bytes((j - lane) * lanes4(k) + i * panelWidth(n) + lane);
}
