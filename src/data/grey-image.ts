/** Greyscale images. */
import type { Pixels } from './digit-image.ts';

/** The names of files of which there are pixels. */
export const IMAGE_FILE = /\.(?:png|jpe?g)$/i;

/**
 * The brightness of each pixel (Rec. 601 luma), blended with white if transparent: 0 is black and 255
 * white.
 */
export function greyLevels({ width, height, data }: Pixels): Uint8Array {
  const levels = new Uint8Array(width * height);
  for (let i = 0; i < levels.length; i++) {
    const luma = 0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!;
    const alpha = data[4 * i + 3]! / 255;
    levels[i] = Math.round(luma * alpha + 255 * (1 - alpha));
  }
  return levels;
}
