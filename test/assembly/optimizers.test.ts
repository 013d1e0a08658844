/** The kernels of updates and of what comes before them, element by element. */
import { beforeEach, describe, expect, test } from 'vitest';
import { randomFloats } from '../examples.ts';
import { relativeError } from '../reference.ts';
import { Bench } from './kernels.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});

describe.each([4, 8, 12, 36, 400])('%i parameters', (count) => {
  const p = randomFloats(count, 1);
  const g = randomFloats(count, 2);

  test.each([false, true])('momentum, Nesterov: %s', (nesterov) => {
    const v = randomFloats(count, 3);
    const [next, at] = [bench.room(count * 4), bench.floats(v)];
    const good = bench.kernels.momentum(
      next,
      at,
      bench.floats(p),
      bench.floats(g),
      0.25,
      0.1,
      0.9,
      nesterov,
      count,
    );
    expect(good).toBe(1);
    const velocity = Array.from(v, (value, i) => 0.9 * value + 0.25 * g[i]!);
    expect(relativeError(bench.readFloats(at, count), velocity)).toBeLessThan(1e-7);
    const wanted = velocity.map((value, i) => {
      return p[i]! - 0.1 * (nesterov ? 0.25 * g[i]! + 0.9 * value : value);
    });
    expect(relativeError(bench.readFloats(next, count), wanted)).toBeLessThan(1e-7);
    bench.checkGuards();
  });

  test('Adam', () => {
    const [u, v] = [randomFloats(count, 3), randomFloats(count, 4).map((value) => value * value)];
    const [next, mean, square] = [bench.room(count * 4), bench.floats(u), bench.floats(v)];
    const good = bench.kernels.adam(
      next,
      mean,
      square,
      bench.floats(p),
      bench.floats(g),
      0.25,
      0.01,
      1.5,
      0.9,
      0.99,
      1e-3,
      0.95,
      count,
    );
    expect(good).toBe(1);
    const means = Array.from(u, (value, i) => 0.9 * value + 0.1 * 0.25 * g[i]!);
    const squares = Array.from(v, (value, i) => 0.99 * value + 0.01 * (0.25 * g[i]!) ** 2);
    expect(relativeError(bench.readFloats(mean, count), means)).toBeLessThan(2e-7);
    expect(relativeError(bench.readFloats(square, count), squares)).toBeLessThan(2e-7);
    const wanted = means.map(
      (value, i) => 0.95 * p[i]! - (0.01 * value) / (Math.sqrt(squares[i]!) * 1.5 + 1e-3),
    );
    expect(relativeError(bench.readFloats(next, count), wanted)).toBeLessThan(2e-7);
    bench.checkGuards();
  });

  test('zeros stay zeros', () => {
    const zeros = () => bench.floats(new Float32Array(count));
    const { kernels } = bench;
    const [next, state, other] = [zeros(), zeros(), zeros()];
    kernels.adam(next, state, other, zeros(), zeros(), 1, 0.1, 1, 0.9, 0.9, 1e-8, 1, count);
    kernels.momentum(next, state, zeros(), zeros(), 1, 0.1, 0.9, true, count);
    kernels.regularize(next, state, 0.5, 0.5, count);
    for (const at of [next, state, other]) {
      expect(bench.readFloats(at, count)).toEqual(new Float32Array(count));
    }
  });

  test('what is not finite is told', () => {
    for (const at of [0, count >> 1, count - 1]) {
      const bad = g.slice();
      bad[at] = Infinity;
      const [next, u, v] = [bench.room(count * 4), bench.floats(g), bench.floats(p)];
      const [parameters, gradients] = [bench.floats(p), bench.floats(bad)];
      const { kernels } = bench;
      expect(kernels.momentum(next, u, parameters, gradients, 1, 1, 0.9, false, count)).toBe(0);
      expect(kernels.adam(next, u, v, parameters, gradients, 1, 1, 1, 0.9, 0.9, 1, 1, count)).toBe(
        0,
      );
    }
  });

  test('Σ g², in f64', () => {
    const wanted = g.reduce((sum, value) => sum + value * value, 0);
    expect(bench.kernels.sumOfSquares(bench.floats(g), count) / wanted).toBeCloseTo(1, 14);
  });

  test('g := c·g + d·p', () => {
    const at = bench.floats(g);
    bench.kernels.regularize(at, bench.floats(p), 0.5, 2, count);
    const wanted = Array.from(g, (value, i) => 0.5 * value + 2 * p[i]!);
    expect(relativeError(bench.readFloats(at, count), wanted)).toBeLessThan(1e-7);
    bench.checkGuards();
  });
});
