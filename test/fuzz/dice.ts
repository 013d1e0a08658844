/** All that is random in an input: decided by the seed, the target and the input's number. */
import { crc32 } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { Random } from '../../src/base/random.ts';

/** Numbers at which arithmetic goes wrong. */
const LIMITS = [
  ...[0, -0, 1, -1, 0.1, 2 ** -149, 2 ** -126, 2 ** -1022, Number.MIN_VALUE, Number.EPSILON],
  ...[2 ** 24 + 1, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 1e30, -1e38, 2 ** 128, 1e153, 1e154, -1e300],
  ...[Number.MAX_VALUE, -Number.MAX_VALUE],
];

export class Dice {
  /** The input's number. */
  readonly index: number;
  readonly #random: Random;

  /** @param seed whole number, 0 to 2²¹ − 1 */
  constructor(seed: number, target: string, index: number) {
    this.index = index;
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

  /** A finite number: small, at the limits, or of any bits. */
  double(): number {
    const kind = this.between(0, 3);
    if (kind === 0) return this.between(-100, 100);
    if (kind === 1) return this.between(-1e6, 1e6) / 1000;
    if (kind === 2) return this.pick(LIMITS);
    const value = this.bytes(8).readDoubleLE();
    return Number.isFinite(value) ? value : 0;
  }

  /** One of 32 bits. */
  float(): number {
    const value = Math.fround(this.double());
    return Number.isFinite(value) ? value : this.pick([-1, 1]) * (2 - 2 ** -23) * 2 ** 127;
  }

  /** What fast-check makes, its edge cases among it. */
  of<T>(arbitrary: Arbitrary<T>): T {
    return fc.sample(arbitrary, { seed: this.#random.word() | 0, numRuns: 1 })[0]!;
  }
}

/** Text with all that Unicode has, but no half of a surrogate pair. */
export const TEXT = fc.string({ unit: 'binary', maxLength: 12 });
