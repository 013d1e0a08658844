/** Activation functions, dropout, and the losses of targets. */
import { beforeEach, describe, expect, test } from 'vitest';
import { HIDDEN, HIDDEN_TEXTS } from '../../src/core/activations.ts';
import { randomFloats } from '../examples.ts';
import { dropoutWord, HIDDEN_FUNCTIONS, HIDDEN_SLOPES } from '../reference.ts';
import { Bench, lanes4, SIZES } from './kernels.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});

/** Those that these kernels compute: ReLU has others, and the identity none. */
const KINDS = HIDDEN.filter((hidden) => hidden !== 'relu' && hidden !== 'linear').map(
  (hidden) => [hidden, HIDDEN.indexOf(hidden)] as const,
);
const M = 5;

describe.each(KINDS)('%s', (hidden, kind) => {
  test.each(SIZES)('forward and backward of %i units', (n) => {
    const ld = lanes4(n) + 4;
    const z = randomFloats(n * M, 1, 6);
    z[0] = 0;
    const da = randomFloats(n * M, 2);
    const keep = 0.75;
    const a = bench.columns(n, M, ld, (j, i) => z[i * n + j]!);
    const d = bench.columns(n, M, ld, () => 0);
    bench.kernels.activate(a, d, kind, n, M, ld);
    const values = bench.readFloats(a, ld * M).slice();
    // As after dropout that kept all of them.
    bench.readFloats(a, ld * M).set(values.map((value) => value / keep));
    const deltas = bench.columns(n, M, ld, (j, i) => da[i * n + j]!);
    const keepsSlope = HIDDEN_TEXTS[hidden].derivative === 'Z';
    if (!keepsSlope) bench.readFloats(d, ld * M).set(bench.readFloats(deltas, ld * M));
    bench.kernels.activateBackward(d, keepsSlope ? deltas : d, a, kind, keep, n, M, ld);
    const dz = bench.readFloats(d, ld * M);
    for (let i = 0; i < M; i++) {
      for (let j = 0; j < lanes4(n); j++) {
        const at = i * ld + j;
        const x = j < n ? z[i * n + j]! : 0;
        const want = j < n ? HIDDEN_FUNCTIONS[hidden](x) : 0;
        expect(Math.abs(values[at]! - want)).toBeLessThan(3e-7 * Math.max(1, Math.abs(want)));
        const slope = j < n ? da[i * n + j]! * HIDDEN_SLOPES[hidden](x) : 0;
        expect(Math.abs(dz[at]! - slope)).toBeLessThan(2e-6);
      }
    }
    bench.checkGuards();
  });

  test('from one end of the numbers to the other', () => {
    const ends = [0, -0, 1e-30, -1e-30, 20, -20, 89, -89, 1e4, -1e4, 3e38, -3e38];
    const a = bench.floats(ends);
    bench.kernels.activate(a, bench.room(ends.length * 4), kind, ends.length, 1, ends.length);
    const got = bench.readFloats(a, ends.length);
    for (const [i, x] of ends.entries()) {
      const want = HIDDEN_FUNCTIONS[hidden](x);
      expect(Math.abs(got[i]! - want)).toBeLessThanOrEqual(3e-7 * Math.max(1, Math.abs(want)));
    }
  });

  test('NaN stays NaN', () => {
    const a = bench.floats([1, Number.NaN, 2, 3]);
    bench.kernels.activate(a, bench.room(16), kind, 4, 1, 4);
    expect([...bench.readFloats(a, 4)].map(Number.isNaN)).toEqual([false, true, false, false]);
  });
});

