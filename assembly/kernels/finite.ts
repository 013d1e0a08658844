/** Whether all of a vector's lanes are finite. */
export function areFinite(lanes: v128): bool {
  // x − x is 0 for a finite x and NaN otherwise.
  return !v128.any_true(f32x4.sub(lanes, lanes));
}

/** Whether all f32 in so many bytes from x on are finite; bytes are a multiple of 16. */
export function allFinite(x: usize, bytes: usize): bool {
  let differences = f32x4.splat(0);
  for (const end = x + bytes; x < end; x += 16) {
    const lanes = v128.load(x);
    differences = v128.or(differences, f32x4.sub(lanes, lanes));
  }
  return !v128.any_true(differences);
}
