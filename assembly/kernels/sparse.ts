import { ENTRY_SHIFT } from './nonzeros';
import { f32Bytes, lanes4 } from './panels';

/**
 * The two products of the first layer where most inputs are zero: they visit the nonzeros alone,
 * and give the bits that the dense products of matmul.ts give, for what they leave out adds ±0 to
 * sums that begin with +0, in the same order.
 *
 * Units are taken a panel at a time, for a panel of a few hundred inputs fits the first-level cache.
 */

/**
 * Z := W·A + b                                                           (docs/math.md, eq. 2)
 *
 * z       f32[n × m]  overwritten; column-major, leading dimension ldZ ≥ n₄
 * w       f32[n × k]  weights, in panels (panels.ts)
 * starts  u32[m + 1]  where each example's entries begin, and where the last one's end
 * b       f32[n]      added to every column
 *
 * z, w and b 16-byte aligned; z overlaps no input; every entry names an input below k. Padding
 * lanes of w and b are zero, so those of z are.
 */
export function sparseAffine(
  z: usize,
  w: usize,
  starts: usize,
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
    affine16(z, zColumn, w, starts, b, m);
    z += 64;
    b += 64;
    w += panel;
  }
  if (lanes == 12) affine12(z, zColumn, w, starts, b, m);
  else if (lanes == 8) affine8(z, zColumn, w, starts, b, m);
  else if (lanes == 4) affine4(z, zColumn, w, starts, b, m);
}

/**
 * dW := dW + dZ·Aᵀ                                                       (docs/math.md, eq. 7)
 *
 * dw      f32[n × k]  added to, in panels; +0 where nothing has been added yet
 * dz      f32[n × m]  column-major, leading dimension ldZ ≥ n₄
 * starts  u32[m + 1]  where each example's entries begin, and where the last one's end
 *
 * The factor 1/m of the equation is applied with the update (optimizers.ts). dw and dz 16-byte aligned;
 * dw overlaps no input. Padding lanes of dz are zero, so those of dw stay as they are.
 */
export function sparseWeightGradient(
  dw: usize,
  dz: usize,
  starts: usize,
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
    gradient16(dw, dz, dzColumn, starts, m);
    dz += 64;
    dw += panel;
  }
  if (lanes == 12) gradient12(dw, dz, dzColumn, starts, m);
  else if (lanes == 8) gradient8(dw, dz, dzColumn, starts, m);
  else if (lanes == 4) gradient4(dw, dz, dzColumn, starts, m);
}

/** 16 units. */
function affine16(z: usize, zColumn: usize, w: usize, starts: usize, b: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    let acc0 = f32x4.splat(0);
    let acc1 = f32x4.splat(0);
    let acc2 = f32x4.splat(0);
    let acc3 = f32x4.splat(0);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const from = w + ((<usize>load<u32>(entry, 4)) << 2);
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
    starts += 4;
  }
}

/** 12 units. */
function affine12(z: usize, zColumn: usize, w: usize, starts: usize, b: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    let acc0 = f32x4.splat(0);
    let acc1 = f32x4.splat(0);
    let acc2 = f32x4.splat(0);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const from = w + ((<usize>load<u32>(entry, 4)) << 2);
      acc0 = f32x4.add(acc0, f32x4.mul(x, v128.load(from)));
      acc1 = f32x4.add(acc1, f32x4.mul(x, v128.load(from, 16)));
      acc2 = f32x4.add(acc2, f32x4.mul(x, v128.load(from, 32)));
    }
    v128.store(z, f32x4.add(v128.load(b), acc0));
    v128.store(z, f32x4.add(v128.load(b, 16), acc1), 16);
    v128.store(z, f32x4.add(v128.load(b, 32), acc2), 32);
    z += zColumn;
    starts += 4;
  }
}

/** 8 units. */
function affine8(z: usize, zColumn: usize, w: usize, starts: usize, b: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    let acc0 = f32x4.splat(0);
    let acc1 = f32x4.splat(0);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const from = w + ((<usize>load<u32>(entry, 4)) << 2);
      acc0 = f32x4.add(acc0, f32x4.mul(x, v128.load(from)));
      acc1 = f32x4.add(acc1, f32x4.mul(x, v128.load(from, 16)));
    }
    v128.store(z, f32x4.add(v128.load(b), acc0));
    v128.store(z, f32x4.add(v128.load(b, 16), acc1), 16);
    z += zColumn;
    starts += 4;
  }
}

/** 4 units. */
function affine4(z: usize, zColumn: usize, w: usize, starts: usize, b: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    let acc0 = f32x4.splat(0);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const from = w + ((<usize>load<u32>(entry, 4)) << 2);
      acc0 = f32x4.add(acc0, f32x4.mul(x, v128.load(from)));
    }
    v128.store(z, f32x4.add(v128.load(b), acc0));
    z += zColumn;
    starts += 4;
  }
}

/** 16 units. */
function gradient16(dw: usize, dz: usize, dzColumn: usize, starts: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    const dz0 = v128.load(dz);
    const dz1 = v128.load(dz, 16);
    const dz2 = v128.load(dz, 32);
    const dz3 = v128.load(dz, 48);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const to = dw + ((<usize>load<u32>(entry, 4)) << 2);
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(x, dz0)));
      v128.store(to, f32x4.add(v128.load(to, 16), f32x4.mul(x, dz1)), 16);
      v128.store(to, f32x4.add(v128.load(to, 32), f32x4.mul(x, dz2)), 32);
      v128.store(to, f32x4.add(v128.load(to, 48), f32x4.mul(x, dz3)), 48);
    }
    dz += dzColumn;
    starts += 4;
  }
}

/** 12 units. */
function gradient12(dw: usize, dz: usize, dzColumn: usize, starts: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    const dz0 = v128.load(dz);
    const dz1 = v128.load(dz, 16);
    const dz2 = v128.load(dz, 32);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const to = dw + ((<usize>load<u32>(entry, 4)) << 2);
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(x, dz0)));
      v128.store(to, f32x4.add(v128.load(to, 16), f32x4.mul(x, dz1)), 16);
      v128.store(to, f32x4.add(v128.load(to, 32), f32x4.mul(x, dz2)), 32);
    }
    dz += dzColumn;
    starts += 4;
  }
}

/** 8 units. */
function gradient8(dw: usize, dz: usize, dzColumn: usize, starts: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    const dz0 = v128.load(dz);
    const dz1 = v128.load(dz, 16);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const to = dw + ((<usize>load<u32>(entry, 4)) << 2);
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(x, dz0)));
      v128.store(to, f32x4.add(v128.load(to, 16), f32x4.mul(x, dz1)), 16);
    }
    dz += dzColumn;
    starts += 4;
  }
}

/** 4 units. */
function gradient4(dw: usize, dz: usize, dzColumn: usize, starts: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    const dz0 = v128.load(dz);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const to = dw + ((<usize>load<u32>(entry, 4)) << 2);
      v128.store(to, f32x4.add(v128.load(to), f32x4.mul(x, dz0)));
    }
    dz += dzColumn;
    starts += 4;
  }
}
