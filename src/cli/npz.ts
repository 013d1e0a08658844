/** The arrays in an .npz file, which is a zip archive of .npy files. */

import { constants } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { NpyFile } from '../data/npy.ts';
import { reason } from './failure.ts';
import { count } from './numbers.ts';

/** Deflate packs at most so many bytes into one. */
const MOST_PACKED = 1032;
/** Bytes of all arrays together. */
const MOST_BYTES = Math.min(2 ** 31, constants.MAX_LENGTH);

/**
 * Reads those arrays whose names are wanted.
 *
 * @throws Error that names the file, and the array
 */
export async function readNpz(
  file: string,
  isWanted: (name: string) => boolean,
): Promise<NpyFile[]> {
  try {
    const zip = await openPromise(file, { autoClose: false, lazyEntries: true });
    try {
      const { size } = await stat(file);
      return await readWanted(zip, size, isWanted);
    } finally {
      zip.close();
    }
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

async function readWanted(
  zip: ZipFile,
  size: number,
  isWanted: (name: string) => boolean,
): Promise<NpyFile[]> {
  const files: NpyFile[] = [];
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    if (!name.endsWith('.npy') || !isWanted(name)) continue;
    // Held against the file before memory is taken for it.
    const { compressedSize, uncompressedSize } = entry;
    if (compressedSize > size || uncompressedSize > MOST_PACKED * compressedSize) {
      throw new Error(
        `${name} claims ${count(uncompressedSize)} bytes, which its ${count(compressedSize)} compressed ones cannot hold`,
      );
    }
    total += uncompressedSize;
    if (total > MOST_BYTES) {
      throw new Error(`arrays of more than ${count(MOST_BYTES)} bytes, expected at most as many`);
    }
    files.push({ name, bytes: await readEntry(zip, entry) });
  }
  return files;
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(entry.uncompressedSize);
  let length = 0;
  try {
    // It ends with an error where it does not give as many bytes as were claimed.
    for await (const part of await zip.openReadStreamPromise(entry)) {
      bytes.set(part, length);
      length += part.length;
    }
  } catch (error) {
    throw new Error(`${entry.fileName}: ${reason(error)}`, { cause: error });
  }
  if (crc32(bytes) !== entry.crc32) {
    throw new Error(`${entry.fileName}: damaged, its checksum differs`);
  }
  return bytes;
}
