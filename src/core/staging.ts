/**
 * The memory of an instance behind its network: what is copied in, examples above all, which are checked
 * there, and results. All addresses are bytes in that memory.
 */
import { checkLength, integer, outOfRange } from '../base/arguments.ts';
import type { Turns } from '../base/event-loop.ts';
import { areBytes, type Inputs, type LabelsOrTargets } from '../data/numbers.ts';
import { type CoreExports, reserve } from './exports.ts';
import type { Architecture } from './layers.ts';
import type { Normalizer } from './normalization.ts';

/** Some of the examples of a call: `count` of them, from number `from` on. */
export interface Chunk {
  from: number;
  count: number;
  inputs: Inputs;
}

/** What lies behind a network of n⁰ inputs and nᴸ outputs. */
export class Staging {
  readonly #exports: CoreExports;
  readonly #inputs: number;
  readonly #outputs: number;
  readonly #tile: number;
  /** How many bytes of examples are copied in at a time where they need not stay. */
  readonly #chunk: number;
  /** The most bytes that are staged at a time, as a rule. */
  readonly #most: number;
  /** The first byte that is free. */
  #start: number;
  /** The training set: where it begins, and what its record says. */
  #kept:
    | { start: number; format: number; labels: number; order: number; weights: number }
    | undefined;
  /** The record of the training set, and of the examples that were staged last. */
  readonly trainingSet: number;
  readonly staged: number;
  /** Applied to examples as they are copied in; where there is none, they are raw. */
  normalizer: Normalizer | undefined;

