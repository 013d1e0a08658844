/**
 * WebP files as pixels (RFC 9649). The structure is checked here, for the decoder's WebAssembly takes memory
 * for what a header claims, and ignores how the picture is to be turned.
 */

import { decode } from '@cwasm/webp';
import type { Pixels } from '../../../data/digit-image.ts';
import type { Size } from '../../../data/resampling.ts';
import { orientationOf, UPRIGHT } from './orientation.ts';

/** "RIFF", the length of what follows, "WEBP"; then chunks. */
const HEAD = 12;
/** Of a chunk: its name and its length. */
const CHUNK_HEAD = 8;
/** In the flags of VP8X. */
const ANIMATED = 2;

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/**
 * The size of a WebP as it is stored.
 *
 * @param bytes the file, or its beginning
 * @throws Error where there is no header, or it is of an animation
 */
export function webpHeader(bytes: Buffer): Size {
  const [first] = chunksOf(bytes);
  const { type, data } = first ?? { type: '', data: bytes.subarray(0, 0) };
  if (type === 'VP8X' && data.length >= 10) {
    if (data[0]! & ANIMATED) throw new Error('is an animated WebP, expected a single picture');
    return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
  }
  if (type === 'VP8L' && data.length >= 5 && data[0] === 0x2f) {
    const sides = data.readUInt32LE(1);
    return { width: (sides & 0x3fff) + 1, height: ((sides >> 14) & 0x3fff) + 1 };
  }
  if (type === 'VP8 ' && data.length >= 10 && data.readUIntBE(3, 3) === 0x9d012a) {
    const [width, height] = [data.readUInt16LE(6) & 0x3fff, data.readUInt16LE(8) & 0x3fff];
    if (width > 0 && height > 0) return { width, height };
  }
  throw new Error('damaged WebP: found no header');
}

/** The orientation that its EXIF data have, 1 to 8. */
export function webpOrientation(bytes: Buffer): number {
  for (const { type, data } of chunksOf(bytes)) {
    if (type !== 'EXIF') continue;
    // Some programs begin them as in a JPEG.
    return orientationOf(data.toString('latin1', 0, 4) === 'Exif' ? data.subarray(6) : data);
  }
  return UPRIGHT;
}

/**
 * The pixels of a WebP, as they are stored.
 *
 * @throws Error where it is damaged
 */
export function decodeWebp(bytes: Buffer, { width, height }: Size): Pixels {
  const length = bytes.readUInt32LE(4) + CHUNK_HEAD;
  if (length > bytes.length) throw new Error('damaged WebP: it is cut off');
  let decoded: ReturnType<typeof decode>;
  try {
    decoded = decode(bytes.subarray(0, length));
  } catch (error) {
    throw new Error('damaged WebP: its image data are damaged', { cause: error });
  }
  if (decoded.width !== width || decoded.height !== height) {
    throw new Error('damaged WebP: its picture is not of the size in its header');
  }
  return { width, height, data: new Uint8Array(decoded.data.buffer) };
}

/** The chunks that are whole in the bytes; of the first, which may be the picture, what there is. */
function* chunksOf(bytes: Buffer): Generator<Chunk> {
  for (let at = HEAD; at + CHUNK_HEAD <= bytes.length; ) {
    const end = at + CHUNK_HEAD + bytes.readUInt32LE(at + 4);
    if (end > bytes.length && at > HEAD) return;
    yield {
      type: bytes.toString('latin1', at, at + 4),
      data: bytes.subarray(at + CHUNK_HEAD, end),
    };
    // Chunks have an even length.
    at = end + (end % 2);
  }
}
