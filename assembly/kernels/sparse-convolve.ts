import { f32Bytes, lanes4, panelOffset, panelWidth } from './panels';
import { Span } from './spans';

/** How many of the floats are not zero; count is a multiple of 4. */
export function countNonzeros(x: usize, count: i32): i32 {
  let zeros = i32x4.splat(0);
  for (const end = x + f32Bytes(count); x < end; x += 16) {
    zeros = i32x4.add(zeros, f32x4.eq(v128.load(x), f32x4.splat(0)));
  }
  // Each zero has added −1.
  const low = i32x4.extract_lane(zeros, 0) + i32x4.extract_lane(zeros, 1);
  return count + low + i32x4.extract_lane(zeros, 2) + i32x4.extract_lane(zeros, 3);
}

/** How a nonzero of a filter is listed: where its window begins, u32, and its value, f32. */
const ENTRY_SHIFT = 3;

/** For each set of lanes the shuffle, u8[16 × 16], that brings them to the front. */
const FRONT = memory.data<u8>(
  [
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 0, 1, 2, 3, 16, 16, 16, 16, 16,
    16, 16, 16, 16, 16, 16, 16, 4, 5, 6, 7, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 0, 1, 2,
    3, 4, 5, 6, 7, 16, 16, 16, 16, 16, 16, 16, 16, 8, 9, 10, 11, 16, 16, 16, 16, 16, 16, 16, 16, 16,
    16, 16, 16, 0, 1, 2, 3, 8, 9, 10, 11, 16, 16, 16, 16, 16, 16, 16, 16, 4, 5, 6, 7, 8, 9, 10, 11,
    16, 16, 16, 16, 16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 16, 16, 16, 12, 13,
    14, 15, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 0, 1, 2, 3, 12, 13, 14, 15, 16, 16, 16,
    16, 16, 16, 16, 16, 4, 5, 6, 7, 12, 13, 14, 15, 16, 16, 16, 16, 16, 16, 16, 16, 0, 1, 2, 3, 4,
    5, 6, 7, 12, 13, 14, 15, 16, 16, 16, 16, 8, 9, 10, 11, 12, 13, 14, 15, 16, 16, 16, 16, 16, 16,
    16, 16, 0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 16, 16, 16, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    13, 14, 15, 16, 16, 16, 16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  ],
  16,
);

/**
 * Lists the nonzeros of dZ in the order of y, x, n, and returns how many there are. A branch for each would be
 * mispredicted half of the time.
 *
 * values   f32[count + 4]  overwritten with the nonzeros
 * filters  u32[count + 4]  overwritten with 4·n of each
 * windows  u32[count + 4]  overwritten with where its window begins, y·aDown + x·aAcross
 * dz       f32[height × width × n₄], 16-byte aligned
 * spans    Span[height]  as of `findSpans`: dZ of windows that are zero are skipped; 0: none is known
 */
export function listNonzeros(
  values: usize,
  filters: usize,
  windows: usize,
  dz: usize,
  aAcross: usize,
  aDown: usize,
  height: i32,
  width: i32,
  n: i32,
  spans: usize,
): i32 {
  const pixel = f32Bytes(lanes4(n));
  const zero = f32x4.splat(0);
  const four = i32x4.splat(16);
  let at: usize = 0;
  for (let y = 0; y < height; y++) {
    let window = aDown * y;
    let from = 0;
    let to = width;
    if (spans != 0) {
      from = changetype<Span>(spans).from;
      to = max(from, changetype<Span>(spans).to);
      spans += offsetof<Span>();
      window += aAcross * from;
      dz += pixel * from;
    }
    for (let x = from; x < to; x++) {
      let filter = i32x4(0, 4, 8, 12);
      const begin = i32x4.splat(<i32>window);
      for (const end = dz + pixel; dz < end; dz += 16) {
        const d = v128.load(dz);
        const mask = i32x4.bitmask(f32x4.ne(d, zero));
        const front = v128.load(FRONT + ((<usize>mask) << 4));
        v128.store(values + at, i8x16.swizzle(d, front));
        v128.store(filters + at, i8x16.swizzle(filter, front));
        v128.store(windows + at, begin);
        at += f32Bytes(popcnt(mask));
        filter = i32x4.add(filter, four);
      }
      window += aAcross;
    }
    dz += pixel * (width - to);
  }
  return <i32>(at >> 2);
}

