/**
 * Three digits are as many as a measurement bears.
 *
 * @param {number} value
 */
export function formatNumber(value) {
  return value < 999.5 ? value.toPrecision(3) : Math.round(value).toLocaleString('en');
}
