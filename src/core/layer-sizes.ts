/** The sizes of a network's layers, and their checks. */
import { integer, outOfRange, wrongType } from '../base/arguments.ts';

/** The most units that a layer may have: what a Wasm memory holds ends far below. */
export const MOST_UNITS = 2 ** 24;

/**
 * A copy of `layers` where it is n⁰ … nᴸ: the caller may change the array while the network is made.
 *
 * @throws TypeError or RangeError that names what is wrong
 */
export function layerSizes(layers: readonly number[], argument = 'layers'): number[] {
  if (!Array.isArray(layers)) throw wrongType(argument, layers, 'an array of numbers');
  const sizes = Array.from(layers, (size, l) => integer(`${argument}[${l}]`, size, 1, MOST_UNITS));
  if (sizes.length < 2) throw outOfRange(argument, sizes, 'at least two sizes');
  return sizes;
}
