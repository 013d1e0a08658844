/**
 * Opens regular files only: pipes and devices may never end. Every file whose path the caller gives is
 * opened here.
 */
import { constants, type FileHandle, open } from 'node:fs/promises';

/** Most bytes of a file that Node reads into one buffer. */
const MOST_BYTES = 2 ** 31 - 1;

/** Other kinds of files, by the methods of `Stats`. */
const OTHERS = {
  isDirectory: 'a folder',
  isFIFO: 'a pipe',
  isCharacterDevice: 'a device',
  isBlockDevice: 'a device',
  isSocket: 'a socket',
} as const;

/**
 * Opens a regular file for reading. The caller closes it.
 *
 * @throws Error if it is not a regular file, or the error of the file system
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK, opening a pipe would wait for a writer. Windows does not have the flag.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    const methods = Object.keys(OTHERS) as (keyof typeof OTHERS)[];
    const other = methods.find((method) => stats[method]());
    if (other !== undefined) throw new Error(`is ${OTHERS[other]}, expected a file`);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A check before a file is read. */
interface Head {
  /** How many of its first bytes to read. */
  readonly bytes: number;
  /**
   * Throws if they do not fit the size of the file, before memory is allocated for it.
   */
  check(head: Buffer, size: number): void;
}

/**
 * Reads a whole regular file.
 *
 * @param most bytes of the file
 * @throws Error that says what is wrong, without the path, or the error of the file system
 */
export async function readRegularFile(
  path: string,
  most = MOST_BYTES,
  head?: Head,
): Promise<Buffer> {
  const handle = await openRegularFile(path);
  try {
    const { size } = await handle.stat();
    if (size > most) throw new Error(`has ${size} bytes, expected at most ${most}`);
    if (head) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(head.bytes), 0, head.bytes, 0);
      head.check(buffer.subarray(0, bytesRead), size);
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
