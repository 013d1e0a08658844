import { PAIR_SHIFT } from './nonzeros';
import { f32Bytes, lanes4, panelWidth } from './panels';

/**
 * The update of the first layer's weights when few inputs are nonzero. Only the columns of those inputs are
 * nonzero in dW¹, so no other column of W¹ is touched.
 *
 * The columns' previous values go to a log, one record per pair: the offset of the column, in 16 bytes, then
 * the column, panel after panel.
 */

/** Bytes of a record of the log. */
function recordBytes(n: i32): usize {
  const width = panelWidth(n);
  return 16 + f32Bytes(width) * ((n + width - 1) / width);
}

/**
 * W[:, i] := W[:, i] − rate · dW[:, i], and dW[:, i] := 0, for each input i of pairs
 *                                                                        (docs/math.md, eq. 10)
 * log      recordBytes(n) for each pair; overwritten
 * w, dw    f32[n × k]  in panels
 * pairs    up to `end`; if an input occurs again, its dW is zero by then and W does not change
 * rate     α/m
 *
 * All 16-byte aligned. Gives the bits that `sgd` gives, and returns whether every new element is
 * finite.
 */
export function columnSgd(
  log: usize,
  w: usize,
  dw: usize,
  pairs: usize,
  end: usize,
  n: i32,
  k: i32,
  rate: f32,
): bool {
  assert(((log | w | dw) & 15) == 0);
  const rates = f32x4.splat(rate);
  const zero = f32x4.splat(0);
  const columnBytes = f32Bytes(panelWidth(n));
  const panelBytes = columnBytes * lanes4(k);
  let nonFinite = zero;
  for (; pairs < end; pairs += 1 << PAIR_SHIFT) {
    const column = (<usize>load<u32>(pairs, 4)) << 2;
    store<u32>(log, <u32>column);
    log += 16;
    let at = column;
    for (let lanes = lanes4(n); lanes > 0; lanes -= 16) {
      for (const last = at + columnBytes; at < last; at += 16) {
        const before = v128.load(w + at);
        v128.store(log, before);
        log += 16;
        const updated = f32x4.sub(before, f32x4.mul(rates, v128.load(dw + at)));
        v128.store(w + at, updated);
        v128.store(dw + at, zero);
        // 0 for a finite element, NaN for one that is not; adding keeps a NaN once it is there.
        nonFinite = f32x4.add(nonFinite, f32x4.sub(updated, updated));
      }
      at += panelBytes - columnBytes;
    }
  }
  return !v128.any_true(nonFinite);
}

/** Restores W from the log of `columnSgd`, `count` records, the last one first; not dW. */
export function restoreColumns(w: usize, log: usize, count: i32, n: i32, k: i32): void {
  const columnBytes = f32Bytes(panelWidth(n));
  const panelBytes = columnBytes * lanes4(k);
  const record = recordBytes(n);
  for (log += record * count; count > 0; count--) {
    log -= record;
    let from = log + 16;
    let to = w + <usize>load<u32>(log);
    for (let lanes = lanes4(n); lanes > 0; lanes -= 16) {
      memory.copy(to, from, columnBytes);
      from += columnBytes;
      to += panelBytes;
    }
  }
}
