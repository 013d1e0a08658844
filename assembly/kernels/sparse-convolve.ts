import { f32Bytes, lanes4, panelOffset, panelWidth } from './panels';

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

/**
 * Z as of `convolve` (docs/equations.md, eq. 28), by the nonzeros of A alone, where windows are one pixel apart
 *
 * z  f32[height × width × n₄]         overwritten
 * b  f32[n₄]                          f  f32[n × kernel·kernel·channels], in panels
 * a  f32[rows × columns × channels]   the image, before which `rowsBefore` and `columnsBefore` zeros are meant
 *
 * z, b and f 16-byte aligned. Each sum begins with b and runs over ky, kx, then the channels, as that of
 * `convolve`.
 */
export function sparseConvolve(
  z: usize,
  b: usize,
  f: usize,
  a: usize,
  rows: i32,
  columns: i32,
  channels: i32,
  rowsBefore: i32,
  columnsBefore: i32,
  height: i32,
  width: i32,
  n: i32,
  kernel: i32,
): void {
  const lanes = lanes4(n);
  const pixel = f32Bytes(lanes);
  const fStep = f32Bytes(panelWidth(n));
  const fPixel = fStep * channels;
  const fPanel = fStep * lanes4(kernel * kernel * channels);
  for (let to = z, end = z + pixel * (height * width); to < end; to += pixel) {
    for (let at: usize = 0; at < pixel; at += 16) v128.store(to + at, v128.load(b + at));
  }
  for (let y = rowsBefore; y < rows + rowsBefore; y++) {
    // The windows that have the pixel: at (ky, kx) it is that of (y − ky, x − kx).
    const firstRow = max(0, y - height + 1);
    const lastRow = min(kernel - 1, y);
    for (let x = columnsBefore; x < columns + columnsBefore; x++) {
      const first = max(0, x - width + 1);
      const count = min(kernel - 1, x) - first + 1;
      for (let c = 0; c < channels; c++) {
        const value = load<f32>(a);
        a += 4;
        if (value == 0 || count <= 0) continue;
        const g = f32x4.splat(value);
        for (let ky = firstRow; ky <= lastRow; ky++) {
          let to = z + pixel * ((y - ky) * width + x - first);
          let from = f + fPixel * (ky * kernel + first) + fStep * c;
          for (let j = 0; j < lanes; j += 16) {
            const end = min(lanes - j, 16);
            let lane = 0;
            for (; lane + 8 <= end; lane += 8) {
              addEightLanes(to + f32Bytes(lane), pixel, g, from + f32Bytes(lane), fPixel, count);
            }
            if (lane < end) {
              addFourLanes(to + f32Bytes(lane), pixel, g, from + f32Bytes(lane), fPixel, count);
            }
            to += 64;
            from += fPanel;
          }
        }
      }
    }
  }
}

/** out[8] := out + g · f for `count` pixels, `pixel` bytes apart, from right to left; of f from left to right. */
function addEightLanes(
  out: usize,
  pixel: usize,
  g: v128,
  f: usize,
  fPixel: usize,
  count: i32,
): void {
  for (; count > 0; count--) {
    v128.store(out, f32x4.add(v128.load(out), f32x4.mul(g, v128.load(f))));
    v128.store(out, f32x4.add(v128.load(out, 16), f32x4.mul(g, v128.load(f, 16))), 16);
    out -= pixel;
    f += fPixel;
  }
}

/** `addEightLanes` for four. */
function addFourLanes(
  out: usize,
  pixel: usize,
  g: v128,
  f: usize,
  fPixel: usize,
  count: i32,
): void {
  for (; count > 0; count--) {
    v128.store(out, f32x4.add(v128.load(out), f32x4.mul(g, v128.load(f))));
    out -= pixel;
    f += fPixel;
  }
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
): i32 {
  const lanes = lanes4(n);
  const zero = f32x4.splat(0);
  const four = i32x4.splat(16);
  let at: usize = 0;
  for (let y = 0; y < height; y++) {
    let window = aDown * y;
    for (let x = 0; x < width; x++) {
      let filter = i32x4(0, 4, 8, 12);
      const begin = i32x4.splat(<i32>window);
      for (const end = dz + f32Bytes(lanes); dz < end; dz += 16) {
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
      for (; left > 0; left--) {
        let at: usize = 0;
        for (; at + 128 <= bytes; at += 128) addEight(df + at, lists, end, row + at);
        for (; at + 32 <= bytes; at += 32) addTwo(df + at, lists, end, row + at);
        if (at < bytes) addOne(df + at, lists, end, row + at);
        row += aRow;
        df += bytes;
      }
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

/** out[32] := out + Σ g · a, 32 floats of a row of a window. */
function addEight(out: usize, entry: usize, end: usize, row: usize): void {
  let acc0 = v128.load(out);
  let acc1 = v128.load(out, 16);
  let acc2 = v128.load(out, 32);
  let acc3 = v128.load(out, 48);
  let acc4 = v128.load(out, 64);
  let acc5 = v128.load(out, 80);
  let acc6 = v128.load(out, 96);
  let acc7 = v128.load(out, 112);
  do {
    const g = v128.load32_splat(entry, 4);
    const a = <usize>load<u32>(entry) + row;
    acc0 = f32x4.add(acc0, f32x4.mul(g, v128.load(a)));
    acc1 = f32x4.add(acc1, f32x4.mul(g, v128.load(a, 16)));
    acc2 = f32x4.add(acc2, f32x4.mul(g, v128.load(a, 32)));
    acc3 = f32x4.add(acc3, f32x4.mul(g, v128.load(a, 48)));
    acc4 = f32x4.add(acc4, f32x4.mul(g, v128.load(a, 64)));
    acc5 = f32x4.add(acc5, f32x4.mul(g, v128.load(a, 80)));
    acc6 = f32x4.add(acc6, f32x4.mul(g, v128.load(a, 96)));
    acc7 = f32x4.add(acc7, f32x4.mul(g, v128.load(a, 112)));
    entry += 1 << ENTRY_SHIFT;
  } while (entry < end);
  v128.store(out, acc0);
  v128.store(out, acc1, 16);
  v128.store(out, acc2, 32);
  v128.store(out, acc3, 48);
  v128.store(out, acc4, 64);
  v128.store(out, acc5, 80);
  v128.store(out, acc6, 96);
  v128.store(out, acc7, 112);
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
  let acc = v128.load(out);
  do {
    const a = <usize>load<u32>(entry) + row;
    acc = f32x4.add(acc, f32x4.mul(v128.load32_splat(entry, 4), v128.load(a)));
    entry += 1 << ENTRY_SHIFT;
  } while (entry < end);
  v128.store(out, acc);
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
  const k = rows * steps;
  const skip = f32Bytes(lanes4(steps) - steps);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < k; ) {
      for (const end = i + steps; i < end; i++) {
        const to = df + panelOffset(j, i, n, k);
        store<f32>(to, accumulate ? load<f32>(to) + load<f32>(x) : load<f32>(x));
        x += 4;
      }
      x += skip;
    }
  }
}
