/** Images as levels from 0 to 255: grey, or red, green and blue. */
import { isTyped } from '../base/arguments.ts';
import { emptyLike, type Inputs } from './dataset.ts';
import type { Pixels } from './digit-image.ts';
import { resampled, type Size } from './resampling.ts';

/** The names of files of which there are pixels. */
export const IMAGE_FILE = /\.(?:png|jpe?g|webp)$/i;

/** How many values a pixel may have: a grey level, or red, green and blue. */
export const CHANNELS = [1, 3] as const;
export type Channels = (typeof CHANNELS)[number];

/** Rows, columns, and values of a pixel, which lie one after another. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Brightness (Rec. 601 luma). */
export function luma(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** The levels of each pixel, blended with white if transparent: 0 is black and 255 white. */
export function levelsOf({ width, height, data }: Pixels, channels: Channels): Uint8Array {
  const levels = new Uint8Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const alpha = data[4 * i + 3]! / 255;
    const [red, green, blue] = [data[4 * i]!, data[4 * i + 1]!, data[4 * i + 2]!];
    if (channels === 1) levels[i] = onWhite(luma(red, green, blue), alpha);
    else {
      levels[3 * i] = onWhite(red, alpha);
      levels[3 * i + 1] = onWhite(green, alpha);
      levels[3 * i + 2] = onWhite(blue, alpha);
    }
  }
  return levels;
}

/** The same of the picture in another size. It is blended first: a colour that cannot be seen counts for nothing. */
export function levelsAt(size: Size, pixels: Pixels, channels: Channels): Uint8Array {
  return resampled(levelsOf(pixels, channels), pixels, size, channels);
}

function onWhite(level: number, alpha: number): number {
  return Math.round(level * alpha + 255 * (1 - alpha));
}

/** The same images with another number of channels: brightness as red, green and blue, or the reverse. */
export function withChannels<T extends Inputs>(inputs: T, from: Channels, to: Channels): T {
  if (from === to) return inputs;
  const others = emptyLike(inputs, (inputs.length / from) * to);
  if (to === 3) {
    for (let i = 0; i < others.length; i++) others[i] = inputs[Math.floor(i / 3)]!;
    return others;
  }
  const areBytes = isTyped(inputs, 'Uint8Array');
  for (let i = 0; i < others.length; i++) {
    const level = luma(inputs[3 * i]!, inputs[3 * i + 1]!, inputs[3 * i + 2]!);
    others[i] = areBytes ? Math.round(level) : level;
  }
  return others;
}
