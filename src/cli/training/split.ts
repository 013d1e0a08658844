/** How examples are divided into those to train on and those to hold out, and how a model records it. */

import type { Dataset } from '../../index.ts';
import type { Source } from '../files/formats.ts';
import { UsageError } from '../terminal/failure.ts';
import * as values from '../terminal/option-values.ts';

/** How examples were divided. */
export type Split = Required<Parameters<Dataset['split']>[0]>;

/** @throws UsageError where a fraction of the examples leaves one of the parts empty */
export function checkSplit(fraction: number, examples: number, noun: string): void {
  const held = Math.round(fraction * examples);
  if (held > 0 && held < examples) return;
  throw new UsageError(
    `--test-split ${fraction} of ${examples} ${noun} leaves none to hold out or to train on`,
  );
}

/** The split that the metadata of a model record, if it was trained on data of this format. */
export function recordedSplit(
  { data, 'test-split': test, seed }: Readonly<Record<string, string>>,
  source: Source,
): Split | undefined {
  if (data !== source.data || test === undefined || seed === undefined) return undefined;
  return { test: values.fraction.parse(test), seed: values.seed.parse(seed) };
}
