/** PNG files as pixels, their size checked before memory is taken for them. */

import { open } from 'node:fs/promises';
import { PNG } from 'pngjs';
import type { Pixels } from '../data/digit-image.ts';
import { reason } from './failure.ts';
import { count } from './numbers.ts';

/** Enough for a telephone's photograph: 4096 × 4096. */
const MAX_PIXELS = 2 ** 24;

/** The signature, then the header chunk's length and type, width and height (PNG, 5.2, 11.2.2). */
const HEAD = 24;
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Reads a PNG of any colour type and depth.
 *
 * @throws Error `file: why`, where it cannot be read, is no PNG, is damaged or has more than
 *   `MAX_PIXELS` pixels; of a file that is no PNG of such a size only the head is read
 */
export async function readPng(file: string): Promise<Pixels> {
  try {
    return decode(await readChecked(file));
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

async function readChecked(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    // At the current position, not at 0: a pipe has no other.
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, null);
    checkHead(buffer.subarray(0, bytesRead));
    return Buffer.concat([buffer, await handle.readFile()]);
  } finally {
    await handle.close();
  }
}

/** @throws Error unless `head` begins a PNG of at most `MAX_PIXELS` pixels */
function checkHead(head: Buffer): void {
  if (head.length < HEAD || SIGNATURE.some((byte, i) => head[i] !== byte)) {
    throw new Error('is not a PNG image');
  }
  const [width, height] = [head.readUInt32BE(16), head.readUInt32BE(20)];
  if (head.toString('latin1', 12, 16) !== 'IHDR' || width === 0 || height === 0) {
    throw new Error('damaged PNG: its header is not one');
  }
  if (width * height > MAX_PIXELS) {
    throw new Error(
      `has ${width} × ${height} pixels, expected at most ${count(MAX_PIXELS)}, as 4096 × 4096 has`,
    );
  }
}

function decode(bytes: Buffer): Pixels {
  try {
    return PNG.sync.read(bytes);
  } catch (error) {
    throw new Error(`damaged PNG: ${reason(error)}`, { cause: error });
  }
}
