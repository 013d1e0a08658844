/**
 * a := b + y·c for f32[count], the triad of the STREAM benchmark: it reads two numbers, writes one, and
 * computes next to nothing. `count` is a multiple of 8; pointers are 16-byte aligned.
 */
export function triad(a: usize, b: usize, c: usize, y: f32, count: i32): void {
  const ys = f32x4.splat(y);
  for (; count > 0; count -= 8) {
    v128.store(a, f32x4.add(v128.load(b), f32x4.mul(ys, v128.load(c))));
    v128.store(a, f32x4.add(v128.load(b, 16), f32x4.mul(ys, v128.load(c, 16))), 16);
    a += 32;
    b += 32;
    c += 32;
  }
}
