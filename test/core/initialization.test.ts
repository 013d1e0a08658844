/** Weights that networks begin with, where `initialization` says how. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { Hidden } from '../../src/core/activations.ts';
import { INITIALIZATIONS } from '../../src/core/initialization.ts';
import { Network, type NetworkOptions } from '../../src/network/network.ts';
import { relativeError } from '../reference.ts';

/** Fan-in and fan-out of each layer that has weights. */
const NETWORKS: [options: NetworkOptions, fans: [number, number][]][] = [
  [
    { layers: [30, 20, 7, 3] },
    [
      [30, 20],
      [20, 7],
      [7, 3],
    ],
  ],
  [
    { input: [9, 8, 5], layers: [{ conv: 6, kernel: 3, padding: 'same' }, { maxPool: 2 }, 11, 4] },
    [
      [9 * 5, 9 * 6],
      [4 * 4 * 6, 11],
      [11, 4],
    ],
  ],
];

const variance = (name: string, [inputs, outputs]: [number, number]) =>
  2 / (name.startsWith('he') ? inputs : inputs + outputs);

describe.each(NETWORKS)('%j', (options, fans) => {
  test.each<[name: (typeof INITIALIZATIONS)[number], hidden: Hidden]>([
    ['he-uniform', 'relu'],
    ['glorot-uniform', 'tanh'],
  ])('%s has the bits that a network of %s begins with', async (initialization, hidden) => {
    const usual = await Network.create({ ...options, hidden, seed: 5 });
    for (const other of ['tanh', 'relu', 'gelu'] as const) {
      const given = { ...options, hidden: other, initialization, seed: 5 };
      expect((await Network.create(given)).parameters()).toEqual(usual.parameters());
    }
  });

  test.each(['he-normal', 'glorot-normal'] as const)('%s, by pairs', async (initialization) => {
    const network = await Network.create({ ...options, initialization, seed: 6 });
    const modules = network.input ? [0, 2, 3] : [0, 1, 2];
    for (const [i, { weights, biases }] of network.parameters().entries()) {
      const random = new Random(6, 'weights', modules[i]!);
      const side = () => (random.word() + 0.5) / 2 ** 31 - 1;
      const want: number[] = [];
      while (want.length < weights.length) {
        const [x, y] = [side(), side()];
        const s = x ** 2 + y ** 2;
        if (s >= 1) continue;
        const scale = Math.sqrt((-2 * Math.log(s) * variance(initialization, fans[i]!)) / s);
        want.push(x * scale, y * scale);
      }
      const error = relativeError(weights, want.slice(0, weights.length));
      expect(error).toBeLessThan(1e-7);
      expect(biases.every((bias) => bias === 0)).toBe(true);
    }
  });
});

test.each(INITIALIZATIONS)('%s has its mean, variance and tails', async (initialization) => {
  const network = await Network.create({ layers: [400, 500, 2], initialization, seed: 1 });
  const { weights } = network.parameters()[0]!;
  const moment = (power: number) =>
    weights.reduce((sum, weight) => sum + weight ** power, 0) / weights.length;
  const wanted = variance(initialization, [400, 500]);
  expect(Math.abs(moment(1))).toBeLessThan(3 * Math.sqrt(wanted / weights.length));
  expect(moment(2) / wanted).toBeCloseTo(1, 1.5);
  // That of a uniform distribution is 9/5, of a normal one 3.
  expect(moment(4) / moment(2) ** 2).toBeCloseTo(initialization.endsWith('normal') ? 3 : 1.8, 1);
});

test('the same bits on every engine', async () => {
  const network = await Network.create({ layers: [3, 2], initialization: 'he-normal', seed: 3 });
  const { weights } = network.parameters()[0]!;
  expect([...new Uint32Array(weights.buffer)]).toEqual([
    3206338153, 1034252937, 3197257242, 3205759233, 1072845573, 1059567830,
  ]);
});

test.each(['he', '', null, 0, ['he-normal']])('%j is refused', async (initialization) => {
  const given = { layers: [3, 2], initialization } as never;
  await expect(Network.create(given)).rejects.toThrow(
    /^initialization: found .*, expected one of he-uniform, he-normal, glorot-uniform, glorot-normal$/,
  );
});
