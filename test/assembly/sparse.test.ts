import { beforeEach, describe, expect, test } from 'vitest';
import { randomBytes, randomFloats } from '../examples.ts';
import { Bench, lanes4, rangesOf, SIZES } from './kernels.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});

const BYTES_OF_PAIR = 8;
const BYTES_OF_ENCODED = 2;

/**
 * Where each example's pairs begin and end, of inputs m × k; `gap` bytes lie between those of one example and
 * the next one's.
 */
function collect(
  inputs: Uint8Array | Float32Array,
  k: number,
  m: number,
  width: number,
  gap = 0,
): number {
  const { kernels } = bench;
  // Room for seven more than there can be, which may be written or read.
  const pairs = bench.room((inputs.length + 7) * BYTES_OF_PAIR + gap * m);
  const encoded = bench.room((k + 7) * BYTES_OF_ENCODED);
  const isBytes = inputs instanceof Uint8Array;
  const x = isBytes ? bench.bytes(inputs) : bench.floats(inputs);
  const rowPointers: number[] = [];
  for (let e = 0; e < m; e++) {
    const last = e === 0 ? pairs : rowPointers.at(-1)! + gap;
    const end = isBytes
      ? kernels.pairsOfEncoded(last, encoded, kernels.encodeBytes(encoded, x + e * k, k), width)
      : kernels.pairsOfFloats(last, x + e * k * 4, k, width);
    rowPointers.push(last, end);
  }
  return bench.words(rowPointers);
}

describe.each(['bytes', 'floats'])('nonzero %s', (kind) => {
  test.each(SIZES)('of %i inputs', (k) => {
    const bytes = randomBytes(k, k, 0.5);
    const inputs = kind === 'bytes' ? bytes : Float32Array.from(bytes, (x) => x / 7);
    const rowPointers = collect(inputs, k, 1, 12);
    const [start, end] = bench.readInts(rowPointers, 2);
    const count = (end! - start!) / BYTES_OF_PAIR;
    const x = kind === 'bytes' ? bench.bytes(inputs) : bench.floats(inputs);
    const { countBytes, countFloats } = bench.kernels;
    expect(kind === 'bytes' ? countBytes(x, k) : countFloats(x, k)).toBe(count);
    const found = new Float32Array(k);
    const values = bench.readFloats(start!, count * 2);
    const columns = bench.readInts(start!, count * 2);
    let last = -1;
    for (let i = 0; i < count; i++) {
      const column = columns[2 * i + 1]! / 12;
      expect(column).toBeGreaterThan(last);
      last = column;
      found[column] = values[2 * i]!;
    }
    const scale = Math.fround(1 / 255);
    expect(found).toEqual(Float32Array.from(inputs, (v) => (kind === 'bytes' ? v * scale : v)));
    bench.checkGuards();
  });
});

test('the last nonzero of an example may be the last byte of the memory', () => {
  const { memory } = bench.kernels;
  const inputs = new Uint8Array(16).fill(1);
  const size = memory.buffer.byteLength;
  const x = size - 16 - 32;
  new Uint8Array(memory.buffer, x, 16).set(inputs);
  const encoded = bench.room(19 * BYTES_OF_ENCODED);
  expect(bench.kernels.encodeBytes(encoded, x, 16) - encoded).toBe(16 * BYTES_OF_ENCODED);
});

test.each([
  [[0], 1],
  [[255], 256],
  [[256], 257],
  [[0, 240, 481, 737], 738],
  [[0, 255, 511, 767, 1023], 1024],
  [[15, 271], 272],
  [[15, 271, 528], 530],
  [[9_999], 10_000],
  [[65_535, 65_536, 199_999], 200_003],
])('nonzeros far apart, at %j of %i bytes, are found where they are', (at, k) => {
  const x = new Uint8Array(k);
  for (const [i, input] of at.entries()) x[input] = i + 1;
  const [start, end] = bench.readInts(collect(x, k, 1, 16), 2);
  const count = (end! - start!) / BYTES_OF_PAIR;
  const values = bench.readFloats(start!, count * 2);
  const columns = bench.readInts(start!, count * 2);
  const found = Array.from({ length: count }, (_, i) => [columns[2 * i + 1]! / 16, values[2 * i]!]);
  const inputs = found.map(([input]) => input!);
  expect(inputs).toEqual(inputs.toSorted((a, b) => a - b));
  const scale = Math.fround(1 / 255);
  expect(found.filter(([, value]) => value !== 0)).toEqual(
    at.map((input, i) => [input, Math.fround((i + 1) * scale)]),
  );
  bench.checkGuards();
});

