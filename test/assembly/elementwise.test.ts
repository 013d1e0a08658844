/** The kernels that go through their operands element by element. */
import { beforeEach, describe, expect, test } from 'vitest';
import { randomFloats } from '../examples.ts';
import { relativeError, ulp } from '../reference.ts';
import { Bench, lanes4, SIZES } from './kernels.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});

describe.each(SIZES)('%i units', (n) => {
  const m = 5;
  const ld = lanes4(n) + 4;

  test('A = ReLU(Z), and its backward pass', () => {
    const z = randomFloats(n * m, 1);
    z[0] = 0;
    const dz = randomFloats(n * m, 2);
    const a = bench.columns(n, m, ld, (j, i) => z[i * n + j]!);
    const d = bench.columns(n, m, ld, (j, i) => dz[i * n + j]!);
    bench.kernels.relu(a, n, m, ld);
    bench.kernels.reluBackward(d, a, n, m, ld);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < ld; j++) {
        const value = j < n ? z[i * n + j]! : 0;
        expect(bench.readFloats(a + i * ld * 4, ld)[j]).toBe(Math.max(value, 0));
        const delta = j < n && value > 0 ? dz[i * n + j]! : 0;
        expect(bench.readFloats(d + i * ld * 4, ld)[j]).toBe(delta);
      }
    }
    bench.checkGuards();
  });

  test('db = db + Σ dZ', () => {
    const dz = randomFloats(n * m, 3);
    const db = bench.columns(n, 1, lanes4(n), (j) => j);
    const deltas = bench.columns(n, m, ld, (j, i) => dz[i * n + j]!);
    bench.kernels.biasGradient(db, deltas, n, m, ld);
    const want = Array.from({ length: n }, (_, j) => {
      let sum = j;
      for (let i = 0; i < m; i++) sum += dz[i * n + j]!;
      return sum;
    });
    const got = bench.readFloats(db, lanes4(n));
    expect(relativeError(got.subarray(0, n), want)).toBeLessThan(1e-6);
    expect([...got.subarray(n)]).toEqual(new Array(lanes4(n) - n).fill(0));
    bench.checkGuards();
  });

  test('bytes become x / 255', () => {
    const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 83 + 255) % 256);
    const a = bench.room(n * 4);
    bench.kernels.scaleBytes(a, bench.bytes(bytes), n);
    const got = bench.readFloats(a, n);
    for (let i = 0; i < n; i++) {
      const want = bytes[i]! / 255;
      expect(Math.abs(got[i]! - want)).toBeLessThanOrEqual(1.5 * ulp(want));
    }
    expect(got[0]).toBe(1);
    bench.checkGuards();
  });

  test('the first number that is not finite is found', () => {
    const values = randomFloats(n, 4);
    expect(bench.kernels.firstNonFinite(bench.floats(values), n)).toBe(-1);
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      for (const at of [0, n >> 1, n - 1]) {
        const spoilt = values.slice();
        spoilt[at] = bad;
        spoilt[n - 1] = bad;
        expect(bench.kernels.firstNonFinite(bench.floats(spoilt), n)).toBe(at);
      }
    }
  });

  test('rows to panels and back', () => {
    const rows = randomFloats(n * 11, 5);
    const panels = bench.panels(n, 11, (j, i) => rows[j * 11 + i]!);
    expect(bench.readPanels(panels, n, 11)).toEqual(rows);
    bench.checkGuards();
  });
});

describe.each([4, 8, 12, 36, 400])('%i parameters', (count) => {
  test('next = p − rate · g', () => {
    const p = randomFloats(count, 6);
    const g = randomFloats(count, 7);
    const next = bench.room(count * 4);
    const rate = Math.fround(0.3);
    expect(bench.sgd(next, bench.floats(p), bench.floats(g), rate, count)).toBe(1);
    const want = p.map((value, i) => value - Math.fround(rate * g[i]!));
    expect(bench.readFloats(next, count)).toEqual(want);
    bench.checkGuards();
  });

  test.each([Number.NaN, Infinity, -Infinity, 3e38])('an update to %d is told', (bad) => {
    for (const at of [0, count >> 1, count - 1]) {
      const g = new Float32Array(count);
      g[at] = bad;
      const p = new Float32Array(count).fill(-3e38);
      const next = bench.room(count * 4);
      expect(bench.sgd(next, bench.floats(p), bench.floats(g), 1, count)).toBe(0);
    }
  });

  test('an update to numbers that are finite, though their sum is not, is a good one', () => {
    const p = new Float32Array(count).fill(-3e38);
    const next = bench.room(count * 4);
    const g = bench.floats(new Float32Array(count));
    expect(bench.sgd(next, bench.floats(p), g, 1, count)).toBe(1);
    expect(bench.readFloats(next, count)).toEqual(p);
  });

  test('sum = sum + x', () => {
    const [a, b] = [randomFloats(count, 8), randomFloats(count, 9)];
    const sum = bench.floats(a);
    bench.kernels.add(sum, bench.floats(b), count);
    expect(bench.readFloats(sum, count)).toEqual(a.map((value, i) => value + b[i]!));
    bench.checkGuards();
  });
});

test('initial weights lie in −limit … limit and use every bit that an f32 has for them', () => {
  const words = [0, 0xff, 0x100, 0x7fffffff, 0x80000000, 0xffffffff];
  const x = bench.words(words);
  bench.kernels.uniformInit(x, words.length, 0.5);
  const unit = 2 ** -23;
  expect([...bench.readFloats(x, words.length)]).toEqual(
    [-1, -1, -1 + unit, -unit, 0, 1 - unit].map((u) => u * 0.5),
  );
});