/**
 * Distributes nonzeros that are listed to a list for each filter.
 *
 * lists  {u32, f32}[n₄ × capacity]  overwritten with where the windows begin, a added, and the values
 * ends   u32[n₄]                    overwritten with the address where each filter's list ends
 */
export function sortNonzeros(
  lists: usize,
  ends: usize,
  capacity: i32,
  values: usize,
  filters: usize,
  windows: usize,
  count: i32,
  a: usize,
  n: i32,
): void {
  for (let j = 0; j < lanes4(n); j++) {
    store<u32>(ends + f32Bytes(j), <u32>(lists + ((<usize>(capacity * j)) << ENTRY_SHIFT)));
  }
  const end = f32Bytes(count);
  for (let at: usize = 0; at < end; at += 4) {
    const list = ends + <usize>load<u32>(filters + at);
    const to = <usize>load<u32>(list);
    store<u32>(to, <u32>a + load<u32>(windows + at));
    store<f32>(to, load<f32>(values + at), 4);
    store<u32>(list, <u32>(to + (1 << ENTRY_SHIFT)));
  }
}

/**
 * dF[n, ky, :] := dF[n, ky, :] + Σ dZ[y, x, n] · A[y·down + ky, x·across + :], over the nonzeros of dZ
 *                                                              (docs/equations.md, eq. 29)
 *
 * df     f32[n × rows × steps₄]  filter by filter, row by row; added to; its padding lanes mean nothing
 * lists  as of `sortNonzeros`; the rows of windows lie aRow bytes apart
 *
 * df 16-byte aligned. Each sum goes on from df and runs over y, then x. Up to three floats behind a
 * window's row are read.
 */
export function sparseFilterGradient(
  df: usize,
  lists: usize,
  ends: usize,
  capacity: i32,
  aRow: usize,
  n: i32,
  rows: i32,
  steps: i32,
): void {
  const bytes = f32Bytes(lanes4(steps));
  for (let j = 0; j < n; j++) {
    const end = <usize>load<u32>(ends + f32Bytes(j));
    if (end > lists) {
      let row: usize = 0;
      let left = rows;
      if (bytes <= 32) {
        for (; left >= 4; left -= 4) {
          addFourRows(df, bytes, lists, end, row, aRow);
          row += aRow << 2;
          df += bytes << 2;
        }
      }
      addRows(df, lists, end, row, aRow, left, bytes);
      df += bytes * left;
    } else {
      df += bytes * rows;
    }
    lists += (<usize>capacity) << ENTRY_SHIFT;
  }
}

/** out[4 rows × 8] := out + Σ g · a of four rows of a window, of which `outRow` bytes are wanted: 16 or 32. */
function addFourRows(
  out: usize,
  outRow: usize,
  entry: usize,
  end: usize,
  row: usize,
  aRow: usize,
): void {
  const second: usize = outRow - 16;
  let out0 = out;
  let acc00 = v128.load(out0);
  let acc01 = v128.load(out0 + second);
  out0 += outRow;
  let acc10 = v128.load(out0);
  let acc11 = v128.load(out0 + second);
  out0 += outRow;
  let acc20 = v128.load(out0);
  let acc21 = v128.load(out0 + second);
  out0 += outRow;
  let acc30 = v128.load(out0);
  let acc31 = v128.load(out0 + second);
  do {
    const g = v128.load32_splat(entry, 4);
    let a = <usize>load<u32>(entry) + row;
    acc00 = f32x4.add(acc00, f32x4.mul(g, v128.load(a)));
    acc01 = f32x4.add(acc01, f32x4.mul(g, v128.load(a + second)));
    a += aRow;
    acc10 = f32x4.add(acc10, f32x4.mul(g, v128.load(a)));
    acc11 = f32x4.add(acc11, f32x4.mul(g, v128.load(a + second)));
    a += aRow;
    acc20 = f32x4.add(acc20, f32x4.mul(g, v128.load(a)));
    acc21 = f32x4.add(acc21, f32x4.mul(g, v128.load(a + second)));
    a += aRow;
    acc30 = f32x4.add(acc30, f32x4.mul(g, v128.load(a)));
    acc31 = f32x4.add(acc31, f32x4.mul(g, v128.load(a + second)));
    entry += 1 << ENTRY_SHIFT;
  } while (entry < end);
  v128.store(out, acc00);
  v128.store(out + second, acc01);
  out += outRow;
  v128.store(out, acc10);
  v128.store(out + second, acc11);
  out += outRow;
  v128.store(out, acc20);
  v128.store(out + second, acc21);
  out += outRow;
  v128.store(out, acc30);
  v128.store(out + second, acc31);
}

