import { f32Bytes, lanes4, panelOffset, panelWidth } from './panels';

/**
 * Wᵀ := the transpose of W, from panels to panels                        (docs/math.md, eq. 9)
 *
 * wt  f32[k × n]  overwritten; in panels of inputs   w  f32[n × k]  in panels of units
 *
 * Of W only the inputs `first` … `end` − 1, multiples of 4; `end` is at most k₄.
 * Both 16-byte aligned, not overlapping. Padding lanes of w are zero, so those of wt are.
 */
export function transpose(wt: usize, w: usize, n: i32, k: i32, first: i32, end: i32): void {
  assert(((wt | w) & 15) == 0 && ((first | end) & 3) == 0);
  const n4 = lanes4(n);
  const fromStep = f32Bytes(panelWidth(n));
  const toStep = f32Bytes(panelWidth(k));
  for (let j = 0; j < n4; j += 4) {
    let from = w + panelOffset(j, first, n, k);
    for (let i = first; i < end; i += 4) {
      const column0 = v128.load(from);
      from += fromStep;
      const column1 = v128.load(from);
      from += fromStep;
      const column2 = v128.load(from);
      from += fromStep;
      const column3 = v128.load(from);
      from += fromStep;
      // Interleave columns in pairs, then the pairs: a 4 × 4 transpose in eight shuffles.
      const low01 = i32x4.shuffle(column0, column1, 0, 4, 1, 5);
      const low23 = i32x4.shuffle(column2, column3, 0, 4, 1, 5);
      const high01 = i32x4.shuffle(column0, column1, 2, 6, 3, 7);
      const high23 = i32x4.shuffle(column2, column3, 2, 6, 3, 7);
      let to = wt + panelOffset(i, j, k, n);
      v128.store(to, i32x4.shuffle(low01, low23, 0, 1, 4, 5));
      to += toStep;
      v128.store(to, i32x4.shuffle(low01, low23, 2, 3, 6, 7));
      to += toStep;
      v128.store(to, i32x4.shuffle(high01, high23, 0, 1, 4, 5));
      to += toStep;
      v128.store(to, i32x4.shuffle(high01, high23, 2, 3, 6, 7));
    }
  }
}
