import { allFinite, areFinite } from './finite';
import { f32Bytes } from './panels';

/**
 * u := u + (1 − β₁)(s·g − u), v := v + (1 − β₂)((s·g)² − v),
 * next := keep·p − α₁ u / (√v · c + ε)                                   (docs/math.md, eq. 14)
 *
 * next  f32[count]  overwritten: the parameters after the update
 * u, v  f32[count]  mean and mean square of the gradient so far, updated in place
 * p     f32[count]  the parameters before it
 * g     f32[count]  their gradients, summed over the batch
 * s     1/m
 * rate  α₁ = α / (1 − β₁ᵗ), c = 1 / √(1 − β₂ᵗ): they undo that u and v began with zero
 * keep  1, or 1 − αλ where weights decay by themselves
 *
 * count is a multiple of 4; all 16-byte aligned; nothing overlaps. Lanes that are zero in u, v, p and
 * g stay zero. Returns whether every element of next is finite.
 *
 * D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2015; with `keep`, I.
 * Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2019.
 */
export function adam(
  next: usize,
  u: usize,
  v: usize,
  p: usize,
  g: usize,
  s: f32,
  rate: f32,
  c: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  keep: f32,
  count: i32,
): bool {
  assert(((next | u | v | p | g) & 15) == 0 && (count & 3) == 0);
  const bytes = f32Bytes(count);
  const shares = f32x4.splat(s);
  const rates = f32x4.splat(rate);
  const corrections = f32x4.splat(c);
  const ones = f32x4.splat(<f32>1 - beta1);
  const twos = f32x4.splat(<f32>1 - beta2);
  const epsilons = f32x4.splat(epsilon);
  const keeps = f32x4.splat(keep);
  // As in sgd.ts.
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const gradient = f32x4.mul(shares, v128.load(g + i));
    let mean = v128.load(u + i);
    mean = f32x4.add(mean, f32x4.mul(ones, f32x4.sub(gradient, mean)));
    v128.store(u + i, mean);
    let square = v128.load(v + i);
    const squared = f32x4.mul(gradient, gradient);
    square = f32x4.add(square, f32x4.mul(twos, f32x4.sub(squared, square)));
    v128.store(v + i, square);
    const size = f32x4.add(f32x4.mul(f32x4.sqrt(square), corrections), epsilons);
    const step = f32x4.div(f32x4.mul(rates, mean), size);
    const updated = f32x4.sub(f32x4.mul(keeps, v128.load(p + i)), step);
    v128.store(next + i, updated);
    sum = f32x4.add(sum, updated);
  }
  return areFinite(sum) || allFinite(next, bytes);
}
