import { log } from './log';
import { f32Bytes } from './panels';

/**
 * Returns −Σᵢ ln A[yᵢ, i], and turns A into dZ := A − Y                  (docs/math.md, eq. 5, 6)
 *
 * dz      f32[n × m]  in: A, the probabilities; out: dZ at the last layer
 * z       f32[n × m]  logits
 * maxima  f32[m]      max z of each column        sums  f32[m]  Σ exp(z − max z) of each column
 * labels  u8[m]       yᵢ < n
 *
 * dz and z column-major, leading dimension ld; neither overlaps the other. The loss comes from the
 * log-sum-exp, ln Σ exp(z − max z) + (max z − z[y]), not from ln A, which may be ln 0. In nats, summed
 * in f64 in the order of the columns; the caller divides by m.
 */
export function crossEntropy(
  dz: usize,
  z: usize,
  maxima: usize,
  sums: usize,
  labels: usize,
  m: i32,
  ld: i32,
): f64 {
  const column = f32Bytes(ld);
  let loss: f64 = 0;
  for (let i = 0; i < m; i++) {
    const y = f32Bytes(load<u8>(labels + i));
    const at = f32Bytes(i);
    loss += log(load<f32>(sums + at)) + (<f64>load<f32>(maxima + at) - <f64>load<f32>(z + y));
    store<f32>(dz + y, load<f32>(dz + y) - 1);
    dz += column;
    z += column;
  }
  return loss;
}
