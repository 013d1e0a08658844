/** All that is random in an input: decided by the seed, the target and the input's number. */
import { crc32 } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { Random } from '../../src/random.ts';

export class Dice {
  readonly #random: Random;

  /** @param seed whole number, 0 to 2²¹ − 1 */
  constructor(seed: number, target: string, index: number) {
    this.#random = new Random(seed * 2 ** 32 + crc32(target), 'split', index);
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.#random.below(most - least + 1);
  }

  /** A whole number from `least` to `most`, the small ones more often. */
  small(least: number, most: number): number {
    return this.between(least, this.between(least, most));
  }

  chance(probability: number): boolean {
    return this.#random.word() < probability * 2 ** 32;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)]!;
  }

  /** The items that a coin chooses, in their order. */
  some<T>(items: readonly T[], probability = 0.5): T[] {
    return items.filter(() => this.chance(probability));
  }

  list<T>(length: number, make: (i: number) => T): T[] {
    return Array.from({ length }, (_, i) => make(i));
  }

  bytes(length: number): Buffer {
    return Buffer.from(this.list(length, () => this.#random.below(256)));
  }

  /** What fast-check makes, its edge cases among it. */
  of<T>(arbitrary: Arbitrary<T>): T {
    return fc.sample(arbitrary, { seed: this.#random.word() | 0, numRuns: 1 })[0]!;
  }
}

/** Text with all that Unicode has, but no half of a surrogate pair. */
export const TEXT = fc.string({ unit: 'binary', maxLength: 12 });
/** Finite numbers, of 64 or of 32 bits. */
export const DOUBLE = fc.double({ noNaN: true, noDefaultInfinity: true });
export const FLOAT = fc.float({ noNaN: true, noDefaultInfinity: true });
