/**
 * Which examples a network is trained on, which are held out to evaluate it, and how a model's file
 * records that: an evaluation on training examples would be worth nothing.
 */

import { createHash } from 'node:crypto';
import { describe, outOfRange } from '../../base/arguments.ts';
import { withClassNames } from '../../data/class-names.ts';
import type { Channels, ImageShape } from '../../data/image-levels.ts';
import type { TableNote, TableOptions } from '../../data/table.ts';
import { Dataset, type Inputs, type Output } from '../../index.ts';
import { namesIn } from '../../model/names.ts';
import {
  FORMATS,
  type Format,
  labelNames,
  nounOf,
  type Reading,
  readSource,
  type Source,
} from '../files/formats.ts';
import { checkChannels } from '../files/images/image-shape.ts';
import { imagesOf, type SavedModel } from '../files/model-file.ts';
import { UsageError } from '../terminal/failure.ts';
import * as values from '../terminal/option-values.ts';

/** The examples of one training. */
export interface TrainingData {
  readonly train: Dataset;
  readonly heldOut: Dataset;
  readonly source: Source;
  /** Of an example, where the examples are images. */
  readonly shape: ImageShape | undefined;
  /** The examples that the network is to standardise by, if it is to. */
  readonly normalize: Dataset | undefined;
  /** The output that was asked for, or that the examples are for. */
  readonly output: Output;
  /** What the model's metadata says of it, for `testData` to read. */
  readonly record: Readonly<Record<string, string>>;
  /** Whether a `data-sha256` of metadata is that of the source. */
  hasDigest(digest: string): boolean;
  /** Of a table, what whoever trains on it should know. */
  readonly notes: readonly TableNote[];
}

/**
 * The training examples and the held-out ones. The network of a table, or one with a linear output, is to
 * standardise by the training examples.
 *
 * @param path of the data; their test examples are held out if there are some and `testSplit` is not
 *   given, otherwise a fraction of all. Default: the bundled digits
 * @param testSplit fraction to hold out
 * @param seed random seed of the split
 * @param reading how the data are to be understood
 * @throws UsageError where the fraction leaves one of the parts empty
 * @throws Error where the data cannot be read
 */
export async function trainingData(
  path: string | undefined,
  testSplit: number | undefined,
  seed: number,
  reading: Reading,
): Promise<TrainingData> {
  const contents = await readSource(path, reading, true);
  checkChannels(reading.channels, contents);
  const { source, train: all, test: apart, shape, record, notes = [] } = contents;
  const { hasColumns, heldOutFiles }: Format = FORMATS[source.data];
  if (heldOutFiles !== undefined && apart === undefined && testSplit === undefined) {
    throw new Error(
      `${path}: found only training files, expected ${heldOutFiles}, or --test-split`,
    );
  }
  const isApart = apart !== undefined && testSplit === undefined;
  if (isApart) checkClasses(`${path}`, all, apart);
  const fraction = testSplit ?? values.DEFAULTS.testSplit;
  const { train, test } = isApart
    ? { train: all, test: apart }
    : divided(all, fraction, seed, nounOf(source));
  const output = reading.output ?? outputOf(train);
  return {
    train,
    heldOut: test,
    source,
    shape,
    output,
    normalize: hasColumns || output === 'linear' ? train : undefined,
    notes,
    hasDigest: (digest) => isDigestOf(digest, all),
    record: isApart
      ? record
      : {
          ...record,
          'test-split': String(fraction),
          seed: String(seed),
          // The digits are always the same.
          ...(path !== undefined && { 'data-sha256': digestOf(all) }),
        },
  };
}

/**
 * Checks that each class of the held-out examples has training examples.
 *
 * @param path what an error calls the source
 */
function checkClasses(path: string, train: Dataset, test: Dataset): void {
  const known = new Set(train.labels);
  const label = test.labels.find((label) => !known.has(label));
  if (label === undefined) return;
  const name = test.classNames?.[label];
  throw outOfRange(
    path,
    `class ${name === undefined ? label : describe(name)} only in the test examples`,
    'examples of each class to train on',
  );
}

/** @throws UsageError where the fraction leaves one of the parts empty */
function divided(all: Dataset, fraction: number, seed: number, noun: string) {
  const held = Math.round(fraction * all.length);
  if (held === 0 || held === all.length) {
    throw new UsageError(
      `--test-split ${fraction} of ${all.length} ${noun} leaves none to hold out or to train on`,
    );
  }
  return all.split({ test: fraction, seed });
}

