import { f32Bytes, lanes4 } from './panels';

/**
 * db := Σᵢ dZ[:, i], or db := db + Σᵢ dZ[:, i] where `accumulate` is true (docs/math.md, eq. 8)
 *
 * db  f32[n]      overwritten or added to   dz  f32[n × m]  column-major, leading dimension ld
 *
 * The factor 1/m of the equation is applied with the update (optimizers.ts). Both 16-byte aligned, not
 * overlapping; padding lanes of dz are zero, so those of db are. Each sum runs over the columns in
 * order, from zero, and is added to db last.
 */
export function biasGradient(
  db: usize,
  dz: usize,
  n: i32,
  m: i32,
  ld: i32,
  accumulate: bool,
): void {
  assert(((db | dz) & 15) == 0 && ld >= lanes4(n) && (ld & 3) == 0);
  const column = f32Bytes(ld);
  for (let j = 0; j < n; j += 4) {
    let sum = f32x4.splat(0);
    let from = dz;
    for (let i = 0; i < m; i++) {
      sum = f32x4.add(sum, v128.load(from));
      from += column;
    }
    v128.store(db, accumulate ? f32x4.add(v128.load(db), sum) : sum);
    db += 16;
    dz += 16;
  }
}
