import { f32Bytes } from './panels';

/**
 * sum := sum + x
 *
 * sum  f32[count]  added to   x  f32[count]
 *
 * count is a multiple of 4; both 16-byte aligned, not overlapping.
 */
export function add(sum: usize, x: usize, count: i32): void {
  assert(((sum | x) & 15) == 0 && (count & 3) == 0);
  const bytes = f32Bytes(count);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(sum + i, f32x4.add(v128.load(sum + i), v128.load(x + i)));
  }
}
