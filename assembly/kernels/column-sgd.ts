import { ENTRY_SHIFT } from './nonzeros';
import { f32Bytes, lanes4, panelWidth } from './panels';

/**
 * The update of the first layer's weights where few inputs are not zero. dW¹ is then zero but for
 * the columns of those inputs, so no other column of W¹ is touched, however many there are.
 *
 * What the columns were before goes to a log, one record for each entry: where the column begins,
 * in 16 bytes, then the column, panel after panel.
 */

/** Bytes of a record of the log. */
function recordBytes(n: i32): usize {
  const width = panelWidth(n);
  return 16 + f32Bytes(width) * ((n + width - 1) / width);
}

/**
 * W[:, i] := W[:, i] − rate · dW[:, i], and dW[:, i] := 0, for each input i of entries
 *                                                                        (docs/math.md, eq. 10)
 * log      recordBytes(n) for each entry; overwritten
 * w, dw    f32[n × k]  in panels
 * entries  those up to `end`; an input that is named again finds its dW zero and stays
 * rate     α/m
 *
 * All 16-byte aligned. Gives the bits that `sgd` gives, and returns whether every new element is
 * finite.
 */
export function columnSgd(
  log: usize,
  w: usize,
  dw: usize,
  entries: usize,
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
  let strange = zero;
  for (; entries < end; entries += 1 << ENTRY_SHIFT) {
    const column = (<usize>load<u32>(entries, 4)) << 2;
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
        strange = f32x4.add(strange, f32x4.sub(updated, updated));
      }
      at += panelBytes - columnBytes;
    }
  }
  return !v128.any_true(f32x4.ne(strange, strange));
}

/** Undoes `columnSgd`, whose log has `count` records, but for dW; the last record first. */
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
