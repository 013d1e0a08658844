import { f32Bytes, lanes4, panelWidth } from './panels';

/** The addend of a panel that has none: zeros, never written. */
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
  // A pointer a row: rows are as far apart as the caller says, so no constant offset leads to the next.
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
 * out := c + P·S for a panel of `lanes` lanes, at most 16, and `rows` rows, both multiples of 4.
 * Strides in bytes, named as in `tile4x8`.
 */
function panelProduct(
  out: usize,
  outRow: usize,
  c: usize,
  cRow: usize,
  p: usize,
  pStep: usize,
  s: usize,
  sRow: usize,
  sStep: usize,
  lanes: i32,
  rows: i32,
  steps: i32,
): void {
  for (; rows > 0; rows -= 4) {
    let lane: usize = 0;
    let left = lanes;
    for (; left >= 8; left -= 8) {
      tile4x8(out + lane, outRow, c + lane, cRow, p + lane, pStep, s, sRow, sStep, steps);
      lane += 32;
    }
    if (left > 0) {
      tile4x4(out + lane, outRow, c + lane, cRow, p + lane, pStep, s, sRow, sStep, steps);
    }
    out += outRow << 2;
    c += cRow << 2;
    s += sRow << 2;
  }
}

/**
 * out := c + P·S panel by panel, P being in panels (panels.ts) of which `pPanel` bytes lie from one
 * to the next. Out and c, column-major, go on after 16 lanes; c does not where cLane is 0.
 */
function product(
  out: usize,
  outRow: usize,
  c: usize,
  cLane: usize,
  p: usize,
  pPanel: usize,
  pStep: usize,
  s: usize,
  sRow: usize,
  lanes: i32,
  rows: i32,
  steps: i32,
): void {
  for (; lanes > 0; lanes -= 16) {
    panelProduct(out, outRow, c, 0, p, pStep, s, sRow, 4, min(lanes, 16), rows, steps);
    out += 64;
    c += cLane << 4;
    p += pPanel;
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
  const wStep = f32Bytes(panelWidth(n));
  const wPanel = wStep * lanes4(k);
  product(z, zRow, b, 4, w, wPanel, wStep, a, f32Bytes(ldA), lanes4(n), lanes4(m), k);
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
  const wStep = f32Bytes(panelWidth(k));
  const wPanel = wStep * lanes4(n);
  product(da, aRow, ZEROS, 0, wt, wPanel, wStep, dz, f32Bytes(ldZ), lanes4(k), lanes4(m), n);
}

/**
 * dW := dZ·Aᵀ, or dW := dW + dZ·Aᵀ where `accumulate` is true            (docs/math.md, eq. 7)
 *
 * dw      f32[n × k]            in panels, as the weights are; overwritten or added to
 * packed  f32[(n₁₆ + 16) × m]   overwritten; means nothing afterwards
 * dz      f32[n × m]            column i: example i
 * a       f32[k × m]            column i: example i
 *
 * The factor 1/m of the equation is applied with the update (optimizers.ts). dz and a are column-major
 * with leading dimensions ldZ ≥ n₄ and ldA ≥ k₄, multiples of 4; m ≥ 1 need not be one; all
 * pointers 16-byte aligned. Padding lanes of dz and a are zero, so those of dw are. dw and packed
 * overlap no input. Of dW only the inputs `first` … `end` − 1, multiples of 4; `end` is at most k₄.
 *
 * The steps of the sum are columns of dZ and A, which lie in a page each where layers are wide. So
 * 16 rows at a time are brought together first: of dZ all of them, of A those that are used next.
 */
export function weightGradient(
  dw: usize,
  packed: usize,
  dz: usize,
  a: usize,
  n: i32,
  k: i32,
  m: i32,
  ldZ: i32,
  ldA: i32,
  accumulate: bool,
  first: i32,
  end: i32,
): void {
  assert(((dw | packed | dz | a) & 15) == 0);
  assert(ldZ >= lanes4(n) && ldA >= lanes4(k) && ((ldZ | ldA) & 3) == 0);
  const units = lanes4(n);
  const step = f32Bytes(panelWidth(n));
  const dwPanel = step * lanes4(k);
  const packedPanel = step * m;
  if (first >= end) return;
  // The rows of A go behind the panels of dZ.
  let s = packed;
  for (let j = 0; j < units; j += 16) {
    packColumns(s, step, dz + f32Bytes(j), f32Bytes(ldZ), min(units - j, 16), m);
    s += packedPanel;
  }
  for (let i = first; i < end; i += 16) {
    const rows = min(end - i, 16);
    const sStep = f32Bytes(rows);
    packColumns(s, sStep, a + f32Bytes(i), f32Bytes(ldA), rows, m);
    let p = packed;
    let out = dw + step * i;
    for (let j = 0; j < units; j += 16) {
      const c = accumulate ? out : ZEROS;
      const cRow = accumulate ? step : 0;
      panelProduct(out, step, c, cRow, p, step, s, 4, sStep, min(units - j, 16), rows, m);
      p += packedPanel;
      out += dwPanel;
    }
  }
}

/** out[:, i] := x[:, i] for `columns` columns of `rows` rows, a multiple of 4; strides in bytes. */
function packColumns(
  out: usize,
  outColumn: usize,
  x: usize,
  xColumn: usize,
  rows: i32,
  columns: i32,
): void {
  const bytes = f32Bytes(rows);
  for (; columns > 0; columns--) {
    for (let at: usize = 0; at < bytes; at += 16) v128.store(out + at, v128.load(x + at));
    out += outColumn;
    x += xColumn;
  }
}
