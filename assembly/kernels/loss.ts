import { log } from './log';
import { f32Bytes } from './panels';

/**
 * losses[i] := −ln A[yᵢ, i], and turns A into dZ := A − Y                (docs/math.md, eq. 5, 6)
 *
 * losses  f64[m]      overwritten; in nats
 * dz      f32[n × m]  in: A, the probabilities; out: dZ at the last layer
 * z       f32[n × m]  logits
 * maxima  f32[m]      max z of each column        sums  f32[m]  Σ exp(z − max z) of each column
 * labels  u8[m]       yᵢ < n
 *
 * dz and z column-major, leading dimension ld; neither overlaps the other. The loss comes from the
 * log-sum-exp, ln Σ exp(z − max z) + (max z − z[y]), not from ln A, which may be ln 0.
 */
export function crossEntropy(
  losses: usize,
  dz: usize,
  z: usize,
  maxima: usize,
  sums: usize,
  labels: usize,
  m: i32,
  ld: i32,
): void {
  const column = f32Bytes(ld);
  for (let i = 0; i < m; i++) {
    const y = f32Bytes(load<u8>(labels + i));
    const at = f32Bytes(i);
    const logit = <f64>load<f32>(z + y);
    store<f64>(losses, log(load<f32>(sums + at)) + (<f64>load<f32>(maxima + at) - logit));
    losses += 8;
    store<f32>(dz + y, load<f32>(dz + y) - 1);
    dz += column;
    z += column;
  }
}
