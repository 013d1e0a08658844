/** Checks of examples that come as bare arrays. */
import { checkFinite, countOf, FLOATS, INPUTS, outOfRange, typed } from '../base/arguments.ts';
import type { Inputs, LabelsOrTargets } from '../data/dataset.ts';
import type { Functions } from './activations.ts';

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
export function checkExpected(
  expected: LabelsOrTargets,
  examples: number,
  outputs: number,
  { output }: Functions,
): void {
  if (output === 'softmax') {
    if (typed('labels', expected, 'Uint8Array').length === examples) return;
    throw outOfRange('labels', expected, `${examples} labels, one for each example`);
  }
  const targets = typed('targets', expected, ...FLOATS);
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
