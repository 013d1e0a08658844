/** Arrays with a number for each row. */

/**
 * Fills an array: `from` of typed arrays would first make a list of all numbers in JavaScript's heap.
 *
 * @param of the number at a place
 */
export function filled<T extends Uint8Array | Uint32Array | Float64Array>(
  array: T,
  of: (place: number) => number,
): T {
  for (let i = 0; i < array.length; i++) array[i] = of(i);
  return array;
}

/** The places from 0 on for which something holds, ascending. */
export function placesWhere(length: number, holds: (place: number) => boolean): Uint32Array {
  const places = new Uint32Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) if (holds(i)) places[count++] = i;
  return count === length ? places : places.slice(0, count);
}
