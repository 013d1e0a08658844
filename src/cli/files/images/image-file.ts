/** Image files as pixels, their size and their length checked before memory is taken for them. */

import type { FileHandle } from 'node:fs/promises';
import { openRegularFile } from '../../../base/regular-file-node.ts';
import type { Pixels } from '../../../data/digit-image.ts';
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

/** Of an image, in pixels. */
export type Size = Pick<Pixels, 'width' | 'height'>;

/** The size that an image must have. */
export interface ExpectedSize extends Size {
  /** Why, for the error: "animals/cat/1.png has". */
  readonly because: string;
}

/** Bytes that an image file of so many pixels may have. */
export function mostBytes({ width, height }: Size, perPixel = PNG_BYTES): number {
  return perPixel * width * height + MOST_METADATA;
}

/**
 * Reads a PNG or a JPEG, whatever it is called, as it is to be seen: turned as its EXIF data say.
 *
 * @param expected the size that it must have, checked before anything is decoded. Default: any
 * @throws Error `file: why`, where it cannot be read, is neither, is damaged, has another size, more
 *   than `MOST_PIXELS` pixels, or more bytes than so many pixels need
 */
export async function readImage(file: string, expected?: ExpectedSize): Promise<Pixels> {
  try {
    const { image, bytes } = await readEncoded(file, expected);
    const orientation = image.orientation(bytes);
    checkSize(turnedSize(image.stored, orientation), expected);
    return turned(image.decode(bytes), orientation);
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
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

/** The whole file, if its beginning tells an image that may be as long. */
async function readEncoded(
  file: string,
  expected: ExpectedSize | undefined,
): Promise<{ image: Encoded; bytes: Buffer }> {
  const handle = await openRegularFile(file);
  try {
    const { size: length } = await handle.stat();
    const start = await readBytes(handle, Math.min(length, MOST_METADATA));
    if (!isPng(start) && !isJpeg(start)) throw new Error('is neither a PNG nor a JPEG image');
    const image = isPng(start) ? pngImage(start) : jpegImage(start);
    const { width, height } = image.seen;
    // A PNG may be turned by EXIF data at its end, but that leaves the number of its pixels.
    const isPossible = expected && width * height === expected.width * expected.height;
    checkSize(image.seen, isPossible ? undefined : expected);
    const most = mostBytes(image.seen, image.perPixel);
    if (length > most) {
      const pixels = `${width} × ${height} pixels`;
      throw new Error(`has ${count(length)} bytes, expected at most ${count(most)} for ${pixels}`);
    }
    const rest = await readBytes(handle, length - start.length);
    return { image, bytes: rest.length === 0 ? start : Buffer.concat([start, rest]) };
  } finally {
    await handle.close();
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

function checkSize({ width, height }: Size, expected: ExpectedSize | undefined): void {
  const found = `has ${width} × ${height} pixels`;
  if (width * height > MOST_PIXELS) {
    throw new Error(`${found}, expected at most ${count(MOST_PIXELS)}, as 4096 × 4096 has`);
  }
  if (Math.max(width, height) > LONGEST_SIDE) {
    throw new Error(`${found}, expected at most ${count(LONGEST_SIDE)} in a row or a column`);
  }
  if (expected && (width !== expected.width || height !== expected.height)) {
    throw new Error(
      `${found}, expected ${expected.width} × ${expected.height}, as ${expected.because}`,
    );
  }
}
