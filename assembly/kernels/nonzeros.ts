import { f32Bytes } from './panels';

/**
 * The nonzeros of examples, in the order of the inputs, in two forms. The sparse products read
 * *entries*; a training set of bytes is kept as *marks*, which take half the room, and in memory
 * less than the bytes themselves where three quarters of them are zero.
 *
 *     entry    f32  the input, scaled as in input.ts
 *              u32  where input i's column begins in a panel of weights, in bytes
 *
 *     mark     u32  256·i + the byte of input i
 */

/** Bytes of an entry and of a mark, as powers of two. */
export const ENTRY_SHIFT = 3;
const MARK_SHIFT = 2;

/** 1/255 to the nearest f32, in memory because V8 rebuilds a constant vector at every use. */
const SCALE = memory.data<f32>([0.003921569], 16);

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
 * Writes the marks of one example's nonzero bytes, and returns where they end.
 *
 * marks  room for as many as there are nonzeros and three more, which may be written
 * x      u8[k]; up to 32 bytes after it may be read, and are left out of account
 */
export function markBytes(marks: usize, x: usize, k: i32): usize {
  const zero = i8x16.splat(0);
  let i = 0;
  for (; i + 16 <= k; i += 16) {
    let mask = i8x16.bitmask(i8x16.ne(v128.load(x + i), zero));
    const end = marks + ((<usize>popcnt(mask)) << MARK_SHIFT);
    // Four at a time, so that the processor mispredicts the end of fewer loops; what is written
    // past the last one is overwritten or not read.
    for (let to = marks; to < end; to += 4 << MARK_SHIFT) {
      const a = i + ctz(mask);
      mask &= mask - 1;
      const b = i + ctz(mask);
      mask &= mask - 1;
      const c = i + ctz(mask);
      mask &= mask - 1;
      const d = i + ctz(mask);
      mask &= mask - 1;
      store<u32>(to, (a << 8) | load<u8>(x + a));
      store<u32>(to, (b << 8) | load<u8>(x + b), 4);
      store<u32>(to, (c << 8) | load<u8>(x + c), 8);
      store<u32>(to, (d << 8) | load<u8>(x + d), 12);
    }
    marks = end;
  }
  for (; i < k; i++) {
    const byte = load<u8>(x + i);
    if (byte == 0) continue;
    store<u32>(marks, (i << 8) | byte);
    marks += 1 << MARK_SHIFT;
  }
  return marks;
}

/**
 * Writes the entries of marks, and returns where they end.
 *
 * entries      room for one a mark and three more, which may be written
 * marks        those up to `end`; three more may be read, and are left out of account
 * columnBytes  from one input's column to the next one's
 */
export function entriesOfMarks(
  entries: usize,
  marks: usize,
  end: usize,
  columnBytes: usize,
): usize {
  const last = entries + ((end - marks) << (ENTRY_SHIFT - MARK_SHIFT));
  const scale = v128.load32_splat(SCALE);
  const byte = i32x4.splat(0xff);
  const column = i32x4.splat(<i32>columnBytes);
  for (; marks < end; marks += 4 << MARK_SHIFT) {
    const four = v128.load(marks);
    const inputs = f32x4.mul(f32x4.convert_i32x4_s(v128.and(four, byte)), scale);
    const columns = i32x4.mul(i32x4.shr_u(four, 8), column);
    v128.store(entries, i32x4.shuffle(inputs, columns, 0, 4, 1, 5));
    v128.store(entries, i32x4.shuffle(inputs, columns, 2, 6, 3, 7), 16);
    entries += 4 << ENTRY_SHIFT;
  }
  return last;
}

/**
 * Writes the entries of one example's nonzero floats, and returns where they end.
 *
 * x            f32[k]
 * columnBytes  from one input's column to the next one's
 */
export function entriesOfFloats(entries: usize, x: usize, k: i32, columnBytes: usize): usize {
  let column: usize = 0;
  for (let i = 0; i < k; i++) {
    const value = load<f32>(x + f32Bytes(i));
    if (value != 0) {
      store<f32>(entries, value);
      store<u32>(entries, <u32>column, 4);
      entries += 1 << ENTRY_SHIFT;
    }
    column += columnBytes;
  }
  return entries;
}
