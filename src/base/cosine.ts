/** A cosine with the same bits everywhere: those of engines may differ in the last bits. */

/**
 * cos πx = sin(π/2 − πx) for 0 ≤ x ≤ 1, within 10⁻¹¹, by the Taylor series of the sine: only additions
 * and multiplications, which are the same on every engine.
 */
export function cosine(x: number): number {
  const angle = Math.PI * (0.5 - x);
  const square = angle * angle;
  let sum = 1;
  for (let n = 17; n > 1; n -= 2) sum = 1 - (square / (n * (n - 1))) * sum;
  return angle * sum;
}
