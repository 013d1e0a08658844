/** The parameters of a network as arrays, and their check. */
import { checkFinite, options, outOfRange, typed, wrongType } from '../base/arguments.ts';

/** The parameters of one dense layer. */
export interface LayerParameters {
  /** out × in, row-major: row j holds the weights that reach unit j. */
  weights: Float32Array;
  /** out. */
  biases: Float32Array;
}

/**
 * The weights and biases of each layer, all finite.
 *
 * @param sizes n⁰ … nᴸ
 * @throws TypeError or RangeError that names the array
 */
export function checkedParameters(
  argument: string,
  parameters: readonly LayerParameters[],
  sizes: readonly number[],
): LayerParameters[] {
  if (!Array.isArray(parameters)) throw wrongType(argument, parameters, 'an array');
  if (parameters.length !== sizes.length - 1) {
    const expected = `one entry for each of ${sizes.length - 1} layers`;
    throw outOfRange(argument, `${parameters.length} entries`, expected);
  }
  return Array.from({ length: sizes.length - 1 }, (_, l) => {
    const [inputs, units] = [sizes[l]!, sizes[l + 1]!];
    const name = `${argument}[${l}]`;
    const { weights, biases } = options(name, parameters[l]!);
    checkFloats(`${name}.weights`, weights, units * inputs, `${units} × ${inputs}`);
    checkFloats(`${name}.biases`, biases, units, `${units}`);
    return { weights, biases };
  });
}

function checkFloats(name: string, values: Float32Array, length: number, shape: string): void {
  typed(name, values, 'Float32Array');
  if (values.length !== length) throw outOfRange(name, values, `${length} numbers (${shape})`);
  checkFinite(name, values);
}
