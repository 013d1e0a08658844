import { ENTRY_SHIFT } from './nonzeros';
import { f32Bytes, lanes4 } from './panels';

/**
 * The two products of the first layer where most inputs are zero: they visit the nonzeros alone,
 * and give the bits that the dense products of matmul.ts give, for what they leave out adds ±0 to
 * sums that begin with +0, in the same order.
 *
 * Units are taken 16 at a time, for two panels of a few hundred inputs fit the first-level cache
 * and four do not; what remains is taken 12, 8 or 4 at a time.
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
  const lane = f32Bytes(lanes4(k));
  const panel = lane << 3;
  let lanes = lanes4(n);
  while (lanes > 0) {
    let taken = 4;
    if (lanes >= 16) {
      affine16(z, zColumn, w, panel, starts, b, m);
      taken = 16;
    } else if (lanes == 12) {
      affine12(z, zColumn, w, panel, starts, b, m);
      taken = 12;
    } else if (lanes >= 8) {
      affine8(z, zColumn, w, starts, b, m);
      taken = 8;
    } else {
      affine4(z, zColumn, w, starts, b, m);
    }
    lanes -= taken;
    z += f32Bytes(taken);
    b += f32Bytes(taken);
    w += lane * taken;
  }
}

/**
 * dW := dW + dZ·Aᵀ                                                       (docs/math.md, eq. 7)
 *
 * dw      f32[n × k]  added to, in panels; +0 where nothing has been added yet
 * dz      f32[n × m]  column-major, leading dimension ldZ ≥ n₄
 * starts  u32[m + 1]  where each example's entries begin, and where the last one's end
 *
 * The factor 1/m of the equation is applied with the update (sgd.ts). dw and dz 16-byte aligned;
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
  const lane = f32Bytes(lanes4(k));
  const panel = lane << 3;
  let lanes = lanes4(n);
  while (lanes > 0) {
    let taken = 4;
    if (lanes >= 16) {
      gradient16(dw, panel, dz, dzColumn, starts, m);
      taken = 16;
    } else if (lanes == 12) {
      gradient12(dw, panel, dz, dzColumn, starts, m);
      taken = 12;
    } else if (lanes >= 8) {
      gradient8(dw, dz, dzColumn, starts, m);
      taken = 8;
    } else {
      gradient4(dw, dz, dzColumn, starts, m);
    }
    lanes -= taken;
    dz += f32Bytes(taken);
    dw += lane * taken;
  }
}

/** Two panels of 8 units. */
function affine16(
  z: usize,
  zColumn: usize,
  w: usize,
  wPanel: usize,
  starts: usize,
  b: usize,
  m: i32,
): void {
  const w1 = w + wPanel;
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    let acc0 = f32x4.splat(0);
    let acc1 = f32x4.splat(0);
    let acc2 = f32x4.splat(0);
    let acc3 = f32x4.splat(0);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const at = <usize>load<u32>(entry, 4);
      acc0 = f32x4.add(acc0, f32x4.mul(x, v128.load(w + at)));
      acc1 = f32x4.add(acc1, f32x4.mul(x, v128.load(w + at, 16)));
      acc2 = f32x4.add(acc2, f32x4.mul(x, v128.load(w1 + at)));
      acc3 = f32x4.add(acc3, f32x4.mul(x, v128.load(w1 + at, 16)));
    }
    v128.store(z, f32x4.add(v128.load(b), acc0));
    v128.store(z, f32x4.add(v128.load(b, 16), acc1), 16);
    v128.store(z, f32x4.add(v128.load(b, 32), acc2), 32);
    v128.store(z, f32x4.add(v128.load(b, 48), acc3), 48);
    z += zColumn;
    starts += 4;
  }
}

/** The last panel of 8 units and the one of 4, whose columns are half as long. */
function affine12(
  z: usize,
  zColumn: usize,
  w: usize,
  wPanel: usize,
  starts: usize,
  b: usize,
  m: i32,
): void {
  const w1 = w + wPanel;
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    let acc0 = f32x4.splat(0);
    let acc1 = f32x4.splat(0);
    let acc2 = f32x4.splat(0);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const at = <usize>load<u32>(entry, 4);
      acc0 = f32x4.add(acc0, f32x4.mul(x, v128.load(w + at)));
      acc1 = f32x4.add(acc1, f32x4.mul(x, v128.load(w + at, 16)));
      acc2 = f32x4.add(acc2, f32x4.mul(x, v128.load(w1 + (at >> 1))));
    }
    v128.store(z, f32x4.add(v128.load(b), acc0));
    v128.store(z, f32x4.add(v128.load(b, 16), acc1), 16);
    v128.store(z, f32x4.add(v128.load(b, 32), acc2), 32);
    z += zColumn;
    starts += 4;
  }
}

