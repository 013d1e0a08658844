/** Operands of the products in a memory of the core's kernels, and what float64 makes of them. */
import { loadKernels } from './from-tests.js';

/** Bytes of a page of WebAssembly's memory. */
const PAGE = 65_536;

/** A layer of n units and k inputs, and m examples, with everything that its three products read. */
export class Operands {
  /**
   * @param {object} sizes
   * @param {number} sizes.n units
   * @param {number} sizes.k inputs
   * @param {number} sizes.m examples
   * @param {Uint8Array} [sizes.bytes] u8[m × k], which scaled to 0 … 1 are the inputs; default: random floats
   */
  static async create({ n, k, m, bytes }) {
    const { Bench, lanes4 } = await loadKernels();
    const core = await Bench.create();
    // Two forms of W, dW, Wᵀ, and some room; A as floats and as pairs; Z.
    core.kernels.memory.grow(Math.ceil((4 * (6 * n * k + 4 * k * m + 4 * n * m)) / PAGE) + 4);
    return new Operands(core, lanes4, n, k, m, bytes);
  }

  /**
   * @param {import('../test/assembly/kernels.ts').Bench} core
   * @param {(count: number) => number} lanes4
   * @param {number} n
   * @param {number} k
   * @param {number} m
   * @param {Uint8Array} [bytes]
   */
  constructor(core, lanes4, n, k, m, bytes) {
    const random = numbers();
    /** @param {number} count */
    const uniform = (count) => Float32Array.from({ length: count }, random);
    this.core = core;
    this.kernels = core.kernels;
    this.n = n;
    this.k = k;
    this.m = m;
    this.bytes = bytes;
    this.ldZ = lanes4(n);
    this.ldA = lanes4(k);
    /** W, row by row, as the next: n × k; A, m × k; dZ, m × n; b. */
    this.w = uniform(n * k);
    this.a = bytes
      ? Float32Array.from(bytes.subarray(0, k * m), (x) => x * Math.fround(1 / 255))
      : uniform(k * m);
    this.dz = uniform(n * m);
    this.b = uniform(n);
    /** Where they lie: W in panels, the others column by column. */
    this.weights = core.panels(n, k, (j, i) => at(this.w, j * k + i));
    const columns = Math.ceil(m / 4) * 4;
    this.inputs = core.columns(k, columns, this.ldA, (i, e) => (e < m ? at(this.a, e * k + i) : 0));
    this.deltas = core.columns(n, columns, this.ldZ, (j, e) =>
      e < m ? at(this.dz, e * n + j) : 0,
    );
    this.biases = core.columns(n, 1, this.ldZ, (j) => at(this.b, j));
    this.z = core.floats(new Float32Array(this.ldZ * columns));
  }

  /** The columns of a result at an address, one after another without padding. */
  columns(/** @type {number} */ address, rows = this.n, ld = this.ldZ) {
    const floats = this.core.readFloats(address, ld * this.m);
    return Float32Array.from({ length: rows * this.m }, (_, i) =>
      at(floats, Math.floor(i / rows) * ld + (i % rows)),
    );
  }

  /** Z = W·A + b, m × n. */
  affine() {
    const { n, k, m, w, a, b } = this;
    return table(m, n, (e, j) => at(b, j) + sum(k, (i) => at(w, j * k + i) * at(a, e * k + i)));
  }

  /** dW = dZ·Aᵀ, n × k. */
  weightGradient() {
    const { n, k, m, a, dz } = this;
    return table(n, k, (j, i) => sum(m, (e) => at(dz, e * n + j) * at(a, e * k + i)));
  }

  /** dA = Wᵀ·dZ, m × k. */
  affineBackward() {
    const { n, k, m, w, dz } = this;
    return table(m, k, (e, i) => sum(n, (j) => at(w, j * k + i) * at(dz, e * n + j)));
  }

  /** Room for dW in panels, zeros. */
  gradientRoom() {
    return this.core.floats(new Float32Array(this.kernels.panelFloats(this.n, this.k)));
  }

