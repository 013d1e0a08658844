/**
 * Regular files alone: a pipe may never end, a device never does. Every file whose path the caller
 * gives is opened here.
 */
import { constants, type FileHandle, open } from 'node:fs/promises';

/** Bytes that Node puts into one buffer from a file. */
const MOST_BYTES = 2 ** 31 - 1;

/** What a path may lead to besides a regular file, by the methods of `Stats`. */
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
 * @throws Error that says what it is instead, or the error of the file system
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK the call would wait for somebody to write into a pipe. Windows has no such flag.
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

/** What is looked at before a file is read. */
interface Head {
  /** Its first bytes, so many. */
  readonly bytes: number;
  /**
   * Throws where they do not fit the size of the file, before memory is taken for all of it.
   */
  check(head: Buffer, size: number): void;
}

/**
 * Reads a whole regular file.
 *
 * @param most bytes that it may have
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
