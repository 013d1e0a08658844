/** JPEG files as pixels; see image-file.ts for how their size is held against a limit first. */

import jpeg from 'jpeg-js';
import type { Pixels } from '../data/digit-image.ts';
import { reason } from './failure.ts';
import { orientationOf, UPRIGHT } from './orientation.ts';

/** Memory for the decoder, in MiB: some twenty bytes a pixel. */
const MEMORY = 512;

/** Markers (ISO/IEC 10918-1, B.1.1.3) of segments that say how the picture is to be read. */
const SCAN = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;

/** What a JPEG says of itself before its pixels come. */
export interface JpegHeader extends Pick<Pixels, 'width' | 'height'> {
  /** As EXIF has it, 1 to 8. */
  readonly orientation: number;
  /** Whether its three components are red, green and blue, and not brightness and colour. */
  readonly isRgb: boolean;
}

/** Whether the bytes begin as a JPEG does. */
export function isJpeg(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * The header of a JPEG: its frame header (ISO/IEC 10918-1, B.2.2), and its EXIF, JFIF and Adobe
 * segments.
 *
 * @throws Error where there is no frame header, or the frame is not baseline or progressive with 8
 *   bits
 */
export function jpegHeader(bytes: Buffer): JpegHeader {
  let size: Pick<Pixels, 'width' | 'height'> | undefined;
  let exif: Buffer | undefined;
  let components = '';
  let isJfif = false;
  let adobeTransform: number | undefined;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    // Fill bytes may come before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === SCAN) break;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    const segment = bytes.subarray(at + 4, end);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      if (segment.length < 6) break;
      if (marker > 0xc2 || segment[0] !== 8) {
        throw new Error(
          'is an unsupported kind of JPEG, expected baseline or progressive with 8 bits',
        );
      }
      const [height, width] = [segment.readUInt16BE(1), segment.readUInt16BE(3)];
      if (width > 0 && height > 0) size = { width, height };
      components = Array.from({ length: segment[5]! }, (_, i) =>
        String.fromCharCode(segment[6 + 3 * i] ?? 0),
      ).join('');
    } else if (marker === APP0 && startsWith(segment, 'JFIF\0')) {
      isJfif = true;
    } else if (marker === APP1 && startsWith(segment, 'Exif\0')) {
      // The text is followed by two bytes of 0. Of several, the first counts, as in browsers.
      exif ??= segment.subarray(6);
    } else if (marker === APP14 && startsWith(segment, 'Adobe')) {
      adobeTransform = segment[11];
    }
    at = end;
  }
  if (size === undefined) throw new Error('damaged JPEG: found no frame header');
  const { length } = components;
  if (length !== 1 && length !== 3 && (length !== 4 || adobeTransform === undefined)) {
    throw new Error(
      `is a JPEG image with ${length} components, expected grey, colours or Adobe’s CMYK`,
    );
  }
  return {
    ...size,
    orientation: exif === undefined ? UPRIGHT : orientationOf(exif),
    // As libjpeg has it.
    isRgb: length === 3 && !isJfif && (adobeTransform ?? Number(components !== 'RGB')) === 0,
  };
}

/**
 * The pixels of a JPEG, as they are stored.
 *
 * @throws Error where it is damaged
 */
export function decodeJpeg(bytes: Buffer, { isRgb }: JpegHeader): Pixels {
  try {
    return jpeg.decode(bytes, {
      useTArray: true,
      tolerantDecoding: false,
      ...(isRgb && { colorTransform: false }),
      // The size has been checked, to the pixel; here it would lose a bit by rounding.
      maxResolutionInMP: Number.POSITIVE_INFINITY,
      maxMemoryUsageInMB: MEMORY,
    });
  } catch (error) {
    throw new Error(`damaged JPEG: ${reason(error)}`, { cause: error });
  }
}

function startsWith(segment: Buffer, text: string): boolean {
  return segment.toString('latin1', 0, text.length) === text;
}
