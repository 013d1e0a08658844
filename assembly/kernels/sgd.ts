import { allFinite, areFinite } from './finite';
import { f32Bytes } from './panels';

/**
 * next := p − rate · g                                                   (docs/math.md, eq. 10)
 *
 * next  f32[count]  overwritten: the parameters after the update
 * p     f32[count]  the parameters before it, W and b of every layer
 * g     f32[count]  their gradients, summed over the batch
 * rate  α/m
 *
 * count is a multiple of 4; all 16-byte aligned; next may be p, and overlaps nothing otherwise.
 * Padding lanes stay zero where they are zero in p and g. Returns whether every element of next is
 * finite.
 */
export function sgd(next: usize, p: usize, g: usize, rate: f32, count: i32): bool {
  assert(((next | p | g) & 15) == 0 && (count & 3) == 0);
  const rates = f32x4.splat(rate);
  const bytes = f32Bytes(count);
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const updated = f32x4.sub(v128.load(p + i), f32x4.mul(rates, v128.load(g + i)));
    v128.store(next + i, updated);
    sum = f32x4.add(sum, updated);
  }
  // A finite sum has finite terms; that of large terms may be infinite all the same.
  return areFinite(sum) || allFinite(next, bytes);
}
