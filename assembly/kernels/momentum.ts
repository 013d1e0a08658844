import { allFinite, areFinite } from './finite';
import { f32Bytes } from './panels';

/**
 * v := μ·v + s·g, then next := p − α·v, or with Nesterov's look ahead
 * next := p − α·(s·g + μ·v)                                              (docs/math.md, eq. 13)
 *
 * next  f32[count]  overwritten: the parameters after the update
 * v     f32[count]  the velocity, updated in place
 * p     f32[count]  the parameters before it
 * g     f32[count]  their gradients, summed over the batch
 * s     1/m
 *
 * count is a multiple of 4; all 16-byte aligned; nothing overlaps. Lanes that are zero in v, p and g
 * stay zero. Returns whether every element of next is finite.
 */
export function momentum(
  next: usize,
  v: usize,
  p: usize,
  g: usize,
  s: f32,
  rate: f32,
  mu: f32,
  nesterov: bool,
  count: i32,
): bool {
  assert(((next | v | p | g) & 15) == 0 && (count & 3) == 0);
  const bytes = f32Bytes(count);
  const shares = f32x4.splat(s);
  const rates = f32x4.splat(rate);
  const mus = f32x4.splat(mu);
  // As in sgd.ts.
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const gradient = f32x4.mul(shares, v128.load(g + i));
    let step = f32x4.add(f32x4.mul(mus, v128.load(v + i)), gradient);
    v128.store(v + i, step);
    if (nesterov) step = f32x4.add(gradient, f32x4.mul(mus, step));
    const updated = f32x4.sub(v128.load(p + i), f32x4.mul(rates, step));
    v128.store(next + i, updated);
    sum = f32x4.add(sum, updated);
  }
  return areFinite(sum) || allFinite(next, bytes);
}
