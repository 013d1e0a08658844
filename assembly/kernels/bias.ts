import { f32Bytes, lanes4 } from './panels';

/**
 * db := db + Σᵢ dZ[:, i]                                                  (docs/math.md, eq. 8)
 *
 * db  f32[n]      added to   dz  f32[n × m]  column-major, leading dimension ld
 *
 * The factor 1/m of the equation is applied with the update (optimizers.ts). Both 16-byte aligned, not
 * overlapping; padding lanes of dz are zero, so those of db are. Each sum runs over the columns in
 * order, from zero, and is added to db last.
 */
export function biasGradient(db: usize, dz: usize, n: i32, m: i32, ld: i32): void {
  assert(((db | dz) & 15) == 0 && ld >= lanes4(n) && (ld & 3) == 0);
  const column = f32Bytes(ld);
  const zero = f32x4.splat(0);
  for (let j = 0; j < n; j += 8) {
    // Two sums at a time, for each waits for its last addition. Behind the last lanes the next column is read.
    let sum0 = zero;
    let sum1 = zero;
    let from = dz;
    for (let i = 0; i < m; i++) {
      sum0 = f32x4.add(sum0, v128.load(from));
      sum1 = f32x4.add(sum1, v128.load(from, 16));
      from += column;
    }
    v128.store(db, f32x4.add(v128.load(db), sum0));
    if (j + 4 < n) v128.store(db, f32x4.add(v128.load(db, 16), sum1), 16);
    db += 32;
    dz += 32;
  }
}
