import { panelOffset } from './panels';

/**
 * W := X, from rows to panels
 *
 * w  f32[n × k]  overwritten, in panels; its padding is not changed
 * x  f32[n × k]  row-major, without padding: row j has the weights of unit j
 */
export function pack(w: usize, x: usize, n: i32, k: i32): void {
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < k; i++) {
      store<f32>(w + panelOffset(j, i, n, k), load<f32>(x));
      x += 4;
    }
  }
}

/** X := W, from panels to rows: the inverse of `pack`, with the same operands. */
export function unpack(x: usize, w: usize, n: i32, k: i32): void {
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < k; i++) {
      store<f32>(x, load<f32>(w + panelOffset(j, i, n, k)));
      x += 4;
    }
  }
}
