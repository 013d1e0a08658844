/** Examples in NumPy's arrays: an .npz file, or a folder with .npy files. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularFile } from '../../../base/regular-file-node.ts';
import { CLASSES_FILE, LARGEST_CLASS_FILE, parseClassNames } from '../../../data/class-names.ts';
import { type ArrayExamples, datasetsFromNpy } from '../../../data/npy/examples.ts';
import { LONGEST_HEAD, type NpyFile, parseNpyHead } from '../../../data/npy/file.ts';
import type { LabelsReading } from '../../../data/npy/labels.ts';
import { arraysToRead } from '../../../data/npy/roles.ts';
import { reason } from '../../terminal/failure.ts';

/** @throws Error that names the file and the array */
export async function loadNpz(file: string, reading?: LabelsReading): Promise<ArrayExamples> {
  const { readNpz } = await import('./npz.ts');
  const files = await readNpz(file);
  try {
    return datasetsFromNpy('arrays', files, reading);
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

/**
 * Loads the arrays in a folder. A file `classes.txt` beside them may name the classes, one a line.
 *
 * @throws Error that names the folder or the file
 */
export async function loadNpyFolder(
  folder: string,
  reading?: LabelsReading,
): Promise<ArrayExamples> {
  const names = (await readdir(folder)).sort();
  const arrays = names.filter((name) => /\.npy$/i.test(name)).map((name) => join(folder, name));
  const files: NpyFile[] = [];
  for (const name of arraysToRead(folder, arrays)) {
    files.push({ name, bytes: await readArray(name) });
  }
  const classes = join(folder, CLASSES_FILE);
  const classNames = names.includes(CLASSES_FILE)
    ? parseClassNames(await read(classes, LARGEST_CLASS_FILE), classes)
    : undefined;
  return datasetsFromNpy(folder, files, { ...(classNames && { classNames }), ...reading });
}

/** Reads an array whose header fits the file. */
function readArray(path: string): Promise<Uint8Array> {
  return read(path, undefined, {
    bytes: LONGEST_HEAD,
    check: (head, size) => parseNpyHead(path, head, size),
  });
}

/** A file, or an error with its path, which those of headers have. */
async function read(...[path, ...how]: Parameters<typeof readRegularFile>): Promise<Uint8Array> {
  try {
    return await readRegularFile(path, ...how);
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new Error(reason(error, path), { cause: error });
  }
}
