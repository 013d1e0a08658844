import { allFinite } from './finite';
import { f32Bytes } from './panels';

/** 1/255 to the nearest f32, in memory because V8 rebuilds a constant vector at every use. */
const SCALE = memory.data<f32>([0.003921569], 16);

/**
 * a := x / 255                                                           (docs/math.md, eq. 1)
 *
 * a  f32[k]  overwritten, 16-byte aligned; what follows it is not changed
 * x  u8[k]   any alignment
 *
 * Computed as x · f32(1/255), which is 0 at 0, 1 at 255 and within 1.5 ulp of the quotient between.
 */
export function scaleBytes(a: usize, x: usize, k: i32): void {
  assert((a & 15) == 0);
  const scale = v128.load32_splat(SCALE);
  for (; k >= 16; k -= 16) {
    const bytes = v128.load(x);
    const low = i16x8.extend_low_i8x16_u(bytes);
    const high = i16x8.extend_high_i8x16_u(bytes);
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low)), scale));
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low)), scale), 16);
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high)), scale), 32);
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high)), scale), 48);
    x += 16;
    a += 64;
  }
  for (; k > 0; k--) {
    store<f32>(a, <f32>load<u8>(x) * load<f32>(SCALE));
    x += 1;
    a += 4;
  }
}

/**
 * The first index whose element is NaN or infinite, or −1 where every element is finite.
 *
 * x  f32[count]  4-byte aligned
 */
export function firstNonFinite(x: usize, count: i32): i32 {
  const fours = count & ~3;
  let i = allFinite(x, f32Bytes(fours)) ? fours : 0;
  for (; i < count; i++) {
    if (!isFinite(load<f32>(x + f32Bytes(i)))) return i;
  }
  return -1;
}
