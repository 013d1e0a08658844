/** PNG files as pixels; see image-file.ts for how their size is held against a limit first. */

import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import type { Pixels } from '../data/digit-image.ts';
import { reason } from './failure.ts';
import { orientationOf, UPRIGHT } from './orientation.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The signature, then the header chunk's length and type, width and height (PNG, 5.2, 11.2.2). */
export const PNG_HEAD = 24;
/** Where the first chunk after the header's begins; the header's last value is the interlacing. */
const FIRST_CHUNK = 33;
const INTERLACING = 28;

/** Whether the bytes begin as a PNG does. */
export function isPng(bytes: Buffer): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/**
 * The size that a PNG claims.
 *
 * @param head its first `PNG_HEAD` bytes, or all of them
 * @throws Error where there is none
 */
export function pngSize(head: Buffer): Pick<Pixels, 'width' | 'height'> {
  if (head.length >= PNG_HEAD && head.toString('latin1', 12, 16) === 'IHDR') {
    const [width, height] = [head.readUInt32BE(16), head.readUInt32BE(20)];
    if (width > 0 && height > 0) return { width, height };
  }
  throw new Error('damaged PNG: its header is not one');
}

/** The orientation that its EXIF data have, 1 to 8: wherever their chunk is (PNG, 11.3.3.2). */
export function pngOrientation(bytes: Buffer): number {
  for (const [type, data] of chunksOf(bytes)) if (type === 'eXIf') return orientationOf(data);
  return UPRIGHT;
}

/**
 * The pixels of a PNG of any colour type and depth, as they are stored.
 *
 * @throws Error where it is damaged
 */
export function decodePng(bytes: Buffer): Pixels {
  try {
    if (bytes[INTERLACING] === 1) checkInterlaced(bytes);
    return PNG.sync.read(bytes);
  } catch (error) {
    throw new Error(`damaged PNG: ${reason(error)}`, { cause: error });
  }
}

/**
 * Decompresses an interlaced image with the limit that its size gives, because the decoder, which
 * has one for all others, has none for these.
 */
function checkInterlaced(bytes: Buffer): void {
  const { width, height } = pngSize(bytes);
  // Eight bytes a pixel at most; a line begins with a byte, and each of seven passes has at most
  // every other line.
  const most = 8 * width * height + 4 * height + 64;
  const data = [...chunksOf(bytes)].flatMap(([type, part]) => (type === 'IDAT' ? [part] : []));
  inflateSync(Buffer.concat(data), { maxOutputLength: most });
}

/** The chunks after the header, with their types, as far as they go. */
function* chunksOf(bytes: Buffer): Generator<readonly [type: string, data: Buffer]> {
  for (let at = FIRST_CHUNK; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    yield [bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length)];
    at += 12 + length;
  }
}
