/**
 * Which examples a network is trained on, which are held out to evaluate it, and how a model's file
 * records that: an evaluation on training examples would be worth nothing.
 */

import { describe, outOfRange } from '../../base/arguments.ts';
import { withClassNames } from '../../data/class-names.ts';
import type { Channels } from '../../data/image-levels.ts';
import { Dataset, type Output } from '../../index.ts';
import { checkLabels, labelNames } from '../files/arrays/array-labels.ts';
import {
  FORMATS,
  type Format,
  nounOf,
  type Reading,
  readSource,
  sourceAt,
} from '../files/formats.ts';
import { checkChannels } from '../files/images/image-shape.ts';
import { imagesOf, type SavedModel } from '../files/model-file.ts';
import type { RowFlags } from '../files/tables/encoded-rows.ts';
import * as values from '../terminal/option-values.ts';
import { digestOf, isDigestOf } from './digest.ts';
import { checkSplit, recordedSplit, type Split } from './split.ts';
import { tableTestData, tableTrainingData } from './table-data.ts';
import type { TestData, TrainingData } from './training-data.ts';

/**
 * The training examples and the held-out ones. A network with a linear output is to standardise by the
 * training examples, and so is one of images or arrays that are not mostly zeros.
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
  const source = await sourceAt(path);
  if (source.data === 'table') {
    return tableTrainingData(`${path}`, source, testSplit, seed, reading);
  }
  const contents = await readSource(path, reading);
  checkChannels(reading.channels, contents);
  const { train: all, test: apart, shape, record } = contents;
  const { heldOutFiles, standardises }: Format = FORMATS[source.data];
  if (heldOutFiles !== undefined && apart === undefined && testSplit === undefined) {
    throw new Error(
      `${path}: found only training files, expected ${heldOutFiles}, or --test-split`,
    );
  }
  const isApart = apart !== undefined && testSplit === undefined;
  if (isApart) checkClasses(`${path}`, all, apart);
  const fraction = testSplit ?? values.DEFAULTS.testSplit;
  if (!isApart) checkSplit(fraction, all.length, nounOf(source));
  const { train, test } = isApart
    ? { train: all, test: apart }
    : all.split({ test: fraction, seed });
  const output = reading.output ?? outputOf(train);
  return {
    train,
    heldOut: test,
    source,
    shape,
    output,
    normalize: output === 'linear' || (standardises && !isMostlyZeros(train)) ? train : undefined,
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

/**
 * Examples to evaluate a model on, in the form that it takes, their classes numbered as its own.
 *
 * @param path of the data: their test examples, or those that were held out when the model was
 *   trained on the same ones, or else all of them. Default: the bundled digits
 * @param options channels of images, by default as many as the model takes; and how a table is read
 * @throws Error where the source cannot be read or has classes that the model does not know
 */
export async function testData(
  path: string | undefined,
  model: SavedModel,
  { channels, ...flags }: RowFlags & { channels?: Channels | undefined } = {},
): Promise<TestData> {
  const source = await sourceAt(path);
  if (source.data === 'table') return tableTestData(`${path}`, source, model, flags);
  const { network, classNames } = model;
  const { metadata, output } = network;
  const [height, width, usual] = imagesOf(model) ?? [];
  const contents = await readSource(path, {
    ...{ output, channels: channels ?? usual, classNames: labelNames(network) },
    size: width && height ? { width, height } : undefined,
  });
  checkChannels(channels, contents);
  checkLabels(path, contents.record, classNames);
  const { train: all, test } = contents;
  const recorded = test === undefined ? recordedSplit(metadata, source) : undefined;
  const isRecorded =
    source.data === 'digits' || (recorded && isDigestOf(metadata['data-sha256'], all));
  const split = isRecorded ? recorded : undefined;
  const raw = test ?? (split === undefined ? all : all.split(split).test);
  // The bundled digits are taken as they are, so that data of another form are refused by their size.
  const isNamed = classNames && path !== undefined && output === 'softmax';
  const examples = isNamed ? withClassNames(path, raw, classNames) : raw;
  return {
    examples: classNames && raw.targets ? unnamed(examples) : examples,
    source,
    part: test ? 'test' : split ? 'held out' : 'all',
    placeOf(example) {
      const i = split ? numbersIn(all, split)[example]! : example;
      return `${nounOf(source).slice(0, -1)} ${i + 1}`;
    },
  };
}

/** The dataset without the names of its targets, which need not be those of the model. */
function unnamed({ inputs, targets, outputs }: Dataset): Dataset {
  return Dataset.from({ inputs, targets: targets!, outputs });
}

/** The numbers that the examples held out of a source have in it. */
function numbersIn({ length, labels, classes, targets, outputs }: Dataset, split: Split) {
  const inputs = Float64Array.from({ length }, (_, i) => i);
  const numbers = targets ? { inputs, targets, outputs } : { inputs, labels, classes };
  return Dataset.from(numbers).split(split).test.inputs;
}

/**
 * Whether half of the inputs are 0, and the others from 0 to 1, as the digits' are: sums over them stay
 * small, and an input that is hardly ever another would be far out if it were standardised. Where a
 * background is white, the sums are so large that after some steps all units may be dead.
 */
function isMostlyZeros({ inputs }: Dataset): boolean {
  const most = inputs instanceof Uint8Array ? 255 : 1;
  let zeros = 0;
  for (const value of inputs) {
    if (value === 0) zeros++;
    else if (!(value > 0 && value <= most)) return false;
  }
  return 2 * zeros >= inputs.length;
}

/** What a network is to give for examples: targets that all are 0 or 1 are labels, several at once. */
function outputOf({ targets }: Dataset): Output {
  if (targets === undefined) return 'softmax';
  return targets.every((target) => target === 0 || target === 1) ? 'sigmoid' : 'linear';
}
