import { f32Bytes } from './panels';

/**
 * Σ g²                                                              (docs/equations.md, eq. 12)
 *
 * g  f32[count], count a multiple of 4, 16-byte aligned. Summed in f64, in a fixed order: the even
 * pairs of elements, the odd ones, then the four sums together.
 */
export function sumOfSquares(g: usize, count: i32): f64 {
  assert((g & 15) == 0 && (count & 3) == 0);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (const end = g + f32Bytes(count); g < end; g += 16) {
    const four = v128.load(g);
    const two = f64x2.promote_low_f32x4(four);
    const others = f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(two, two));
    high = f64x2.add(high, f64x2.mul(others, others));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * g := c·g + d·p                                              (docs/equations.md, eq. 11 and 12)
 *
 * g  f32[count]  gradients, overwritten      p  f32[count]  parameters
 *
 * count is a multiple of 4; all 16-byte aligned; nothing overlaps. Lanes that are zero in both stay
 * zero.
 */
export function regularize(g: usize, p: usize, c: f32, d: f32, count: i32): void {
  assert(((g | p) & 15) == 0 && (count & 3) == 0);
  const cs = f32x4.splat(c);
  const ds = f32x4.splat(d);
  for (const end = g + f32Bytes(count); g < end; g += 16) {
    v128.store(g, f32x4.add(f32x4.mul(cs, v128.load(g)), f32x4.mul(ds, v128.load(p))));
    p += 16;
  }
}
