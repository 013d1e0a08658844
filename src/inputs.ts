/** Checks of the examples and parameters that come as bare arrays. */
import { options, outOfRange, wrongType } from './arguments.ts';
import type { Inputs, LayerParameters } from './wasm.ts';

/**
 * How many examples of so many features `inputs` holds.
 *
 * @throws TypeError or RangeError where it holds none, or something else
 */
export function exampleCount(inputs: Inputs, features: number): number {
  if (!(inputs instanceof Uint8Array || inputs instanceof Float32Array)) {
    throw wrongType('inputs', inputs, 'a Uint8Array or a Float32Array');
  }
  if (inputs.length === 0 || inputs.length % features !== 0) {
    throw outOfRange('inputs', inputs, `a length that is a positive multiple of ${features}`);
  }
  return inputs.length / features;
}

/**
 * Checks that there is a label for each of so many examples.
 *
 * @throws TypeError or RangeError where there is not
 */
export function checkLabels(labels: Uint8Array, examples: number): void {
  if (!(labels instanceof Uint8Array)) throw wrongType('labels', labels, 'a Uint8Array');
  if (labels.length !== examples) {
    throw outOfRange('labels', labels, `${examples} labels, one for each example`);
  }
}

/**
 * Checks that there are finite weights and biases for each layer.
 *
 * @throws TypeError or RangeError that names the array
 */
export function checkParameters(
  argument: string,
  parameters: readonly LayerParameters[],
  layers: readonly { inputs: number; units: number }[],
): void {
  if (!Array.isArray(parameters)) throw wrongType(argument, parameters, 'an array');
  if (parameters.length !== layers.length) {
    const expected = `one entry for each of ${layers.length} layers`;
    throw outOfRange(argument, `${parameters.length} entries`, expected);
  }
  for (const [l, { inputs, units }] of layers.entries()) {
    const name = `${argument}[${l}]`;
    const { weights, biases } = options(name, parameters[l]!);
    checkFloats(`${name}.weights`, weights, units * inputs, `${units} × ${inputs}`);
    checkFloats(`${name}.biases`, biases, units, `${units}`);
  }
}

function checkFloats(name: string, values: Float32Array, length: number, shape: string): void {
  if (!(values instanceof Float32Array)) throw wrongType(name, values, 'a Float32Array');
  if (values.length !== length) throw outOfRange(name, values, `${length} numbers (${shape})`);
  checkFinite(name, values);
}

/** Checks that no value is NaN or infinite. */
export function checkFinite(name: string, values: Float32Array): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw outOfRange(`${name}[${bad}]`, values[bad], 'a finite number');
}
