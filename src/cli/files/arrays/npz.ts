/** The arrays in an .npz file, which is a zip archive of .npy files. */

import { constants } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl';
import { openRegularFile } from '../../../base/regular-file-node.ts';
import { LONGEST_HEAD, type NpyFile, parseNpyHead } from '../../../data/npy/file.ts';
import { arraysToRead, hasRole, TOO_MANY_ARRAYS } from '../../../data/npy/roles.ts';
import { MOST_DEFLATED } from '../../../data/packed.ts';
import { reason } from '../../terminal/failure.ts';
import { count } from '../../terminal/numbers.ts';

/** Bytes of all arrays together. */
const MOST_BYTES = Math.min(2 ** 31, constants.MAX_LENGTH);
/** Arrays of any names: a list of more takes longer to read than the arrays that count. */
const MOST_ENTRIES = 1000;

/**
 * Reads those arrays that examples are made of.
 *
 * @throws Error that names the file, and the array
 */
export async function readNpz(file: string): Promise<NpyFile[]> {
  try {
    const handle = await openRegularFile(file);
    try {
      const { size } = await handle.stat();
      const zip = await fromFdPromise(handle.fd, { autoClose: false, lazyEntries: true });
      const entries = await entriesToRead(zip);
      checkSizes(entries, size);
      const files: NpyFile[] = [];
      for (const entry of entries) {
        files.push({ name: entry.fileName, bytes: await readEntry(zip, entry) });
      }
      return files;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

async function entriesToRead(zip: ZipFile): Promise<Entry[]> {
  if (zip.entryCount > MOST_ENTRIES) {
    throw new Error(
      `found ${count(zip.entryCount)} arrays, expected at most ${count(MOST_ENTRIES)}`,
    );
  }
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('.npy') && hasRole(entry.fileName)) entries.push(entry);
    if (entries.length === TOO_MANY_ARRAYS) break;
  }
  const names = arraysToRead(
    'arrays',
    entries.map(({ fileName }) => fileName),
  );
  return names.map((name) => entries.find(({ fileName }) => fileName === name)!);
}

/** Holds what the arrays claim against the file, before memory is taken for them. */
function checkSizes(entries: readonly Entry[], size: number): void {
  for (const { fileName, compressedSize, uncompressedSize } of entries) {
    if (compressedSize > size || uncompressedSize > MOST_DEFLATED * compressedSize) {
      throw new Error(
        `${fileName} claims ${count(uncompressedSize)} bytes, which its ${count(compressedSize)} compressed ones cannot hold`,
      );
    }
  }
  const total = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (total <= MOST_BYTES) return;
  throw new Error(`arrays of ${count(total)} bytes, expected at most ${count(MOST_BYTES)}`);
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const { fileName, uncompressedSize } = entry;
  let bytes = Buffer.alloc(Math.min(LONGEST_HEAD, uncompressedSize));
  let length = 0;
  try {
    // It ends with an error where it does not give as many bytes as were claimed.
    for await (const part of await zip.openReadStreamPromise(entry)) {
      const filled = (part as Buffer).copy(bytes, length);
      length += filled;
      if (filled === part.length) continue;
      // The head is whole: only when it fits the size, memory is taken for all.
      parseNpyHead(fileName, bytes, uncompressedSize);
      const head = bytes;
      bytes = Buffer.allocUnsafe(uncompressedSize);
      head.copy(bytes);
      length += (part as Buffer).copy(bytes, length, filled);
    }
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw new Error(`${fileName}: ${reason(error)}`, { cause: error });
  }
  if (crc32(bytes) !== entry.crc32) {
    throw new Error(`${fileName}: damaged, its checksum differs`);
  }
  return bytes;
}
