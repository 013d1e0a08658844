import { f32Bytes } from './panels';

/**
 * out := x, row by row
 *
 * out  f32[rows × width]  overwritten, rows outRow bytes apart
 * x    f32[rows × width]  rows xRow bytes apart
 */
export function copyRows(
  out: usize,
  outRow: usize,
  x: usize,
  xRow: usize,
  rows: i32,
  width: i32,
): void {
  const vectors = f32Bytes(width & ~3);
  const bytes = f32Bytes(width);
  for (; rows > 0; rows--) {
    let at: usize = 0;
    for (; at < vectors; at += 16) v128.store(out + at, v128.load(x + at));
    for (; at < bytes; at += 4) store<f32>(out + at, load<f32>(x + at));
    out += outRow;
    x += xRow;
  }
}

/** x := 0, f32[count], a multiple of 4. */
export function clear(x: usize, count: i32): void {
  const zero = f32x4.splat(0);
  for (const end = x + f32Bytes(count); x < end; x += 16) v128.store(x, zero);
}
