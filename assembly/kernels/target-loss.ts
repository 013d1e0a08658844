import { log } from './log';
import { f32Bytes } from './panels';

/**
 * Returns (1/n) Σ over an example's outputs of
 *   (z − t)², and turns A = Z into dZ := (2/n)(Z − T)                     (docs/equations.md, eq. 20)
 *   max(z, 0) − z·t + ln(1 + e^−|z|), and A = σ(Z) into dZ := (1/n)(A − T)  (docs/equations.md, eq. 21)
 *
 * dz  f32[n]  in: A, out: dZ; one column      z  f32[n]  logits      t  f32[n]  targets
 *
 * In f64, in the order of the outputs.
 */
export function targetLoss(dz: usize, z: usize, t: usize, n: i32, binary: bool): f64 {
  const share = <f32>((binary ? 1 : 2) / <f64>n);
  let loss: f64 = 0;
  for (const end = z + f32Bytes(n); z < end; z += 4) {
    const target = load<f32>(t);
    const logit = <f64>load<f32>(z);
    const difference = load<f32>(dz) - target;
    if (binary) {
      // With a = σ(|z|), ln(1 + e^−|z|) is −ln a; a is at least ½, and 1 where z is large.
      const a = load<f32>(dz);
      const certain: f32 = logit < 0 ? <f32>1 - a : a;
      loss += max<f64>(logit, 0) - logit * <f64>target - log(certain);
    } else {
      loss += <f64>difference * <f64>difference;
    }
    store<f32>(dz, share * difference);
    dz += 4;
    t += 4;
  }
  return loss / <f64>n;
}

/** How many of n logits are > 0 exactly if their target is > ½. */
export function countSides(z: usize, t: usize, n: i32): i32 {
  let count = 0;
  for (const end = z + f32Bytes(n); z < end; z += 4) {
    if (load<f32>(z) > 0 == load<f32>(t) > 0.5) count++;
    t += 4;
  }
  return count;
}
