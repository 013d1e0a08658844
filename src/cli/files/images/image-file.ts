/** Image files as pixels, their size and their length checked before memory is taken for them. */

import type { FileHandle } from 'node:fs/promises';
import { openRegularFile } from '../../../base/regular-file-node.ts';
import type { Pixels } from '../../../data/digit-image.ts';
import type { Size } from '../../../data/resampling.ts';
import { reason } from '../../terminal/failure.ts';
import { count } from '../../terminal/numbers.ts';
import { decodeJpeg, isJpeg, jpegHeader } from './jpeg.ts';
import { turned, turnedSize } from './orientation.ts';
import { decodePng, isPng, pngHeader, pngOrientation } from './png.ts';

/** Enough for a telephone's photograph: 4096 × 4096. */
const MOST_PIXELS = 2 ** 24;
/** Of a JPEG, and of the others too: their decoder takes memory for each row. */
const LONGEST_SIDE = 2 ** 16 - 1;
/** Bytes of a file besides its pixels: colour profiles, a camera's data, a preview. */
const MOST_METADATA = 2 ** 22;
/** Without compression a pixel of a PNG has up to eight bytes, and each row one more. */
const PNG_BYTES = 9;
/** Of a photograph at the highest quality, noise included. */
const JPEG_BYTES = 4;
/** Of noise without loss, with transparency. */
const WEBP_BYTES = 5;

/** Bytes that an image file of so many pixels may have. */
export function mostBytes({ width, height }: Size, perPixel = PNG_BYTES): number {
  return perPixel * width * height + MOST_METADATA;
}

/**
 * Reads a PNG, a JPEG or a WebP, whatever it is called, as it is to be seen: turned as its EXIF data say.
 *
 * @throws Error `file: why`, where it cannot be read, is none of them, is damaged, has more than
 *   `MOST_PIXELS` pixels, or more bytes than so many pixels need
 */
export function readImage(file: string): Promise<Pixels> {
  return withStart(file, async ({ image, start, length }, handle) => {
    const rest = await readBytes(handle, length - start.length);
    const bytes = rest.length === 0 ? start : Buffer.concat([start, rest]);
    return turned(image.decode(bytes), image.orientation(bytes));
  });
}

/**
 * The size of an image as it is to be seen, without its pixels.
 *
 * @throws Error `file: why`, as far as its first 4 MiB tell
 */
export function imageSize(file: string): Promise<Size> {
  return withStart(file, async ({ image, start, length }) =>
    // A larger PNG that is turned by EXIF data at its end is taken for one that is not.
    start.length < length ? image.seen : turnedSize(image.stored, image.orientation(start)),
  );
}

/** An image whose pixels have not been decoded yet. */
interface Encoded {
  readonly stored: Size;
  /** As it is to be seen, as far as its beginning tells. */
  readonly seen: Size;
  /** Bytes that a pixel may have. */
  readonly perPixel: number;
  /** As EXIF has it, 1 to 8. */
  orientation(bytes: Buffer): number;
  decode(bytes: Buffer): Pixels;
}

/** @throws Error where a file begins like none of the kinds that are read */
async function encodedImage(start: Buffer): Promise<Encoded> {
  if (isPng(start)) return pngImage(start);
  if (isJpeg(start)) return jpegImage(start);
  if (!isWebp(start)) throw new Error('is neither a PNG nor a JPEG nor a WebP image');
  // Loaded here because its decoder is large, and most images are others.
  const { decodeWebp, webpHeader, webpOrientation } = await import('./webp.ts');
  const header = webpHeader(start);
  return {
    ...{ stored: header, seen: header, perPixel: WEBP_BYTES, orientation: webpOrientation },
    decode: (bytes) => decodeWebp(bytes, header),
  };
}

/** Whether the bytes begin as a WebP does. */
function isWebp(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';
}

function pngImage(start: Buffer): Encoded {
  const header = pngHeader(start);
  return {
    stored: header,
    seen: header,
    perPixel: PNG_BYTES,
    orientation: pngOrientation,
    decode: (bytes) => decodePng(bytes, header),
  };
}

function jpegImage(start: Buffer): Encoded {
  const header = jpegHeader(start);
  return {
    stored: header,
    seen: turnedSize(header, header.orientation),
    perPixel: JPEG_BYTES,
    orientation: () => header.orientation,
    decode: (bytes) => decodeJpeg(bytes, header),
  };
}

/** The beginning of a file that may be read as a whole. */
interface Start {
  readonly image: Encoded;
  /** Its first bytes, or all. */
  readonly start: Buffer;
  /** Of the file. */
  readonly length: number;
}

/** Opens a file whose beginning tells an image that may be as long. */
async function withStart<T>(
  file: string,
  use: (start: Start, handle: FileHandle) => Promise<T>,
): Promise<T> {
  try {
    const handle = await openRegularFile(file);
    try {
      const { size: length } = await handle.stat();
      const start = await readBytes(handle, Math.min(length, MOST_METADATA));
      const image = await encodedImage(start);
      const { width, height } = image.seen;
      checkSize(image.seen);
      const most = mostBytes(image.seen, image.perPixel);
      if (length > most) {
        const pixels = `${width} × ${height} pixels`;
        throw new Error(
          `has ${count(length)} bytes, expected at most ${count(most)} for ${pixels}`,
        );
      }
      return await use({ image, start, length }, handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

/** The next bytes of a file: so many, or fewer at its end. */
async function readBytes(handle: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

function checkSize({ width, height }: Size): void {
  const found = `has ${width} × ${height} pixels`;
  if (width * height > MOST_PIXELS) {
    throw new Error(`${found}, expected at most ${count(MOST_PIXELS)}, as 4096 × 4096 has`);
  }
  if (Math.max(width, height) > LONGEST_SIDE) {
    throw new Error(`${found}, expected at most ${count(LONGEST_SIDE)} in a row or a column`);
  }
}
