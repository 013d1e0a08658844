/** Checks of examples that come as bare arrays. */
import { checkFinite, countOf, outOfRange } from '../base/arguments.ts';
import {
  flat,
  type Inputs,
  type LabelsOrTargets,
  labelsOf,
  type Numbers,
  targetsOf,
} from '../data/numbers.ts';
import type { Functions } from './activations.ts';

/**
 * Inputs of whole examples, of so many features, as the core takes them.
 *
 * @throws TypeError or RangeError where they are anything else
 */
export function checkedInputs(given: Numbers, features: number): Inputs {
  const inputs = flat('inputs', given, features);
  countOf('inputs', inputs, features, '', given);
  return inputs;
}

/**
 * A label for each of so many examples, or a target for each of their outputs, as the core takes them.
 *
 * @throws TypeError or RangeError where they are anything else
 */
export function checkedExpected(
  given: Numbers,
  examples: number,
  outputs: number,
  { output }: Functions,
): LabelsOrTargets {
  if (output === 'softmax') return labelsOf('labels', given, outputs, examples);
  const targets = targetsOf(given, outputs);
  if (targets.length !== examples * outputs) {
    throw outOfRange('targets', given, `${examples} × ${outputs} numbers`);
  }
  checkFinite('targets', targets);
  checkTargets('targets', targets, output);
  return targets;
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
