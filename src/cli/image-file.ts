/** Image files as pixels, their size checked before memory is taken for them. */

import { open } from 'node:fs/promises';
import type { Pixels } from '../data/digit-image.ts';
import { reason } from './failure.ts';
import { decodeJpeg, isJpeg, jpegHeader } from './jpeg.ts';
import { count } from './numbers.ts';
import { turned, turnedSize } from './orientation.ts';
import { decodePng, isPng, PNG_HEAD, pngOrientation, pngSize } from './png.ts';

/** Enough for a telephone's photograph: 4096 × 4096. */
const MAX_PIXELS = 2 ** 24;
/** As many bytes as `MAX_PIXELS` pixels of the largest kind have. */
const MAX_BYTES = 2 ** 27;

/** Of an image, in pixels. */
export type Size = Pick<Pixels, 'width' | 'height'>;

/**
 * Reads a PNG or a JPEG, whatever it is called, as it is to be seen: turned as its EXIF data say.
 *
 * @param check is given the size before anything is decoded, and may throw
 * @throws Error `file: why`, where it cannot be read, is neither, is damaged or has more than
 *   `MAX_PIXELS` pixels
 */
export async function readImage(file: string, check?: (size: Size) => void): Promise<Pixels> {
  try {
    const bytes = await readBytes(file);
    const { size, orientation, decode } = isPng(bytes) ? pngImage(bytes) : jpegImage(bytes);
    const seen = turnedSize(size, orientation);
    checkSize(seen);
    check?.(seen);
    const pixels = decode();
    // A second header could tell the decoder something else.
    if (pixels.width !== size.width || pixels.height !== size.height) {
      throw new Error('damaged: its headers contradict each other');
    }
    return turned(pixels, orientation);
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

/** An image whose pixels have not been decoded yet. */
interface Encoded {
  /** As it is stored. */
  readonly size: Size;
  /** As EXIF has it, 1 to 8. */
  readonly orientation: number;
  decode(): Pixels;
}

function pngImage(bytes: Buffer): Encoded {
  const size = pngSize(bytes);
  return { size, orientation: pngOrientation(bytes), decode: () => decodePng(bytes) };
}

function jpegImage(bytes: Buffer): Encoded {
  const header = jpegHeader(bytes);
  const { orientation } = header;
  return { size: header, orientation, decode: () => decodeJpeg(bytes, header) };
}

/** The whole file, where its head tells an image of a size that is allowed. */
async function readBytes(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    // At the current position, not at 0: a pipe has no other.
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(PNG_HEAD), 0, PNG_HEAD, null);
    const head = buffer.subarray(0, bytesRead);
    if (isPng(head)) checkSize(pngSize(head));
    else if (!isJpeg(head)) throw new Error('is neither a PNG nor a JPEG image');
    const { size } = await handle.stat();
    if (size > MAX_BYTES) {
      throw new Error(`has ${count(size)} bytes, expected at most ${count(MAX_BYTES)}`);
    }
    return Buffer.concat([head, await handle.readFile()]);
  } finally {
    await handle.close();
  }
}

function checkSize({ width, height }: Size): void {
  if (width * height <= MAX_PIXELS) return;
  throw new Error(
    `has ${width} × ${height} pixels, expected at most ${count(MAX_PIXELS)}, as 4096 × 4096 has`,
  );
}