describe('dropout', () => {
  test.each(SIZES)('of %i units is what key, place and unit say', (n) => {
    const ld = lanes4(n) + 4;
    const values = randomFloats(n * M, 3);
    const [key, first, share] = [0xdeadbeef, 2 ** 31 - 2, 0.3];
    const a = bench.columns(n, M, ld, (j, i) => values[i * n + j]!);
    const dropped = Math.floor(share * 2 ** 32);
    bench.kernels.dropout(a, key, first, dropped, 1 / (1 - share), n, M, ld);
    const got = bench.readFloats(a, ld * M);
    for (let i = 0; i < M; i++) {
      for (let j = 0; j < ld; j++) {
        const word = dropoutWord(key, first + i, j);
        const kept = j < n && word >= dropped ? values[i * n + j]! : 0;
        expect(got[i * ld + j]! + 0).toBe(Math.fround(kept * Math.fround(1 / (1 - share))) + 0);
      }
    }
    bench.checkGuards();
  });

  test.each([0.1, 0.5, 0.9])('the share %f, of each unit and of each example', (share) => {
    const [n, m] = [128, 1000];
    const a = bench.floats(new Float32Array(n * m).fill(1));
    bench.kernels.dropout(a, 7, 0, share * 2 ** 32, 1 / (1 - share), n, m, n);
    const got = bench.readFloats(a, n * m);
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
    // Five standard deviations of a mean of so many, the sum of 1,128 such means being looked at.
    const within = (count: number) => 5 * Math.sqrt(share / (1 - share) / count);
    expect(Math.abs(mean([...got]) - 1)).toBeLessThan(within(n * m));
    for (let j = 0; j < n; j++) {
      const unit = Array.from({ length: m }, (_, i) => got[i * n + j]!);
      expect(Math.abs(mean(unit) - 1)).toBeLessThan(within(m));
    }
    for (let i = 0; i < m; i++) {
      expect(Math.abs(mean([...got.subarray(i * n, (i + 1) * n)]) - 1)).toBeLessThan(within(n));
    }
  });

  test('neighbours do not know of each other: units, places, keys', () => {
    const [n, m] = [64, 512];
    const masks = [1, 2].map((key) => {
      const a = bench.floats(new Float32Array(n * m).fill(1));
      bench.kernels.dropout(a, key, 0, 2 ** 31, 2, n, m, n);
      return [...bench.readFloats(a, n * m)].map((value) => value - 1);
    });
    const [one, other] = masks as [number[], number[]];
    const correlation = (x: number[], y: number[]) =>
      x.reduce((sum, value, i) => sum + value * y[i]!, 0) / x.length;
    const bound = 5 / Math.sqrt(n * m - n);
    expect(Math.abs(correlation(one, other))).toBeLessThan(bound);
    expect(Math.abs(correlation(one.slice(n), one.slice(0, -n)))).toBeLessThan(bound);
    expect(Math.abs(correlation(one.slice(1), one.slice(0, -1)))).toBeLessThan(bound);
  });
});

describe.each(SIZES)('the losses of %i targets', (n) => {
  const z = randomFloats(n, 4, 9);
  const t = randomFloats(n, 5).map((value) => Math.abs(value));
  t[0] = 1;

  test('mean squared error and its dZ', () => {
    const dz = bench.floats(z);
    const loss = bench.kernels.targetLoss(dz, bench.floats(z), bench.floats(t), n, false);
    const want = z.reduce((sum, value, i) => sum + (value - t[i]!) ** 2, 0) / n;
    expect(Math.abs(loss - want)).toBeLessThan(1e-6 * want);
    for (const [i, value] of bench.readFloats(dz, n).entries()) {
      expect(Math.abs(value - (2 / n) * (z[i]! - t[i]!))).toBeLessThan(2e-6);
    }
    bench.checkGuards();
  });

  test('binary cross-entropy, its dZ, and which side is right', () => {
    const a = z.map((value) => 1 / (1 + Math.exp(-value)));
    const dz = bench.floats(a);
    const [logits, targets] = [bench.floats(z), bench.floats(t)];
    const loss = bench.kernels.targetLoss(dz, logits, targets, n, true);
    const want = z.reduce(
      (sum, value, i) =>
        sum + Math.max(value, 0) - value * t[i]! + Math.log1p(Math.exp(-Math.abs(value))),
      0,
    );
    expect(Math.abs(loss - want / n)).toBeLessThan(1e-6 * Math.max(1, want / n));
    for (const [i, value] of bench.readFloats(dz, n).entries()) {
      expect(Math.abs(value - (a[i]! - t[i]!) / n)).toBeLessThan(1e-6);
    }
    const sides = z.filter((value, i) => value > 0 === t[i]! > 0.5).length;
    expect(bench.kernels.countSides(logits, targets, n)).toBe(sides);
    bench.checkGuards();
  });
});

test('binary cross-entropy stays finite where a sigmoid is certain and wrong', () => {
  const z = [200, -200, 88, -88];
  const a = z.map((value) => Math.fround(1 / (1 + Math.exp(-value))));
  const dz = bench.floats(a);
  const loss = bench.kernels.targetLoss(dz, bench.floats(z), bench.floats([0, 1, 0, 1]), 4, true);
  expect(loss).toBeCloseTo((200 + 200 + 88 + 88) / 4, 5);
});
