/** Checks of the examples that come as bare arrays. */
import { outOfRange, wrongType } from './arguments.ts';
import type { Inputs } from './wasm.ts';

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
