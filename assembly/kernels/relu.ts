import { f32Bytes, lanes4 } from './panels';

/**
 * A := ReLU(Z) = max(Z, 0), in place                                     (docs/math.md, eq. 3)
 *
 * a  f32[n × m]  in: Z, out: A; column-major, leading dimension ld ≥ n₄; 16-byte aligned
 *
 * NaN stays NaN, and padding lanes that are zero stay zero.
 */
export function relu(a: usize, n: i32, m: i32, ld: i32): void {
  assert((a & 15) == 0 && ld >= lanes4(n) && (ld & 3) == 0);
  const used = f32Bytes(lanes4(n));
  const column = f32Bytes(ld);
  const zero = f32x4.splat(0);
  for (let i = 0; i < m; i++) {
    // pmax costs half of max; with z first it is z where z is NaN.
    for (let j: usize = 0; j < used; j += 16) {
      v128.store(a + j, f32x4.pmax(v128.load(a + j), zero));
    }
    a += column;
  }
}

/**
 * dZ := dA ∘ [Z > 0], in place                                           (docs/math.md, eq. 9)
 *
 * dz  f32[n × m]  in: dA, out: dZ   a  f32[n × m]  ReLU(Z), which is positive where Z is
 *
 * Both column-major, leading dimension ld ≥ n₄, 16-byte aligned, not overlapping. The derivative
 * at Z = 0 is taken to be 0.
 */
export function reluBackward(dz: usize, a: usize, n: i32, m: i32, ld: i32): void {
  assert(((dz | a) & 15) == 0 && ld >= lanes4(n) && (ld & 3) == 0);
  const used = f32Bytes(lanes4(n));
  const column = f32Bytes(ld);
  const zero = f32x4.splat(0);
  for (let i = 0; i < m; i++) {
    for (let j: usize = 0; j < used; j += 16) {
      const positive = f32x4.gt(v128.load(a + j), zero);
      v128.store(dz + j, v128.and(v128.load(dz + j), positive));
    }
    dz += column;
    a += column;
  }
}
