/**
 * Z := W·A + b in steps, from three loops to the register tile of the core (assembly/kernels/matmul.ts).
 *
 * z  f32[n × m]  overwritten          w  f32[n × k]  as each step says
 * a  f32[k × m]  column e: example e  b  f32[n]      added to every column
 *
 * z and a are column-major with leading dimensions ldZ ≥ n₄ and ldA ≥ k, multiples of 4; pointers are 16-byte
 * aligned. `byColumns` is w column-major, with the leading dimension n₄: an input's weights to all units lie
 * one after another, and padding lanes are zero. Every step adds up the same products in the same order,
 * so all of them give the bits of the core's `affine`.
 */
import { tile4x4, tile4x8 } from '../../assembly/kernels/matmul';
import { f32Bytes, lanes4 } from '../../assembly/kernels/panels';

/** Three loops over numbers, W row by row: each addition waits for the one before it. */
export function scalar(
  z: usize,
  byRows: usize,
  a: usize,
  b: usize,
  n: i32,
  k: i32,
  m: i32,
  ldZ: i32,
  ldA: i32,
): void {
  for (; m > 0; m--) {
    let w = byRows;
    for (let j = 0; j < n; j++) {
      let sum: f32 = 0;
      for (let i = 0; i < k; i++) {
        sum += load<f32>(w) * load<f32>(a + f32Bytes(i));
        w += 4;
      }
      store<f32>(z + f32Bytes(j), load<f32>(b + f32Bytes(j)) + sum);
    }
    z += f32Bytes(ldZ);
    a += f32Bytes(ldA);
  }
}

/** Four units at a time: one instruction multiplies four numbers. Each addition still waits. */
export function simd(
  z: usize,
  byColumns: usize,
  a: usize,
  b: usize,
  n: i32,
  k: i32,
  m: i32,
  ldZ: i32,
  ldA: i32,
): void {
  const lanes = lanes4(n);
  for (; m > 0; m--) {
    for (let j = 0; j < lanes; j += 4) {
      let w = byColumns + f32Bytes(j);
      let acc = f32x4.splat(0);
      for (let i = 0; i < k; i++) {
        acc = f32x4.add(acc, f32x4.mul(v128.load32_splat(a + f32Bytes(i)), v128.load(w)));
        w += f32Bytes(lanes);
      }
      v128.store(z + f32Bytes(j), f32x4.add(v128.load(b + f32Bytes(j)), acc));
    }
    z += f32Bytes(ldZ);
    a += f32Bytes(ldA);
  }
}

/** Four units of four examples: four sums at a time, none of which waits for another. m is rounded up to a multiple of 4. */
export function tiles4x4(
  z: usize,
  byColumns: usize,
  a: usize,
  b: usize,
  n: i32,
  k: i32,
  m: i32,
  ldZ: i32,
  ldA: i32,
): void {
  const lanes = lanes4(n);
  const zRow = f32Bytes(ldZ);
  const aRow = f32Bytes(ldA);
  for (; m > 0; m -= 4) {
    for (let j = 0; j < lanes; j += 4) {
      const at = f32Bytes(j);
      tile4x4(z + at, zRow, b + at, 0, byColumns + at, f32Bytes(lanes), a, aRow, 4, k);
    }
    z += zRow << 2;
    a += aRow << 2;
  }
}

/** Eight units of four examples: eight sums, and each number loaded is used more often. m is rounded up as above. */
export function tiles4x8(
  z: usize,
  byColumns: usize,
  a: usize,
  b: usize,
  n: i32,
  k: i32,
  m: i32,
  ldZ: i32,
  ldA: i32,
): void {
  const lanes = lanes4(n);
  const zRow = f32Bytes(ldZ);
  const aRow = f32Bytes(ldA);
  const wStep = f32Bytes(lanes);
  for (; m > 0; m -= 4) {
    let at: usize = 0;
    let left = lanes;
    for (; left >= 8; left -= 8) {
      tile4x8(z + at, zRow, b + at, 0, byColumns + at, wStep, a, aRow, 4, k);
      at += 32;
    }
    if (left > 0) tile4x4(z + at, zRow, b + at, 0, byColumns + at, wStep, a, aRow, 4, k);
    z += zRow << 2;
    a += aRow << 2;
  }
}
