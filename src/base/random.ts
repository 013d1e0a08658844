/**
 * The one generator of relumax: xoshiro128** 1.1 (D. Blackman and S. Vigna, "Scrambled linear
 * pseudorandom number generators", ACM TOMS 47:4, 2021; https://prng.di.unimi.it). Its period is
 * 2¹²⁸ − 1, and it uses only 32-bit integer operations, so it gives the same words on every engine.
 * Initial weights, splits, shuffles, the keys of dropout and augmentation all come from it.
 */

/** Purpose of a sequence: with the same seed, each purpose has a sequence of its own. */
export type Purpose = 'weights' | 'split' | 'shuffle' | 'dropout' | 'augmentation';

const PURPOSES: Record<Purpose, number> = {
  weights: 1,
  split: 2,
  shuffle: 3,
  dropout: 4,
  augmentation: 5,
};

/** A sequence of 32-bit words, determined by a seed, a purpose and an index. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /**
   * @param seed whole number, 0 to 2⁵³ − 1
   * @param purpose which of the seed's sequences
   * @param index which sequence of that purpose, 0 to 2³² − 1: the layer, the class or the epoch
   */
  constructor(seed: number, purpose: Purpose, index = 0) {
    // Absorb seed, purpose and index word by word, mixing after each; then squeeze four words.
    let mixed = 0;
    for (const word of [seed, Math.floor(seed / 2 ** 32), PURPOSES[purpose], index]) {
      mixed = mix((mixed ^ word) + GOLDEN_GAMMA);
    }
    const next = () => {
      mixed = (mixed + GOLDEN_GAMMA) | 0;
      return mix(mixed);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    // All four words zero is the one state that never changes.
    this.#d = next() || 1;
  }

  /** The next word, 0 to 2³² − 1, uniform. */
  word(): number {
    const b = this.#b;
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    this.#c ^= this.#a;
    this.#d ^= b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result;
  }

  /** A uniform whole number from 0 to `count` − 1; `count` is 1 to 2³². */
  below(count: number): number {
    for (;;) {
      const word = this.word();
      // Words from the last multiple of `count` on would favour small remainders. The first comparison
      // saves a division for most words.
      if (word < 2 ** 32 - count || word < 2 ** 32 - (2 ** 32 % count)) return word % count;
    }
  }

  /** Puts `items` into a random order in place (Fisher–Yates); each order is equally likely. */
  shuffle(items: Uint32Array): void {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const item = items[last]!;
      items[last] = items[other]!;
      items[other] = item;
    }
  }
}

/** 2³² divided by the golden ratio, to the nearest odd number (SplitMix's increment). */
const GOLDEN_GAMMA = 0x9e3779b9;

/** MurmurHash3's 32-bit finaliser (A. Appleby): every input bit changes each output bit. */
function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
