/** The parameters of a network as arrays, and their check. */
import { checkFinite, options, outOfRange, typed, wrongType } from '../base/arguments.ts';
import { type Architecture, product } from './layers.ts';

/** The parameters of one layer. */
export interface LayerParameters {
  /**
   * Row-major. Of a dense layer out × in: row j holds the weights that reach unit j; behind an image the inputs
   * count channel by channel, as in PyTorch. Of a convolution filters × channels × kernel × kernel.
   */
  weights: Float32Array;
  /** out. */
  biases: Float32Array;
}

/**
 * The weights and biases of each layer that has parameters, all finite.
 *
 * @throws TypeError or RangeError that names the array
 */
export function checkedParameters(
  argument: string,
  parameters: readonly LayerParameters[],
  { trained }: Architecture,
): LayerParameters[] {
  if (!Array.isArray(parameters)) throw wrongType(argument, parameters, 'an array');
  if (parameters.length !== trained.length) {
    const expected = `one entry for each of ${trained.length} layers`;
    throw outOfRange(argument, `${parameters.length} entries`, expected);
  }
  return trained.map(({ weights: shape }, i) => {
    const name = `${argument}[${i}]`;
    const { weights, biases } = options(name, parameters[i]!);
    checkFloats(`${name}.weights`, weights, shape);
    checkFloats(`${name}.biases`, biases, [shape[0]!]);
    return { weights, biases };
  });
}

function checkFloats(name: string, values: Float32Array, shape: readonly number[]): void {
  typed(name, values, 'Float32Array');
  const length = product(shape);
  if (values.length !== length) {
    throw outOfRange(name, values, `${length} numbers (${shape.join(' × ')})`);
  }
  checkFinite(name, values);
}
