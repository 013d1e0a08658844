import { f32Bytes } from './panels';

/**
 * The nonzeros of an example, as the sparse products read them: one entry each, in the order of
 * the inputs.
 *
 *     entry    f32  the input, scaled as in input.ts
 *              u32  where input i's column begins in a panel of 8 units: 32·i bytes
 */

/** Bytes of an entry, as a power of two. */
export const ENTRY_SHIFT = 3;

/** Bytes of a column in a panel of 8 units, as a power of two. */
const COLUMN_SHIFT = 5;

/** 1/255 to the nearest f32. */
const SCALE: f32 = 0.003921569;

/** How many of x, u8[count], are not zero. */
export function countBytes(x: usize, count: i32): i32 {
  const zero = i8x16.splat(0);
  let found = 0;
  for (; count >= 16; count -= 16) {
    found += popcnt(i8x16.bitmask(i8x16.ne(v128.load(x), zero)));
    x += 16;
  }
  for (; count > 0; count--) {
    found += i32(load<u8>(x) != 0);
    x += 1;
  }
  return found;
}

/** How many of x, f32[count], are not zero. */
export function countFloats(x: usize, count: i32): i32 {
  const zero = f32x4.splat(0);
  let found = 0;
  for (; count >= 4; count -= 4) {
    found += popcnt(i32x4.bitmask(f32x4.ne(v128.load(x), zero)));
    x += 16;
  }
  for (; count > 0; count--) {
    found += i32(load<f32>(x) != 0);
    x += 4;
  }
  return found;
}

/**
 * Writes the entries of one example's nonzero bytes, and returns where they end.
 *
 * x  u8[k]; up to 32 bytes after it are read and left out of account
 *
 * Up to three entries' room after the last one is written too.
 */
export function collectBytes(entries: usize, x: usize, k: i32): usize {
  const zero = i8x16.splat(0);
  let i = 0;
  for (; i + 16 <= k; i += 16) {
    let mask = i8x16.bitmask(i8x16.ne(v128.load(x + i), zero));
    const end = entries + ((<usize>popcnt(mask)) << ENTRY_SHIFT);
    // Four at a time, so that the processor mispredicts the end of fewer loops; what is written
    // past the last one is overwritten or not read.
    for (let to = entries; to < end; to += 4 << ENTRY_SHIFT) {
      const a = i + ctz(mask);
      mask &= mask - 1;
      const b = i + ctz(mask);
      mask &= mask - 1;
      const c = i + ctz(mask);
      mask &= mask - 1;
      const d = i + ctz(mask);
      mask &= mask - 1;
      store<f32>(to, <f32>load<u8>(x + a) * SCALE);
      store<i32>(to, a << COLUMN_SHIFT, 4);
      store<f32>(to, <f32>load<u8>(x + b) * SCALE, 8);
      store<i32>(to, b << COLUMN_SHIFT, 12);
      store<f32>(to, <f32>load<u8>(x + c) * SCALE, 16);
      store<i32>(to, c << COLUMN_SHIFT, 20);
      store<f32>(to, <f32>load<u8>(x + d) * SCALE, 24);
      store<i32>(to, d << COLUMN_SHIFT, 28);
    }
    entries = end;
  }
  for (; i < k; i++) {
    const byte = load<u8>(x + i);
    if (byte == 0) continue;
    store<i32>(entries, i << COLUMN_SHIFT, 4);
    store<f32>(entries, <f32>byte * SCALE);
    entries += 1 << ENTRY_SHIFT;
  }
  return entries;
}

/** `collectBytes` for x f32[k]. */
export function collectFloats(entries: usize, x: usize, k: i32): usize {
  for (let i = 0; i < k; i++) {
    const value = load<f32>(x + f32Bytes(i));
    if (value == 0) continue;
    store<i32>(entries, i << COLUMN_SHIFT, 4);
    store<f32>(entries, value);
    entries += 1 << ENTRY_SHIFT;
  }
  return entries;
}
