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
  let strange = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const updated = f32x4.sub(v128.load(p + i), f32x4.mul(rates, v128.load(g + i)));
    v128.store(next + i, updated);
    // 0 for a finite element, NaN for one that is not; adding keeps a NaN once it is there.
    strange = f32x4.add(strange, f32x4.sub(updated, updated));
  }
  return !v128.any_true(f32x4.ne(strange, strange));
}
