/** The bits of √½ as an f32: the mantissa is reduced to √½ … √2. */
const SQRT_HALF: u32 = 0x3f3504f3;

/**
 * ln x, for a positive, normal x; NaN and +∞ are returned unchanged
 *
 * x = 2ᵉ·m with √½ ≤ m < √2, and ln m = 2 artanh(t) = 2(t + t³/3 + t⁵/5 + …), t = (m−1)/(m+1),
 * |t| ≤ 0.1716: the first omitted term is below 4·10⁻¹³. In f64 throughout; within 1·10⁻¹² absolute,
 * and exactly 0 at 1.
 */
export function log(x: f32): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<u32>(x);
  const exponent = <i32>(bits - SQRT_HALF) >> 23;
  const m = <f64>reinterpret<f32>(bits - ((<u32>exponent) << 23));
  const t = (m - 1) / (m + 1);
  const t2 = t * t;
  let series: f64 = 0;
  for (let odd: f64 = 13; odd > 1; odd -= 2) series = series * t2 + 1 / odd;
  return <f64>exponent * Math.LN2 + 2 * (t + t * t2 * series);
}
