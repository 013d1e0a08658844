/** Examples in NumPy's arrays: an .npz file, or a folder with .npy files. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseClassNames } from '../data/class-names.ts';
import { datasetsFromNpy, hasRole, type NpyFile } from '../data/npy.ts';
import type { Dataset } from '../index.ts';
import { reason } from './failure.ts';
import { count } from './numbers.ts';

/** Bytes of one file. */
const MOST_BYTES = 2 ** 31;
/** The file with the classes' names. */
const CLASSES = 'classes.txt';

/** What arrays have. */
export interface Arrays {
  readonly train: Dataset;
  readonly test: Dataset | undefined;
}

/** @throws Error that names the file and the array */
export async function loadNpz(file: string): Promise<Arrays> {
  const { readNpz } = await import('./npz.ts');
  const files = await readNpz(file, hasRole);
  try {
    return datasetsFromNpy('arrays', files);
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

/**
 * Loads the arrays in a folder. A file `classes.txt` beside them may name the classes, one a line.
 *
 * @throws Error that names the folder or the file
 */
export async function loadNpyFolder(folder: string): Promise<Arrays> {
  const files: NpyFile[] = [];
  let classNames: string[] | undefined;
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    if (name === CLASSES) {
      classNames = parseClassNames(await readFile(path), path);
    } else if (/\.npy$/i.test(name) && hasRole(name)) {
      files.push({ name: path, bytes: await readArray(path) });
    }
  }
  return datasetsFromNpy(folder, files, classNames);
}

async function readArray(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) {
      throw new Error(`has ${count(size)} bytes, expected at most ${count(MOST_BYTES)}`);
    }
    return await readFile(path);
  } catch (error) {
    throw new Error(reason(error, path), { cause: error });
  }
}
