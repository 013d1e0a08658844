import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gunzip, gunzipSync } from 'node:zlib';
import { outOfRange, wrongType } from '../base/arguments.ts';
import { readRegularFile } from '../base/regular-file-node.ts';
import { CLASSES_FILE, LARGEST_CLASS_FILE, parseClassNames } from './class-names.ts';
import { Dataset } from './dataset.ts';
import { datasetFromIdx, type IdxFile, LONGEST_IDX_HEAD, parseIdxHead } from './idx.ts';
import { MOST_DEFLATED } from './packed.ts';

/** Uncompressed bytes of a file, at most. The largest known, EMNIST's ByClass, has about half as many. */
const LARGEST_FILE = 2 ** 30;

const FILE_NAME = /^(?:(.+)-)?(train|test|t10k)-(images|labels)[-.]idx[13]-ubyte(?:\.gz)?$/;

const ROLES = ['train images', 'train labels', 'test images', 'test labels'] as const;
type Role = (typeof ROLES)[number];

/**
 * Loads MNIST, or a dataset in the same four files, from a folder. The files are found by name, each plain
 * or gzipped:
 *
 *   train-images-idx3-ubyte   train-labels-idx1-ubyte    MNIST, Fashion-MNIST, KMNIST
 *   t10k-images-idx3-ubyte    t10k-labels-idx1-ubyte
 *   train-images.idx3-ubyte   …                          the same with a dot
 *   emnist-letters-train-images-idx3-ubyte   …           EMNIST, with its prefix
 *   emnist-letters-test-images-idx3-ubyte    …           and `test` for `t10k`
 *
 * If a file exists both plain and gzipped (the same name with .gz), the plain one is read. An optional
 * file `classes.txt` has the class names, one per line. Images are not changed; EMNIST's are stored
 * column by column, so they are transposed compared with MNIST's.
 *
 * @returns both parts. Number of classes: that of the names, or else the largest label of either part
 *   + 1. Inputs are bytes, length × (rows × columns)
 * @throws TypeError if `folder` is not a string
 * @throws RangeError if a file is missing, there is more than one dataset, a file is damaged, or the
 *   files do not fit together; it names the folder or the file
 * @throws the error of the file system if the folder or a file cannot be read
 */
export async function loadIdxFolder(folder: string): Promise<{ train: Dataset; test: Dataset }> {
  const { train, test } = await readIdxFolder(folder, ROLES);
  return { train, test: test! };
}

/**
 * As `loadIdxFolder`, but the test files may be missing: there is no test part then.
 *
 * @returns also the sizes of an image: rows, columns and what further dimensions there are
 * @throws as `loadIdxFolder`
 */
export function loadIdxTraining(folder: string): Promise<IdxFolder> {
  return readIdxFolder(folder, ROLES.slice(0, 2));
}

interface IdxFolder {
  readonly train: Dataset;
  readonly test: Dataset | undefined;
  readonly sizes: readonly number[];
}

async function readIdxFolder(folder: string, needed: readonly Role[]): Promise<IdxFolder> {
  if (typeof folder !== 'string') throw wrongType('folder', folder, 'the path of a folder');
  const present = await fileNames(folder);
  const names = findFiles(folder, present, needed);
  const read = async (role: Role) => {
    const name = names[role];
    return name === undefined ? undefined : readIdx(folder, name);
  };
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all(ROLES.map(read));
  const train = datasetFromIdx({ images: trainImages!, labels: trainLabels! });
  const test = testImages && datasetFromIdx({ images: testImages, labels: testLabels! });
  if (test !== undefined && test.features !== train.features) {
    throw outOfRange(
      testImages!.name,
      `images of ${test.features} pixels`,
      `${train.features}, as in ${trainImages!.name}`,
    );
  }
  const { name, bytes } = trainImages!;
  const [, ...sizes] = parseIdxHead(bytes, name).dimensions;
  return { ...withClasses(train, test, await classNamesIn(folder, present)), sizes };
}

/** Both parts with the number of classes of the names, or the largest label + 1. */
function withClasses(train: Dataset, test: Dataset | undefined, classNames: string[] | undefined) {
  const needed = Math.max(train.classes, test?.classes ?? 0);
  const classes = classNames?.length ?? needed;
  if (classes < needed) {
    throw outOfRange(CLASSES_FILE, `${classes} names`, `at least ${needed}, as the labels need`);
  }
  const part = ({ inputs, labels }: Dataset) =>
    Dataset.from({ inputs, labels, classes, classNames });
  return { train: part(train), test: test && part(test) };
}