  /** What `weightGradient` packs dZ and A into. */
  packedRoom() {
    return this.core.floats(new Float32Array((Math.ceil(this.n / 16) * 16 + 16) * this.m));
  }

  /** The examples' nonzeros, in the forms of assembly/kernels/nonzeros.ts. */
  nonzeros() {
    if (!this.bytes) throw new Error('these operands were not made of bytes');
    return new Nonzeros(this, this.bytes);
  }
}

/** The nonzeros of examples of bytes: encoded once, decoded to pairs at will. */
class Nonzeros {
  #operands;
  #bytes;
  #encoded;
  #bounds;
  #pairs;

  /** Where the pointers to each example's pairs lie. */
  rowPointers;
  /** How many inputs are not zero. */
  count;

  /**
   * @param {Operands} operands
   * @param {Uint8Array} bytes
   */
  constructor(operands, bytes) {
    const { core, k, m } = operands;
    this.#operands = operands;
    this.#bytes = core.bytes(bytes.subarray(0, k * m));
    // Behind what is read, 32 more bytes may be.
    core.room(32);
    // Encoded zeros come in where nonzeros are far apart: one in 240 inputs at most.
    this.#encoded = core.room((k * m * 1.01 + 8 * m + 7) * 2);
    this.#pairs = core.room((k * m * 1.01 + 8 * m + 7) * 8);
    this.rowPointers = core.words(new Uint32Array(2 * m));
    this.#bounds = new Uint32Array(m + 1);
    this.encode();
    this.decode();
    this.count = bytes.subarray(0, k * m).reduce((count, x) => count + Number(x !== 0), 0);
  }

  /** Where the pairs begin, and end. */
  get pairs() {
    return this.#pairs;
  }
  get end() {
    const { core, m } = this.#operands;
    return core.readInts(this.rowPointers, 2 * m)[2 * m - 1] ?? NaN;
  }

  /** From bytes to encoded nonzeros. */
  encode() {
    const { kernels, k, m } = this.#operands;
    let to = this.#encoded;
    for (let e = 0; e < m; e++) {
      this.#bounds[e] = to;
      to = kernels.encodeBytes(to, this.#bytes + e * k, k);
    }
    this.#bounds[m] = to;
  }

  /** From encoded nonzeros to pairs. */
  decode() {
    const { kernels } = this.#operands;
    this.#eachExample((pairs, e, width) =>
      kernels.pairsOfEncoded(pairs, at(this.#bounds, e), at(this.#bounds, e + 1), width),
    );
  }

  /** From scaled floats to pairs, input by input. */
  list() {
    const { kernels, inputs, k, ldA } = this.#operands;
    this.#eachExample((pairs, e, width) =>
      kernels.pairsOfFloats(pairs, inputs + 4 * ldA * e, k, width),
    );
  }

  /** From bytes to scaled floats, where the inputs are. */
  scale() {
    const { kernels, inputs, k, m, ldA } = this.#operands;
    for (let e = 0; e < m; e++) kernels.scaleBytes(inputs + 4 * ldA * e, this.#bytes + e * k, k);
  }

  /** @param {(pairs: number, e: number, width: number) => number} write returns the end */
  #eachExample(write) {
    const { core, m, ldZ } = this.#operands;
    const pointers = core.readInts(this.rowPointers, 2 * m);
    const width = Math.min(ldZ, 16);
    let last = this.#pairs;
    for (let e = 0; e < m; e++) {
      pointers[2 * e] = last;
      last = write(last, e, width);
      pointers[2 * e + 1] = last;
    }
  }
}

/**
 * @param {number} rows
 * @param {number} columns
 * @param {(row: number, column: number) => number} value
 * @returns {Float64Array} row by row
 */
export function table(rows, columns, value) {
  return Float64Array.from({ length: rows * columns }, (_, i) =>
    value(Math.floor(i / columns), i % columns),
  );
}

/**
 * @param {number} count
 * @param {(i: number) => number} term
 */
export function sum(count, term) {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} i
 */
export function at(values, i) {
  return values[i] ?? NaN;
}

/** A sequence of numbers −1 … 1, each time the same. */
function numbers() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}
