import { exp } from './exp';
import { f32Bytes, lanes4 } from './panels';

/** Lane numbers, to mask the padding of a column; never written. */
const LANES = memory.data<i32>([0, 1, 2, 3], 16);

/** −∞ replaces padding lanes: it is never the maximum, and its exponential is 0. */
const NEGATIVE_INFINITY = memory.data<f32>([-Infinity], 16);

/**
 * A := softmax(Z), column by column                                      (docs/math.md, eq. 4)
 *
 * a       f32[n × m]  overwritten: exp(z − max z) / Σ exp(z − max z); padding lanes become 0
 * maxima  f32[m]      overwritten: max z of each column
 * sums    f32[m]      overwritten: Σ exp(z − max z) of each column, at least 1
 * z       f32[n × m]  logits; padding lanes may hold any number
 *
 * Column-major, leading dimension ld ≥ n₄, a multiple of 4; a and z 16-byte aligned; a may be z.
 * The maximum is subtracted first, so no exponential overflows. A column with
 * a NaN or +∞ among its logits becomes NaN. Each column sums to 1 within n/4 + 4 ulp.
 */
export function softmax(
  a: usize,
  maxima: usize,
  sums: usize,
  z: usize,
  n: i32,
  m: i32,
  ld: i32,
): void {
  assert(((a | z) & 15) == 0 && ld >= lanes4(n) && (ld & 3) == 0);
  const column = f32Bytes(ld);
  const last = f32Bytes(lanes4(n) - 4);
  const inside = i32x4.lt_s(v128.load(LANES), i32x4.splat(n - (lanes4(n) - 4)));
  const outside = v128.andnot(v128.load32_splat(NEGATIVE_INFINITY), inside);
  let to = a;
  for (let i = 0; i < m; i++) {
    const tail = v128.or(v128.and(v128.load(z + last), inside), outside);
    let max = tail;
    // pmax keeps a NaN of its first operand only; a NaN that the maximum misses still reaches the sum.
    for (let j: usize = 0; j < last; j += 16) max = f32x4.pmax(max, v128.load(z + j));
    max = f32x4.pmax(max, i32x4.shuffle(max, max, 2, 3, 0, 1));
    max = f32x4.pmax(max, i32x4.shuffle(max, max, 1, 0, 3, 2));
    max = i32x4.shuffle(max, max, 0, 0, 0, 0);
    for (let j: usize = 0; j < last; j += 16) {
      v128.store(to + j, f32x4.sub(v128.load(z + j), max));
    }
    v128.store(to + last, f32x4.sub(tail, max));
    store<f32>(maxima, f32x4.extract_lane(max, 0));
    maxima += 4;
    z += column;
    to += column;
  }
  // A separate loop: its iterations do not wait for the sum of a column.
  to = a;
  for (let i = 0; i < m; i++) {
    for (let j: usize = 0; j <= last; j += 16) v128.store(to + j, exp(v128.load(to + j)));
    to += column;
  }
  for (let i = 0; i < m; i++) {
    let sum = v128.load(a + last);
    for (let j: usize = 0; j < last; j += 16) sum = f32x4.add(sum, v128.load(a + j));
    sum = f32x4.add(sum, i32x4.shuffle(sum, sum, 2, 3, 0, 1));
    sum = f32x4.add(sum, i32x4.shuffle(sum, sum, 1, 0, 3, 2));
    const scale = f32x4.div(f32x4.splat(1), sum);
    for (let j: usize = 0; j <= last; j += 16) {
      v128.store(a + j, f32x4.mul(v128.load(a + j), scale));
    }
    store<f32>(sums, f32x4.extract_lane(sum, 0));
    sums += 4;
    a += column;
  }
}