/** How a source was divided. */
type Split = Parameters<Dataset['split']>[0];

/** Examples to evaluate a model on. */
export interface TestData {
  readonly examples: Dataset;
  readonly source: Source;
  /** Which of the source's: what training held out, the test examples, or all. */
  readonly part: 'held out' | 'test' | 'all';
  /** Of a table, what whoever evaluates on it should know. */
  readonly notes: readonly TableNote[];
  /** Where in the source an example is: "row 12". */
  placeOf(example: number): string;
}

/**
 * Examples to evaluate a model on, in the form that it takes, their classes numbered as its own.
 *
 * @param channels of images. Default: as many as the model takes
 * @param path of the data: their test examples, or those that were held out when the model was
 *   trained on the same ones, or else all of them. Default: the bundled digits
 * @throws Error where the source cannot be read or has classes that the model does not know
 */
export async function testData(
  path: string | undefined,
  model: SavedModel,
  channels?: Channels,
): Promise<TestData> {
  const { network, classNames } = model;
  const { metadata, output } = network;
  const [height, width, usual] = imagesOf(model) ?? [];
  const size = width && height ? { width, height } : undefined;
  const known = {
    ...{ output, channels: channels ?? usual, size },
    classNames: labelNames(network),
  };
  const reading = { ...tableOptionsOf(model), ...known };
  const contents = await readSource(path, reading, false);
  checkChannels(channels, contents);
  const { source, train: all, test, placeOf, notes = [] } = contents;
  const split = test === undefined ? recordedSplit(metadata, source, all) : undefined;
  const raw = test ?? (split === undefined ? all : all.split(split).test);
  // The bundled digits are taken as they are, so that data of another form are refused by their size.
  const isNamed = classNames && path !== undefined && output === 'softmax';
  // What was held out of a table has other places in it, but no other classes than the model.
  const examples = isNamed ? withClassNames(path, raw, classNames, placeOf) : raw;
  return {
    // The column of the numbers may have another name than in training.
    examples: classNames && raw.targets ? unnamed(examples) : examples,
    source,
    notes,
    part: test ? 'test' : split ? 'held out' : 'all',
    placeOf(example) {
      const i = split ? numbersIn(all, split)[example]! : example;
      return placeOf?.(i) ?? `${nounOf(source).slice(0, -1)} ${i + 1}`;
    },
  };
}

/** The dataset without the names of its targets. */
function unnamed({ inputs, targets, outputs }: Dataset): Dataset {
  return Dataset.from({ inputs, targets: targets!, outputs });
}

/** How a table is to be read for a model that was trained on another. */
export function tableOptionsOf({ network, classNames }: SavedModel): TableOptions {
  const { metadata, output } = network;
  const { label, features } = metadata;
  const names = namesIn(features);
  const labels = output === 'softmax' ? classNames : 'numbers';
  return { label, features: { count: network.features, names, labels } };
}

/** The numbers that the examples held out of a source have in it. */
function numbersIn({ length, labels, classes, targets, outputs }: Dataset, split: Split) {
  const inputs = Float64Array.from({ length }, (_, i) => i);
  const numbers = targets ? { inputs, targets, outputs } : { inputs, labels, classes };
  return Dataset.from(numbers).split(split).test.inputs;
}

/** What a network is to give for examples: targets that all are 0 or 1 are labels, several at once. */
function outputOf({ targets }: Dataset): Output {
  if (targets === undefined) return 'softmax';
  return targets.every((target) => target === 0 || target === 1) ? 'sigmoid' : 'linear';
}

/** The split that the metadata record, if they record one of these examples. */
function recordedSplit(
  { data, 'test-split': test, seed, 'data-sha256': digest }: Readonly<Record<string, string>>,
  source: Source,
  all: Dataset,
): Split | undefined {
  if (data !== source.data || test === undefined || seed === undefined) return undefined;
  if (data !== 'digits' && !isDigestOf(digest, all)) return undefined;
  return { test: values.fraction.parse(test), seed: values.seed.parse(seed) };
}

/** Whether a digest is of these examples, by this release or an older one. */
function isDigestOf(digest: string | undefined, all: Dataset): boolean {
  return digest === digestOf(all) || digest === digestOf(all, in32Bits);
}

/**
 * The identity of examples: SHA-256 of inputs and labels or targets, in hexadecimal.
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

function in32Bits(values: Inputs): Inputs {
  return values instanceof Float64Array ? Float32Array.from(values) : values;
}
