/** Checks of the examples and parameters that come as bare arrays. */
import {
  checkFinite,
  countOf,
  FLOATS,
  INPUTS,
  options,
  outOfRange,
  typed,
  wrongType,
} from './arguments.ts';
import type { Functions } from './functions.ts';
import type { Answers, Inputs, LayerParameters } from './wasm.ts';

/**
 * How many examples of so many features `inputs` holds.
 *
 * @throws TypeError or RangeError where it holds none, or something else
 */
export function exampleCount(inputs: Inputs, features: number): number {
  return countOf('inputs', typed('inputs', inputs, ...INPUTS), features);
}

/**
 * Checks that there is a label for each of so many examples, or a target for each of their outputs.
 *
 * @throws TypeError or RangeError where there is not
 */
export function checkAnswers(
  answers: Answers,
  examples: number,
  outputs: number,
  { output }: Functions,
): void {
  if (output === 'softmax') {
    if (typed('labels', answers, 'Uint8Array').length === examples) return;
    throw outOfRange('labels', answers, `${examples} labels, one for each example`);
  }
  const targets = typed('targets', answers, ...FLOATS);
  if (targets.length !== examples * outputs) {
    throw outOfRange('targets', targets, `${examples} × ${outputs} numbers`);
  }
  checkFinite('targets', targets);
  checkTargets('targets', targets, output);
}

/** Checks that a sigmoid can come to the targets. */
export function checkTargets(
  argument: string,
  targets: Float32Array | Float64Array,
  output: Functions['output'],
): void {
  const bad = output === 'sigmoid' ? targets.findIndex((t) => !(t >= 0 && t <= 1)) : -1;
  if (bad >= 0) throw outOfRange(`${argument}[${bad}]`, targets[bad], 'a number from 0 to 1');
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
