/** The core's kernels on a memory of their own, with operands placed between guard words. */
import { readFile } from 'node:fs/promises';
import { instantiate } from '@assemblyscript/loader';
import type { instantiate as instantiateKernels } from '../../build/kernels.js';

export type Kernels = Awaited<ReturnType<typeof instantiateKernels>>;

const GUARD = 0x5afe5afe;
const GUARD_BYTES = 64;

/** The lanes and columns that one float more or less makes ragged, around the vector width. */
export const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 31, 32, 33, 45];

/** All `first` … `end` that a kernel may be given of k inputs, an empty range at each place too. */
export function rangesOf(k: number): [first: number, end: number][] {
  const steps = Array.from({ length: lanes4(k) / 4 + 1 }, (_, i) => i * 4);
  return steps.flatMap((first) =>
    steps.filter((end) => end >= first).map((end): [number, number] => [first, end]),
  );
}

export const lanes4 = (n: number) => Math.ceil(n / 4) * 4;

const file = process.env.CORE_BUILD === 'debug' ? 'kernels.debug.wasm' : 'kernels.wasm';
const bytes = await readFile(new URL(`../../build/${file}`, import.meta.url));
/** Once for the memories of all tests. */
const compiled = await WebAssembly.compile(bytes);

export class Bench {
  readonly module: WebAssembly.Module;
  readonly kernels: Kernels;
  #end: number;
  #guards: number[] = [];

  private constructor(module: WebAssembly.Module, kernels: Kernels) {
    this.module = module;
    this.kernels = kernels;
    this.#end = Math.ceil(kernels.heapBase() / 64) * 64;
    kernels.memory.grow(256);
  }

  static async create(): Promise<Bench> {
    const { module, exports } = await instantiate<Kernels>(compiled);
    return new Bench(module, exports);
  }

  /** Room for `bytes`, 16-byte aligned, filled with 0x7f and followed by a guard. */
  room(bytes: number): number {
    const at = this.#end;
    const guard = at + Math.ceil(bytes / 4) * 4;
    new Uint8Array(this.kernels.memory.buffer, at, bytes).fill(0x7f);
    new Uint32Array(this.kernels.memory.buffer, guard, GUARD_BYTES / 4).fill(GUARD);
    this.#guards.push(guard);
    this.#end = Math.ceil((guard + GUARD_BYTES) / 16) * 16;
    return at;
  }

  floats(values: ArrayLike<number>): number {
    const at = this.room(values.length * 4);
    this.readFloats(at, values.length).set(values);
    return at;
  }

  words(values: ArrayLike<number>): number {
    const at = this.room(values.length * 4);
    new Uint32Array(this.kernels.memory.buffer, at, values.length).set(values);
    return at;
  }

  bytes(values: ArrayLike<number>): number {
    const at = this.room(values.length);
    new Uint8Array(this.kernels.memory.buffer, at, values.length).set(values);
    return at;
  }

  /** One update by plain gradient descent, the first of the optimizers. */
  sgd(next: number, p: number, g: number, rate: number, count: number): number {
    const args = [0, 0, count, 1, rate, 1, 1, 0, 0, 0, 0, 0, 0] as const;
    return Number(this.kernels.step(0, next, p, g, ...args));
  }

  /** A matrix with `columns` columns of `values(row, column)`, leading dimension `ld`, 0 between. */
  columns(rows: number, columns: number, ld: number, value: (r: number, c: number) => number) {
    const matrix = new Float32Array(ld * columns);
    for (let c = 0; c < columns; c++) {
      for (let r = 0; r < rows; r++) matrix[c * ld + r] = value(r, c);
    }
    return this.floats(matrix);
  }

  /** Weights in panels, out × in: zero but for `value(unit, input)`. */
  panels(units: number, inputs: number, value: (j: number, i: number) => number): number {
    const rows = new Float32Array(units * inputs);
    for (let j = 0; j < units; j++) {
      for (let i = 0; i < inputs; i++) rows[j * inputs + i] = value(j, i);
    }
    const at = this.floats(new Float32Array(this.kernels.panelFloats(units, inputs)));
    this.kernels.pack(at, this.floats(rows), units, inputs);
    return at;
  }

  /** What weights in panels hold, row-major. */
  readPanels(at: number, units: number, inputs: number): Float32Array {
    const rows = this.room(units * inputs * 4);
    this.kernels.unpack(rows, at, units, inputs);
    return this.readFloats(rows, units * inputs).slice();
  }

  readFloats(at: number, length: number): Float32Array {
    return new Float32Array(this.kernels.memory.buffer, at, length);
  }

  readDoubles(at: number, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.kernels.memory.buffer, at, length);
  }

  readInts(at: number, length: number): Int32Array {
    return new Int32Array(this.kernels.memory.buffer, at, length);
  }

  /** Throws where anything has written past its room. */
  checkGuards(): void {
    for (const guard of this.#guards) {
      const words = new Uint32Array(this.kernels.memory.buffer, guard, GUARD_BYTES / 4);
      if (words.some((word) => word !== GUARD)) throw new Error(`a guard at ${guard} is broken`);
    }
  }
}
