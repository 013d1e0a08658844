/** Training images, moved about at random: shifted, rotated and scaled. */
import {
  checkLength,
  integer,
  isTyped,
  notNegative,
  options,
  outOfRange,
  seedNumber,
} from '../base/arguments.ts';
import { cosine } from '../base/cosine.ts';
import { Turns } from '../base/event-loop.ts';
import { Random } from '../base/random.ts';
import { exampleCount } from '../core/inputs.ts';
import type { Inputs } from '../data/dataset.ts';
import { emptyLike } from '../data/dataset.ts';
import type { Augmentation } from './fit-options.ts';

/** By how much images are changed, at most. */
export interface ImageAugmentationOptions {
  /** Of an image, in pixels, at most 1024; its rows lie one after another. */
  width: number;
  height: number;
  /** Largest shift in pixels, horizontally and vertically, from 0. Default: 2. */
  shift?: number;
  /** Largest rotation in degrees, to both sides, from 0 to 180. Default: 10. */
  rotate?: number;
  /** Largest fraction by which an image is made larger or smaller, from 0 to 0.9. Default: 0.1. */
  scale?: number;
}

/** Positions are counted in 2⁻¹⁶ of a pixel, for whole numbers round nowhere. */
const BITS = 16;
/** A shift: JavaScriptCore holds what a power gives as a float, and all that is computed with it. */
const ONE = 1 << BITS;
/** Pixels to a side, at most, so that a position fits 32 bits. */
const LARGEST = 1024;
/** By how much images may be changed: pixels, degrees, a fraction. */
export const MOST = { shift: LARGEST, rotate: 180, scale: 0.9 };
/** The frame's pixel, and half of the smallest step that is told apart. */
const FIRST = 1 + 1 / 512;
/** How many images are made before others may have their turn. */
const IMAGES_A_TURN = 32;

/**
 * Changes the images that `fit` learns from, so that each epoch sees others: each image is shifted,
 * rotated and scaled by amounts drawn evenly from the ranges given, and what comes in from outside is
 * 0. The seed, the epoch and the image's place in the dataset decide the amounts; pixels between
 * pixels are interpolated from four (bilinearly).
 *
 * ```js
 * const augmentation = new ImageAugmentation({ width: 28, height: 28 });
 * await network.fit(digits, { epochs: 20, augmentation });
 * ```
 */
export class ImageAugmentation implements Augmentation {
  readonly settings: Readonly<Required<ImageAugmentationOptions>>;

  /** @throws TypeError or RangeError that names the option */
  constructor(given: ImageAugmentationOptions) {
    const names = ['width', 'height', 'shift', 'rotate', 'scale'] as const;
    const { width, height, shift = 2, rotate = 10, scale = 0.1 } = options('options', given, names);
    integer('width', width, 1, LARGEST);
    integer('height', height, 1, LARGEST);
    notNegative('shift', shift);
    if (shift > MOST.shift) throw outOfRange('shift', shift, `at most ${MOST.shift} pixels`);
    notNegative('rotate', rotate);
    if (rotate > MOST.rotate) throw outOfRange('rotate', rotate, `at most ${MOST.rotate} degrees`);
    notNegative('scale', scale);
    if (scale > MOST.scale) throw outOfRange('scale', scale, `at most ${MOST.scale}`);
    this.settings = Object.freeze({ width, height, shift, rotate, scale });
  }

  /**
   * The training images of an epoch, for `fit`.
   *
   * @throws TypeError or RangeError that names the argument, or where examples are not of this size
   */
  async augment(
    inputs: Inputs,
    at: { features: number; seed: number; epoch: number },
  ): Promise<Inputs> {
    const { features, seed, epoch } = options('at', at, ['features', 'seed', 'epoch']);
    integer('at.features', features, 1, LARGEST ** 2);
    seedNumber('at.seed', seed);
    integer('at.epoch', epoch, 0, 2 ** 32 - 1);
    exampleCount(inputs, features);
    const { width, height } = this.settings;
    if (width * height !== features) {
      const expected = `${features}, as the examples have inputs`;
      throw outOfRange('augmentation: width × height', `${width} × ${height}`, expected);
    }
    const turns = new Turns();
    const random = new Random(seed, 'augmentation', epoch);
    const areBytes = isTyped(inputs, 'Uint8Array');
    const augmented = emptyLike(inputs, inputs.length);
    const framed = (width + 2) * (height + 2);
    const frame = areBytes ? new Int32Array(framed) : new Float64Array(framed);
    for (let at = 0, i = 1; at < augmented.length; at += features, i++) {
      this.#move(inputs, augmented, at, frame, random);
      if (i % IMAGES_A_TURN === 0) await turns.yieldIfDue();
    }
    // Others had their turn in between, and may have transferred the memory.
    checkLength('inputs', inputs, augmented.length);
    return augmented;
  }

  /** Moves the image that begins at `at`, by way of a copy with a frame of zeros. */
  #move(
    from: Inputs,
    to: Inputs,
    at: number,
    frame: Int32Array | Float64Array,
    random: Random,
  ): void {
    const { width, height, shift, rotate, scale } = this.settings;
    const stride = width + 2;
    for (let y = 0; y < height; y++) {
      const row = (y + 1) * stride + 1;
      for (let x = 0; x < width; x++) frame[row + x] = from[at + y * width + x]!;
    }
    const drawn = (most: number) => (random.word() / 2 ** 31 - 1) * most;
    const [right, down] = [drawn(shift), drawn(shift)];
    const angle = drawn(rotate) / 180;
    const size = 1 + drawn(scale);
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
      let sourceX = (firstX + b * y) | 0;
      let sourceY = (firstY + a * y) | 0;
      for (let x = 0; x < width; x++) {
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
        to[at + y * width + x] = areBytes ? (sum + half) >> bits : sum / one;
        sourceX = (sourceX + a) | 0;
        sourceY = (sourceY - b) | 0;
      }
    }
  }
}