describe.each(
  SIZES.flatMap((n) => [
    [n, 13, 5],
    [10, n, 3],
    [64 + n, 20, 9],
  ]),
)('sparse and dense give the same bits: %i units, %i inputs, %i examples', (n, k, m) => {
  const bytes = randomBytes(k * m, n + k, 0.7);
  const x = (i: number, e: number) => Math.fround(bytes[e * k + i]! * Math.fround(1 / 255));
  const w = randomFloats(n * k, 1);
  const ldZ = lanes4(n) + 16;
  const ldA = lanes4(k);
  const width = Math.min(lanes4(n), 16);
  const gap = 9 * BYTES_OF_PAIR;

  test('Z = W·A + b', () => {
    const weights = bench.panels(n, k, (j, i) => w[j * k + i]!);
    const biases = bench.columns(n, 1, lanes4(n), (j) => w[j]! / 3);
    const inputs = bench.columns(k, lanes4(m), ldA, (i, e) => (e < m ? x(i, e) : 0));
    const rowPointers = collect(bytes, k, m, width, gap);
    const dense = bench.floats(new Float32Array(ldZ * lanes4(m)));
    const sparse = bench.floats(new Float32Array(ldZ * lanes4(m)));
    bench.kernels.affine(dense, weights, inputs, biases, n, k, m, ldZ, ldA);
    bench.kernels.sparseAffine(sparse, weights, rowPointers, biases, n, k, m, ldZ);
    expect(bench.readInts(sparse, ldZ * m)).toEqual(bench.readInts(dense, ldZ * m));
    bench.checkGuards();
  });

  test('dW = dZ·Aᵀ', () => {
    const dz = randomFloats(n * m, 5);
    const deltas = bench.columns(n, m, ldZ, (j, e) => dz[e * n + j]!);
    const inputs = bench.columns(k, m, ldA, x);
    const rowPointers = collect(bytes, k, m, width, gap);
    const size = bench.kernels.panelFloats(n, k);
    const dense = bench.floats(new Float32Array(size));
    const sparse = bench.floats(new Float32Array(size));
    const packed = bench.room((Math.ceil(n / 16) * 16 + 16) * m * 4);
    const sizes = [n, k, m, ldZ, ldA] as const;
    bench.kernels.weightGradient(dense, packed, deltas, inputs, ...sizes, false, 0, ldA);
    bench.kernels.sparseWeightGradient(sparse, deltas, rowPointers, n, k, m, ldZ);
    expect(bench.readInts(sparse, size)).toEqual(bench.readInts(dense, size));
    bench.checkGuards();
  });

  test('dW of some inputs alone is that of all, and the rest untouched', () => {
    const dz = randomFloats(n * m, 5);
    const deltas = bench.columns(n, m, ldZ, (j, e) => dz[e * n + j]!);
    const rowPointers = collect(bytes, k, m, width, gap);
    const bounds = bench.room(2 * m * 4);
    const size = bench.kernels.panelFloats(n, k);
    const dw = bench.floats(new Float32Array(size));
    bench.kernels.sparseWeightGradient(dw, deltas, rowPointers, n, k, m, ldZ);
    const whole = bench.readFloats(dw, size).slice();
    for (const [from, to] of rangesOf(k)) {
      bench.readFloats(dw, size).fill(0);
      bench.kernels.boundPairs(bounds, rowPointers, m, from * width, to * width);
      bench.kernels.sparseWeightGradient(dw, deltas, bounds, n, k, m, ldZ);
      const want = whole.map((value, at) => {
        const input = Math.floor(at / width) % lanes4(k);
        return input >= from && input < to ? value : 0;
      });
      expect(bench.readFloats(dw, size), `${from} … ${to}`).toEqual(want);
    }
    bench.checkGuards();
  });
});

