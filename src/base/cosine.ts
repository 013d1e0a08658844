/** A cosine of relumax’s own: engines may differ in the last bits of theirs. */

/**
 * cos πx for 0 ≤ x ≤ 1, within 10⁻¹¹, as the sine of what is missing to a right angle: its Taylor
 * series, of additions and multiplications alone, which are the same everywhere.
 */
export function cosine(x: number): number {
  const angle = Math.PI * (0.5 - x);
  const square = angle * angle;
  let sum = 1;
  for (let n = 17; n > 1; n -= 2) sum = 1 - (square / (n * (n - 1))) * sum;
  return angle * sum;
}
