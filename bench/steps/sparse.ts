import { f32Bytes } from '../../assembly/kernels/panels';

/**
 * Z := W·A + b, testing each input for zero where it is used.
 *
 * z  f32[n × m]  overwritten          w  f32[n × k]  in panels (assembly/kernels/panels.ts)
 * a  f32[k × m]  column e: example e  b  f32[n]      added to every column
 *
 * As in dense.ts, but n is a multiple of 16 and k one of 4. A panel's sums stay in registers; each panel
 * tests all inputs again.
 */
export function skipZeros(
  z: usize,
  w: usize,
  a: usize,
  b: usize,
  n: i32,
  k: i32,
  m: i32,
  ldZ: i32,
  ldA: i32,
): void {
  for (; n > 0; n -= 16) {
    for (let e = 0; e < m; e++) {
      let x = a + f32Bytes(e * ldA);
      let acc0 = f32x4.splat(0);
      let acc1 = f32x4.splat(0);
      let acc2 = f32x4.splat(0);
      let acc3 = f32x4.splat(0);
      let column = w;
      for (const end = x + f32Bytes(k); x < end; x += 4) {
        if (load<f32>(x) != 0) {
          const xs = v128.load32_splat(x);
          acc0 = f32x4.add(acc0, f32x4.mul(xs, v128.load(column)));
          acc1 = f32x4.add(acc1, f32x4.mul(xs, v128.load(column, 16)));
          acc2 = f32x4.add(acc2, f32x4.mul(xs, v128.load(column, 32)));
          acc3 = f32x4.add(acc3, f32x4.mul(xs, v128.load(column, 48)));
        }
        column += 64;
      }
      const to = z + f32Bytes(e * ldZ);
      v128.store(to, f32x4.add(v128.load(b), acc0));
      v128.store(to, f32x4.add(v128.load(b, 16), acc1), 16);
      v128.store(to, f32x4.add(v128.load(b, 32), acc2), 32);
      v128.store(to, f32x4.add(v128.load(b, 48), acc3), 48);
    }
    z += 64;
    b += 64;
    w += f32Bytes(k) << 4;
  }
}
