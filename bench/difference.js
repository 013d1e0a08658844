/** How far results are from those expected. */

/**
 * The greatest difference of an element, by the greatest element.
 *
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} want
 */
export function greatestDifference(got, want) {
  let difference = got.length === want.length ? 0 : NaN;
  let size = 0;
  for (let i = 0; i < want.length; i++) {
    difference = Math.max(difference, Math.abs((got[i] ?? NaN) - (want[i] ?? NaN)));
    size = Math.max(size, Math.abs(want[i] ?? NaN));
  }
  return difference / size;
}

/**
 * ‖got − want‖ / ‖want‖
 *
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} want
 */
export function relativeDifference(got, want) {
  let difference = got.length === want.length ? 0 : NaN;
  let norm = 0;
  for (let i = 0; i < want.length; i++) {
    const value = want[i] ?? NaN;
    difference += ((got[i] ?? NaN) - value) ** 2;
    norm += value ** 2;
  }
  return Math.sqrt(difference / norm);
}
