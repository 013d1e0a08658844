/** Numbers of which it is not known how many they will be. */

type Numbers = Float64Array | Uint32Array;

/** A growing list of numbers that does not copy those that it has. */
export class NumberList<T extends Numbers> {
  /** Small at first: a table may have a million columns. */
  static readonly #FIRST = 16;
  static readonly #LARGEST = 2 ** 14;
  readonly #type: new (
    length: number,
  ) => T;
  readonly #blocks: T[] = [];
  #last: T;
  #place = 0;
  #full = 0;

  constructor(type: new (length: number) => T) {
    this.#type = type;
    this.#last = new type(NumberList.#FIRST);
  }

  get length(): number {
    return this.#full + this.#place;
  }

  push(value: number): void {
    const { length } = this.#last;
    if (this.#place === length) {
      this.#blocks.push(this.#last);
      this.#full += length;
      this.#last = new this.#type(Math.min(2 * length, NumberList.#LARGEST));
      this.#place = 0;
    }
    this.#last[this.#place++] = value;
  }

  concat(): T {
    const whole = new this.#type(this.length);
    let at = 0;
    for (const block of this.#blocks) {
      whole.set(block, at);
      at += block.length;
    }
    whole.set(this.#last.subarray(0, this.#place), at);
    return whole;
  }
}
