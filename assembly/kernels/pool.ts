import { f32Bytes } from './panels';

/**
 * P[y, x, :] := max of A[y·size + ky, x·size + kx, :], ky, kx < size     (docs/equations.md, eq. 31)
 *
 * p  f32[height × width × channels]  overwritten
 * a  f32[…]  rows of pixels, aRow bytes apart; what does not fill a window is left out
 *
 * NaN stays NaN. Where channels are a multiple of 4, both are 16-byte aligned.
 */
export function maxPool(
  p: usize,
  a: usize,
  aRow: usize,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
): void {
  const pixel = f32Bytes(channels);
  const across = pixel * size;
  const vectors = (channels & 3) == 0;
  for (let y = 0; y < height; y++) {
    let window = a + aRow * (y * size);
    for (let x = 0; x < width; x++) {
      if (size == 2 && vectors) {
        for (let c: usize = 0; c < pixel; c += 16) {
          poolFour(p + c, window + c, pixel, aRow);
        }
      } else if (vectors) {
        for (let c: usize = 0; c < pixel; c += 16) {
          let most = v128.load(window + c);
          let sum = f32x4.splat(0);
          let row = window + c;
          for (let ky = 0; ky < size; ky++) {
            for (let at: usize = 0; at < across; at += pixel) {
              const value = v128.load(row + at);
              // One instruction, where max takes eight; of NaN the sum tells.
              most = f32x4.pmax(most, value);
              sum = f32x4.add(sum, value);
            }
            row += aRow;
          }
          v128.store(p + c, v128.bitselect(most, sum, f32x4.eq(sum, sum)));
        }
      } else {
        for (let c: usize = 0; c < pixel; c += 4) {
          let most = load<f32>(window + c);
          let row = window + c;
          for (let ky = 0; ky < size; ky++) {
            for (let at: usize = 0; at < across; at += pixel) most = max(most, load<f32>(row + at));
            row += aRow;
          }
          store<f32>(p + c, most);
        }
      }
      p += pixel;
      window += across;
    }
  }
}

/** `maxPool` for four channels of a window of 2 × 2. */
function poolFour(p: usize, a: usize, pixel: usize, aRow: usize): void {
  const a0 = v128.load(a);
  const a1 = v128.load(a + pixel);
  const a2 = v128.load(a + aRow);
  const a3 = v128.load(a + aRow + pixel);
  const most = f32x4.pmax(f32x4.pmax(a0, a1), f32x4.pmax(a2, a3));
  const sum = f32x4.add(f32x4.add(f32x4.add(a0, a1), a2), a3);
  v128.store(p, v128.bitselect(most, sum, f32x4.eq(sum, sum)));
}

/**
 * dA := dP where A is the maximum of its window, the first of equals; else 0   (docs/equations.md, eq. 32)
 *
 * da  f32[…]  overwritten inside the windows, rows aRow bytes apart
 * dp  f32[height × width × channels]   p  as `maxPool` has given it   a  as of `maxPool`
 *
 * All 16-byte aligned; channels are a multiple of 4.
 */
export function maxPoolBackward(
  da: usize,
  dp: usize,
  p: usize,
  a: usize,
  aRow: usize,
  height: i32,
  width: i32,
  channels: i32,
  size: i32,
): void {
  const pixel = f32Bytes(channels);
  const across = pixel * size;
  for (let y = 0; y < height; y++) {
    let window = aRow * (y * size);
    for (let x = 0; x < width; x++) {
      for (let c: usize = 0; c < pixel; c += 16) {
        const most = v128.load(p + c);
        // What is left to be given.
        let d = v128.load(dp + c);
        let row = window + c;
        if (size == 2) {
          const a0 = f32x4.eq(v128.load(a + row), most);
          const a1 = f32x4.eq(v128.load(a + row + pixel), most);
          v128.store(da + row, v128.and(d, a0));
          d = v128.andnot(d, a0);
          v128.store(da + row + pixel, v128.and(d, a1));
          d = v128.andnot(d, a1);
          row += aRow;
          const a2 = f32x4.eq(v128.load(a + row), most);
          const a3 = f32x4.eq(v128.load(a + row + pixel), most);
          v128.store(da + row, v128.and(d, a2));
          d = v128.andnot(d, a2);
          v128.store(da + row + pixel, v128.and(d, a3));
          continue;
        }
        for (let ky = 0; ky < size; ky++) {
          for (let at: usize = row; at < row + across; at += pixel) {
            const isMost = f32x4.eq(v128.load(a + at), most);
            v128.store(da + at, v128.and(d, isMost));
            d = v128.andnot(d, isMost);
          }
          row += aRow;
        }
      }
      p += pixel;
      dp += pixel;
      window += across;
    }
  }
}