/** out[y, :] := out[y, :] + Σ g · a[y, :], rows of `bytes` bytes; a begins `row` behind what the entries name. */
function addRows(
  out: usize,
  entry: usize,
  end: usize,
  row: usize,
  aRow: usize,
  rows: i32,
  bytes: usize,
): void {
  for (; rows > 0; rows--) {
    let at: usize = 0;
    for (; at + 96 <= bytes; at += 96) addSix(out + at, entry, end, row + at);
    if (at + 64 <= bytes) {
      addFour(out + at, entry, end, row + at);
      at += 64;
    }
    if (at + 32 <= bytes) {
      addTwo(out + at, entry, end, row + at);
      at += 32;
    }
    if (at < bytes) addOne(out + at, entry, end, row + at);
    out += bytes;
    row += aRow;
  }
}

/** out[24] := out + Σ g · a. More sums at a time find no registers, for V8 loads all of a first. */
function addSix(out: usize, entry: usize, end: usize, row: usize): void {
  let acc0 = v128.load(out);
  let acc1 = v128.load(out, 16);
  let acc2 = v128.load(out, 32);
  let acc3 = v128.load(out, 48);
  let acc4 = v128.load(out, 64);
  let acc5 = v128.load(out, 80);
  do {
    const g = v128.load32_splat(entry, 4);
    const a = <usize>load<u32>(entry) + row;
    acc0 = f32x4.add(acc0, f32x4.mul(g, v128.load(a)));
    acc1 = f32x4.add(acc1, f32x4.mul(g, v128.load(a, 16)));
    acc2 = f32x4.add(acc2, f32x4.mul(g, v128.load(a, 32)));
    acc3 = f32x4.add(acc3, f32x4.mul(g, v128.load(a, 48)));
    acc4 = f32x4.add(acc4, f32x4.mul(g, v128.load(a, 64)));
    acc5 = f32x4.add(acc5, f32x4.mul(g, v128.load(a, 80)));
    entry += 1 << ENTRY_SHIFT;
  } while (entry < end);
  v128.store(out, acc0);
  v128.store(out, acc1, 16);
  v128.store(out, acc2, 32);
  v128.store(out, acc3, 48);
  v128.store(out, acc4, 64);
  v128.store(out, acc5, 80);
}

/** out[16] := out + Σ g · a. */
function addFour(out: usize, entry: usize, end: usize, row: usize): void {
  let acc0 = v128.load(out);
  let acc1 = v128.load(out, 16);
  let acc2 = v128.load(out, 32);
  let acc3 = v128.load(out, 48);
  do {
    const g = v128.load32_splat(entry, 4);
    const a = <usize>load<u32>(entry) + row;
    acc0 = f32x4.add(acc0, f32x4.mul(g, v128.load(a)));
    acc1 = f32x4.add(acc1, f32x4.mul(g, v128.load(a, 16)));
    acc2 = f32x4.add(acc2, f32x4.mul(g, v128.load(a, 32)));
    acc3 = f32x4.add(acc3, f32x4.mul(g, v128.load(a, 48)));
    entry += 1 << ENTRY_SHIFT;
  } while (entry < end);
  v128.store(out, acc0);
  v128.store(out, acc1, 16);
  v128.store(out, acc2, 32);
  v128.store(out, acc3, 48);
}

/** out[8] := out + Σ g · a. */
function addTwo(out: usize, entry: usize, end: usize, row: usize): void {
  let acc0 = v128.load(out);
  let acc1 = v128.load(out, 16);
  do {
    const g = v128.load32_splat(entry, 4);
    const a = <usize>load<u32>(entry) + row;
    acc0 = f32x4.add(acc0, f32x4.mul(g, v128.load(a)));
    acc1 = f32x4.add(acc1, f32x4.mul(g, v128.load(a, 16)));
    entry += 1 << ENTRY_SHIFT;
  } while (entry < end);
  v128.store(out, acc0);
  v128.store(out, acc1, 16);
}

