/** Bytes of a cache line. */
const LINE = 64;

/**
 * Touches each cache line of the bytes from `start` up to `end`, so that they are on their way from
 * main memory before they are needed. Loads that depend on nothing wait for each other not at all;
 * read where they are used, each would be waited for in turn. Returns a sum that means nothing, but
 * for which the loads could be left out.
 */
export function prefetch(start: usize, end: usize): u32 {
  let sum: u32 = 0;
  for (; start < end; start += LINE) sum += load<u8>(start);
  return sum;
}
