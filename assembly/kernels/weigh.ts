import { f32Bytes, lanes4 } from './panels';

/**
 * ℓ := w ℓ and dZ := w dZ of one example                             (docs/equations.md, eq. 33)
 *
 * loss  f64     in and out      dz  f32[n]  in and out; one column, 16-byte aligned
 */
export function weigh(loss: usize, dz: usize, weight: f32, n: i32): void {
  store<f64>(loss, load<f64>(loss) * <f64>weight);
  for (const end = dz + f32Bytes(lanes4(n)); dz < end; dz += 16) {
    v128.store(dz, f32x4.mul(v128.load(dz), f32x4.splat(weight)));
  }
}
