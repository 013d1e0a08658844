import { f32Bytes, lanes4 } from './panels';

/**
 * classes[i] := the first j at which Z[j, i] is largest
 *
 * classes  i32[m]      overwritten; −1 for a column whose maximum is NaN
 * z        f32[n × m]  logits, column-major, leading dimension ld ≥ n₄; 16-byte aligned
 * maxima   f32[m]      max z of each column, as softmax leaves them
 */
export function argmax(classes: usize, z: usize, maxima: usize, n: i32, m: i32, ld: i32): void {
  assert((z & 15) == 0 && ld >= lanes4(n));
  for (let i = 0; i < m; i++) {
    const max = v128.load32_splat(maxima);
    let found = -1;
    for (let j = 0; j < n; j += 4) {
      const equal = i32x4.bitmask(f32x4.eq(v128.load(z + f32Bytes(j)), max));
      if (equal != 0) {
        // Lanes are in order, and padding comes after them: the first that is equal is one of n,
        // unless every one of the n is NaN.
        const lane = j + ctz(equal);
        if (lane < n) found = lane;
        break;
      }
    }
    store<i32>(classes, found);
    classes += 4;
    maxima += 4;
    z += f32Bytes(ld);
  }
}

/**
 * How many of the m classes are the examples' own
 *
 * classes  i32[m]      labels  u8[m]
 */
export function countCorrect(classes: usize, labels: usize, m: i32): i32 {
  let correct = 0;
  for (let i = 0; i < m; i++) {
    correct += i32(load<i32>(classes + ((<usize>i) << 2)) == <i32>load<u8>(labels + i));
  }
  return correct;
}
