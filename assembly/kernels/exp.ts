/**
 * Constants of `exp`, kept in memory: V8 rebuilds a constant vector at each use, and a load from
 * the first-level cache costs less. Never written.
 */
const CONSTANTS = memory.data<f32>(
  [
    -87.33654, // lowest x whose result is a normal number: −126 · ln 2
    88.37626, // highest x whose scaling stays in range: 127.5 · ln 2
    1.44269504, // log₂ e
    12582912.0, // 1.5 · 2²³: adding it rounds to a whole number, held in the low mantissa bits
    0.693359375, // ln 2, high part: its products with whole numbers up to 128 are exact
    -2.1219444e-4, // ln 2, the rest
    1.98756915e-4, // polynomial, highest power first
    1.3981999507e-3,
    8.3334519073e-3,
    4.1665795894e-2,
    1.6666665459e-1,
    5.0000001201e-1,
    1.0,
  ],
  16,
);

/**
 * eˣ, four lanes
 *
 * x = n·ln 2 + r with |r| ≤ ½ ln 2, so eˣ = 2ⁿ·eʳ; eʳ by S. Moshier's polynomial (Cephes,
 * expf.c), 2ⁿ by adding n to the exponent. Within 1 ulp for −87.33 ≤ x ≤ 88.37; exactly 0 below,
 * so that no subnormal number enters a product; clamped to e^88.37 above; NaN stays NaN; exactly 1
 * at 0.
 */
export function exp(x: v128): v128 {
  const lowest = v128.load32_splat(CONSTANTS);
  // x is the first operand: pmin and pmax return it if one operand is NaN.
  const clamped = f32x4.pmax(f32x4.pmin(x, v128.load32_splat(CONSTANTS, 4)), lowest);
  const magic = v128.load32_splat(CONSTANTS, 12);
  const shifted = f32x4.add(f32x4.mul(clamped, v128.load32_splat(CONSTANTS, 8)), magic);
  const n = f32x4.sub(shifted, magic);
  let r = f32x4.sub(clamped, f32x4.mul(n, v128.load32_splat(CONSTANTS, 16)));
  r = f32x4.sub(r, f32x4.mul(n, v128.load32_splat(CONSTANTS, 20)));
  let p = v128.load32_splat(CONSTANTS, 24);
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(CONSTANTS, 28));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(CONSTANTS, 32));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(CONSTANTS, 36));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(CONSTANTS, 40));
  p = f32x4.add(f32x4.mul(p, r), v128.load32_splat(CONSTANTS, 44));
  p = f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r);
  p = f32x4.add(p, v128.load32_splat(CONSTANTS, 48));
  // n stands in the low bits of `shifted`; 23 places up they are the exponent's.
  const scaled = i32x4.add(p, i32x4.shl(shifted, 23));
  return v128.andnot(scaled, f32x4.lt(x, lowest));
}