test.each(SIZES)('the bounds of pairs between any two columns, of up to %i a row', (k) => {
  // None, all, about half and a few of the inputs.
  const inputs = [1, 0, 0.5, 0.9].flatMap((zeros, e) => [...randomBytes(k, k + e, zeros)]);
  const rowPointers = collect(Uint8Array.from(inputs), k, 4, 4, 16);
  const pointers = [...bench.readInts(rowPointers, 8)];
  const bounds = bench.room(8 * 4);
  // Columns are multiples of 4; what is asked for may lie between them, or beyond.
  for (let from = 0; from <= 4 * k + 1; from++) {
    for (const to of [from, from + 1, from + 4, from + 17, 2 ** 32 - 1]) {
      bench.kernels.boundPairs(bounds, rowPointers, 4, from, to);
      const want = [0, 2, 4, 6].flatMap((e) => {
        const [start, end] = [pointers[e]!, pointers[e + 1]!];
        const words = [...bench.readInts(start, (end - start) / 4)];
        const columns = words.filter((_, i) => i % 2 === 1);
        const before = (bound: number) => columns.filter((column) => column < bound).length;
        return [start + before(from) * BYTES_OF_PAIR, start + before(to) * BYTES_OF_PAIR];
      });
      expect([...bench.readInts(bounds, 8)]).toEqual(want);
    }
  }
  bench.checkGuards();
});

describe.each(SIZES)('the update of few columns, %i units', (n) => {
  const k = 23;
  const [w, dw] = [randomFloats(n * k, 1), randomFloats(n * k, 2)];
  // Two examples that both have input 6; what they do not have has no gradient.
  const inputs = new Uint8Array(2 * k);
  for (const i of [0, 6, 22, k + 6, k + 7]) inputs[i] = 1;
  const has = (i: number) => inputs[i]! + inputs[k + i]! > 0;

  /** Weights and gradients in panels, and the two examples' pairs. */
  function operands(gradient = dw) {
    const weights = bench.panels(n, k, (j, i) => w[j * k + i]!);
    const gradients = bench.panels(n, k, (j, i) => (has(i) ? gradient[j * k + i]! : 0));
    const rowPointers = collect(inputs, k, 2, Math.min(lanes4(n), 16));
    const [pairs, , , end] = bench.readInts(rowPointers, 4);
    // For each pair where the column begins, then the column: as many bytes as four have floats.
    const log = bench.room(5 * (16 + bench.kernels.panelFloats(n, 4)));
    return { weights, gradients, pairs: pairs!, end: end!, log };
  }

  test('gives the bits of the whole update, clears the gradient, and can be undone', () => {
    const { kernels } = bench;
    const { weights, gradients, pairs, end, log } = operands();
    expect((end - pairs) / BYTES_OF_PAIR).toBe(5);
    const count = kernels.panelFloats(n, k);
    const whole = bench.room(count * 4);
    const before = bench.readInts(weights, count).slice();
    expect(bench.sgd(whole, weights, gradients, 0.1, count)).toBe(1);
    expect(kernels.columnSgd(log, weights, gradients, pairs, end, n, k, 0.1)).toBe(1);
    expect(bench.readInts(weights, count)).toEqual(bench.readInts(whole, count));
    expect(bench.readInts(gradients, count)).toEqual(new Int32Array(count));
    expect(bench.readInts(weights, count)).not.toEqual(before);
    kernels.restoreColumns(weights, log, 5, n, k);
    expect(bench.readInts(weights, count)).toEqual(before);
    bench.checkGuards();
  });

  test.each([Infinity, NaN])('says that %f is not finite', (bad) => {
    for (const j of [0, n >> 1, n - 1]) {
      const gradient = dw.slice();
      gradient[j * k + 22] = bad;
      const { weights, gradients, pairs, end, log } = operands(gradient);
      expect(bench.kernels.columnSgd(log, weights, gradients, pairs, end, n, k, 0.1)).toBe(0);
    }
  });
});
