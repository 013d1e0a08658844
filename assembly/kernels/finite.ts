/** Whether all of a vector's lanes are finite. */
export function areFinite(lanes: v128): bool {
  // x − x is 0 for a finite x and NaN otherwise, and NaN is unequal to itself.
  const difference = f32x4.sub(lanes, lanes);
  return !v128.any_true(f32x4.ne(difference, difference));
}

/** Whether all f32 in so many bytes from x on are finite; 16-byte aligned. */
export function allFinite(x: usize, bytes: usize): bool {
  for (const end = x + bytes; x < end; x += 16) {
    if (!areFinite(v128.load(x))) return false;
  }
  return true;
}
