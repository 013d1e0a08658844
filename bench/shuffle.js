/**
 * Puts the items into a random order (Fisher–Yates).
 *
 * @param {Uint32Array} items
 */
export function shuffle(items) {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    const item = items[last] ?? 0;
    items[last] = items[other] ?? 0;
    items[other] = item;
  }
}
