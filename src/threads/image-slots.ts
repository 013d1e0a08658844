/** The memory in which a helper gets images, and in which it gives them back. */
import { isTyped } from '../base/arguments.ts';
import type { Random } from '../base/random.ts';
import { INPUTS, type Inputs } from '../data/numbers.ts';
import { drawMoves, MOST_VALUES, MOST_WORDS, type Moves, valuesOf } from './image-moves.ts';

/** Arrays of images, in the order of `INPUTS`. */
const ARRAYS: readonly (new (
  memory: SharedArrayBuffer,
  start: number,
  length: number,
) => Inputs)[] = [Uint8Array, Float32Array, Float64Array];

/** What is said of images: how many there are, of which kind, and how to move them. */
const NUMBERS = [
  ...(['count', 'kind', 'width', 'height', 'channels'] as const),
  ...(['shift', 'rotate', 'scale'] as const),
];

type Order = Record<(typeof NUMBERS)[number], number>;

/** Where what is in a slot begins: the state has a cache line of its own. */
const ORDER = 64;
const WORDS = ORDER + 64;
const PIXELS = WORDS + 4 * MOST_WORDS;
/** The largest image there is; the system gives memory only to what is written. */
const SLOT_BYTES = PIXELS + 8 * MOST_VALUES;

/** How many bytes the two slots of a helper take, which it takes in turns. */
export const HELPER_BYTES = 2 * SLOT_BYTES;

/** What the state says: nothing is to be done, or not done yet. */
const FREE = 0;
const ASKED = 1;

/** Images that a helper is to move, or has moved. */
export class ImageSlot {
  readonly #memory: SharedArrayBuffer;
  readonly #start: number;
  readonly #state: Int32Array;
  readonly #order: Float64Array;
  /** How the images are moved. */
  readonly words: Uint32Array;

  constructor(memory: SharedArrayBuffer, index: number) {
    const start = index * SLOT_BYTES;
    this.#memory = memory;
    this.#start = start;
    this.#state = new Int32Array(memory, start, 1);
    this.#order = new Float64Array(memory, start + ORDER, NUMBERS.length);
    this.words = new Uint32Array(memory, start + WORDS, MOST_WORDS);
  }

  get isFree(): boolean {
    return Atomics.load(this.#state, 0) === FREE;
  }

  /** Asks for so many images to be moved, all that are given. */
  ask(moves: Moves, images: Inputs, count: number, random: Random): void {
    const order: Order = {
      ...moves,
      count,
      kind: INPUTS.findIndex((type) => isTyped(images, type)),
    };
    for (const [i, name] of NUMBERS.entries()) this.#order[i] = order[name];
    drawMoves(random, this.words, count);
    this.images().set(images);
    Atomics.store(this.#state, 0, ASKED);
    Atomics.notify(this.#state, 0);
  }

  /** What was asked last. */
  order(): Order {
    return Object.fromEntries(NUMBERS.map((name, i) => [name, this.#order[i]])) as Order;
  }

  /** The images that are in it. */
  images(): Inputs {
    const { count, kind, ...moves } = this.order();
    return new ARRAYS[kind]!(this.#memory, this.#start + PIXELS, count * valuesOf(moves));
  }

  /** Waits until something is asked. */
  wait(): void {
    Atomics.wait(this.#state, 0, FREE);
  }

  /** Says that it is done. */
  free(): void {
    Atomics.store(this.#state, 0, FREE);
  }
}
