import { f32Bytes } from './panels';

/**
 * The nonzeros of examples, in the order of the inputs, in two forms:
 *
 *   (value, column) pairs, which the sparse products read
 *     f32  the input, scaled as in input.ts
 *     u32  offset of the input's column in a panel of weights, in floats
 *
 *   delta-encoded nonzeros, in which a training set of bytes is kept
 *     u16  256·(the input's distance from the previous nonzero, or from input 0) + the input's byte
 *
 * The delta-encoded form takes a quarter of the memory of pairs. It is smaller than the bytes if more than
 * half of them are zero. If the next nonzero is too far for one byte, zeros are encoded in between; their
 * pairs add nothing to a sum.
 */

/** Bytes of a pair and of an encoded nonzero, as powers of two. */
export const PAIR_SHIFT = 3;
const ENCODED_SHIFT = 1;

/** How many pairs may be written, and encoded nonzeros written or read, after the last. */
export const SLACK = 7;

/** The distance of an encoded zero. After it, up to 15 more still fit into a byte. */
const REACH = 240;

/** 1/255 to the nearest f32, in memory because V8 rebuilds a constant vector at every use. */
const SCALE = memory.data<f32>([0.003921569], 16);

/** Bytes of the encoded nonzeros of so many inputs, at most. */
export function encodedBytes(count: i32): usize {
  return (<usize>(count + SLACK)) << ENCODED_SHIFT;
}

/** Number of encoded nonzeros between two addresses. */
export function encodedBetween(encoded: usize, end: usize): usize {
  return (end - encoded) >> ENCODED_SHIFT;
}

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
 * Encodes one example's nonzero bytes, and returns the end of the encoded nonzeros.
 *
 * encoded  overwritten; as large as `encodedBytes`
 * x        u8[k]; up to 32 bytes after it may be read, and are ignored
 */
export function encodeBytes(encoded: usize, x: usize, k: i32): usize {
  const zero = i8x16.splat(0);
  let last = 0;
  let i = 0;
  for (; i + 16 <= k; i += 16) {
    for (; i - last > REACH; last += REACH) encoded = encode(encoded, REACH, 0);
    let mask = i8x16.bitmask(i8x16.ne(v128.load(x + i), zero));
    const end = encoded + ((<usize>popcnt(mask)) << ENCODED_SHIFT);
    const next = mask == 0 ? last : i + 31 - clz(mask);
    // Four at a time, so that the processor mispredicts the end of fewer loops; what is written
    // past the last one is overwritten or not read.
    for (let to = encoded; to < end; ) {
      const a = i + ctz(mask);
      mask &= mask - 1;
      const b = i + ctz(mask);
      mask &= mask - 1;
      const c = i + ctz(mask);
      mask &= mask - 1;
      const d = i + ctz(mask);
      mask &= mask - 1;
      to = encode(to, a - last, load<u8>(x + a));
      to = encode(to, b - a, load<u8>(x + b));
      to = encode(to, c - b, load<u8>(x + c));
      to = encode(to, d - c, load<u8>(x + d));
      last = d;
    }
    encoded = end;
    last = next;
  }
  for (; i < k; i++) {
    const byte = load<u8>(x + i);
    if (byte == 0) continue;
    for (; i - last > REACH; last += REACH) encoded = encode(encoded, REACH, 0);
    encoded = encode(encoded, i - last, byte);
    last = i;
  }
  return encoded;
}

/** Writes one encoded nonzero, and returns the address of the next one. */
function encode(at: usize, distance: i32, byte: i32): usize {
  store<u16>(at, (distance << 8) | byte);
  return at + (1 << ENCODED_SHIFT);
}

/**
 * Decodes nonzeros to pairs, and returns the end of the pairs.
 *
 * pairs    overwritten: one per encoded nonzero; SLACK more may be written
 * encoded  up to `end`; SLACK more may be read, and are ignored
 * width    lanes of a panel: floats from one input's column to the next one's
 */
