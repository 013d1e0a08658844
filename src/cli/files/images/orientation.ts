/**
 * How a camera was held: the orientation in EXIF data (CIPA DC-008, 4.6.5 A), and pictures turned by
 * it. A package for EXIF reads a hundred other fields as well and would be ten times as long.
 */

import type { Pixels } from '../../../data/digit-image.ts';

type Size = Pick<Pixels, 'width' | 'height'>;

/** The orientation of a picture that is stored as it is to be seen. */
export const UPRIGHT = 1;
const ORIENTATION = 0x0112;
/** An unsigned integer of 16 bits. */
const SHORT = 3;

/**
 * The orientation, 1 to 8, of EXIF data, which have the form of a TIFF file: a byte order, the place
 * of a directory, and its entries of twelve bytes: tag, type, count, value.
 *
 * @returns `UPRIGHT` where they say nothing, or are damaged: the picture may be whole
 */
export function orientationOf(exif: Buffer): number {
  const order = exif.toString('latin1', 0, 2);
  if (exif.length < 8 || (order !== 'II' && order !== 'MM')) return UPRIGHT;
  const short = (at: number) => (order === 'II' ? exif.readUInt16LE(at) : exif.readUInt16BE(at));
  const directory = order === 'II' ? exif.readUInt32LE(4) : exif.readUInt32BE(4);
  if (short(2) !== 42 || directory + 2 > exif.length) return UPRIGHT;
  const end = Math.min(directory + 2 + 12 * short(directory), exif.length - 11);
  for (let at = directory + 2; at < end; at += 12) {
    if (short(at) !== ORIENTATION || short(at + 2) !== SHORT) continue;
    const orientation = short(at + 8);
    return orientation >= 1 && orientation <= 8 ? orientation : UPRIGHT;
  }
  return UPRIGHT;
}

/** The size of a picture once it is turned. */
export function turnedSize({ width, height }: Size, orientation: number): Size {
  return isOnItsSide(orientation) ? { width: height, height: width } : { width, height };
}

/** The picture as it is to be seen. */
export function turned(pixels: Pixels, orientation: number): Pixels {
  if (orientation === UPRIGHT) return pixels;
  const { width, height, data } = pixels;
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBelow = [3, 4, 6, 7].includes(orientation);
  // Where the pixel at the top left is stored, and how far from one to the next.
  const first = (fromRight ? width - 1 : 0) + (fromBelow ? (height - 1) * width : 0);
  const column = fromRight ? -1 : 1;
  const row = fromBelow ? -width : width;
  const [right, down] = isOnItsSide(orientation) ? [row, column] : [column, row];
  const size = turnedSize(pixels, orientation);
  const output = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, to += 4) {
      const from = 4 * (first + x * right + y * down);
      for (let c = 0; c < 4; c++) output[to + c] = data[from + c]!;
    }
  }
  return { ...size, data: output };
}

/** Whether the picture's stored rows are columns of what is to be seen. */
function isOnItsSide(orientation: number): boolean {
  return orientation > 4;
}
