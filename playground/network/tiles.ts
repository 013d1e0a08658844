/** How the weights of a unit, or its inputs, are laid out as a picture: one tile per channel. */
import type { Image, LayerShape } from '../../src/core/layers.ts';

export interface Tiles {
  readonly kernel: readonly [height: number, width: number];
  readonly columns: number;
  readonly gap: number;
  readonly width: number;
  readonly height: number;
}

export function tilesOf({ kind, weights, input }: LayerShape): Tiles {
  const [rows, columns, channels] = input;
  const kernel =
    kind === 'conv' ? ([weights![2]!, weights![3]!] as const) : ([rows, columns] as const);
  const across = acrossOf(channels);
  const gap = kernel[0] * kernel[1] > 1 ? 1 : 0;
  const sized = (tile: number, count: number) => count * (tile + gap) - gap;
  return {
    kernel,
    columns: across,
    gap,
    width: sized(kernel[1], across),
    height: sized(kernel[0], Math.ceil(channels / across)),
  };
}

/** How many tiles are side by side: a divisor near the square root, if there is one. */
function acrossOf(tiles: number): number {
  const square = Math.ceil(Math.sqrt(tiles));
  for (let across = square; across <= 2 * square; across++) {
    if (tiles % across === 0) return across;
  }
  return square;
}

/** Values, channel by channel, as the pixels of a picture; zero between the tiles. */
export function tiled(
  values: Float32Array,
  { kernel, columns, gap, width, height }: Tiles,
): Float32Array<ArrayBuffer> {
  const pixels = new Float32Array(width * height);
  const [rows, across] = kernel;
  for (let k = 0; k < values.length; k++) {
    const channel = Math.floor(k / (rows * across));
    const y = Math.floor(channel / columns) * (rows + gap) + (Math.floor(k / across) % rows);
    const x = (channel % columns) * (across + gap) + (k % across);
    pixels[y * width + x] = values[k]!;
  }
  return pixels;
}

/** The values of an image, which have their channels last, in the order of weights: channel by channel. */
export function channelByChannel(
  values: Float32Array,
  [height, width, channels]: Image,
): Float32Array {
  if (channels === 1 || height * width === 1) return values;
  const pixels = height * width;
  return Float32Array.from(
    values,
    (_, k) => values[(k % pixels) * channels + Math.floor(k / pixels)]!,
  );
}

/** One channel of an image. */
export function channelOf(
  values: ArrayLike<number>,
  [height, width, channels]: Image,
  channel: number,
): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: height * width },
    (_, pixel) => values[pixel * channels + channel]!,
  );
}
