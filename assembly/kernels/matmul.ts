import { f32Bytes, lanes4, panelWidth } from './panels';

/** The addend of a panel of a product that has none: zeros; never written. */
const ZEROS = memory.data(64, 16);

/**
 * out[j, r] := c[j, r] + Σₜ p[j, t] · s[r, t]            j = 0 … 7, r = 0 … 3, t = 0 … steps − 1
 *
 * out  f32[8 × 4]      overwritten; row r at out + r·outRow
 * c    f32[8 × 4]      row r at c + r·cRow; cRow 0 adds one vector to every row; may be out itself
 * p    f32[8 × steps]  step t at p + t·pStep
 * s    f32[4 × steps]  element (r, t) at s + r·sRow + t·sStep
 *
 * Strides in bytes; out, c and p 16-byte aligned at every row and step; steps ≥ 1; out overlaps
 * neither p nor s. The sum runs over t in order, from zero, and c is added last.
 *
 * Eight accumulators, two vectors and one splat are what fits sixteen vector registers with room
 * for the products. One step an iteration: unrolled by hand, the loads of all steps become live at
 * once and spill.
 */
export function tile4x8(
  out: usize,
  outRow: usize,
  c: usize,
  cRow: usize,
  p: usize,
  pStep: usize,
  s: usize,
  sRow: usize,
  sStep: usize,
  steps: i32,
): void {
  assert(((out | outRow | c | cRow | p | pStep) & 15) == 0);
  assert(steps >= 1);
  // A pointer a row: an offset in the load would cost an addition and a register.
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
  for (; steps > 0; steps--) {
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
  v128.store(out, f32x4.add(v128.load(c), acc0x0));
  v128.store(out, f32x4.add(v128.load(c, 16), acc0x1), 16);
  out += outRow;
  c += cRow;
  v128.store(out, f32x4.add(v128.load(c), acc1x0));
  v128.store(out, f32x4.add(v128.load(c, 16), acc1x1), 16);
  out += outRow;
  c += cRow;
  v128.store(out, f32x4.add(v128.load(c), acc2x0));
  v128.store(out, f32x4.add(v128.load(c, 16), acc2x1), 16);
  out += outRow;
  c += cRow;
  v128.store(out, f32x4.add(v128.load(c), acc3x0));
  v128.store(out, f32x4.add(v128.load(c, 16), acc3x1), 16);
}

/** `tile4x8` for the last four lanes: j = 0 … 3. */
export function tile4x4(
  out: usize,
  outRow: usize,
  c: usize,
  cRow: usize,
  p: usize,
  pStep: usize,
  s: usize,
  sRow: usize,
  sStep: usize,
  steps: i32,
): void {
  assert(((out | outRow | c | cRow | p | pStep) & 15) == 0);
  assert(steps >= 1);
  let s0 = s;
  let s1 = s0 + sRow;
  let s2 = s1 + sRow;
  let s3 = s2 + sRow;
  let acc0 = f32x4.splat(0);
  let acc1 = f32x4.splat(0);
  let acc2 = f32x4.splat(0);
  let acc3 = f32x4.splat(0);
  for (; steps > 0; steps--) {
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
  v128.store(out, f32x4.add(v128.load(c), acc0));
  out += outRow;
  c += cRow;
  v128.store(out, f32x4.add(v128.load(c), acc1));
  out += outRow;
  c += cRow;
  v128.store(out, f32x4.add(v128.load(c), acc2));
  out += outRow;
  c += cRow;
  v128.store(out, f32x4.add(v128.load(c), acc3));
}

/**
 * out := c + P·S for `lanes` lanes and `rows` rows (multiples of 4), panel by panel, so that the
 * rows of S pass by each panel of P.
 *
 * Strides in bytes, named as in `tile4x8`. In panels of 16 lanes or all there are (panels.ts), the
 * one that begins with lane j begins at out + j·outLane, c + j·cLane and p + j·pLane.
 */
function product(
  out: usize,
  outLane: usize,
  outRow: usize,
  c: usize,
  cLane: usize,
  cRow: usize,
  p: usize,
  pLane: usize,
  pStep: usize,
  s: usize,
  sRow: usize,
  sStep: usize,
  lanes: i32,
  rows: i32,
  steps: i32,
): void {
  while (lanes > 0) {
    const width = min(lanes, 16);
    let o = out;
    let d = c;
    let x = s;
    for (let r = 0; r < rows; r += 4) {
      let lane: usize = 0;
      let left = width;
      for (; left >= 8; left -= 8) {
        tile4x8(o + lane, outRow, d + lane, cRow, p + lane, pStep, x, sRow, sStep, steps);
        lane += 32;
      }
      if (left > 0) {
        tile4x4(o + lane, outRow, d + lane, cRow, p + lane, pStep, x, sRow, sStep, steps);
      }
      o += outRow << 2;
      d += cRow << 2;
      x += sRow << 2;
    }
    out += outLane * width;
    c += cLane * width;
    p += pLane * width;
    lanes -= width;
  }
}

/**
 * Z := W·A + b                                                           (docs/math.md, eq. 2)
 *
 * z  f32[n × m]  overwritten          w  f32[n × k]  weights, in panels (panels.ts)
 * a  f32[k × m]  column i: example i  b  f32[n]      added to every column
 *
 * z and a are column-major with leading dimensions ldZ ≥ n₄ and ldA ≥ k, multiples of 4; all
 * pointers 16-byte aligned; z overlaps no input. m is rounded up to a multiple of 4: the buffers
 * have room for that many columns, and what the further columns of z receive means nothing.
 * Padding lanes of w and b are zero, so those of z are.
 */
export function affine(
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
  assert(ldZ >= lanes4(n) && ldA >= k && ((ldZ | ldA) & 3) == 0);
  const zRow = f32Bytes(ldZ);
  const wLane = f32Bytes(lanes4(k));
  const wStep = f32Bytes(panelWidth(n));
  const aRow = f32Bytes(ldA);
  product(z, 4, zRow, b, 4, 0, w, wLane, wStep, a, aRow, 4, lanes4(n), lanes4(m), k);
}

/**
 * dA := Wᵀ·dZ                                                            (docs/math.md, eq. 9)
 *
 * da  f32[k × m]  overwritten          wt  f32[k × n]  the transposed weights, in panels of
 * dz  f32[n × m]  column i: example i                  inputs (see transpose.ts)
 *
 * Layout, alignment, rounding of m and padding as in `affine`.
 */
export function affineBackward(
  da: usize,
  wt: usize,
  dz: usize,
  n: i32,
  k: i32,
  m: i32,
  ldA: i32,
  ldZ: i32,
): void {
  assert(ldA >= lanes4(k) && ldZ >= n && ((ldZ | ldA) & 3) == 0);
  const aRow = f32Bytes(ldA);
  const wLane = f32Bytes(lanes4(n));
  const wStep = f32Bytes(panelWidth(k));
  const zRow = f32Bytes(ldZ);
  product(da, 4, aRow, ZEROS, 0, 0, wt, wLane, wStep, dz, zRow, 4, lanes4(k), lanes4(m), n);
}

/**
 * dW := dZ·Aᵀ, or dW := dW + dZ·Aᵀ where `accumulate` is true            (docs/math.md, eq. 7)
 *
 * dw  f32[n × k]  in panels, as the weights are; overwritten or added to
 * dz  f32[n × m]  column i: example i
 * a   f32[k × m]  column i: example i
 *
 * The factor 1/m of the equation is applied with the update (sgd.ts). dz and a are column-major
 * with leading dimensions ldZ ≥ n₄ and ldA ≥ k₄, multiples of 4; m ≥ 1 need not be one. Padding
 * lanes of dz and a are zero, so those of dw are. dw overlaps no input.
 */
export function weightGradient(
  dw: usize,
  dz: usize,
  a: usize,
  n: i32,
  k: i32,
  m: i32,
  ldZ: i32,
  ldA: i32,
  accumulate: bool,
): void {
  assert(ldZ >= lanes4(n) && ldA >= lanes4(k) && ((ldZ | ldA) & 3) == 0);
  const wLane = f32Bytes(lanes4(k));
  const wRow = f32Bytes(panelWidth(n));
  const zStep = f32Bytes(ldZ);
  const aStep = f32Bytes(ldA);
  const c = accumulate ? dw : ZEROS;
  const cLane = accumulate ? wLane : 0;
  const cRow = accumulate ? wRow : 0;
  product(dw, wLane, wRow, c, cLane, cRow, dz, 4, zStep, a, 4, aStep, lanes4(n), lanes4(k), m);
}
