/** Training images, moved about at random: shifted, rotated and scaled. */
import {
  checkLength,
  integer,
  notNegative,
  options,
  outOfRange,
  seedNumber,
} from '../base/arguments.ts';
import { Turns } from '../base/event-loop.ts';
import { Random } from '../base/random.ts';
import { checkedInputs } from '../core/inputs.ts';
import { MOST_THREADS } from '../core/thread-count.ts';
import type { Inputs } from '../data/dataset.ts';
import { emptyLike } from '../data/dataset.ts';
import {
  drawMoves,
  frameFor,
  imagesOf,
  LARGEST,
  MOST,
  MOST_VALUES,
  MOST_WORDS,
  moveImages,
  valuesOf,
} from '../threads/image-moves.ts';
import type { Augmentation } from './fit-extras.ts';

/** By how much images are changed, at most. */
export interface ImageAugmentationOptions {
  /** Of an image, in pixels, at most 1024; its rows lie one after another. */
  width: number;
  height: number;
  /**
   * Values of a pixel, which lie one after another, as red, green and blue; all move alike. An image has at
   * most 4,194,304 values. Default: 1.
   */
  channels?: number;
  /** Largest shift in pixels, horizontally and vertically, from 0. Default: 2. */
  shift?: number;
  /** Largest rotation in degrees, to both sides, from 0 to 180. Default: 10. */
  rotate?: number;
  /** Largest fraction by which an image is made larger or smaller, from 0 to 0.9. Default: 0.1. */
  scale?: number;
}

/** How many pixels are made before others may have their turn. */
const PIXELS_A_TURN = 2 ** 15;
/** How many pixels are worth a thread: some milliseconds. */
const PIXELS_A_THREAD = 2 ** 20;

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
  /** As checkpoints have them: `channels` only if there are several. */
  readonly settings: Readonly<
    Required<Omit<ImageAugmentationOptions, 'channels'>> & { channels?: number }
  >;

  /** @throws TypeError or RangeError that names the option */
  constructor(given: ImageAugmentationOptions) {
    const names = ['width', 'height', 'channels', 'shift', 'rotate', 'scale'] as const;
    const known = options('options', given, names);
    const { width, height, channels = 1, shift = 2, rotate = 10, scale = 0.1 } = known;
    integer('width', width, 1, LARGEST);
    integer('height', height, 1, LARGEST);
    integer('channels', channels, 1, Math.floor(MOST_VALUES / (width * height)));
    notNegative('shift', shift);
    if (shift > MOST.shift) throw outOfRange('shift', shift, `at most ${MOST.shift} pixels`);
    notNegative('rotate', rotate);
    if (rotate > MOST.rotate) throw outOfRange('rotate', rotate, `at most ${MOST.rotate} degrees`);
    notNegative('scale', scale);
    if (scale > MOST.scale) throw outOfRange('scale', scale, `at most ${MOST.scale}`);
    const several = channels > 1 && { channels };
    this.settings = Object.freeze({ width, height, ...several, shift, rotate, scale });
  }

  /**
   * The training images of an epoch, for `fit`.
   *
   * @param at threads: how many threads may move images, from 1 to 64; more than one only in Node, and
   *   where it is worth it. Default: 1
   * @throws TypeError or RangeError that names the argument, or where examples are not of this size
   */
  async augment(
    given: Inputs,
    at: { features: number; seed: number; epoch: number; threads?: number },
  ): Promise<Inputs> {
    const names = ['features', 'seed', 'epoch', 'threads'] as const;
    const { features, seed, epoch, threads = 1 } = options('at', at, names);
    integer('at.features', features, 1, MOST_VALUES);
    seedNumber('at.seed', seed);
    integer('at.epoch', epoch, 0, 2 ** 32 - 1);
    integer('at.threads', threads, 1, MOST_THREADS);
    const inputs = checkedInputs(given, features);
    const images = inputs.length / features;
    const settings = { channels: 1, ...this.settings };
    if (valuesOf(settings) !== features) {
      const { width, height, channels } = settings;
      const [names, found] = ['width × height', `${width} × ${height}`];
      const isOne = channels === 1;
      const expected = `${features}, as the examples have inputs`;
      throw outOfRange(
        `augmentation: ${isOne ? names : `${names} × channels`}`,
        isOne ? found : `${found} × ${channels}`,
        expected,
      );
    }
    const { length } = inputs;
    const turns = new Turns();
    const random = new Random(seed, 'augmentation', epoch);
    const augmented = emptyLike(inputs, length);
    const words = new Uint32Array(MOST_WORDS);
    const frame = frameFor(settings, inputs);
    const make = (first: number, count: number, words: Uint32Array) =>
      moveImages(settings, inputs, augmented, first, count, words, frame);
    const helpers = Math.min(threads - 1, images - 1, Math.floor(length / PIXELS_A_THREAD));
    // Without their code, as without workers, this thread does all of it.
    const loaded = helpers > 0 ? import('../threads/image-helpers.ts') : undefined;
    const code = await loaded?.catch(() => undefined);
    checkLength('inputs', inputs, length);
    const crew = code && new code.ImageCrew(settings, inputs, augmented, random, helpers);
    try {
      for (let next = 0; ; ) {
        if (crew) next = crew.serve(next);
        if (next < images) {
          const count = Math.min(imagesOf(PIXELS_A_TURN, features), images - next);
          drawMoves(random, words, count);
          make(next, count, words);
          next += count;
        } else {
          const part = crew?.takeBack();
          if (!part) return augmented;
          make(part.first, part.count, part.words);
        }
        const turn = turns.yieldIfDue();
        if (turn === undefined) continue;
        await turn;
        // Others may have transferred the memory.
        checkLength('inputs', inputs, length);
      }
    } finally {
      crew?.end();
    }
  }
}