/** out[4] := out + Σ g · a. */
function addOne(out: usize, entry: usize, end: usize, row: usize): void {
  let acc0 = v128.load(out);
  do {
    const g = v128.load32_splat(entry, 4);
    const a = <usize>load<u32>(entry) + row;
    acc0 = f32x4.add(acc0, f32x4.mul(g, v128.load(a)));
    entry += 1 << ENTRY_SHIFT;
  } while (entry < end);
  v128.store(out, acc0);
}

/**
 * dA[y·down + ky, x·across + :] := dA[…] + Σₙ dZ[y, x, n] · F[n, ky, :], over the nonzeros of dZ
 *                                                              (docs/equations.md, eq. 30)
 *
 * da  added to; its windows begin where they are listed, da added, and their rows lie aRow bytes apart
 * f   f32[n × rows × steps], steps a multiple of 4
 *
 * values, filters and windows as of `listNonzeros`. All 16-byte aligned. The sums run over y, x, then n.
 */
export function scatterGradient(
  da: usize,
  values: usize,
  filters: usize,
  windows: usize,
  count: i32,
  aRow: usize,
  f: usize,
  rows: i32,
  steps: i32,
): void {
  const bytes = f32Bytes(steps);
  // 4·n of a nonzero is a number of floats then.
  const filter = <usize>(rows * steps);
  const end = f32Bytes(count);
  for (let at: usize = 0; at < end; ) {
    const window = load<u32>(windows + at);
    const g0 = v128.load32_splat(values + at);
    const f0 = f + filter * <usize>load<u32>(filters + at);
    at += 4;
    // Two filters at a time, so that dA is read and written once for both.
    if (at < end && load<u32>(windows + at) == window) {
      const g1 = v128.load32_splat(values + at);
      const f1 = f + filter * <usize>load<u32>(filters + at);
      at += 4;
      addPair(da + window, aRow, g0, f0, g1, f1, rows, bytes);
    } else {
      addSingle(da + window, aRow, g0, f0, rows, bytes);
    }
  }
}

/** out[y, :] := out[y, :] + g₀ · f₀[y, :] + g₁ · f₁[y, :], rows of `bytes` bytes. */
function addPair(
  out: usize,
  outRow: usize,
  g0: v128,
  f0: usize,
  g1: v128,
  f1: usize,
  rows: i32,
  bytes: usize,
): void {
  for (; rows > 0; rows--) {
    let to = out;
    for (const end = f0 + bytes; f0 < end; f0 += 16) {
      const sum = f32x4.add(v128.load(to), f32x4.mul(g0, v128.load(f0)));
      v128.store(to, f32x4.add(sum, f32x4.mul(g1, v128.load(f1))));
      to += 16;
      f1 += 16;
    }
    out += outRow;
  }
}

/** out[y, :] := out[y, :] + g · f[y, :], rows of `bytes` bytes. */
function addSingle(out: usize, outRow: usize, g: v128, f: usize, rows: i32, bytes: usize): void {
  for (; rows > 0; rows--) {
    let to = out;
    for (const end = f + bytes; f < end; f += 16) {
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(g, v128.load(f))));
      to += 16;
    }
    out += outRow;
  }
}

/**
 * dF := X, or dF + X where `accumulate` is true, from filters by rows to panels
 *
 * df  f32[n × rows·steps]  in panels   x  f32[n × rows × steps₄]  padding lanes are skipped
 */
export function gatherFilters(
  df: usize,
  x: usize,
  n: i32,
  rows: i32,
  steps: i32,
  accumulate: bool,
): void {
  const step = f32Bytes(panelWidth(n));
  const skip = f32Bytes(lanes4(steps) - steps);
  for (let j = 0; j < n; j++) {
    let to = df + panelOffset(j, 0, n, rows * steps);
    for (let row = 0; row < rows; row++) {
      for (const end = x + f32Bytes(steps); x < end; x += 4) {
        store<f32>(to, accumulate ? load<f32>(to) + load<f32>(x) : load<f32>(x));
        to += step;
      }
      x += skip;
    }
  }
}
