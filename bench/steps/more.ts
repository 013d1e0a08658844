/**
 * Z := W·A + b by tiles that hold more than the core's, which holds as much as sixteen registers do: slower.
 *
 * Operands as in dense.ts; W in panels (assembly/kernels/panels.ts), as in the core. n is a multiple of 16,
 * k one of 4 and m one of 4 that is at least 8, so that tails do not matter.
 */
import { f32Bytes } from '../../assembly/kernels/panels';

/** The core's tile of 4 × 8 with four steps of the sum an iteration, written one after another. */
export function unrolled(
  z: usize,
  w: usize,
  a: usize,
  b: usize,
  n: i32,
  k: i32,
  m: i32,
  ldZ: i32,
  ldA: i32,
): void {
  const aRow = f32Bytes(ldA);
  for (let j = 0; j < n; j += 8) {
    const lane = f32Bytes(j);
    for (let e = 0; e < m; e += 4) {
      unrolledTile(
        z + f32Bytes(e * ldZ) + lane,
        f32Bytes(ldZ),
        b + lane,
        panelAt(w, j, k),
        a + aRow * e,
        aRow,
        k,
      );
    }
  }
}

/** Where the panel begins that has unit j, and in it the lane of j. */
function panelAt(w: usize, j: i32, k: i32): usize {
  return w + f32Bytes((j & ~15) * k + (j & 15));
}

function unrolledTile(
  out: usize,
  outRow: usize,
  b: usize,
  p: usize,
  s: usize,
  sRow: usize,
  k: i32,
): void {
  let s0 = s;
  let s1 = s0 + sRow;
  let s2 = s1 + sRow;
  let s3 = s2 + sRow;
  let acc0x0 = f32x4.splat(0);
  let acc0x1 = f32x4.splat(0);
  let acc1x0 = f32x4.splat(0);
  let acc1x1 = f32x4.splat(0);
  let acc2x0 = f32x4.splat(0);
  let acc2x1 = f32x4.splat(0);
  let acc3x0 = f32x4.splat(0);
  let acc3x1 = f32x4.splat(0);
  for (; k > 0; k -= 4) {
    const p0x0 = v128.load(p);
    const p0x1 = v128.load(p, 16);
    const x0x0 = v128.load32_splat(s0);
    acc0x0 = f32x4.add(acc0x0, f32x4.mul(x0x0, p0x0));
    acc0x1 = f32x4.add(acc0x1, f32x4.mul(x0x0, p0x1));
    const x0x1 = v128.load32_splat(s1);
    acc1x0 = f32x4.add(acc1x0, f32x4.mul(x0x1, p0x0));
    acc1x1 = f32x4.add(acc1x1, f32x4.mul(x0x1, p0x1));
    const x0x2 = v128.load32_splat(s2);
    acc2x0 = f32x4.add(acc2x0, f32x4.mul(x0x2, p0x0));
    acc2x1 = f32x4.add(acc2x1, f32x4.mul(x0x2, p0x1));
    const x0x3 = v128.load32_splat(s3);
    acc3x0 = f32x4.add(acc3x0, f32x4.mul(x0x3, p0x0));
    acc3x1 = f32x4.add(acc3x1, f32x4.mul(x0x3, p0x1));
    const p1x0 = v128.load(p, 64);
    const p1x1 = v128.load(p, 80);
    const x1x0 = v128.load32_splat(s0, 4);
    acc0x0 = f32x4.add(acc0x0, f32x4.mul(x1x0, p1x0));
    acc0x1 = f32x4.add(acc0x1, f32x4.mul(x1x0, p1x1));
    const x1x1 = v128.load32_splat(s1, 4);
    acc1x0 = f32x4.add(acc1x0, f32x4.mul(x1x1, p1x0));
    acc1x1 = f32x4.add(acc1x1, f32x4.mul(x1x1, p1x1));
    const x1x2 = v128.load32_splat(s2, 4);
    acc2x0 = f32x4.add(acc2x0, f32x4.mul(x1x2, p1x0));
    acc2x1 = f32x4.add(acc2x1, f32x4.mul(x1x2, p1x1));
    const x1x3 = v128.load32_splat(s3, 4);
    acc3x0 = f32x4.add(acc3x0, f32x4.mul(x1x3, p1x0));
    acc3x1 = f32x4.add(acc3x1, f32x4.mul(x1x3, p1x1));
    const p2x0 = v128.load(p, 128);
    const p2x1 = v128.load(p, 144);
    const x2x0 = v128.load32_splat(s0, 8);
    acc0x0 = f32x4.add(acc0x0, f32x4.mul(x2x0, p2x0));
    acc0x1 = f32x4.add(acc0x1, f32x4.mul(x2x0, p2x1));
    const x2x1 = v128.load32_splat(s1, 8);
    acc1x0 = f32x4.add(acc1x0, f32x4.mul(x2x1, p2x0));
    acc1x1 = f32x4.add(acc1x1, f32x4.mul(x2x1, p2x1));
    const x2x2 = v128.load32_splat(s2, 8);
    acc2x0 = f32x4.add(acc2x0, f32x4.mul(x2x2, p2x0));
    acc2x1 = f32x4.add(acc2x1, f32x4.mul(x2x2, p2x1));
    const x2x3 = v128.load32_splat(s3, 8);
    acc3x0 = f32x4.add(acc3x0, f32x4.mul(x2x3, p2x0));
    acc3x1 = f32x4.add(acc3x1, f32x4.mul(x2x3, p2x1));
    const p3x0 = v128.load(p, 192);
    const p3x1 = v128.load(p, 208);
    const x3x0 = v128.load32_splat(s0, 12);
    acc0x0 = f32x4.add(acc0x0, f32x4.mul(x3x0, p3x0));
    acc0x1 = f32x4.add(acc0x1, f32x4.mul(x3x0, p3x1));
    const x3x1 = v128.load32_splat(s1, 12);
    acc1x0 = f32x4.add(acc1x0, f32x4.mul(x3x1, p3x0));
    acc1x1 = f32x4.add(acc1x1, f32x4.mul(x3x1, p3x1));
    const x3x2 = v128.load32_splat(s2, 12);
    acc2x0 = f32x4.add(acc2x0, f32x4.mul(x3x2, p3x0));
    acc2x1 = f32x4.add(acc2x1, f32x4.mul(x3x2, p3x1));
    const x3x3 = v128.load32_splat(s3, 12);
    acc3x0 = f32x4.add(acc3x0, f32x4.mul(x3x3, p3x0));
    acc3x1 = f32x4.add(acc3x1, f32x4.mul(x3x3, p3x1));
    p += 256;
    s0 += 16;
    s1 += 16;
    s2 += 16;
    s3 += 16;
  }
  const b0 = v128.load(b);
  const b1 = v128.load(b, 16);
  v128.store(out, f32x4.add(b0, acc0x0));
  v128.store(out, f32x4.add(b1, acc0x1), 16);
  out += outRow;
  v128.store(out, f32x4.add(b0, acc1x0));
  v128.store(out, f32x4.add(b1, acc1x1), 16);
  out += outRow;
  v128.store(out, f32x4.add(b0, acc2x0));
  v128.store(out, f32x4.add(b1, acc2x1), 16);
  out += outRow;
  v128.store(out, f32x4.add(b0, acc3x0));
  v128.store(out, f32x4.add(b1, acc3x1), 16);
}

