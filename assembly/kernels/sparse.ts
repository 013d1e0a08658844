import { PAIR_SHIFT } from './nonzeros';
import { f32Bytes, lanes4 } from './panels';

/**
 * The two products of the first layer for inputs that are mostly zero. They visit only the nonzeros, and
 * give the same bits as the dense products of matmul.ts: the order of the sums is the same, and a skipped
 * product would add ±0 to a sum that begins with +0.
 *
 * Units are computed a panel at a time: a panel of a few hundred inputs fits into the first-level cache.
 */

/**
 * Z := W·A + b                                                           (docs/math.md, eq. 2)
 *
 * z       f32[n × m]  overwritten; column-major, leading dimension ldZ ≥ n₄
 * w       f32[n × k]  weights, in panels (panels.ts)
 * rowPointers  u32[2 × m]  where each example's pairs begin and end
 * b       f32[n]      added to every column
 *
 * z, w and b 16-byte aligned; z overlaps no input; every pair names an input below k. Padding
 * lanes of w and b are zero, so those of z are.
 */
export function sparseAffine(
  z: usize,
  w: usize,
  rowPointers: usize,
  b: usize,
  n: i32,
  k: i32,
  m: i32,
  ldZ: i32,
): void {
  assert(((z | w | b) & 15) == 0 && ldZ >= lanes4(n) && (ldZ & 3) == 0);
  const zColumn = f32Bytes(ldZ);
  const panel = f32Bytes(lanes4(k)) << 4;
  let lanes = lanes4(n);
  for (; lanes >= 16; lanes -= 16) {
    affine16(z, zColumn, w, rowPointers, b, m);
    z += 64;
    b += 64;
    w += panel;
  }
  if (lanes == 12) affine12(z, zColumn, w, rowPointers, b, m);
  else if (lanes == 8) affine8(z, zColumn, w, rowPointers, b, m);
  else if (lanes == 4) affine4(z, zColumn, w, rowPointers, b, m);
}

/**
 * dW := dW + dZ·Aᵀ                                                       (docs/math.md, eq. 7)
 *
 * dw      f32[n × k]  added to, in panels; +0 where nothing has been added yet
 * dz      f32[n × m]  column-major, leading dimension ldZ ≥ n₄
 * rowPointers  u32[2 × m]  where each example's pairs begin and end
 *
 * The factor 1/m of the equation is applied with the update (optimizers.ts). dw and dz 16-byte aligned;
 * dw overlaps no input. Padding lanes of dz are zero, so those of dw stay as they are.
 */
export function sparseWeightGradient(
  dw: usize,
  dz: usize,
  rowPointers: usize,
  n: i32,
  k: i32,
  m: i32,
  ldZ: i32,
): void {
  assert(((dw | dz) & 15) == 0 && ldZ >= lanes4(n) && (ldZ & 3) == 0);
  const dzColumn = f32Bytes(ldZ);
  const panel = f32Bytes(lanes4(k)) << 4;
  let lanes = lanes4(n);
  for (; lanes >= 16; lanes -= 16) {
    gradient16(dw, dz, dzColumn, rowPointers, m);
    dz += 64;
    dw += panel;
  }
  if (lanes == 12) gradient12(dw, dz, dzColumn, rowPointers, m);
  else if (lanes == 8) gradient8(dw, dz, dzColumn, rowPointers, m);
  else if (lanes == 4) gradient4(dw, dz, dzColumn, rowPointers, m);
}

/** 16 units. */
function affine16(z: usize, zColumn: usize, w: usize, rowPointers: usize, b: usize, m: i32): void {
  for (; m > 0; m--) {
    let pair = <usize>load<u32>(rowPointers);
    const end = <usize>load<u32>(rowPointers, 4);
    let acc0 = f32x4.splat(0);
    let acc1 = f32x4.splat(0);
    let acc2 = f32x4.splat(0);
    let acc3 = f32x4.splat(0);
    for (; pair < end; pair += 1 << PAIR_SHIFT) {
      const x = v128.load32_splat(pair);
      const from = w + ((<usize>load<u32>(pair, 4)) << 2);
      acc0 = f32x4.add(acc0, f32x4.mul(x, v128.load(from)));
      acc1 = f32x4.add(acc1, f32x4.mul(x, v128.load(from, 16)));
      acc2 = f32x4.add(acc2, f32x4.mul(x, v128.load(from, 32)));
      acc3 = f32x4.add(acc3, f32x4.mul(x, v128.load(from, 48)));
    }
    v128.store(z, f32x4.add(v128.load(b), acc0));
    v128.store(z, f32x4.add(v128.load(b, 16), acc1), 16);
    v128.store(z, f32x4.add(v128.load(b, 32), acc2), 32);
    v128.store(z, f32x4.add(v128.load(b, 48), acc3), 48);
    z += zColumn;
    rowPointers += 8;
  }
}

/** 12 units. */
function affine12(z: usize, zColumn: usize, w: usize, rowPointers: usize, b: usize, m: i32): void {
  for (; m > 0; m--) {
    let pair = <usize>load<u32>(rowPointers);
    const end = <usize>load<u32>(rowPointers, 4);
    let acc0 = f32x4.splat(0);
    let acc1 = f32x4.splat(0);
    let acc2 = f32x4.splat(0);
    for (; pair < end; pair += 1 << PAIR_SHIFT) {
      const x = v128.load32_splat(pair);
      const from = w + ((<usize>load<u32>(pair, 4)) << 2);
      acc0 = f32x4.add(acc0, f32x4.mul(x, v128.load(from)));
      acc1 = f32x4.add(acc1, f32x4.mul(x, v128.load(from, 16)));
      acc2 = f32x4.add(acc2, f32x4.mul(x, v128.load(from, 32)));
    }
    v128.store(z, f32x4.add(v128.load(b), acc0));
    v128.store(z, f32x4.add(v128.load(b, 16), acc1), 16);
    v128.store(z, f32x4.add(v128.load(b, 32), acc2), 32);
    z += zColumn;
    rowPointers += 8;
  }
}