async function classNamesIn(folder: string, present: string[]): Promise<string[] | undefined> {
  if (!present.includes(CLASSES_FILE)) return undefined;
  const bytes = await read(CLASSES_FILE, join(folder, CLASSES_FILE), LARGEST_CLASS_FILE);
  return parseClassNames(bytes, CLASSES_FILE);
}

async function fileNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  // Not isFile(), which is false for a link to a file.
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
}

/** The file for each role. A part with one file must have both. */
function findFiles(
  folder: string,
  present: string[],
  needed: readonly Role[],
): Partial<Record<Role, string>> {
  const found = new Map<string, Map<string, string>>();
  const all = new Set(present);
  for (const name of present.sort()) {
    const match = FILE_NAME.exec(name);
    if (match === null) continue;
    if (name.endsWith('.gz') && all.has(name.slice(0, -'.gz'.length))) continue;
    const [, prefix = '', part, kind] = match;
    const role = `${part === 'train' ? 'train' : 'test'} ${kind}`;
    const files = found.get(prefix) ?? new Map<string, string>();
    const other = files.get(role);
    if (other !== undefined) {
      const twice = `both ${other} and ${name} in ${JSON.stringify(folder)}`;
      throw outOfRange('folder', twice, `one file of ${role}`);
    }
    found.set(prefix, files.set(role, name));
  }

  if (found.size > 1) {
    const sets = [...found.keys()].slice(0, 10).map((prefix) => prefix || 'one without a prefix');
    if (found.size > sets.length) sets.push('…');
    throw outOfRange(
      'folder',
      `${found.size} datasets in ${JSON.stringify(folder)} (${sets.join(', ')})`,
      'one: give each a folder of its own',
    );
  }
  const [prefix, files] = [...found][0] ?? ['', new Map<string, string>()];
  const wanted = ROLES.slice(2).some((role) => files.has(role)) ? ROLES : needed;
  const missing = wanted.filter((role) => !files.has(role));
  if (missing.length > 0) {
    throw outOfRange(
      'folder',
      `no ${missing.map((role) => usualName(prefix, role)).join(', no ')} in ${JSON.stringify(folder)}`,
      'the four files of a dataset, each plain or gzipped (.gz)',
    );
  }
  return Object.fromEntries(files);
}

function usualName(prefix: string, role: Role): string {
  const [part, kind] = role.split(' ');
  const usualPart = prefix === '' && part === 'test' ? 't10k' : part;
  const name = `${usualPart}-${kind}-${kind === 'images' ? 'idx3' : 'idx1'}-ubyte`;
  return prefix === '' ? name : `${prefix}-${name}`;
}

/** Reads a file and decompresses it if it is gzip, whatever its name. */
async function readIdx(folder: string, name: string): Promise<IdxFile> {
  const bytes = await read(name, join(folder, name), undefined, {
    bytes: LONGEST_IDX_HEAD,
    check: (head, size) => isGzip(head) || parseIdxHead(head, name, size),
  });
  if (!isGzip(bytes)) return { name, bytes };
  const size = unpackedSize(bytes, name);
  // In one chunk: joining many would take the memory twice.
  const limits = { chunkSize: Math.max(64, size + 1), maxOutputLength: size };
  const unpacked = promisify(gunzip)(bytes, limits).catch(refuse(name));
  return { name, bytes: await unpacked };
}

/** The bytes that a gzipped file has by its header, which is unpacked for that alone. */
function unpackedSize(gzip: Buffer, name: string): number {
  const first = gzip.subarray(0, 2 ** 12);
  const { start, dimensions } = parseIdxHead(headOf(first, name), name);
  const size = dimensions.reduce((product, size) => product * size, 1) + start;
  const most = Math.min(LARGEST_FILE, MOST_DEFLATED * gzip.length);
  if (size <= most) return size;
  const found = `${dimensions.join(' × ')} values in gzip of ${gzip.length} bytes`;
  throw outOfRange(name, found, `a file of at most ${most} bytes`);
}

function headOf(gzip: Buffer, name: string): Buffer {
  try {
    return gunzipSync(gzip, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    return refuse(name)(error);
  }
}

/** Throws the error for gzip that cannot be decompressed. */
function refuse(name: string): (error: unknown) => never {
  return (error) => {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ERR_BUFFER_TOO_LARGE' ? 'more bytes than its header claims' : message;
    throw outOfRange(name, `gzip that cannot be decompressed (${why})`, 'a complete gzip file');
  };
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** A file, or an error that names it; errors of headers and of the file system do already. */
async function read(name: string, ...how: Parameters<typeof readRegularFile>): Promise<Buffer> {
  try {
    return await readRegularFile(...how);
  } catch (error) {
    if (error instanceof RangeError || 'errno' in (error as Error)) throw error;
    throw new RangeError(`${name}: ${(error as Error).message}`, { cause: error });
  }
}
