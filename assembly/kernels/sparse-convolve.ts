import { f32Bytes, lanes4, panelOffset } from './panels';

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

/** How a nonzero is listed: where its window begins, u32, and its value, f32. */
const ENTRY_SHIFT = 3;

/**
 * Lists the nonzeros of dZ, filter by filter, in the order of y, x.
 *
 * lists  {u32, f32}[n₄ × height·width]  overwritten; filter j's begin at entry j·height·width
 * ends   u32[n₄]                        overwritten with the address where each filter's end
 * dz     f32[height × width × n₄]       16-byte aligned
 *
 * Window (y, x) begins at a + y·aDown + x·aAcross, bytes.
 */
export function listNonzeros(
  lists: usize,
  ends: usize,
  dz: usize,
  a: usize,
  aAcross: usize,
  aDown: usize,
  height: i32,
  width: i32,
  n: i32,
): void {
  const lanes = lanes4(n);
  const list = (<usize>(height * width)) << ENTRY_SHIFT;
  for (let j = 0; j < lanes; j++) store<u32>(ends + f32Bytes(j), <u32>(lists + list * j));
  const zero = f32x4.splat(0);
  for (let y = 0; y < height; y++) {
    let window = a + aDown * y;
    for (let x = 0; x < width; x++) {
      for (let j = 0; j < lanes; j += 4) {
        let mask = i32x4.bitmask(f32x4.ne(v128.load(dz + f32Bytes(j)), zero));
        while (mask != 0) {
          const lane = f32Bytes(j + ctz(mask));
          mask &= mask - 1;
          const to = <usize>load<u32>(ends + lane);
          store<u32>(to, <u32>window);
          store<f32>(to, load<f32>(dz + lane), 4);
          store<u32>(ends + lane, <u32>(to + (1 << ENTRY_SHIFT)));
        }
      }
      dz += f32Bytes(lanes);
      window += aAcross;
    }
  }
}

/**
 * dF[n, ky, :] := dF[n, ky, :] + Σ dZ[y, x, n] · A[y·down + ky, x·across + :], over the nonzeros of dZ
 *                                                                   (docs/math.md, eq. 29)
 *
 * df     f32[n × rows × steps₄]  filter by filter, row by row; added to; its padding lanes mean nothing
 * lists  as of `listNonzeros`, whose windows' rows lie aRow bytes apart; `capacity` entries a filter
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
 *                                                                   (docs/math.md, eq. 30)
 *
 * da  added to; window (y, x) begins at da + y·aDown + x·aAcross, and its rows lie aRow bytes apart
 * dz  f32[height × width × n₄]
 * f   f32[n × rows × steps], steps a multiple of 4
 *
 * All 16-byte aligned. The sums run over y, x, then n.
 */
export function scatterGradient(
  da: usize,
  dz: usize,
  aAcross: usize,
  aDown: usize,
  aRow: usize,
  f: usize,
  height: i32,
  width: i32,
  n: i32,
  rows: i32,
  steps: i32,
): void {
  const lanes = lanes4(n);
  const bytes = f32Bytes(steps);
  const filter = bytes * rows;
  const zero = f32x4.splat(0);
  for (let y = 0; y < height; y++) {
    let window = da + aDown * y;
    for (let x = 0; x < width; x++) {
      // Two filters at a time, so that dA is read and written once for both.
      let waiting = -1;
      for (let j = 0; j < lanes; j += 4) {
        let mask = i32x4.bitmask(f32x4.ne(v128.load(dz + f32Bytes(j)), zero));
        while (mask != 0) {
          const lane = j + ctz(mask);
          mask &= mask - 1;
          if (waiting < 0) {
            waiting = lane;
            continue;
          }
          addPair(window, aRow, dz, f, filter, waiting, lane, rows, bytes);
          waiting = -1;
        }
      }
      if (waiting >= 0) addSingle(window, aRow, dz, f, filter, waiting, rows, bytes);
      dz += f32Bytes(lanes);
      window += aAcross;
    }
  }
}

/** out[y, :] := out[y, :] + g₀ · f₀[y, :] + g₁ · f₁[y, :], rows of `bytes` bytes. */
function addPair(
  out: usize,
  outRow: usize,
  dz: usize,
  f: usize,
  filter: usize,
  lane0: i32,
  lane1: i32,
  rows: i32,
  bytes: usize,
): void {
  const g0 = v128.load32_splat(dz + f32Bytes(lane0));
  const g1 = v128.load32_splat(dz + f32Bytes(lane1));
  let f0 = f + filter * lane0;
  let f1 = f + filter * lane1;
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
function addSingle(
  out: usize,
  outRow: usize,
  dz: usize,
  f: usize,
  filter: usize,
  lane: i32,
  rows: i32,
  bytes: usize,
): void {
  const g = v128.load32_splat(dz + f32Bytes(lane));
  f += filter * lane;
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
