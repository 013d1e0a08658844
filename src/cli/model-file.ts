/** Models on disk: read with errors that name the file, written whole or not at all. */

import { constants } from 'node:fs';
import { access, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { Network } from '../index.ts';
import { type Meaning, meaningOf } from '../model-meaning.ts';
import { modelFromTorch } from '../torch-model.ts';
import { reason } from './failure.ts';

/** A network, and what its file says of inputs and classes. */
export interface SavedModel extends Meaning {
  readonly network: Network;
}

/**
 * The network in `file`, which relumax or PyTorch wrote.
 *
 * @throws Error `file: why`, where it cannot be read or is not a model
 */
export async function readModel(file: string): Promise<SavedModel> {
  try {
    const bytes = modelFromTorch(await readFile(file));
    const network = await Network.load(bytes);
    return { network, ...meaningOf(bytes, network.layers) };
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
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
