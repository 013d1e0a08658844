/**
 * The files that a command reads and writes, by its options and arguments. They are held against
 * each other before anything starts, so that no output replaces an input or another output.
 */

import { fstatSync } from 'node:fs';
import { access, constants, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { type Command, Option } from 'commander';
import { CLASSES_FILE } from '../../data/class-names.ts';
import { FOLDERS } from '../files/formats.ts';
import { placeOf } from '../files/whole-file.ts';
import { reason, UsageError } from '../terminal/failure.ts';
import { redirectErrors } from '../terminal/terminal.ts';
import { fileUses } from './declare.ts';
import type { FileUse } from './flags.ts';

/** A file that a command line names. */
interface NamedFile extends FileUse {
  /** The option that named it, "--save", or the argument, "<file>". */
  readonly by: string;
  readonly path: string;
}

/** The files of a command line that has been parsed. */
function namedFiles(command: Command): NamedFile[] {
  return fileUses(command).flatMap(({ by, ...use }) => {
    const value =
      by instanceof Option
        ? command.getOptionValue(by.attributeName())
        : command.processedArgs[command.registeredArguments.indexOf(by)];
    const name = by instanceof Option ? by.long! : by.name();
    const paths: string[] = value === undefined ? [] : [value].flat();
    return paths.map((path) => ({ ...use, by: name, path }));
  });
}

/** A file where it is. */
interface Place {
  /** How the command line has it: "--save model.st". */
  readonly text: string;
  /** Without links. */
  readonly path: string;
  /** Its folder by whatever path, as a bind mount has two, and its name. */
  readonly entry: string | undefined;
  /** Of one that is there: the same by whatever name. */
  readonly id: string | undefined;
  readonly isFolder: boolean;
  readonly isLinked: boolean;
}

/**
 * Checks that the outputs of a command line can be written, without touching them, and that none is
 * the same file as an input, as another output or as what standard output or standard error goes to;
 * by whatever path or link. Better said before a training than after it.
 *
 * @throws UsageError where two are the same; Error `--option file: why`
 */
export async function checkFiles(command: Command): Promise<void> {
  const files = namedFiles(command);
  const outputs = files.filter(({ kind }) => kind === 'output');
  for (const { by, path } of outputs) await checkTarget(path, by);
  const [output, errors] = [printedTo(1), printedTo(2)];
  if (outputs.length === 0 && output === undefined && errors === undefined) return;
  const places = new Map<NamedFile, Place>();
  for (const file of files) places.set(file, await locate(file));
  for (const [i, file] of files.entries()) {
    const place = places.get(file)!;
    if (place.id !== undefined && errors === place.id) {
      // The error must not be written into it.
      redirectErrors(output === errors ? 'nowhere' : 'output');
      throw sameFile({ text: 'standard error' }, place);
    }
    if (place.id !== undefined && output === place.id) {
      throw sameFile({ text: 'standard output' }, place);
    }
    if (file.kind !== 'output') continue;
    const others = files.filter((other, j) => other.kind === 'input' || j < i);
    for (const other of others) {
      const otherPlace = places.get(other)!;
      if (file.replaces !== other.by) checkApart(place, otherPlace);
      if (otherPlace.isFolder) await checkOutside(place, otherPlace);
    }
  }
}

/** The id of the file that an output of the process is sent to, if it is one. */
function printedTo(fd: 1 | 2): string | undefined {
  try {
    const stats = fstatSync(fd, { bigint: true });
    return stats.isFile() ? idOf(stats) : undefined;
  } catch {
    return undefined;
  }
}

async function locate({ by, path }: NamedFile): Promise<Place> {
  const place = await placeOf(path);
  const [stats, folder] = await Promise.all(
    [path, dirname(place)].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  return {
    text: by.startsWith('-') ? `${by} ${path}` : path,
    path: place,
    entry: folder && join(idOf(folder), basename(place)),
    id: stats && idOf(stats),
    isFolder: stats?.isDirectory() ?? false,
    isLinked: stats !== undefined && stats.nlink > 1n,
  };
}

function idOf({ dev, ino }: { dev: bigint; ino: bigint }): string {
  return `${dev}:${ino}`;
}

/** @throws UsageError where both are the same file, or would be */
function checkApart(output: Place, other: Place): void {
  const keys = ['path', 'entry', 'id'] as const;
  if (keys.some((key) => output[key] !== undefined && output[key] === other[key])) {
    throw sameFile(output, other);
  }
  if (output.id !== undefined || other.id !== undefined) return;
  // Whether case counts is known of files that are there alone.
  const [one, two] = [output, other].map(({ path }) => join(dirname(path), folded(basename(path))));
  if (one !== two) return;
  throw new UsageError(`${output.text}: differs from ${other.text} only in upper and lower case`);
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function sameFile(output: Pick<Place, 'text'>, other: Pick<Place, 'text'>): UsageError {
  return new UsageError(`${output.text}: is the same file as ${other.text}, expected another`);
}

/**
 * Checks that an output is none of the files in a folder of data, and would not be taken for one.
 *
 * @throws UsageError where it is
 */
async function checkOutside(output: Place, folder: Place): Promise<void> {
  if (output.path.startsWith(folder.path + sep) && isReadInFolders(basename(output.path))) {
    const expected = 'expected another name or folder';
    throw new UsageError(`${output.text}: is read as data in ${folder.text}, ${expected}`);
  }
  // The names of a folder tell which of them are links; a file without other names has none.
  if (output.id === undefined) return;
  for (const { file, isLink } of await dataFilesIn(folder.path)) {
    if (!isLink && !output.isLinked) continue;
    const stats = await stat(file, { bigint: true }).catch(() => undefined);
    if (stats && idOf(stats) === output.id) throw sameFile(output, { text: file });
  }
}

/** Whether a file in a folder of data, or in one of its folders, is read, by its name. */
function isReadInFolders(name: string): boolean {
  return name.toLowerCase() === CLASSES_FILE || FOLDERS.some(({ files }) => files.test(name));
}

/** The data in a folder, and in its folders, as deep as images lie: train/class/image.png. */
async function dataFilesIn(
  folder: string,
  depth = 2,
): Promise<{ file: string; isLink: boolean }[]> {
  const found: { file: string; isLink: boolean }[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const file = join(folder, entry.name);
    if (!entry.isDirectory()) {
      if (isReadInFolders(entry.name)) found.push({ file, isLink: entry.isSymbolicLink() });
    } else if (depth > 0) {
      for (const inner of await dataFilesIn(file, depth - 1)) found.push(inner);
    }
  }
  return found;
}

/**
 * Checks that a file can be written, without touching it.
 *
 * @param option that named it
 * @throws Error `option file: why`
 */
async function checkTarget(file: string, option: string): Promise<void> {
  const there = await stat(file).catch((error: NodeJS.ErrnoException) => {
    // A folder that is missing, or is none, is told of below.
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new Error(reason(error, `${option} ${file}`), { cause: error });
  });
  const folder = dirname(await placeOf(file));
  try {
    // With the separator a file is no folder; without it, it would be one without permission.
    await access(folder + sep, constants.W_OK | constants.X_OK);
  } catch (error) {
    const shown = dirname(file);
    throw new Error(reason(error, `${option} ${file}: folder ${shown}`), { cause: error });
  }
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
