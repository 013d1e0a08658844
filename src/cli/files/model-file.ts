/** Models on disk: read with errors that name the file, and their metadata checked against the network. */

import { describe, options, outOfRange } from '../../base/arguments.ts';
import { readRegularFile } from '../../base/regular-file-node.ts';
import { type Architecture, product } from '../../core/layers.ts';
import type { Threads } from '../../core/thread-count.ts';
import { FIELD } from '../../data/digit-image.ts';
import { Network } from '../../index.ts';
import { CLASSES, classesRecord, type Model } from '../../model/model.ts';
import { decodeModel } from '../../model/model-reader.ts';
import { decodeTorch } from '../../model/torch-model.ts';
import type { Preprocessing } from '../../table/preprocessing.ts';
import { reason } from '../terminal/failure.ts';
import { fraction, seed } from '../terminal/option-values.ts';
import { formatOf, type Rule } from './formats.ts';
import { shapeIn, sizeText } from './images/image-shape.ts';

/** A model file: what it holds, and the network of it. */
export interface SavedModel {
  readonly model: Model;
  readonly network: Network;
  /** In the order of the outputs, where they have names. */
  readonly classNames: readonly string[] | undefined;
  /** What it makes of a table's rows, if it was trained on some. */
  readonly preprocessing: Preprocessing | undefined;
}

/**
 * The network in `file`, which relumax or PyTorch wrote.
 *
 * @param layers --layers, which PyTorch's files with convolutions do not say
 * @param threads that the network is to have
 * @throws Error `file: why`, where it cannot be read or is not a model, or not one with these layers
 */
export async function readModel(
  file: string,
  { layers, threads = 1 }: { layers?: Architecture | undefined; threads?: Threads } = {},
): Promise<SavedModel> {
  try {
    const bytes = await readRegularFile(file);
    const model = decodeTorch(bytes, layers) ?? decodeModel(bytes);
    const { text } = model.architecture;
    if (layers && layers.text !== text) throw outOfRange('--layers', layers.text, text);
    const network = await Network.from(model, threads);
    checkRecord(model.metadata, model.architecture);
    checkNames(network);
    const preprocessing = await preprocessingOf(network);
    return { model, network, classNames: network.classNames, preprocessing };
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

type NetworkOfTable = Pick<Network, 'metadata' | 'features' | 'outputs' | 'output'>;

/**
 * What a model makes of the rows of a table; undefined where it was not trained on one.
 *
 * @throws RangeError where the file says it wrongly
 */
export async function preprocessingOf(network: NetworkOfTable): Promise<Preprocessing | undefined> {
  if (!formatOf(network.metadata.data ?? '')?.hasColumns) return undefined;
  // Loaded here because other models need no tables.
  const { Preprocessing } = await import('../../table/preprocessing.ts');
  return Preprocessing.of(withClasses(network));
}

/** The network with names for its classes: those of other programs may have numbers alone. */
export function withClasses({
  metadata,
  features,
  outputs,
  output,
}: NetworkOfTable): NetworkOfTable {
  const numbers = Array.from({ length: outputs }, (_, i) => `${i}`);
  const named = { ...classesRecord(numbers), ...metadata };
  return { metadata: named, features, outputs, output };
}

/** The shape of the images that a model takes, or was trained on, where its metadata have one that fits. */
export function imagesOf({ network: { input, features, metadata } }: Pick<SavedModel, 'network'>) {
  const shape = shapeIn(input ? sizeText(input) : metadata.size);
  return shape && product(shape) === features ? shape : undefined;
}

/** @throws RangeError where the names of the classes are damaged, or not one for each output */
function checkNames({ metadata, classNames, outputs }: Network): void {
  const json = metadata[CLASSES];
  if (json === undefined || new Set(classNames).size === outputs) return;
  const found = `metadata ${describe(CLASSES)} ${describe(json)}`;
  throw outOfRange('model file', found, `${outputs} different names in JSON`);
}

const HASH = { expected: () => 'a SHA-256', holds: (text: string) => /^[\da-f]{64}$/.test(text) };

/** Whether a parser of the command line takes a text. */
function parses(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

const RULES: readonly Rule[] = [
  {
    key: 'test-split',
    expected: () => 'a number above 0 and below 1',
    holds: (text) => parses(fraction.parse, text),
  },
  { key: 'seed', expected: () => 'a whole number', holds: (text) => parses(seed.parse, text) },
  {
    key: 'settings',
    expected: () => 'an object in JSON',
    holds: (text) => parses((json) => options('settings', JSON.parse(json)), text),
  },
  { key: 'data-sha256', ...HASH },
  { key: 'train-sha256', ...HASH },
  { key: 'held-out-sha256', ...HASH },
];

/**
 * Checks the metadata of a model that the command trained; what others have written there is theirs.
 *
 * @throws RangeError that names the key
 */
export function checkRecord(
  metadata: Readonly<Record<string, string>>,
  { features: inputs, outputs }: Architecture,
): void {
  const { data = '' } = metadata;
  const format = formatOf(data);
  if (format === undefined) return;
  const [, , channels] = shapeIn(metadata.size) ?? [FIELD, FIELD, 1];
  if (data === 'digits' && (inputs !== FIELD * FIELD * channels || outputs !== 10)) {
    const found = `metadata "data" "digits" of a network of ${inputs} inputs and ${outputs} outputs`;
    throw outOfRange('model file', found, `${FIELD * FIELD * channels} and 10`);
  }
  for (const { key, expected, holds, needed } of [...RULES, ...(format.rules ?? [])]) {
    const text = metadata[key];
    if (text === undefined ? !needed : holds(text, inputs)) continue;
    const found = `metadata ${describe(key)} ${describe(text)}`;
    throw outOfRange('model file', found, expected(inputs));
  }
  if ('test-split' in metadata && !('seed' in metadata)) {
    throw outOfRange('model file', 'metadata "test-split" alone', '"seed" beside it');
  }
}
