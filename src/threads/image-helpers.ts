/**
 * Helpers that move images, in workers of Node. They are started once, and do not keep a process alive. The
 * caller's thread gives them images in memory that is shared, and takes them back when they are moved. It
 * waits for none: at the end it moves those itself that are not back yet, so a helper that has not
 * started, that gets no time or that has ended only leaves it more to do.
 */
import { text } from '#image-thread';
import type { Random } from '../base/random.ts';
import { startNodeWorker } from '../base/workers-node.ts';
import type { Inputs } from '../data/dataset.ts';
import { imagesOf, type Moves, valuesOf } from './image-moves.ts';
import { HELPER_BYTES, ImageSlot } from './image-slots.ts';

/** How many pixels a helper gets at a time, at most and, but for the rest, at least. */
const MOST_PIXELS = 2 ** 20;
const LEAST_PIXELS = 2 ** 15;

class ImageHelper {
  /** In the order in which they are used next. */
  readonly slots: [ImageSlot, ImageSlot];
  hasEnded = false;

  constructor() {
    const memory = new SharedArrayBuffer(HELPER_BYTES);
    this.slots = [new ImageSlot(memory, 0), new ImageSlot(memory, 1)];
    const worker = startNodeWorker(text);
    const emitter = worker as unknown as NodeJS.EventEmitter;
    // Without a listener it would be an error of the process.
    emitter.on('error', () => {});
    emitter.on('exit', () => {
      this.hasEnded = true;
    });
    worker.postMessage(memory);
  }
}

/** The helpers that nobody has. */
const idle: ImageHelper[] = [];

/** A helper that nobody has, or a new one; undefined where none starts. */
function hire(): ImageHelper | undefined {
  for (let helper = idle.pop(); helper !== undefined; helper = idle.pop()) {
    if (!helper.hasEnded) return helper;
  }
  try {
    return new ImageHelper();
  } catch {
    return undefined;
  }
}

/** Images that a helper has. */
export interface Part {
  readonly first: number;
  readonly count: number;
  /** How they are moved. */
  readonly words: Uint32Array;
}

/** The helpers of one call, and what they have. */
export class ImageCrew {
  readonly #moves: Moves;
  readonly #from: Inputs;
  readonly #to: Inputs;
  readonly #random: Random;
  readonly #helpers: ImageHelper[] = [];
  /** The oldest first. */
  readonly #parts = new Map<ImageSlot, Part>();

  /** Hires as many helpers, or fewer. */
  constructor(moves: Moves, from: Inputs, to: Inputs, random: Random, helpers: number) {
    this.#moves = moves;
    this.#from = from;
    this.#to = to;
    this.#random = random;
    while (this.#helpers.length < helpers) {
      const helper = hire();
      if (helper === undefined) break;
      this.#helpers.push(helper);
    }
  }

  /**
   * Takes the images that are moved, and gives others away.
   *
   * @param next the number of the first image that nobody has
   * @returns the same afterwards
   */
  serve(next: number): number {
    const features = valuesOf(this.#moves);
    const images = this.#to.length / features;
    for (const helper of this.#helpers) {
      for (const slot of [...helper.slots]) {
        // Then the other is not free either.
        if (!slot.isFree) break;
        const part = this.#parts.get(slot);
        if (part !== undefined) this.#to.set(slot.images(), part.first * features);
        this.#parts.delete(slot);
        const left = images - next;
        if (left === 0 || helper.hasEnded) continue;
        // Much, so that it seldom waits; but less in the end, so that little is left to be taken back.
        const fair = (left * features) / (4 * (this.#helpers.length + 1));
        const pixels = Math.min(Math.max(fair, LEAST_PIXELS), MOST_PIXELS);
        const count = Math.min(imagesOf(pixels, features), left);
        const given = this.#from.subarray(next * features, (next + count) * features);
        slot.ask(this.#moves, given, count, this.#random);
        this.#parts.set(slot, { first: next, count, words: slot.words });
        helper.slots.reverse();
        next += count;
      }
    }
    return next;
  }

  /** The images that were given away last, for the caller to move; undefined if all are back. */
  takeBack(): Part | undefined {
    const [slot, part] = [...this.#parts].at(-1) ?? [];
    if (slot !== undefined) this.#parts.delete(slot);
    return part;
  }

  /** Leaves the helpers to others. */
  end(): void {
    for (const helper of this.#helpers) idle.push(helper);
  }
}