  constructor(
    exports: CoreExports,
    network: number,
    start: number,
    { features, outputs }: Architecture,
  ) {
    this.#exports = exports;
    this.#inputs = features;
    this.#outputs = outputs;
    this.#tile = exports.tileOf(network);
    const numbers = Math.max(exports.parameterCountOf(network), this.#inputs * this.#tile);
    // Other threads wait while examples are copied, and at the end of each chunk.
    this.#chunk = 'serve' in exports ? 2 ** 23 : 2 ** 20;
    this.#most = numbers * 4 + this.#chunk;
    this.#start = start;
    this.trainingSet = this.takeRecord();
    this.staged = this.takeRecord();
  }

  /** Takes room for a record of examples, or a tally, for ever. */
  takeRecord(): number {
    return this.take(this.#exports.ALIGNMENT.value, 'layers');
  }

  /**
   * Takes so many bytes, until `release`.
   *
   * @throws RangeError that names `argument` where there is no room
   */
  take(bytes: number, argument: string): number {
    const start = this.room(bytes, argument);
    this.#start = this.#aligned(start + bytes);
    return start;
  }

  /** The same until anything else is staged. */
  room(bytes: number, argument: string): number {
    reserve(this.#exports, this.#start + bytes, argument);
    return this.#start;
  }

  /** Gives back what was taken from there on, the training set included. */
  release(start: number): void {
    this.#start = start;
    this.#kept = undefined;
  }

  /**
   * Copies a training set in, in place of what was kept before, to be read in place until `release`.
   * Others may have their turn meanwhile: what they stage lies behind what is here already.
   *
   * @param weights of the examples, where they have any
   * @throws RangeError where it does not fit, or holds a NaN, an infinity or a label too large;
   *   nothing is kept then
   */
  async keep(
    inputs: Inputs,
    expected: LabelsOrTargets,
    turns: Turns,
    weights?: Float32Array,
  ): Promise<void> {
    const start = this.#kept?.start ?? this.#start;
    this.release(start);
    const length = inputs.length / this.#inputs;
    try {
      // Convolutions do not read encoded ones.
      const encodes = this.#areBytes(inputs) && !('sizeOf' in this.#exports);
      const encoded = encodes ? await this.#keepEncoded(inputs as Uint8Array, turns) : undefined;
      const labels = roundUp(encoded ?? (await this.#keepAll(inputs, turns)), 4);
      this.checkExpected(expected, length);
      const order = roundUp(labels + sizeOf(expected), 4);
      const format = encoded === undefined ? this.#bytesOf(inputs) : 2;
      const end = order + length * 4;
      this.#start = this.#aligned(end + (weights ? length * 4 : 0));
      // With room behind it, so that no training ends where its layers are read or validated.
      this.room(this.#most, 'inputs');
      this.#stageExpected(labels, expected, 0);
      if (weights) this.floats(end, length).set(weights);
      this.#kept = { start, format, labels, order, weights: weights ? end : 0 };
      this.#describeKept(0);
    } catch (error) {
      this.#start = start;
      throw error;
    }
  }

  /**
   * Sets the order in which the training set is read: the numbers of its examples, each once. Until
   * then they are read as they lie.
   */
  setOrder(order: Uint32Array): void {
    const at = this.#kept!.order;
    new Uint32Array(this.#exports.memory.buffer, at, order.length).set(order);
    this.#describeKept(at);
  }

  #describeKept(order: number): void {
    const { start, format, labels, weights } = this.#kept!;
    this.#exports.describeExamples(this.trainingSet, format, start, labels, order, weights);
  }

  /** Keeps inputs as they are, and returns where they end. */
  async #keepAll(inputs: Inputs, turns: Turns): Promise<number> {
    const start = this.take(inputs.length * this.#bytesOf(inputs), 'inputs');
    let at = start;
    let first = 0;
    for (const { inputs: chunk } of this.chunks(inputs)) {
      this.#stageInputs(at, chunk, first);
      at += chunk.length * this.#bytesOf(chunk);
      first += chunk.length;
      await turns.yieldIfDue();
    }
    return at;
  }

  /**
   * Keeps bytes as encoded nonzeros, and returns their end; undefined, with nothing kept, if so many are
   * nonzero that the dense products are less work.
   */
  async #keepEncoded(inputs: Uint8Array, turns: Turns): Promise<number | undefined> {
    const exports = this.#exports;
    const rowPointers = this.#start;
    let end = rowPointers + (inputs.length / this.#inputs + 1) * 4;
    for (const { from, count, inputs: chunk } of this.chunks(inputs)) {
      // After the most memory that the chunk's encoded nonzeros can need.
      const chunkAt = end + exports.encodedBytes(chunk.length);
      reserve(exports, chunkAt + chunk.length, 'inputs');
      this.#stageInputs(chunkAt, chunk, 0);
      end = exports.encodeExamples(rowPointers, from, end, chunkAt, this.#inputs, count) >>> 0;
      if (end === 0) {
        this.#start = rowPointers;
        return undefined;
      }
      this.#start = this.#aligned(end + exports.encodedBytes(0));
      await turns.yieldIfDue();
    }
    return this.#start;
  }

  /** The examples in chunks of whole tiles, as many as `#chunk` bytes and `limit` hold. */
  chunks(inputs: Inputs, limit = Infinity): Iterable<Chunk> {
    const features = this.#inputs;
    const count = inputs.length / features;
    const tileBytes = features * inputs.BYTES_PER_ELEMENT * this.#tile;
    const most = Math.min(limit, Math.max(1, Math.floor(this.#chunk / tileBytes)) * this.#tile);
    // A batch of one would feel what a generator takes.
    return count > most ? this.#several(inputs, count, most) : [{ from: 0, count, inputs }];
  }

  *#several(inputs: Inputs, length: number, most: number): Generator<Chunk> {
    const features = this.#inputs;
    for (let from = 0; from < length; from += most) {
      // Others may have had their turn since the last chunk.
      checkLength('inputs', inputs, length * features);
      const chunk = inputs.subarray(from * features, (from + most) * features);
      yield { from, count: chunk.length / features, inputs: chunk };
    }
  }

  /**
   * Copies a chunk in, with the labels or targets of its examples if those of all are given, for
   * `staged` to name it; returns where `room` bytes for results begin.
   */
  stage(chunk: Chunk, expected: LabelsOrTargets | undefined, room = 0, argument = ''): number {
    const { inputs, from, count } = chunk;
    const width = this.#widthOf(expected);
    const own =
      expected && expected.length > count * width
        ? expected.subarray(from * width, (from + count) * width)
        : expected;
    const inputsAt = this.#start;
    const format = this.#bytesOf(inputs);
    const expectedAt = roundUp(inputsAt + inputs.length * format, 4);
    const end = roundUp(expectedAt + (own ? sizeOf(own) : 0), 16);
    reserve(this.#exports, end + room, 'inputs');
    this.#stageInputs(inputsAt, inputs, from * this.#inputs, argument);
    if (own !== undefined) this.#stageExpected(expectedAt, own, from * width, argument);
    this.#exports.describeExamples(this.staged, format, inputsAt, expectedAt, 0);
    return end;
  }

  /** Checks that the labels or targets of so many examples are still all there. */
  checkExpected(expected: LabelsOrTargets, examples: number): void {
    const name = areBytes(expected) ? 'labels' : 'targets';
    checkLength(name, expected, examples * this.#widthOf(expected));
  }

  /** How many numbers an example has there: one label, or a target for each output. */
  #widthOf(expected: LabelsOrTargets | undefined): number {
    return expected === undefined || areBytes(expected) ? 1 : this.#outputs;
  }

  /** Copies examples in; `first` is the index of their first element, for the error. */
  #stageInputs(at: number, inputs: Inputs, first: number, argument = ''): void {
    if (this.#areBytes(inputs)) {
      new Uint8Array(this.#exports.memory.buffer, at, inputs.length).set(inputs);
    } else {
      this.#stageFloats('inputs', at, inputs, first, argument);
    }
  }

  /** The same for floats, rounded to 32 bits, and standardised before where the network does that. */
  #stageFloats(
    part: 'inputs' | 'targets',
    at: number,
    values: Inputs,
    first: number,
    argument: string,
  ): void {
    const floats = this.floats(at, values.length);
    const { normalizer } = this;
    const standardized = normalizer?.has(part);
    if (standardized) normalizer!.standardize(part, values, floats);
    else floats.set(values);
    const bad = this.#exports.firstNonFinite(at, values.length);
    if (bad < 0) return;
    const expected = `a finite number that 32 bits hold${standardized ? ' when standardised' : ''}`;
    throw outOfRange(`${argument}${part}[${first + bad}]`, values[bad], expected);
  }

  /** Copies labels or targets in; `first` is the index of the first one, for the error. */
  #stageExpected(at: number, expected: LabelsOrTargets, first: number, argument = ''): void {
    if (!areBytes(expected)) {
      this.#stageFloats('targets', at, expected, first, argument);
      return;
    }
    // The copies are checked: others may write to shared memory at any time.
    const labels = new Uint8Array(this.#exports.memory.buffer, at, expected.length);
    labels.set(expected);
    const greatest = this.#outputs - 1;
    for (let i = 0; i < labels.length; i++) {
      if (labels[i]! > greatest) {
        integer(`${argument}labels[${first + i}]`, labels[i], 0, greatest);
      }
    }
  }

  /** Whether examples are bytes in the core's memory too: standardised, they are floats. */
  #areBytes(inputs: Inputs): inputs is Uint8Array {
    return areBytes(inputs) && !this.normalizer?.has('inputs');
  }

  /** The bytes of an input in the core's memory, by which it names the format. */
  #bytesOf(inputs: Inputs): number {
    return this.#areBytes(inputs) ? 1 : 4;
  }

  /** A view; the memory may grow, and leave it detached, when anything is staged. */
  floats(at: number, length: number): Float32Array {
    return new Float32Array(this.#exports.memory.buffer, at, length);
  }

  #aligned(address: number): number {
    return roundUp(address, this.#exports.ALIGNMENT.value);
  }
}

/** The bytes of labels or targets in the core's memory. */
function sizeOf(expected: LabelsOrTargets): number {
  return expected.length * (areBytes(expected) ? 1 : 4);
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
