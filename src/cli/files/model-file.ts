/** Models on disk, read with errors that name the file. */

import { describe, outOfRange } from '../../base/arguments.ts';
import { readRegularFile } from '../../base/regular-file-node.ts';
import { Network } from '../../index.ts';
import type { Model } from '../../model/model.ts';
import { decodeModel } from '../../model/model-reader.ts';
import { decodeTorch } from '../../model/torch-model.ts';
import { reason } from '../terminal/failure.ts';
import { namesIn } from './formats.ts';
import { checkRecord } from './model-record.ts';

/** A model file: what it holds, and the network of it. */
export interface SavedModel {
  readonly model: Model;
  readonly network: Network;
  /** In the order of the outputs, where they have names. */
  readonly classNames: readonly string[] | undefined;
}

/** The key of a model's metadata under which the classes' names stand, a JSON array. */
const CLASSES = 'classes';

/**
 * The network in `file`, which relumax or PyTorch wrote.
 *
 * @throws Error `file: why`, where it cannot be read or is not a model
 */
export async function readModel(file: string): Promise<SavedModel> {
  try {
    const bytes = await readRegularFile(file);
    const model = decodeTorch(bytes) ?? decodeModel(bytes);
    const network = await Network.from(model);
    checkRecord(model.metadata, model.layers);
    return { model, network, classNames: classNamesIn(model) };
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

/** What a model's metadata says of its classes, for `readModel` to read. */
export function classesRecord(names: readonly string[] | undefined): Record<string, string> {
  return names ? { [CLASSES]: JSON.stringify(names) } : {};
}

/** @throws RangeError where the names are damaged, or not one for each output */
function classNamesIn({ metadata, layers }: Model): readonly string[] | undefined {
  const json = metadata[CLASSES];
  if (json === undefined) return undefined;
  const names = namesIn(json);
  const count = layers.at(-1)!;
  if (names?.length === count && new Set(names).size === count) return names;
  const found = `metadata ${describe(CLASSES)} ${describe(json)}`;
  throw outOfRange('model file', found, `${count} different names in JSON`);
}
