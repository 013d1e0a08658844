/**
 * How weights lie in memory, and the address arithmetic for it.
 *
 * A matrix W[n × k] of weights is kept in *panels* of 8 units: panel p holds, for input after
 * input, the weights that leave that input for the units 8p … 8p + 7. A panel is a column-major
 * matrix of its own that a product reads from front to back, so nothing is packed before one:
 *
 *     w                          panel 0:  8 × k₄ floats
 *     w + 8·k₄                   panel 1:  8 × k₄
 *     …
 *     w + 8·k₄·⌊n₄/8⌋            the last one, 4 × k₄, where n₄ is an odd multiple of 4
 *
 * n₄ and k₄ are n and k rounded up to a multiple of 4; the lanes and columns in between hold zero.
 * The whole takes n₄ · k₄ floats, as a padded column-major matrix would.
 */

/** The bytes of `count` f32. */
export function f32Bytes(count: i32): usize {
  return (<usize>count) << 2;
}

/** The least multiple of 4 that holds n lanes. */
export function lanes4(n: i32): i32 {
  return (n + 3) & ~3;
}

/** How many lanes the panel of unit j has, of n₄ lanes in all: 8, or 4 for a short last one. */
export function panelWidth(j: i32, n4: i32): i32 {
  return (j | 7) < n4 ? 8 : 4;
}

/** Where the weight from input i to unit j lies, in bytes from the start of W[n₄ × k₄]. */
export function panelOffset(j: i32, i: i32, n4: i32, k4: i32): usize {
  return f32Bytes((j & ~7) * k4 + i * panelWidth(j, n4) + (j & 7));
}