/** The last panel of 8 units. */
function affine8(z: usize, zColumn: usize, w: usize, starts: usize, b: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    let acc0 = f32x4.splat(0);
    let acc1 = f32x4.splat(0);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const at = <usize>load<u32>(entry, 4);
      acc0 = f32x4.add(acc0, f32x4.mul(x, v128.load(w + at)));
      acc1 = f32x4.add(acc1, f32x4.mul(x, v128.load(w + at, 16)));
    }
    v128.store(z, f32x4.add(v128.load(b), acc0));
    v128.store(z, f32x4.add(v128.load(b, 16), acc1), 16);
    z += zColumn;
    starts += 4;
  }
}

/** The panel of 4 units, whose columns are half as long. */
function affine4(z: usize, zColumn: usize, w: usize, starts: usize, b: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    let acc0 = f32x4.splat(0);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const at = <usize>load<u32>(entry, 4);
      acc0 = f32x4.add(acc0, f32x4.mul(x, v128.load(w + (at >> 1))));
    }
    v128.store(z, f32x4.add(v128.load(b), acc0));
    z += zColumn;
    starts += 4;
  }
}

/** Two panels of 8 units. */
function gradient16(
  dw: usize,
  dwPanel: usize,
  dz: usize,
  dzColumn: usize,
  starts: usize,
  m: i32,
): void {
  const dw1 = dw + dwPanel;
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    const dz0 = v128.load(dz);
    const dz1 = v128.load(dz, 16);
    const dz2 = v128.load(dz, 32);
    const dz3 = v128.load(dz, 48);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const at = <usize>load<u32>(entry, 4);
      const to0 = dw + at;
      v128.store(to0, f32x4.add(v128.load(to0), f32x4.mul(x, dz0)));
      v128.store(to0, f32x4.add(v128.load(to0, 16), f32x4.mul(x, dz1)), 16);
      const to1 = dw1 + at;
      v128.store(to1, f32x4.add(v128.load(to1), f32x4.mul(x, dz2)));
      v128.store(to1, f32x4.add(v128.load(to1, 16), f32x4.mul(x, dz3)), 16);
    }
    dz += dzColumn;
    starts += 4;
  }
}

/** The last panel of 8 units and the one of 4, whose columns are half as long. */
function gradient12(
  dw: usize,
  dwPanel: usize,
  dz: usize,
  dzColumn: usize,
  starts: usize,
  m: i32,
): void {
  const dw1 = dw + dwPanel;
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    const dz0 = v128.load(dz);
    const dz1 = v128.load(dz, 16);
    const dz2 = v128.load(dz, 32);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const at = <usize>load<u32>(entry, 4);
      const to0 = dw + at;
      v128.store(to0, f32x4.add(v128.load(to0), f32x4.mul(x, dz0)));
      v128.store(to0, f32x4.add(v128.load(to0, 16), f32x4.mul(x, dz1)), 16);
      const to1 = dw1 + (at >> 1);
      v128.store(to1, f32x4.add(v128.load(to1), f32x4.mul(x, dz2)));
    }
    dz += dzColumn;
    starts += 4;
  }
}

/** The last panel of 8 units. */
function gradient8(dw: usize, dz: usize, dzColumn: usize, starts: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    const dz0 = v128.load(dz);
    const dz1 = v128.load(dz, 16);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const at = <usize>load<u32>(entry, 4);
      const to0 = dw + at;
      v128.store(to0, f32x4.add(v128.load(to0), f32x4.mul(x, dz0)));
      v128.store(to0, f32x4.add(v128.load(to0, 16), f32x4.mul(x, dz1)), 16);
    }
    dz += dzColumn;
    starts += 4;
  }
}

/** The panel of 4 units, whose columns are half as long. */
function gradient4(dw: usize, dz: usize, dzColumn: usize, starts: usize, m: i32): void {
  for (; m > 0; m--) {
    let entry = <usize>load<u32>(starts);
    const end = <usize>load<u32>(starts, 4);
    const dz0 = v128.load(dz);
    for (; entry < end; entry += 1 << ENTRY_SHIFT) {
      const x = v128.load32_splat(entry);
      const at = <usize>load<u32>(entry, 4);
      const to0 = dw + (at >> 1);
      v128.store(to0, f32x4.add(v128.load(to0), f32x4.mul(x, dz0)));
    }
    dz += dzColumn;
    starts += 4;
  }
}
