/** Images that are moved about: shifted, rotated and scaled. */
import { isTyped } from '../base/arguments.ts';
import { cosine } from '../base/cosine.ts';
import type { Random } from '../base/random.ts';
import type { Inputs } from '../data/dataset.ts';

/** The size of images, and by how much they are moved at most. */
export interface Moves {
  readonly width: number;
  readonly height: number;
  /** Values of a pixel, which lie one after another. */
  readonly channels: number;
  readonly shift: number;
  readonly rotate: number;
  readonly scale: number;
}

/** Pixels to a side, at most, so that a position fits 32 bits. */
export const LARGEST = 1024;
/** Values of an image, at most, for which helpers have room: 1024 × 1024 pixels of four channels. */
export const MOST_VALUES = 4 * LARGEST ** 2;
/** By how much images may be changed: pixels, degrees, a fraction. */
export const MOST = { shift: LARGEST, rotate: 180, scale: 0.9 };

/** A channel of an image with a frame of zeros around it. */
export type Frame = Int32Array | Float64Array;

/** Positions are counted in 2⁻¹⁶ of a pixel, for whole numbers round nowhere. */
const BITS = 16;
/** A shift: JavaScriptCore holds what a power gives as a float, and all that is computed with it. */
const ONE = 1 << BITS;
/** The frame's pixel, and half of the smallest step that is told apart. */
const FIRST = 1 + 1 / 512;

/** How many words of the generator decide how an image is moved. */
const WORDS = 4;

/** Of how many images the words may be drawn at a time. */
const MOST_IMAGES = 1024;

/** Room for the words of as many images as may be drawn at a time. */
export const MOST_WORDS = WORDS * MOST_IMAGES;

/** How many images have so many pixels, at least one, of which the words may be drawn at a time. */
export function imagesOf(pixels: number, features: number): number {
  return Math.min(Math.max(1, Math.floor(pixels / features)), MOST_IMAGES);
}

/** Draws how the next `count` images are moved. */
export function drawMoves(random: Random, words: Uint32Array, count: number): void {
  for (let i = 0; i < WORDS * count; i++) words[i] = random.word();
}

/** A frame for such images, of which one channel after another may go into it. */
export function frameFor({ width, height }: Moves, images: Inputs): Frame {
  const framed = (width + 2) * (height + 2);
  return isTyped(images, 'Uint8Array') ? new Int32Array(framed) : new Float64Array(framed);
}

/** Moves `count` images from the one numbered `first` on, as it was drawn; `from` may be `to`. */
export function moveImages(
  moves: Moves,
  from: Inputs,
  to: Inputs,
  first: number,
  count: number,
  words: Uint32Array,
  frame: Frame,
): void {
  const { channels } = moves;
  const features = valuesOf(moves);
  for (let i = 0; i < count; i++) {
    // All of its channels alike.
    for (let channel = 0; channel < channels; channel++) {
      moveChannel(moves, from, to, (first + i) * features + channel, words, i * WORDS, frame);
    }
  }
}

/** How many values an image has. */
export function valuesOf({ width, height, channels }: Omit<Moves, 'shift' | 'rotate' | 'scale'>) {
  return width * height * channels;
}

/** Moves the channel of an image that begins at `at`, by way of a copy in the frame. */
function moveChannel(
  moves: Moves,
  from: Inputs,
  to: Inputs,
  at: number,
  words: Uint32Array,
  word: number,
  frame: Frame,
): void {
  const { width, height, channels, shift, rotate, scale } = moves;
  const stride = width + 2;
  for (let y = 0, i = at; y < height; y++) {
    const row = (y + 1) * stride + 1;
    for (let x = 0; x < width; x++, i += channels) frame[row + x] = from[i]!;
  }
  const drawn = (most: number, i: number) => (words[word + i]! / 2 ** 31 - 1) * most;
  const [right, down] = [drawn(shift, 0), drawn(shift, 1)];
  const angle = drawn(rotate, 2) / 180;
  const size = 1 + drawn(scale, 3);
  // Where each pixel comes from: the way back, around the middle.
  const cos = cosine(Math.abs(angle)) / size;
  const sin = cosine(0.5 - angle) / size;
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const fixed = (value: number) => Math.round(value * ONE) | 0;
  const [a, b] = [fixed(cos), fixed(sin)];
  // Half of a 256th more, so that cutting off gives the nearest.
  const firstX = fixed(middleX + FIRST - cos * (middleX + right) - sin * (middleY + down));
  const firstY = fixed(middleY + FIRST + sin * (middleX + right) - cos * (middleY + down));
  const areBytes = isTyped(to, 'Uint8Array');
  // Here, or V8 would look them up for each pixel.
  const bits = BITS;
  const one = ONE;
  const half = ONE >> 1;
  for (let y = 0; y < height; y++) {
    let i = at + y * width * channels;
    let sourceX = (firstX + b * y) | 0;
    let sourceY = (firstY + a * y) | 0;
    for (let x = 0; x < width; x++, i += channels) {
      const left = sourceX >> bits;
      const top = sourceY >> bits;
      let sum = 0;
      if (left >= 0 && left <= width && top >= 0 && top <= height) {
        // 256 places between two pixels: of bytes all that follows is whole.
        const u = (sourceX >> 8) & 255;
        const v = (sourceY >> 8) & 255;
        const p = top * stride + left;
        const upper = frame[p]! * (256 - u) + frame[p + 1]! * u;
        const lower = frame[p + stride]! * (256 - u) + frame[p + stride + 1]! * u;
        sum = upper * (256 - v) + lower * v;
      }
      to[i] = areBytes ? (sum + half) >> bits : sum / one;
      sourceX = (sourceX + a) | 0;
      sourceY = (sourceY - b) | 0;
    }
  }
}
