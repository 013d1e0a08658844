import { f32Bytes, lanes4, panelWidth } from './panels';
import { Span } from './spans';

/** The addend of filters that have no b: zeros, never written. */
const ZEROS = memory.data(32, 16);

/**
 * out[j, r] := max(c[j, r] + Σ_y Σₜ p[j, y, t] · s_r[y, t], least)     j = 0 … 7, r = 0 … 3, y < rows, t < steps
 *
 * out  f32[8 × 4]             row r at out + r·outRow
 * c    f32[8 × 4]             row r at c + r·cRow; may be out itself
 * p    f32[8 × rows × steps]  one step after another, at p + (y·steps + t)·pStep
 * s_r  f32[rows × steps]      element (y, t) at s_r + y·(steps·sStep + sSkip) + t·sStep
 *
 * Strides in bytes; out, c and p 16-byte aligned at every row and step; steps ≥ 1; out overlaps
 * neither p nor s. The sum begins with c and runs over y, then t. As `tile4x8` (matmul.ts), but s_r may
 * be anywhere, and goes on in another place after each of its rows.
 */
export function window4x8(
  out: usize,
  outRow: usize,
  c: usize,
  cRow: usize,
  p: usize,
  pStep: usize,
  s0: usize,
  s1: usize,
  s2: usize,
  s3: usize,
  sStep: usize,
  sSkip: usize,
  rows: i32,
  steps: i32,
  least: v128,
): void {
  assert(((out | outRow | c | cRow | p | pStep) & 15) == 0);
  assert(rows >= 0 && steps >= 1);
  let acc0x0 = v128.load(c);
  let acc0x1 = v128.load(c, 16);
  c += cRow;
  let acc1x0 = v128.load(c);
  let acc1x1 = v128.load(c, 16);
  c += cRow;
  let acc2x0 = v128.load(c);
  let acc2x1 = v128.load(c, 16);
  c += cRow;
  let acc3x0 = v128.load(c);
  let acc3x1 = v128.load(c, 16);
  for (; rows > 0; rows--) {
    for (let t = steps; t > 0; t--) {
      const p0 = v128.load(p);
      const p1 = v128.load(p, 16);
      const x0 = v128.load32_splat(s0);
      acc0x0 = f32x4.add(acc0x0, f32x4.mul(x0, p0));
      acc0x1 = f32x4.add(acc0x1, f32x4.mul(x0, p1));
      const x1 = v128.load32_splat(s1);
      acc1x0 = f32x4.add(acc1x0, f32x4.mul(x1, p0));
      acc1x1 = f32x4.add(acc1x1, f32x4.mul(x1, p1));
      const x2 = v128.load32_splat(s2);
      acc2x0 = f32x4.add(acc2x0, f32x4.mul(x2, p0));
      acc2x1 = f32x4.add(acc2x1, f32x4.mul(x2, p1));
      const x3 = v128.load32_splat(s3);
      acc3x0 = f32x4.add(acc3x0, f32x4.mul(x3, p0));
      acc3x1 = f32x4.add(acc3x1, f32x4.mul(x3, p1));
      p += pStep;
      s0 += sStep;
      s1 += sStep;
      s2 += sStep;
      s3 += sStep;
    }
    s0 += sSkip;
    s1 += sSkip;
    s2 += sSkip;
    s3 += sSkip;
  }
  v128.store(out, f32x4.pmax(acc0x0, least));
  v128.store(out, f32x4.pmax(acc0x1, least), 16);
  out += outRow;
  v128.store(out, f32x4.pmax(acc1x0, least));
  v128.store(out, f32x4.pmax(acc1x1, least), 16);
  out += outRow;
  v128.store(out, f32x4.pmax(acc2x0, least));
  v128.store(out, f32x4.pmax(acc2x1, least), 16);
  out += outRow;
  v128.store(out, f32x4.pmax(acc3x0, least));
  v128.store(out, f32x4.pmax(acc3x1, least), 16);
}

/** `window4x8` for the last four lanes: j = 0 … 3. */
export function window4x4(
  out: usize,
  outRow: usize,
  c: usize,
  cRow: usize,
  p: usize,
  pStep: usize,
  s0: usize,
  s1: usize,
  s2: usize,
  s3: usize,
  sStep: usize,
  sSkip: usize,
  rows: i32,
  steps: i32,
  least: v128,
): void {
  assert(((out | outRow | c | cRow | p | pStep) & 15) == 0);
  assert(rows >= 0 && steps >= 1);
  let acc0 = v128.load(c);
  c += cRow;
  let acc1 = v128.load(c);
  c += cRow;
  let acc2 = v128.load(c);
  c += cRow;
  let acc3 = v128.load(c);
  for (; rows > 0; rows--) {
    for (let t = steps; t > 0; t--) {
      const p0 = v128.load(p);
      acc0 = f32x4.add(acc0, f32x4.mul(v128.load32_splat(s0), p0));
      acc1 = f32x4.add(acc1, f32x4.mul(v128.load32_splat(s1), p0));
      acc2 = f32x4.add(acc2, f32x4.mul(v128.load32_splat(s2), p0));
      acc3 = f32x4.add(acc3, f32x4.mul(v128.load32_splat(s3), p0));
      p += pStep;
      s0 += sStep;
      s1 += sStep;
      s2 += sStep;
      s3 += sStep;
    }
    s0 += sSkip;
    s1 += sSkip;
    s2 += sSkip;
    s3 += sSkip;
  }
  v128.store(out, f32x4.pmax(acc0, least));
  out += outRow;
  v128.store(out, f32x4.pmax(acc1, least));
  out += outRow;
  v128.store(out, f32x4.pmax(acc2, least));
  out += outRow;
  v128.store(out, f32x4.pmax(acc3, least));
}

