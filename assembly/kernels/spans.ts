import { f32Bytes } from './panels';

/** What is known of a row of windows: outside of windows from ≤ x < to, and outside of rows first ≤ ky < end, A is zero. */
@unmanaged
export class Span {
  from: i32;
  to: i32;
  first: i32;
  end: i32;
}

/**
 * spans[y] := where A[y·step + ky, x·across + t], ky < rows, t < steps, is not zero
 *
 * spans  Span[height]  overwritten; of windows that are all zero the span is empty
 * a      f32[…]  rows of `width` windows, aRow bytes apart; across in floats
 *
 * Up to three floats behind a row's last window are read.
 */
export function findSpans(
  spans: usize,
  a: usize,
  across: i32,
  aRow: usize,
  step: i32,
  height: i32,
  width: i32,
  rows: i32,
  steps: i32,
): void {
  const floats = (width - 1) * across + steps;
  const zero = f32x4.splat(0);
  for (let y = 0; y < height; y++) {
    const span = changetype<Span>(spans + <usize>y * offsetof<Span>());
    span.from = width;
    span.to = 0;
    span.first = 0;
    span.end = 0;
  }
  const bottom = (height - 1) * step + rows;
  for (let row = 0; row < bottom; row++) {
    let first = -1;
    let last = 0;
    for (let i = 0; i < floats; i += 4) {
      const mask = i32x4.bitmask(f32x4.ne(v128.load(a + f32Bytes(i)), zero));
      if (mask == 0) continue;
      if (first < 0) first = i + ctz(mask);
      last = i + 31 - clz(mask);
    }
    a += aRow;
    // None, or what is behind the last window.
    if (<u32>first >= <u32>floats) continue;
    // The first window that ends behind the first nonzero, the last that begins before the last one.
    const from = max(first - steps + across, 0) / across;
    const to = min(last / across + 1, width);
    for (let y = max(row - rows + step, 0) / step; y < height && y * step <= row; y++) {
      const span = changetype<Span>(spans + <usize>y * offsetof<Span>());
      span.from = min(span.from, from);
      span.to = max(span.to, to);
      if (span.end == 0) span.first = row - y * step;
      span.end = row - y * step + 1;
    }
  }
}

/** Has the spans of so many rows of windows be all of each. */
export function wholeSpans(spans: usize, height: i32, width: i32, rows: i32): void {
  for (; height > 0; height--) {
    const span = changetype<Span>(spans);
    span.from = 0;
    span.to = width;
    span.first = 0;
    span.end = rows;
    spans += offsetof<Span>();
  }
}