/** A tile of 6 × 8: twelve sums. Where m is no multiple of 6, the last tile goes over some examples again. */
export function tiles6x8(
  z: usize,
  w: usize,
  a: usize,
  b: usize,
  n: i32,
  k: i32,
  m: i32,
  ldZ: i32,
  ldA: i32,
): void {
  const aRow = f32Bytes(ldA);
  for (let j = 0; j < n; j += 8) {
    const lane = f32Bytes(j);
    for (let row = 0; row < m; row += 6) {
      const e = min(row, m - 6);
      tile6x8(
        z + f32Bytes(e * ldZ) + lane,
        f32Bytes(ldZ),
        b + lane,
        panelAt(w, j, k),
        a + aRow * e,
        aRow,
        k,
      );
    }
  }
}

function tile6x8(
  out: usize,
  outRow: usize,
  b: usize,
  p: usize,
  s: usize,
  sRow: usize,
  k: i32,
): void {
  let s0 = s;
  let s1 = s0 + sRow;
  let s2 = s1 + sRow;
  let s3 = s2 + sRow;
  let s4 = s3 + sRow;
  let s5 = s4 + sRow;
  let acc0x0 = f32x4.splat(0);
  let acc0x1 = f32x4.splat(0);
  let acc1x0 = f32x4.splat(0);
  let acc1x1 = f32x4.splat(0);
  let acc2x0 = f32x4.splat(0);
  let acc2x1 = f32x4.splat(0);
  let acc3x0 = f32x4.splat(0);
  let acc3x1 = f32x4.splat(0);
  let acc4x0 = f32x4.splat(0);
  let acc4x1 = f32x4.splat(0);
  let acc5x0 = f32x4.splat(0);
  let acc5x1 = f32x4.splat(0);
  for (; k > 0; k--) {
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
    const x4 = v128.load32_splat(s4);
    acc4x0 = f32x4.add(acc4x0, f32x4.mul(x4, p0));
    acc4x1 = f32x4.add(acc4x1, f32x4.mul(x4, p1));
    const x5 = v128.load32_splat(s5);
    acc5x0 = f32x4.add(acc5x0, f32x4.mul(x5, p0));
    acc5x1 = f32x4.add(acc5x1, f32x4.mul(x5, p1));
    p += 64;
    s0 += 4;
    s1 += 4;
    s2 += 4;
    s3 += 4;
    s4 += 4;
    s5 += 4;
  }
  const b0 = v128.load(b);
  const b1 = v128.load(b, 16);
  v128.store(out, f32x4.add(b0, acc0x0));
  v128.store(out, f32x4.add(b1, acc0x1), 16);
  out += outRow;
  v128.store(out, f32x4.add(b0, acc1x0));
  v128.store(out, f32x4.add(b1, acc1x1), 16);
  out += outRow;
  v128.store(out, f32x4.add(b0, acc2x0));
  v128.store(out, f32x4.add(b1, acc2x1), 16);
  out += outRow;
  v128.store(out, f32x4.add(b0, acc3x0));
  v128.store(out, f32x4.add(b1, acc3x1), 16);
  out += outRow;
  v128.store(out, f32x4.add(b0, acc4x0));
  v128.store(out, f32x4.add(b1, acc4x1), 16);
  out += outRow;
  v128.store(out, f32x4.add(b0, acc5x0));
  v128.store(out, f32x4.add(b1, acc5x1), 16);
}
