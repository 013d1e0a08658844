/**
 * Which examples a network learns from, which are kept to judge it, and how a model's file
 * remembers that: a judgement on examples it has learnt would be worth nothing.
 */

import { type Dataset, loadDigits } from '../index.ts';
import { loadIdxFolder } from '../node.ts';
import { UsageError } from './failure.ts';
import { seed as parseSeed, share as parseShare } from './option-values.ts';

/** Where examples come from: the bundled digits, or IDX files in a folder. */
export interface Source {
  readonly data: 'digits' | 'idx';
  readonly folder?: string;
}

/** The examples of one training. */
export interface Material {
  readonly train: Dataset;
  readonly heldOut: Dataset;
  readonly source: Source;
  /** What the model's metadata says of it, for `examplesToJudge` to read. */
  readonly record: Readonly<Record<string, string>>;
}

/** Share of the bundled digits that is held out unless told otherwise. */
export const DEFAULT_TEST_SPLIT = 0.2;

/**
 * The examples to learn from and those to judge by.
 *
 * @param folder with IDX files: its training files, judged by its test files or, where
 *   `testSplit` is given, by that share of the training files; undefined: the bundled digits
 * @param testSplit share to hold out
 * @param seed decides which examples are held out
 * @throws UsageError where the share leaves one of the parts empty
 * @throws Error where the folder cannot be read
 */
export async function examplesToLearn(
  folder: string | undefined,
  testSplit: number | undefined,
  seed: number,
): Promise<Material> {
  const source = sourceOf(folder);
  const { data } = source;
  if (folder !== undefined && testSplit === undefined) {
    const { train, test } = await loadIdxFolder(folder);
    return { train, heldOut: test, source, record: { data } };
  }
  const share = testSplit ?? DEFAULT_TEST_SPLIT;
  const all = folder === undefined ? await loadDigits() : (await loadIdxFolder(folder)).train;
  const held = Math.round(share * all.length);
  if (held === 0 || held === all.length) {
    const images = `${all.length} images`;
    throw new UsageError(`--test-split ${share} of ${images} leaves none to hold out or to learn`);
  }
  const { train, test } = all.split({ test: share, seed });
  return {
    train,
    heldOut: test,
    source,
    record: { data, 'test-split': String(share), seed: String(seed) },
  };
}

/** Examples to judge a model by. */
export interface Trial {
  readonly examples: Dataset;
  readonly source: Source;
  /** Which of the source's: what training held out, the test files, or all. */
  readonly part: 'held out' | 'test' | 'all';
}

/**
 * Examples to judge a model by.
 *
 * @param folder with IDX files: its test files; undefined: the bundled digits that were held out
 *   when the model was trained, or all of them where the metadata does not say
 * @param metadata the model's
 * @throws Error where the folder cannot be read
 */
export async function examplesToJudge(
  folder: string | undefined,
  metadata: Readonly<Record<string, string>>,
): Promise<Trial> {
  const source = sourceOf(folder);
  if (folder !== undefined) {
    return { examples: (await loadIdxFolder(folder)).test, source, part: 'test' };
  }
  const digits = await loadDigits();
  const split = recordedSplit(metadata);
  return split === undefined
    ? { examples: digits, source, part: 'all' }
    : { examples: digits.split(split).test, source, part: 'held out' };
}

function sourceOf(folder: string | undefined): Source {
  return folder === undefined ? { data: 'digits' } : { data: 'idx', folder };
}

/** The split of the bundled digits that the metadata tells of, if it tells of one. */
function recordedSplit({
  data,
  'test-split': test,
  seed,
}: Readonly<Record<string, string>>): { test: number; seed: number } | undefined {
  if (data !== 'digits' || test === undefined || seed === undefined) return undefined;
  try {
    return { test: parseShare(test), seed: parseSeed(seed) };
  } catch {
    return undefined;
  }
}
