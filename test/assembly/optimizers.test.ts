/** The kernels of updates and of what comes before them, element by element. */
import { beforeEach, describe, expect, test } from 'vitest';
import {
  advance,
  checkedOptimizer,
  initialState,
  OPTIMIZERS,
  type OptimizerOptions,
  rowOf,
  stateBlocks,
} from '../../src/core/optimizers.ts';
import { randomFloats } from '../examples.ts';
import { relativeError } from '../reference.ts';
import { REFERENCE_STEPS } from '../reference-optimizer.ts';
import { Bench } from './kernels.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});

/** Each optimizer as it is by default, and otherwise. */
const VARIANTS: OptimizerOptions[] = [
  ...OPTIMIZERS.map((name) => ({ name })),
  { name: 'momentum', momentum: 0.5 },
  { name: 'nesterov', momentum: 0 },
  { name: 'adam', beta1: 0.5, beta2: 0.9, epsilon: 1e-3 },
  { name: 'rmsprop', momentum: 0.9 },
  { name: 'rmsprop', centered: true },
  { name: 'rmsprop', alpha: 0.5, epsilon: 1e-3, momentum: 0.8, centered: true },
  { name: 'adagrad', learningRateDecay: 0.5, initialAccumulator: 0.25, epsilon: 1e-3 },
];

/** What PyTorch's formulas make of these parameters with these gradients, in float64. */
const START = [1, -0.5, 0.25, 0];
const GRADIENTS = [
  [0.5, -2, 0.01, 0],
  [0.25, 1, 0, 0],
  [-1, 3, -0.02, 0],
  [0.125, -0.5, 0.04, 0],
];
const TRAJECTORIES: [OptimizerOptions, learningRate: number, end: number[]][] = [
  [{ name: 'rmsprop' }, 0.01, [0.9316490935181166, -0.5119845980885904, 0.15218965780314586, 0]],
  [
    { name: 'rmsprop', momentum: 0.9 },
    0.01,
    [0.689694452616365, -0.41725843487133796, -0.01104914579391511, 0],
  ],
  [
    { name: 'rmsprop', centered: true },
    0.01,
    [0.9307601779935805, -0.5116328739785173, 0.15159226358915956, 0],
  ],
  [
    { name: 'rmsprop', alpha: 0.9, epsilon: 1e-3, momentum: 0.8, centered: true },
    0.02,
    [0.8203814273600536, -0.4627455571688939, 0.14082615148837338, 0],
  ],
  [{ name: 'adagrad' }, 0.01, [0.9931719273674791, -0.501165440855428, 0.2402155563796071, 0]],
  [
    { name: 'adagrad', learningRateDecay: 0.5, initialAccumulator: 0.25, epsilon: 1e-3 },
    0.1,
    [0.9431875912290056, -0.46659038063597796, 0.2468180992295596, 0],
  ],
];

test.each(TRAJECTORIES)('%o at %d goes where it is to go', (given, learningRate, end) => {
  const update = updates(given, START.length);
  const kept = START.map((): number[] => []);
  const wanted = [...START];
  let got: Float32Array = Float32Array.from(START);
  for (const [t, g] of GRADIENTS.entries()) {
    got = update(got, Float32Array.from(g), 1, learningRate, 1).next;
    for (const i of g.keys()) {
      wanted[i]! -= REFERENCE_STEPS[given.name](g[i]!, kept[i]!, t + 1, learningRate, given);
    }
  }
  expect(relativeError(wanted, end)).toBeLessThan(1e-14);
  expect(relativeError(got, end)).toBeLessThan(2e-6);
});

/** An optimizer's updates of `count` parameters, one after another. */
function updates(given: OptimizerOptions, count: number) {
  const optimizer = checkedOptimizer('optimizer', given);
  const floats = stateBlocks(optimizer) * count;
  const initial = rowOf(optimizer).initial?.(optimizer as never) ?? 0;
  const state = initialState(optimizer, bench.floats(new Float32Array(floats).fill(initial)), []);
  const index = OPTIMIZERS.indexOf(optimizer.name);
  return (p: Float32Array, g: Float32Array, m: number, learningRate: number, keep: number) => {
    advance(state);
    const { start, values, t, at, bt } = state;
    const [a = 0, b = 0, c = 0, d = 0] = values;
    const next = bench.room(count * 4);
    const good = bench.kernels.step(
      ...([index, next, bench.floats(p), bench.floats(g), start, count * 4, count] as const),
      ...([m, learningRate, keep, t, at, bt, a, b, c, d] as const),
    );
    return { good, next: bench.readFloats(next, count).slice() };
  };
}

describe.each([4, 8, 12, 36, 400])('%i parameters', (count) => {
  const p = randomFloats(count, 1);
  const g = randomFloats(count, 2);

  test.each(VARIANTS)('%o, three updates', (given) => {
    const update = updates(given, count);
    const kept = Array.from(p, (): number[] => []);
    let wanted = Float64Array.from(p);
    let got = p;
    for (const t of [1, 2, 3]) {
      const gradients = randomFloats(count, 10 + t);
      const keep = rowOf(given).decoupledDecay === undefined ? 1 : 0.95;
      const { good, next } = update(got, gradients, 4, 0.1, keep);
      expect(good).toBe(1);
      wanted = wanted.map(
        (value, i) =>
          keep * value - REFERENCE_STEPS[given.name](gradients[i]! / 4, kept[i]!, t, 0.1, given),
      );
      got = next;
      // 1 − β₂ in f32 has fewer digits than β₂.
      expect(relativeError(got, wanted)).toBeLessThan(3e-6);
    }
    bench.checkGuards();
  });

  test.each(VARIANTS)('%o: zeros stay zeros', (given) => {
    const zeros = new Float32Array(count);
    const update = updates(given, count);
    for (let t = 0; t < 2; t++) expect(update(zeros, zeros, 1, 0.1, 1).next).toEqual(zeros);
  });

  test.each(VARIANTS)('%o: what is not finite is told', (given) => {
    for (const bad of [Infinity, Number.NaN]) {
      for (const at of [0, count >> 1, count - 1]) {
        const parameters = p.slice();
        parameters[at] = bad;
        expect(updates(given, count)(parameters, g, 1, 1, 1).good).toBe(0);
      }
    }
  });

  test('0 · g + 0 · p stays zero', () => {
    const zeros = () => bench.floats(new Float32Array(count));
    const at = zeros();
    bench.kernels.regularize(at, zeros(), 0.5, 0.5, count);
    expect(bench.readFloats(at, count)).toEqual(new Float32Array(count));
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
