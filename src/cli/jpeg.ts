/** JPEG files as pixels; see image-file.ts for how their size is held against a limit first. */

import jpeg from 'jpeg-js';
import type { Pixels } from '../data/digit-image.ts';
import { reason } from './failure.ts';

/** Memory for the decoder, in MiB: some twenty bytes a pixel. */
const MEMORY = 512;

/** Whether the bytes begin as a JPEG does. */
export function isJpeg(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * The size that a JPEG claims (ISO/IEC 10918-1, B.2.2): that of its frame header.
 *
 * @throws Error where there is none, or the frame is neither baseline nor progressive
 */
export function jpegSize(bytes: Buffer): Pick<Pixels, 'width' | 'height'> {
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1]!;
    // Fill bytes may come before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) {
      if (marker > 0xc2) throw new Error('is a JPEG image of a rare kind, expected a baseline one');
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
      if (width > 0 && height > 0) return { width, height };
      break;
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  throw new Error('damaged JPEG: found no frame header');
}

/**
 * The pixels of a JPEG.
 *
 * @param most how many it may have
 * @throws Error where it is damaged
 */
export function decodeJpeg(bytes: Buffer, most: number): Pixels {
  try {
    return jpeg.decode(bytes, {
      useTArray: true,
      tolerantDecoding: false,
      maxResolutionInMP: most / 1e6,
      maxMemoryUsageInMB: MEMORY,
    });
  } catch (error) {
    throw new Error(`damaged JPEG: ${reason(error)}`, { cause: error });
  }
}
