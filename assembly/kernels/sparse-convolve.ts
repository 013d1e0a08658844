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

/**
 * By the nonzeros of dZ alone:                                      (docs/math.md, eq. 29 and 30)
 *
 *     dF[n, ky, :] := dF[n, ky, :] + dZ[y, x, n] · A[y·down + ky, x·across + :]
 *     dA[y·down + ky, x·across + :] := dA[…] + dZ[y, x, n] · F[n, ky, :]
 *
 * df  f32[n × rows × steps₄]  filter by filter, row by row; added to; its padding lanes mean nothing; not at
 *                             all where it is 0
 * da  as a, bytes as far from it as `daOffset` says; added to; not at all where f is 0
 * dz  f32[height × width × n₄]
 * a   the image, as of `convolve`
 * f   f32[n × rows × steps₄]  the filters, in the form of df; their padding lanes are zero
 *
 * df, dz and f 16-byte aligned. Where dA is asked for, steps are a multiple of 4. The sums run over y, x,
 * then n. Up to three floats behind a window's row are read.
 */
export function sparseFilterGradient(
  df: usize,
  daOffset: usize,
  dz: usize,
  a: usize,
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
  const rowBytes = f32Bytes(lanes4(steps));
  const filter = rowBytes * rows;
  const zero = f32x4.splat(0);
  for (let y = 0; y < height; y++) {
    let window = a + aDown * y;
    for (let x = 0; x < width; x++) {
      for (let j = 0; j < lanes; j += 4) {
        const d = v128.load(dz + f32Bytes(j));
        let mask = i32x4.bitmask(f32x4.ne(d, zero));
        while (mask != 0) {
          const lane = j + ctz(mask);
          mask &= mask - 1;
          const g = v128.load32_splat(dz + f32Bytes(lane));
          const at = filter * lane;
          if (f == 0) addRows(df + at, rowBytes, window, aRow, g, rows, rowBytes);
          else if (df == 0) addRows(window + daOffset, aRow, f + at, rowBytes, g, rows, rowBytes);
          else addBoth(df + at, window + daOffset, window, aRow, f + at, g, rows, rowBytes);
        }
      }
      dz += f32Bytes(lanes);
      window += aAcross;
    }
  }
}

/** out[y, :] := out[y, :] + g · a[y, :], rows of `bytes` bytes, outRow and aRow bytes apart. */
function addRows(
  out: usize,
  outRow: usize,
  a: usize,
  aRow: usize,
  g: v128,
  rows: i32,
  bytes: usize,
): void {
  for (; rows > 0; rows--) {
    for (let t: usize = 0; t < bytes; t += 16) {
      v128.store(out + t, f32x4.add(v128.load(out + t), f32x4.mul(g, v128.load(a + t))));
    }
    out += outRow;
    a += aRow;
  }
}

/** `addRows`, and likewise da[y, :] := da[y, :] + g · f[y, :]. */
function addBoth(
  df: usize,
  da: usize,
  a: usize,
  aRow: usize,
  f: usize,
  g: v128,
  rows: i32,
  bytes: usize,
): void {
  for (; rows > 0; rows--) {
    for (let t: usize = 0; t < bytes; t += 16) {
      v128.store(df + t, f32x4.add(v128.load(df + t), f32x4.mul(g, v128.load(a + t))));
      v128.store(da + t, f32x4.add(v128.load(da + t), f32x4.mul(g, v128.load(f + t))));
    }
    df += bytes;
    f += bytes;
    da += aRow;
    a += aRow;
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
