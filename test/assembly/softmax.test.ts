import { beforeEach, describe, expect, test } from 'vitest';
import { randomFloats, randomLabels } from '../examples.ts';
import { relativeError, softmax } from '../reference.ts';
import { Bench, lanes4, SIZES } from './kernels.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});

/** The loss of each example, whose dZ is in A afterwards. */
function losses(labels: Uint8Array, { a, z, maxima, sums, m, ld }: ReturnType<typeof run>) {
  const to = bench.room(m * 8);
  bench.kernels.crossEntropy(to, a, z, maxima, sums, bench.bytes(labels), m, ld);
  bench.checkGuards();
  return [...bench.readDoubles(to, m)];
}

/** Runs softmax over logits m × n, with 99 in the padding. */
function run(logits: Float32Array, n: number, inPlace = false) {
  const m = logits.length / n;
  const ld = lanes4(n) + 4;
  const z = bench.floats(new Float32Array(ld * m).fill(99));
  for (let i = 0; i < m; i++) {
    bench.readFloats(z + i * ld * 4, n).set(logits.subarray(i * n, (i + 1) * n));
  }
  const a = inPlace ? z : bench.room(ld * m * 4);
  const maxima = bench.room(m * 4);
  const sums = bench.room(m * 4);
  bench.kernels.softmax(a, maxima, sums, z, n, m, ld);
  bench.checkGuards();
  const column = (i: number) => bench.readFloats(a + i * ld * 4, lanes4(n));
  return { z, a, ld, m, maxima, sums, column };
}

describe.each(SIZES)('%i classes', (n) => {
  const logits = randomFloats(n * 3, n, 6);

  test.each([false, true])('probabilities, in place: %s', (inPlace) => {
    const { column, maxima, sums, m } = run(logits, n, inPlace);
    const want = softmax(Float64Array.from(logits), n);
    for (let i = 0; i < m; i++) {
      const row = [...logits.subarray(i * n, (i + 1) * n)];
      const got = column(i);
      expect(relativeError(got.subarray(0, n), want.subarray(i * n, (i + 1) * n))).toBeLessThan(
        3e-7,
      );
      expect([...got.subarray(n)]).toEqual(new Array(lanes4(n) - n).fill(0));
      const total = got.reduce((sum, p) => sum + p, 0);
      expect(Math.abs(total - 1)).toBeLessThan((n / 4 + 4) * 2 ** -23);
      expect(bench.readFloats(maxima, m)[i]).toBe(Math.max(...row));
      const sum = row.reduce((s, z) => s + Math.exp(z - Math.max(...row)), 0);
      expect(bench.readFloats(sums, m)[i]! / sum).toBeCloseTo(1, 6);
    }
  });

  test('losses, dZ = A − Y, and the classes', () => {
    const computed = run(logits, n);
    const { z, ld, m, maxima, column } = computed;
    const labels = randomLabels(m, n, 7);
    const before = Array.from({ length: m }, (_, i) => [...column(i)]);
    const p = softmax(Float64Array.from(logits), n);
    for (const [i, loss] of losses(labels, computed).entries()) {
      const want = -Math.log(p[i * n + labels[i]!]!);
      expect(Math.abs(loss - want)).toBeLessThan(1e-6 * Math.max(1, want));
    }
    for (let i = 0; i < m; i++) {
      const expected = before[i]!.map((value, j) => Math.fround(value - Number(j === labels[i])));
      expect([...column(i)]).toEqual(expected);
    }
    const classes = bench.room(m * 4);
    bench.kernels.argmax(classes, z, maxima, n, m, ld);
    const best = before.map((row) => row.indexOf(Math.max(...row.slice(0, n))));
    expect([...bench.readInts(classes, m)]).toEqual(best);
    const right = best.filter((c, i) => c === labels[i]).length;
    expect(bench.kernels.countCorrect(classes, bench.bytes(labels), m)).toBe(right);
    bench.checkGuards();
  });
});

test('logits of ±1e4 give certainty, and a loss that is exact', () => {
  const logits = Float32Array.from([1e4, -1e4, 0, -1e4, -1e4, -1e4, 1e4, 1e4, -1e4]);
  const computed = run(logits, 3);
  const { column } = computed;
  expect([...column(0)]).toEqual([1, 0, 0, 0]);
  expect([...column(1)].slice(0, 3).map((p) => p * 3)).toEqual(
    [1, 1, 1].map((v) => expect.closeTo(v, 6)),
  );
  expect([...column(2)]).toEqual([0.5, 0.5, 0, 0]);
  const want = [2e4, Math.log(3), 2e4 + Math.log(2)];
  expect(losses(Uint8Array.of(1, 0, 2), computed)).toEqual(
    want.map((loss) => expect.closeTo(loss, 9)),
  );
});

test('of equal logits the first is the class, and NaN is none', () => {
  const logits = Float32Array.from([1, 7, 7, 2, 7, 0, 0, 0, 0, 0, Number.NaN, 1, 1, 1, 1]);
  const { z, maxima, sums, m, ld, column } = run(logits, 5);
  const classes = bench.room(m * 4);
  bench.kernels.argmax(classes, z, maxima, 5, m, ld);
  expect([...bench.readInts(classes, 2)]).toEqual([1, 0]);
  expect([...column(2)].slice(0, 5)).toEqual(new Array(5).fill(Number.NaN));
  expect(bench.readFloats(sums, 3)[2]).toBeNaN();
});

test('the loss of a NaN is NaN, wherever it stands', () => {
  for (let at = 0; at < 9; at++) {
    const logits = new Float32Array(9).fill(1);
    logits[at] = Number.NaN;
    expect(losses(Uint8Array.of((at + 1) % 9), run(logits, 9))).toEqual([Number.NaN]);
  }
});
