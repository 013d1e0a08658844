/** What the outputs of a network of a table say. */
import { isTyped, outOfRange, wrongType } from '../../base/arguments.ts';
import type { Outputs } from '../../data/dataset.ts';

/** What the network answers for a row. */
export type Answer =
  /** One class. */
  | {
      readonly class: string;
      readonly probability: number;
      /** Of each class, in order. */
      readonly probabilities: readonly number[];
    }
  /** Numbers by the name of their column; of sigmoid outputs the probabilities. */
  | { readonly values: Readonly<Record<string, number>> };

/**
 * The answers in a network's outputs, row by row.
 *
 * @throws RangeError where the outputs are not those of whole rows
 */
export function answersIn(
  outputs: Outputs,
  classes: readonly string[] | undefined,
  labels: readonly string[],
): Answer[] {
  if (!isTyped(outputs, 'Float32Array', 'Float64Array')) {
    throw wrongType('outputs', outputs, 'a Float32Array or a Float64Array');
  }
  const width = (classes ?? labels).length;
  if (outputs.length % width !== 0) {
    throw outOfRange('outputs', outputs, `a length that is a multiple of ${width}`);
  }
  return Array.from({ length: outputs.length / width }, (_, row) => {
    const own = [...outputs.subarray(row * width, (row + 1) * width)];
    if (!classes) return { values: Object.fromEntries(labels.map((name, i) => [name, own[i]!])) };
    const best = own.reduce((best, value, i) => (value > own[best]! ? i : best), 0);
    return { class: classes[best]!, probability: own[best]!, probabilities: own };
  });
}
