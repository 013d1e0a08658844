import { f32Bytes } from './panels';

/**
 * The nonzeros of examples, in the order of the inputs, in two forms. The sparse products read
 * *entries*; a training set of bytes is kept as *marks*, which take a quarter of the room: less than
 * the bytes themselves where more than half of them are zero.
 *
 *     entry    f32  the input, scaled as in input.ts
 *              u32  where input i's column begins in a panel of weights, in floats
 *
 *     mark     u16  256·(how many inputs after the last mark's, or after input 0) + the input's byte
 *
 * Where the next nonzero is further off than a mark can say, marks of zeros lie between; the zero
 * entries that they make add nothing.
 */

/** Bytes of an entry and of a mark, as powers of two. */
export const ENTRY_SHIFT = 3;
const MARK_SHIFT = 1;

/** How many entries may be written, and marks written or read, after the last. */
export const SLACK = 7;

/** How far a mark of a zero reaches; what is 16 further on is still within a byte. */
const REACH = 240;

/** 1/255 to the nearest f32, in memory because V8 rebuilds a constant vector at every use. */
const SCALE = memory.data<f32>([0.003921569], 16);

/** The room that the marks of so many inputs may take. */
export function marksBytes(count: i32): usize {
  return (<usize>(count + SLACK)) << MARK_SHIFT;
}

/** How many marks lie between two addresses. */
export function marksBetween(marks: usize, end: usize): usize {
  return (end - marks) >> MARK_SHIFT;
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
 * Writes the marks of one example's nonzero bytes, and returns where they end.
 *
 * marks  room as of `marksBytes`
 * x      u8[k]; up to 32 bytes after it may be read, and are left out of account
 */
export function markBytes(marks: usize, x: usize, k: i32): usize {
  const zero = i8x16.splat(0);
  let last = 0;
  let i = 0;
  for (; i + 16 <= k; i += 16) {
    for (; i - last > REACH; last += REACH) marks = mark(marks, REACH, 0);
    let mask = i8x16.bitmask(i8x16.ne(v128.load(x + i), zero));
    const end = marks + ((<usize>popcnt(mask)) << MARK_SHIFT);
    const next = mask == 0 ? last : i + 31 - clz(mask);
    // Four at a time, so that the processor mispredicts the end of fewer loops; what is written
    // past the last one is overwritten or not read.
    for (let to = marks; to < end; ) {
      const a = i + ctz(mask);
      mask &= mask - 1;
      const b = i + ctz(mask);
      mask &= mask - 1;
      const c = i + ctz(mask);
      mask &= mask - 1;
      const d = i + ctz(mask);
      mask &= mask - 1;
      to = mark(to, a - last, load<u8>(x + a));
      to = mark(to, b - a, load<u8>(x + b));
      to = mark(to, c - b, load<u8>(x + c));
      to = mark(to, d - c, load<u8>(x + d));
      last = d;
    }
    marks = end;
    last = next;
  }
  for (; i < k; i++) {
    const byte = load<u8>(x + i);
    if (byte == 0) continue;
    for (; i - last > REACH; last += REACH) marks = mark(marks, REACH, 0);
    marks = mark(marks, i - last, byte);
    last = i;
  }
  return marks;
}

/** Writes one mark, and returns where the next one goes. */
function mark(at: usize, distance: i32, byte: i32): usize {
  store<u16>(at, (distance << 8) | byte);
  return at + (1 << MARK_SHIFT);
}

/**
 * Writes the entries of marks, and returns where they end.
 *
 * entries      room for one a mark and SLACK more, which may be written
 * marks        those up to `end`; SLACK more may be read, and are left out of account
 * width        lanes of a panel: floats from one input's column to the next one's
 */
export function entriesOfMarks(entries: usize, marks: usize, end: usize, width: i32): usize {
  const last = entries + ((end - marks) << (ENTRY_SHIFT - MARK_SHIFT));
  const scale = v128.load32_splat(SCALE);
  const lanes = i16x8.splat(<i16>width);
  const zero = i32x4.splat(0);
  let before = zero;
  for (; marks < end; marks += 8 << MARK_SHIFT) {
    const eight = v128.load(marks);
    // The distances from the last mark become those from the last eight: sums over each lane and
    // all before it, by adding what lies one, then two, then four lanes before.
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
    storeEntries(entries, i32x4.extend_low_i16x8_u(bytes), columns0, scale);
    entries += 4 << ENTRY_SHIFT;
    storeEntries(entries, i32x4.extend_high_i16x8_u(bytes), columns1, scale);
    entries += 4 << ENTRY_SHIFT;
  }
  return last;
}

/** Writes four entries. */
function storeEntries(entries: usize, bytes: v128, columns: v128, scale: v128): void {
  const values = f32x4.mul(f32x4.convert_i32x4_s(bytes), scale);
  v128.store(entries, i32x4.shuffle(values, columns, 0, 4, 1, 5));
  v128.store(entries, i32x4.shuffle(values, columns, 2, 6, 3, 7), 16);
}

/**
 * Writes the entries of one example's nonzero floats, and returns where they end.
 *
 * x      f32[k]
 * width  lanes of a panel: floats from one input's column to the next one's
 */
export function entriesOfFloats(entries: usize, x: usize, k: i32, width: i32): usize {
  let column = 0;
  for (let i = 0; i < k; i++) {
    const value = load<f32>(x + f32Bytes(i));
    if (value != 0) {
      store<f32>(entries, value);
      store<i32>(entries, column, 4);
      entries += 1 << ENTRY_SHIFT;
    }
    column += width;
  }
  return entries;
}