/** z[i, :] := max(b, least) for `count` pixels; b = 0: zeros. */
function fill(z: usize, b: usize, least: v128, pixel: usize, count: i32): void {
  for (let at: usize = 0; at < pixel; at += 16) {
    const value = f32x4.pmax(v128.load(b == 0 ? ZEROS : b + at), least);
    let to = z + at;
    for (let i = 0; i < count; i++) {
      v128.store(to, value);
      to += pixel;
    }
  }
}

/**
 * Z[y, x, :] := b + Σ_ky Σ_t F[:, ky, t] · A[y·down + ky, x·across + t]    (docs/equations.md, eq. 28)
 * or max(Z, least): with 0 ReLU(Z), with −∞ Z itself; NaN stays NaN
 *
 * z  f32[height × width × n₄]  overwritten
 * b  f32[n₄]; 0 for none
 * f  f32[n × k], k = rows·steps  the filters, in panels (panels.ts): a window's values one after another
 * a  f32[…]  the image: window (y, x) begins at a + y·aDown + x·aAcross, bytes, and each of its `rows`
 *            rows of `steps` floats lies aRow bytes after the one before
 * spans  Span[height]  as of `findSpans`: what is zero is skipped; 0: nothing is known of that
 *
 * z, b and f 16-byte aligned. Up to three pixels behind the last one are overwritten as well. Each sum
 * begins with b and runs over ky, then t.
 */
export function convolve(
  z: usize,
  b: usize,
  f: usize,
  a: usize,
  aAcross: usize,
  aDown: usize,
  aRow: usize,
  height: i32,
  width: i32,
  n: i32,
  rows: i32,
  steps: i32,
  spans: usize,
  least: f32,
): void {
  const floor = f32x4.splat(least);
  const lanes = lanes4(n);
  const pixel = f32Bytes(lanes);
  const fStep = f32Bytes(panelWidth(n));
  const fPanel = fStep * lanes4(rows * steps);
  const skip = aRow - f32Bytes(steps);
  const fRow = fStep * steps;
  const hasSpans = spans != 0;
  let start = a;
  let s = a;
  let x = 0;
  for (let left = height * width; left > 0; left -= 4) {
    if (x == width) {
      x = 0;
      start += aDown;
      spans += offsetof<Span>();
      s = start;
    }
    let panel = f;
    let count = rows;
    let first = 0;
    if (hasSpans && x + 4 <= width) {
      const span = changetype<Span>(spans);
      const from = span.from;
      if (x + 4 <= from || x >= span.to) {
        const zeros = (x < from ? from - x : width - x) & ~3;
        fill(z, b, floor, pixel, zeros);
        z += pixel * zeros;
        left -= zeros - 4;
        x += zeros;
        s += aAcross * zeros;
        continue;
      }
      first = span.first;
      count = span.end - first;
    }
    let s0 = s;
    let s1 = s;
    let s2 = s;
    let s3 = s;
    if (x + 4 <= width) {
      s1 += aAcross;
      s2 = s1 + aAcross;
      s3 = s2 + aAcross;
      s = s3;
      x += 3;
    } else {
      // Windows of two rows. What is behind the last pixel is computed from that again.
      for (let i = 1; i < min(left, 4); i++) {
        s += aAcross;
        if (++x == width) {
          x = 0;
          start += aDown;
          spans += offsetof<Span>();
          s = start;
        }
        if (i == 1) s1 = s;
        if (i <= 2) s2 = s;
        s3 = s;
      }
    }
    if (first > 0) {
      panel += fRow * first;
      const down = aRow * first;
      s0 += down;
      s1 += down;
      s2 += down;
      s3 += down;
    }
    for (let j = 0; j < lanes; j += 16) {
      const end = min(j + 16, lanes);
      let p = panel;
      let lane = j;
      for (; lane + 8 <= end; lane += 8) {
        const at = f32Bytes(lane);
        window4x8(
          z + at,
          pixel,
          b == 0 ? ZEROS : b + at,
          0,
          p,
          fStep,
          s0,
          s1,
          s2,
          s3,
          4,
          skip,
          count,
          steps,
          floor,
        );
        p += 32;
      }
      if (lane < end) {
        const at = f32Bytes(lane);
        window4x4(
          z + at,
          pixel,
          b == 0 ? ZEROS : b + at,
          0,
          p,
          fStep,
          s0,
          s1,
          s2,
          s3,
          4,
          skip,
          count,
          steps,
          floor,
        );
      }
      panel += fPanel;
    }
    z += pixel << 2;
    s += aAcross;
    x++;
  }
}