/** 8 units. */
function affine8(z: usize, zColumn: usize, w: usize, rowPointers: usize, b: usize, m: i32): void {
  for (; m > 0; m--) {
    let pair = <usize>load<u32>(rowPointers);
    const end = <usize>load<u32>(rowPointers, 4);
    let acc0 = f32x4.splat(0);
    let acc1 = f32x4.splat(0);
    for (; pair < end; pair += 1 << PAIR_SHIFT) {
      const x = v128.load32_splat(pair);
      const from = w + ((<usize>load<u32>(pair, 4)) << 2);
      acc0 = f32x4.add(acc0, f32x4.mul(x, v128.load(from)));
      acc1 = f32x4.add(acc1, f32x4.mul(x, v128.load(from, 16)));
    }
    v128.store(z, f32x4.add(v128.load(b), acc0));
    v128.store(z, f32x4.add(v128.load(b, 16), acc1), 16);
    z += zColumn;
    rowPointers += 8;
  }
}

/** 4 units. */
function affine4(z: usize, zColumn: usize, w: usize, rowPointers: usize, b: usize, m: i32): void {
  for (; m > 0; m--) {
    let pair = <usize>load<u32>(rowPointers);
    const end = <usize>load<u32>(rowPointers, 4);
    let acc0 = f32x4.splat(0);
    for (; pair < end; pair += 1 << PAIR_SHIFT) {
      const x = v128.load32_splat(pair);
      const from = w + ((<usize>load<u32>(pair, 4)) << 2);
      acc0 = f32x4.add(acc0, f32x4.mul(x, v128.load(from)));
    }
    v128.store(z, f32x4.add(v128.load(b), acc0));
    z += zColumn;
    rowPointers += 8;
  }
}

/** 16 units. */
function gradient16(dw: usize, dz: usize, dzColumn: usize, rowPointers: usize, m: i32): void {
  for (; m > 0; m--) {
    let pair = <usize>load<u32>(rowPointers);
    const end = <usize>load<u32>(rowPointers, 4);
    const dz0 = v128.load(dz);
    const dz1 = v128.load(dz, 16);
    const dz2 = v128.load(dz, 32);
    const dz3 = v128.load(dz, 48);
    for (; pair < end; pair += 1 << PAIR_SHIFT) {
      const x = v128.load32_splat(pair);
      const to = dw + ((<usize>load<u32>(pair, 4)) << 2);
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(x, dz0)));
      v128.store(to, f32x4.add(v128.load(to, 16), f32x4.mul(x, dz1)), 16);
      v128.store(to, f32x4.add(v128.load(to, 32), f32x4.mul(x, dz2)), 32);
      v128.store(to, f32x4.add(v128.load(to, 48), f32x4.mul(x, dz3)), 48);
    }
    dz += dzColumn;
    rowPointers += 8;
  }
}

/** 12 units. */
function gradient12(dw: usize, dz: usize, dzColumn: usize, rowPointers: usize, m: i32): void {
  for (; m > 0; m--) {
    let pair = <usize>load<u32>(rowPointers);
    const end = <usize>load<u32>(rowPointers, 4);
    const dz0 = v128.load(dz);
    const dz1 = v128.load(dz, 16);
    const dz2 = v128.load(dz, 32);
    for (; pair < end; pair += 1 << PAIR_SHIFT) {
      const x = v128.load32_splat(pair);
      const to = dw + ((<usize>load<u32>(pair, 4)) << 2);
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(x, dz0)));
      v128.store(to, f32x4.add(v128.load(to, 16), f32x4.mul(x, dz1)), 16);
      v128.store(to, f32x4.add(v128.load(to, 32), f32x4.mul(x, dz2)), 32);
    }
    dz += dzColumn;
    rowPointers += 8;
  }
}

/** 8 units. */
function gradient8(dw: usize, dz: usize, dzColumn: usize, rowPointers: usize, m: i32): void {
  for (; m > 0; m--) {
    let pair = <usize>load<u32>(rowPointers);
    const end = <usize>load<u32>(rowPointers, 4);
    const dz0 = v128.load(dz);
    const dz1 = v128.load(dz, 16);
    for (; pair < end; pair += 1 << PAIR_SHIFT) {
      const x = v128.load32_splat(pair);
      const to = dw + ((<usize>load<u32>(pair, 4)) << 2);
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(x, dz0)));
      v128.store(to, f32x4.add(v128.load(to, 16), f32x4.mul(x, dz1)), 16);
    }
    dz += dzColumn;
    rowPointers += 8;
  }
}

/** 4 units. */
function gradient4(dw: usize, dz: usize, dzColumn: usize, rowPointers: usize, m: i32): void {
  for (; m > 0; m--) {
    let pair = <usize>load<u32>(rowPointers);
    const end = <usize>load<u32>(rowPointers, 4);
    const dz0 = v128.load(dz);
    for (; pair < end; pair += 1 << PAIR_SHIFT) {
      const x = v128.load32_splat(pair);
      const to = dw + ((<usize>load<u32>(pair, 4)) << 2);
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(x, dz0)));
    }
    dz += dzColumn;
    rowPointers += 8;
  }
}
