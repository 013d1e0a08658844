/**
 * A chain of operations of one cycle each, every one of which waits for the one before: two a step. So
 * `2 · steps` divided by the time is the clock of the core.
 */
export function chain(steps: i32, x: i32, y: i32, z: i32): i32 {
  for (; steps > 0; steps -= 8) {
    x = (x ^ y) + z;
    x = (x ^ y) + z;
    x = (x ^ y) + z;
    x = (x ^ y) + z;
    x = (x ^ y) + z;
    x = (x ^ y) + z;
    x = (x ^ y) + z;
    x = (x ^ y) + z;
  }
  return x;
}
