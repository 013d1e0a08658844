/** The identity of examples: what tells whether data are those of a training. */

import { createHash } from 'node:crypto';
import type { Dataset, Inputs } from '../../index.ts';

/**
 * SHA-256 of inputs and labels or targets, in hexadecimal.
 *
 * @param form of the numbers; older models have it of float32
 */
export function digestOf(
  { inputs, labels, targets }: Dataset,
  form = (values: Inputs) => values,
): string {
  const expected = targets ? form(targets) : labels;
  return createHash('sha256').update(form(inputs)).update(expected).digest('hex');
}

/** Whether a digest is of these examples, by this release or an older one. */
export function isDigestOf(digest: string | undefined, all: Dataset): boolean {
  return digest === digestOf(all) || digest === digestOf(all, in32Bits);
}

function in32Bits(values: Inputs): Inputs {
  return values instanceof Float64Array ? Float32Array.from(values) : values;
}
