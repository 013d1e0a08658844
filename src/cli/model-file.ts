/** Models on disk: read with errors that name the file, written whole or not at all. */

import { constants } from 'node:fs';
import { access, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { describe, outOfRange } from '../arguments.ts';
import { Network } from '../index.ts';
import { modelFromTorch } from '../torch-model.ts';
import { reason } from './failure.ts';

/** A network, and what its file calls the classes. */
export interface SavedModel {
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
    const network = await Network.load(modelFromTorch(await readFile(file)));
    return { network, classNames: classNamesIn(network) };
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

/** What a model's metadata says of its classes, for `readModel` to read. */
export function classesRecord(names: readonly string[] | undefined): Record<string, string> {
  return names ? { [CLASSES]: JSON.stringify(names) } : {};
}

/** @throws RangeError where the names are damaged, or not one for each output */
function classNamesIn({ metadata, layers }: Network): readonly string[] | undefined {
  const json = metadata[CLASSES];
  if (json === undefined) return undefined;
  const names = namesIn(json);
  const count = layers.at(-1)!;
  if (names?.length === count && new Set(names).size === count) return names;
  const found = `metadata ${describe(CLASSES)} ${describe(json)}`;
  throw outOfRange('model file', found, `${count} different names in JSON`);
}

/** The names in a JSON array, as a model's metadata has them; undefined where it is none. */
export function namesIn(json: string | undefined): string[] | undefined {
  try {
    const names: unknown = JSON.parse(json ?? 'null');
    return Array.isArray(names) && names.every((name) => typeof name === 'string')
      ? names
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Checks that `file` can be written, without touching it: better said before a training than
 * after it.
 *
 * @param option that named it
 * @throws Error `option file: why`
 */
export async function checkTarget(file: string, option = '--save'): Promise<void> {
  const folder = dirname(file);
  try {
    // With the separator a file is no folder; without it, it would be one without permission.
    await access(folder + sep, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(reason(error, `${option} ${file}: folder ${folder}`), { cause: error });
  }
  const there = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(reason(error, `${option} ${file}`), { cause: error });
  });
  if (there?.isDirectory() || /[/\\]$/.test(file)) {
    throw new Error(`${option} ${file}: is a folder, expected a file`);
  }
  if (there === undefined) return;
  // The file is replaced by renaming, which would put a file where a device was.
  if (!there.isFile()) throw new Error(`${option} ${file}: is not a regular file`);
  try {
    await access(file, constants.W_OK);
  } catch (error) {
    throw new Error(reason(error, `${option} ${file}`), { cause: error });
  }
}

/**
 * Puts `bytes` into `file`, replacing what was there: into a neighbour first, flushed to disk and
 * then renamed.
 *
 * @throws Error `file: why`; what was there is as it was
 */
export async function writeModel(file: string, bytes: Uint8Array): Promise<void> {
  const { default: writeFileAtomic } = await import('write-file-atomic');
  try {
    await writeFileAtomic(file, '', {
      // The package itself writes once and does not look whether all went in, as on a full disk.
      tmpfileCreated: (neighbour) => writeFile(neighbour, bytes),
    });
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}
