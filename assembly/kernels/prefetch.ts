/** Bytes of a cache line. */
const LINE = 64;

/**
 * Loads from each cache line of the bytes from `start` up to `end`, so that they are fetched from main
 * memory before they are needed. These loads are independent, so the processor overlaps them; where the
 * bytes are used, each would be waited for. Returns a meaningless sum: without it the compiler could
 * remove the loads.
 */
export function prefetch(start: usize, end: usize): u32 {
  let sum: u32 = 0;
  for (; start < end; start += LINE) sum += load<u8>(start);
  return sum;
}
