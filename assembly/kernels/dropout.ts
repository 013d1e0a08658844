import { f32Bytes, lanes4 } from './panels';

/** 2³² divided by the golden ratio, to the nearest odd number. */
const STEP: u32 = 0x9e3779b9;

/**
 * A := A ∘ D, in place                                             (docs/equations.md, eq. 22)
 *
 * a  f32[n × m]  column-major, leading dimension ld ≥ n₄; 16-byte aligned
 *
 * D is 0 where the word of an example and a unit is below `dropped`, else `scale`. The word of unit j
 * of the example at place i of its epoch is mix(mix(key ⊕ mix(i)) + (j + 1)·STEP): D depends only on key
 * and place, not on the batch.
 *
 * @param first the place of the first example
 */
export function dropout(
  a: usize,
  key: u32,
  first: u32,
  dropped: u32,
  scale: f32,
  n: i32,
  m: i32,
  ld: i32,
): void {
  assert((a & 15) == 0 && ld >= lanes4(n) && (ld & 3) == 0);
  const used = f32Bytes(lanes4(n));
  const least = i32x4.splat(dropped);
  const kept = f32x4.splat(scale);
  for (let i: u32 = 0; i < <u32>m; i++) {
    const column = mix(i32x4.splat(key ^ i32x4.extract_lane(mix(i32x4.splat(first + i)), 0)));
    let counter = i32x4.add(column, i32x4.mul(i32x4(1, 2, 3, 4), i32x4.splat(STEP)));
    for (let j: usize = 0; j < used; j += 16) {
      const d = v128.and(kept, i32x4.ge_u(mix(counter), least));
      v128.store(a + j, f32x4.mul(v128.load(a + j), d));
      counter = i32x4.add(counter, i32x4.splat(4 * STEP));
    }
    a += f32Bytes(ld);
  }
}

/** MurmurHash3's 32-bit finaliser (A. Appleby), four lanes: every input bit changes each output bit. */
function mix(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x85ebca6b));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(x, i32x4.shr_u(x, 16));
}
