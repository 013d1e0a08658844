import { beforeEach, describe, expect, test } from 'vitest';
import { randomFloats } from '../examples.ts';
import { relativeError } from '../reference.ts';
import { Bench, lanes4, rangesOf, SIZES } from './kernels.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});

/** Matrices W[n × k], A[k × m], dZ[n × m] of random numbers, by (row, column). */
function operands(n: number, k: number, m: number) {
  const w = randomFloats(n * k, 1);
  const a = randomFloats(k * m, 2);
  const dz = randomFloats(n * m, 3);
  const b = randomFloats(n, 4);
  return {
    w: (j: number, i: number) => w[j * k + i]!,
    a: (i: number, e: number) => a[e * k + i]!,
    dz: (j: number, e: number) => dz[e * n + j]!,
    b: (j: number) => b[j]!,
  };
}

const sum = (count: number, term: (t: number) => number) => {
  let total = 0;
  for (let t = 0; t < count; t++) total += term(t);
  return total;
};

const shapes = SIZES.flatMap((n) => [
  [n, 13, 5],
  [9, n, 7],
  [12, 10, n],
]) as [number, number, number][];

describe.each(shapes)('W[%i × %i], %i examples', (n, k, m) => {
  const { w, a, dz, b } = operands(n, k, m);
  // One line more than it must have, to see that strides and sizes are not taken for each other.
  const ldZ = lanes4(n) + 16;
  const ldA = lanes4(k) + 4;
  const m4 = lanes4(m);

  test('Z = W·A + b', () => {
    const z = bench.room(ldZ * m4 * 4);
    const weights = bench.panels(n, k, w);
    const inputs = bench.columns(k, m4, ldA, (i, e) => (e < m ? a(i, e) : Number.NaN));
    const biases = bench.columns(n, 1, lanes4(n), b);
    bench.kernels.affine(z, weights, inputs, biases, n, k, m, ldZ, ldA);
    for (let e = 0; e < m; e++) {
      const column = bench.readFloats(z + e * ldZ * 4, lanes4(n));
      const want = Array.from({ length: n }, (_, j) => b(j) + sum(k, (i) => w(j, i) * a(i, e)));
      expect(relativeError(column.subarray(0, n), want)).toBeLessThan(2e-6);
      expect([...column.subarray(n)]).toEqual(new Array(lanes4(n) - n).fill(0));
    }
    bench.checkGuards();
  });

  test('dA = Wᵀ·dZ', () => {
    const da = bench.room(ldA * m4 * 4);
    const weights = bench.panels(n, k, w);
    const transposed = bench.floats(new Float32Array(bench.kernels.panelFloats(k, n)));
    bench.kernels.transpose(transposed, weights, n, k, 0, lanes4(k));
    const deltas = bench.columns(n, m4, ldZ, (j, e) => (e < m ? dz(j, e) : Number.NaN));
    bench.kernels.affineBackward(da, transposed, deltas, n, k, m, ldA, ldZ);
    for (let e = 0; e < m; e++) {
      const column = bench.readFloats(da + e * ldA * 4, lanes4(k));
      const want = Array.from({ length: k }, (_, i) => sum(n, (j) => w(j, i) * dz(j, e)));
      expect(relativeError(column.subarray(0, k), want)).toBeLessThan(2e-6);
      expect([...column.subarray(k)]).toEqual(new Array(lanes4(k) - k).fill(0));
    }
    bench.checkGuards();
  });

  test.each([false, true])('dW = dZ·Aᵀ, added to what was there: %s', (accumulate) => {
    const start = (j: number, i: number) => (accumulate ? w(j, i) : 0);
    const dw = accumulate ? bench.panels(n, k, start) : bench.panels(n, k, () => Number.NaN);
    const deltas = bench.columns(n, m, ldZ, dz);
    const inputs = bench.columns(k, m, ldA, a);
    const packed = bench.room((Math.ceil(n / 16) * 16 + 16) * m * 4);
    const sizes = [n, k, m, ldZ, ldA] as const;
    bench.kernels.weightGradient(dw, packed, deltas, inputs, ...sizes, accumulate, 0, lanes4(k));
    const want = Float64Array.from({ length: n * k }, (_, at) => {
      const [j, i] = [Math.floor(at / k), at % k];
      return start(j, i) + sum(m, (e) => dz(j, e) * a(i, e));
    });
    expect(relativeError(bench.readPanels(dw, n, k), want)).toBeLessThan(2e-6);
    // The padding, all that unpack leaves out, holds zero: the whole sums to what is inside.
    const whole = bench.readFloats(dw, bench.kernels.panelFloats(n, k));
    const filled = whole.reduce((count, value) => count + Number(value !== 0), 0);
    const inside = bench.readPanels(dw, n, k).reduce((count, v) => count + Number(v !== 0), 0);
    expect(filled).toBe(inside);
    bench.checkGuards();
  });

  test.each([false, true])(
    'dW of some inputs alone is that of all, and the rest untouched, added: %s',
    (accumulate) => {
      const deltas = bench.columns(n, m, ldZ, dz);
      const inputs = bench.columns(k, m, ldA, a);
      const packed = bench.room((Math.ceil(n / 16) * 16 + 16) * m * 4);
      const dw = bench.panels(n, k, w);
      const size = bench.kernels.panelFloats(n, k);
      const before = bench.readInts(dw, size).slice();
      const gradient = (first: number, end: number) => {
        bench.readInts(dw, size).set(before);
        const sizes = [n, k, m, ldZ, ldA] as const;
        bench.kernels.weightGradient(dw, packed, deltas, inputs, ...sizes, accumulate, first, end);
        return bench.readInts(dw, size).slice();
      };
      const whole = gradient(0, lanes4(k));
      const width = Math.min(lanes4(n), 16);
      for (const [first, end] of rangesOf(k)) {
        const want = before.map((word, at) => {
          const input = Math.floor(at / width) % lanes4(k);
          return input >= first && input < end ? whole[at]! : word;
        });
        expect(gradient(first, end), `${first} … ${end}`).toEqual(want);
      }
      bench.checkGuards();
    },
  );

  test('the transpose of some inputs alone is that of all, and the rest untouched', () => {
    const weights = bench.panels(n, k, w);
    const size = bench.kernels.panelFloats(k, n);
    const wt = bench.room(size * 4);
    const transposed = (first: number, end: number) => {
      bench.readInts(wt, size).fill(0x7f7f7f7f);
      bench.kernels.transpose(wt, weights, n, k, first, end);
      return bench.readInts(wt, size).slice();
    };
    const whole = transposed(0, lanes4(k));
    const width = Math.min(lanes4(k), 16);
    for (const [first, end] of rangesOf(k)) {
      const want = whole.map((word, at) => {
        const panel = Math.floor(at / (width * lanes4(n)));
        const input = panel * width + (at % width);
        return input >= first && input < end ? word : 0x7f7f7f7f;
      });
      expect(transposed(first, end), `${first} … ${end}`).toEqual(want);
    }
    bench.checkGuards();
  });

  test('the transpose of the transpose is the matrix, bit for bit', () => {
    const weights = bench.panels(n, k, w);
    const transposed = bench.floats(new Float32Array(bench.kernels.panelFloats(k, n)));
    bench.kernels.transpose(transposed, weights, n, k, 0, lanes4(k));
    for (const [j, i] of [
      [0, 0],
      [n - 1, 0],
      [0, k - 1],
      [n - 1, k - 1],
    ] as const) {
      expect(bench.readPanels(transposed, k, n)[i * n + j]).toBe(Math.fround(w(j, i)));
    }
    const back = bench.floats(new Float32Array(bench.kernels.panelFloats(n, k)));
    bench.kernels.transpose(back, transposed, k, n, 0, lanes4(n));
    const size = bench.kernels.panelFloats(n, k);
    expect(bench.readFloats(back, size)).toEqual(bench.readFloats(weights, size));
    bench.checkGuards();
  });
});
