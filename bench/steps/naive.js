/**
 * Z := W·A + b as anyone writes it first: three loops.
 *
 * @param {Float32Array} z n × m, overwritten; column e, of n numbers, is example e
 * @param {Float32Array} w n × k, row by row: the weights of unit j lie one after another
 * @param {Float32Array} a k × m; column e, of k numbers, is example e
 * @param {Float32Array} b n
 * @param {number} n units
 * @param {number} k inputs
 * @param {number} m examples
 */
export function naive(z, w, a, b, n, k, m) {
  for (let e = 0; e < m; e++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let i = 0; i < k; i++) {
        sum += /** @type {number} */ (w[j * k + i]) * /** @type {number} */ (a[e * k + i]);
      }
      z[e * n + j] = sum + /** @type {number} */ (b[j]);
    }
  }
}
