/**
 * Which examples a network learns from, which are kept to judge it, and how a model's file
 * remembers that: a judgement on examples it has learnt would be worth nothing.
 */

import { createHash } from 'node:crypto';
import { withClassNames } from '../data/class-names.ts';
import { type Normalization, normalizationOf, normalized } from '../data/normalization.ts';
import type { TableOptions } from '../data/table.ts';
import type { Dataset } from '../index.ts';
import { UsageError } from './failure.ts';
import type { SavedModel } from './model-file.ts';
import { seed as parseSeed, share as parseShare } from './option-values.ts';
import { nounOf, readSource, type Source, tableOptionsOf } from './source.ts';

/** The examples of one training. */
export interface Material {
  readonly train: Dataset;
  readonly heldOut: Dataset;
  readonly source: Source;
  /** What was done to the inputs of both, if anything was. */
  readonly normalization: Normalization | undefined;
  /** What the model's metadata says of it, for `examplesToJudge` to read. */
  readonly record: Readonly<Record<string, string>>;
}

/** Share of the examples that is held out unless told otherwise. */
export const DEFAULT_TEST_SPLIT = 0.2;

/**
 * The examples to learn from and those to judge by. Of a table, the inputs are standardised by
 * what is learnt from.
 *
 * @param path of a source, judged by its test examples where it has some and `testSplit` is not
 *   given, or else by a share of the others; undefined: the bundled digits
 * @param testSplit share to hold out
 * @param seed decides which examples are held out
 * @param table how a table is to be understood
 * @throws UsageError where the share leaves one of the parts empty
 * @throws Error where the source cannot be read
 */
export async function examplesToLearn(
  path: string | undefined,
  testSplit: number | undefined,
  seed: number,
  table: TableOptions,
): Promise<Material> {
  const { source, train: all, test: apart, record } = await readSource(path, table, true);
  if (apart !== undefined && testSplit === undefined) {
    return { train: all, heldOut: apart, source, normalization: undefined, record };
  }
  const share = testSplit ?? DEFAULT_TEST_SPLIT;
  const held = Math.round(share * all.length);
  if (held === 0 || held === all.length) {
    const examples = `${all.length} ${nounOf(source)}`;
    throw new UsageError(
      `--test-split ${share} of ${examples} leaves none to hold out or to learn`,
    );
  }
  const { train, test } = all.split({ test: share, seed });
  const normalization = source.data === 'table' ? normalizationOf(train) : undefined;
  const inForm = (part: Dataset) => (normalization ? normalized(part, normalization) : part);
  return {
    train: inForm(train),
    heldOut: inForm(test),
    source,
    normalization,
    record: {
      ...record,
      'test-split': String(share),
      seed: String(seed),
      // The digits are always the same.
      ...(path !== undefined && { 'data-sha256': digestOf(all) }),
    },
  };
}

/** Examples to judge a model by. */
export interface Trial {
  readonly examples: Dataset;
  readonly source: Source;
  /** Which of the source's: what training held out, the test examples, or all. */
  readonly part: 'held out' | 'test' | 'all';
}

/**
 * Examples to judge a model by, in the form that it takes, their classes numbered as its own.
 *
 * @param path of a source: its test examples, or those that were held out when the model was
 *   trained on the same ones, or else all of them; undefined: the bundled digits
 * @throws Error where the source cannot be read or has classes that the model does not know
 */
export async function examplesToJudge(path: string | undefined, model: SavedModel): Promise<Trial> {
  const { network, classNames, normalization } = model;
  const { metadata, layers } = network;
  const options = tableOptionsOf(layers[0]!, metadata);
  const { source, train: all, test } = await readSource(path, options, false);
  const split = test === undefined ? recordedSplit(metadata, source, all) : undefined;
  const raw = test ?? (split === undefined ? all : all.split(split).test);
  // The bundled digits are judged as they are, so that what is no digit is told by its size.
  const known = classNames && path !== undefined;
  const named = known ? withClassNames(path, raw, classNames) : raw;
  const fits = normalization !== undefined && named.features === normalization.mean.length;
  return {
    examples: fits && source.data === 'table' ? normalized(named, normalization) : named,
    source,
    part: test ? 'test' : split ? 'held out' : 'all',
  };
}

/** The split that the metadata tells of, if it tells of one of these examples. */
function recordedSplit(
  { data, 'test-split': test, seed, 'data-sha256': digest }: Readonly<Record<string, string>>,
  source: Source,
  all: Dataset,
): { test: number; seed: number } | undefined {
  if (data !== source.data || test === undefined || seed === undefined) return undefined;
  if (data !== 'digits' && digest !== digestOf(all)) return undefined;
  try {
    return { test: parseShare(test), seed: parseSeed(seed) };
  } catch {
    return undefined;
  }
}

/** What tells examples from others: SHA-256 of inputs and labels, in hexadecimal. */
function digestOf({ inputs, labels }: Dataset): string {
  return createHash('sha256').update(inputs).update(labels).digest('hex');
}
