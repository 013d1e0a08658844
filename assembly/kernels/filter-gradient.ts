import { window4x4, window4x8 } from './convolve';
import { f32Bytes, lanes4, panelWidth } from './panels';

/**
 * dF[:, ky, t] := dF[:, ky, t] + Σ_y Σ_x dZ[y, x, :] · A[y·down + ky, x·across + t]  (eq. 29)
 *
 * df  f32[n × k], k = rows·steps  in panels, as the filters are; added to
 * dz  f32[height × width × n₄]
 * a   the image, as of `convolve`
 *
 * df and dz 16-byte aligned; padding lanes of dz are zero, so those of df are. Each sum goes on from df and
 * runs over y, then x.
 */
export function filterGradient(
  df: usize,
  dz: usize,
  a: usize,
  aAcross: usize,
  aDown: usize,
  aRow: usize,
  height: i32,
  width: i32,
  n: i32,
  rows: i32,
  steps: i32,
): void {
  const lanes = lanes4(n);
  const pixel = f32Bytes(lanes);
  const step = f32Bytes(panelWidth(n));
  const k = rows * steps;
  const panelBytes = step * lanes4(k);
  const none = f32x4.splat(-Infinity);
  const skip = aDown - aAcross * width;
  for (let i = 0; i < k; i += 4) {
    const s0 = a + placeOf(i, aRow, steps);
    // What is behind the last value is computed from that again, and is zero in the end.
    const s1 = a + placeOf(min(i + 1, k - 1), aRow, steps);
    const s2 = a + placeOf(min(i + 2, k - 1), aRow, steps);
    const s3 = a + placeOf(min(i + 3, k - 1), aRow, steps);
    let panel = df + step * i;
    for (let j = 0; j < lanes; j += 16) {
      const end = min(j + 16, lanes);
      let out = panel;
      let lane = j;
      for (; lane + 8 <= end; lane += 8) {
        const p = dz + f32Bytes(lane);
        window4x8(
          out,
          step,
          out,
          step,
          p,
          pixel,
          s0,
          s1,
          s2,
          s3,
          aAcross,
          skip,
          height,
          width,
          none,
        );
        out += 32;
      }
      if (lane < end) {
        const p = dz + f32Bytes(lane);
        window4x4(
          out,
          step,
          out,
          step,
          p,
          pixel,
          s0,
          s1,
          s2,
          s3,
          aAcross,
          skip,
          height,
          width,
          none,
        );
      }
      if (i + 4 > k) memory.fill(panel + step * (k - i), 0, step * (i + 4 - k));
      panel += panelBytes;
    }
  }
}

/** Where value i of a window lies, in bytes from its beginning. */
function placeOf(i: i32, aRow: usize, steps: i32): usize {
  return aRow * (i / steps) + f32Bytes(i % steps);
}