export function pairsOfEncoded(pairs: usize, encoded: usize, end: usize, width: i32): usize {
  const last = pairs + ((end - encoded) << (PAIR_SHIFT - ENCODED_SHIFT));
  const scale = v128.load32_splat(SCALE);
  const lanes = i16x8.splat(<i16>width);
  const zero = i32x4.splat(0);
  let before = zero;
  for (; encoded < end; encoded += 8 << ENCODED_SHIFT) {
    const eight = v128.load(encoded);
    // Distances become columns by a prefix sum over the eight lanes: each adds the lane one, then two,
    // then four before it.
    let inputs = i16x8.shr_u(eight, 8);
    inputs = i16x8.add(inputs, i16x8.shuffle(zero, inputs, 7, 8, 9, 10, 11, 12, 13, 14));
    inputs = i16x8.add(inputs, i16x8.shuffle(zero, inputs, 6, 7, 8, 9, 10, 11, 12, 13));
    inputs = i16x8.add(inputs, i16x8.shuffle(zero, inputs, 4, 5, 6, 7, 8, 9, 10, 11));
    // At most 8 · 255 inputs of 16 lanes each, which 16 bits hold.
    inputs = i16x8.mul(inputs, lanes);
    const columns0 = i32x4.add(before, i32x4.extend_low_i16x8_u(inputs));
    const columns1 = i32x4.add(before, i32x4.extend_high_i16x8_u(inputs));
    before = i32x4.shuffle(columns1, columns1, 3, 3, 3, 3);
    const bytes = i16x8.shr_u(i16x8.shl(eight, 8), 8);
    storePairs(pairs, i32x4.extend_low_i16x8_u(bytes), columns0, scale);
    pairs += 4 << PAIR_SHIFT;
    storePairs(pairs, i32x4.extend_high_i16x8_u(bytes), columns1, scale);
    pairs += 4 << PAIR_SHIFT;
  }
  return last;
}

/** Writes four pairs. */
function storePairs(pairs: usize, bytes: v128, columns: v128, scale: v128): void {
  const values = f32x4.mul(f32x4.convert_i32x4_s(bytes), scale);
  v128.store(pairs, i32x4.shuffle(values, columns, 0, 4, 1, 5));
  v128.store(pairs, i32x4.shuffle(values, columns, 2, 6, 3, 7), 16);
}

/**
 * Writes the pairs of one example's nonzero floats, and returns their end.
 *
 * x      f32[k]
 * width  lanes of a panel: floats from one input's column to the next one's
 */
export function pairsOfFloats(pairs: usize, x: usize, k: i32, width: i32): usize {
  let column = 0;
  for (let i = 0; i < k; i++) {
    const value = load<f32>(x + f32Bytes(i));
    if (value != 0) {
      store<f32>(pairs, value);
      store<i32>(pairs, column, 4);
      pairs += 1 << PAIR_SHIFT;
    }
    column += width;
  }
  return pairs;
}

/**
 * For each of m examples, where those of its pairs begin and end whose columns are `from` … `to` − 1
 *
 * bounds       u32[2 × m]  overwritten
 * rowPointers  u32[2 × m]  where each example's pairs begin and end; their columns ascend
 *
 * `from` 0 and `to` −1, the largest there is, are where the pairs begin and end.
 */
export function boundPairs(bounds: usize, rowPointers: usize, m: i32, from: u32, to: u32): void {
  for (; m > 0; m--) {
    const pairs = <usize>load<u32>(rowPointers);
    const end = <usize>load<u32>(rowPointers, 4);
    store<u32>(bounds, <u32>(from == 0 ? pairs : firstPairFrom(pairs, end, from)));
    store<u32>(bounds, <u32>(to == <u32>-1 ? end : firstPairFrom(pairs, end, to)), 4);
    rowPointers += 8;
    bounds += 8;
  }
}

/** The first of ascending pairs whose column is not less; their end where there is none. */
function firstPairFrom(pairs: usize, end: usize, column: u32): usize {
  // Without a branch but for the loop, for which way it goes nobody could predict.
  let count = (end - pairs) >> PAIR_SHIFT;
  while (count > 0) {
    const half = (count + 1) >> 1;
    const next = pairs + (half << PAIR_SHIFT);
    pairs = select(next, pairs, load<u32>(next - (1 << PAIR_SHIFT), 4) < column);
    count -= half;
  }
  return pairs;
}
