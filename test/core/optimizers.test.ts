import { describe, expect, test } from 'vitest';
import { parametersHash } from '../../src/cli/training/parameters-hash.ts';
import { OPTIMIZERS } from '../../src/core/optimizers.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { DivergenceError } from '../../src/network/divergence.ts';
import type { FitOptions } from '../../src/network/fit-options.ts';
import { Network } from '../../src/network/network.ts';
import { randomBytes, randomFloats, randomLabels } from '../examples.ts';
import { referenceLayers, relativeError } from '../reference.ts';
import {
  fitOptions,
  REFERENCE_RECIPES,
  type ReferenceOptions,
  trainedBy,
} from '../reference-optimizer.ts';

const named = (recipe: ReferenceOptions) => JSON.stringify(recipe);

describe.each([[[7, 3]], [[13, 17, 4]], [[20, 33, 5, 3]], [[784, 10, 10]]])('%j', (sizes) => {
  const [features, classes] = [sizes[0]!, sizes.at(-1)!];

  test.each(REFERENCE_RECIPES.map((recipe) => [named(recipe), recipe] as const))(
    '%s is what float64 says',
    async (_, recipe) => {
      const network = await Network.create({ layers: sizes, seed: 4 });
      const layers = referenceLayers(sizes, network.parameters());
      const m = 37;
      const learningRate = 0.02;
      const labels = randomLabels(m, classes, 1);
      const inputs = randomFloats(m * features, 2);
      const dataset = Dataset.from({ inputs, labels, classes });
      await network.fit(dataset, {
        ...fitOptions(recipe),
        learningRate,
        epochs: 4,
        batchSize: 20,
        shuffle: false,
      });
      const batches = [
        { inputs: inputs.subarray(0, 20 * features), labels: labels.subarray(0, 20), learningRate },
        { inputs: inputs.subarray(20 * features), labels: labels.subarray(20), learningRate },
      ];
      const wanted = trainedBy(recipe, layers, Array.from({ length: 4 }, () => batches).flat());
      // Others divide by the root of what may be almost nothing, which f32 knows to fewer digits.
      const bound = /sgd|momentum|nesterov/.test(recipe.name) ? 2e-6 : 2e-4;
      for (const [l, { weights, biases }] of network.parameters().entries()) {
        expect(relativeError(weights, wanted[l]!.weights)).toBeLessThan(bound);
        expect(relativeError(biases, wanted[l]!.biases)).toBeLessThan(10 * bound);
      }
    },
  );
});

/** SHA-256 of the parameters after three epochs: the same on whatever runs this. */
const PUBLISHED: [string, FitOptions, string][] = [
  [
    'sgd with decay',
    { weightDecay: 0.01 },
    'eb40d4d49738dd4bee6163839dafa41125b8ddb460306880885bffd26ebf0784',
  ],
  [
    'sgd, clipped',
    { clipNorm: 0.2 },
    '8ae876fa61cc5cbe63fdf67f2ae97140e7386ed3022f4ac54ff8a59840949385',
  ],
  [
    'momentum',
    { optimizer: 'momentum' },
    '54ba05a1b1f0d6ae9acf7a12826211ef6a891255dbe995645e55821b58991da5',
  ],
  [
    'nesterov',
    { optimizer: 'nesterov', schedule: 'cosine' },
    '0c1c472d320b4676d21e16b66b90d7e7bbf9c8dc832b84379e865a136820f9cf',
  ],
  [
    'adam',
    { optimizer: 'adam', warmup: 5 },
    '70e251c11b03449323c3b7bbbe408bd5e94c58c99a6e682f0184807463ef5ee6',
  ],
  [
    'adamw',
    { optimizer: 'adamw', weightDecay: 0.05 },
    '124bbdb92ad97955f73d0d20820b35ee72ff10188f53116ea2c6df749033799d',
  ],
  [
    'steps',
    { schedule: { name: 'step', every: 1, factor: 0.3 } },
    'd94e130123c708e4c299665be1779ddf0dde0010b90bd0460eacda84b0283d32',
  ],
];

test.each(PUBLISHED)('%s gives the bits that it gave before', async (_, options, hash) => {
  const network = await Network.create({ layers: [13, 45, 7, 3], seed: 2026 });
  const inputs = randomBytes(301 * 13, 1, 0.8);
  const labels = Uint8Array.from({ length: 301 }, (_, i) => i % 3);
  const dataset = Dataset.from({ inputs, labels, classes: 3 });
  await network.fit(dataset, { epochs: 3, batchSize: 40, seed: 7, ...options });
  expect(parametersHash(network.parameters())).toBe(hash);
});

test('a batch of few nonzeros, whose update is one of columns else, is regularized all the same', async () => {
  const layers = [200, 9, 3];
  const inputs = new Uint8Array(200 * 4);
  for (const at of [3, 250, 251, 470, 799]) inputs[at] = 255;
  const labels = Uint8Array.of(0, 1, 2, 0);
  const recipe = { name: 'sgd', weightDecay: 0.3 } as const;
  const network = await Network.create({ layers });
  const before = referenceLayers(layers, network.parameters());
  const dataset = Dataset.from({ inputs, labels, classes: 3 });
  // The first epoch goes by columns, the second does not, the third does again.
  for (const options of [{}, fitOptions(recipe), {}]) {
    await network.fit(dataset, { batchSize: 1, shuffle: false, learningRate: 0.1, ...options });
  }
  const batches = Array.from({ length: 4 }, (_, i) => ({
    inputs: inputs.subarray(200 * i, 200 * (i + 1)),
    labels: labels.subarray(i, i + 1),
    learningRate: 0.1,
  }));
  const plain = { name: 'sgd' } as const;
  const wanted = trainedBy(
    plain,
    trainedBy(recipe, trainedBy(plain, before, batches), batches),
    batches,
  );
  for (const [l, { weights }] of network.parameters().entries()) {
    expect(relativeError(weights, wanted[l]!.weights)).toBeLessThan(2e-6);
  }
});

test.each(OPTIMIZERS)('an update by %s that would not be finite is not made', async (optimizer) => {
  const network = await Network.create({ layers: [4, 5, 3] });
  const inputs = randomFloats(40, 1).map((x) => 1e18 * x);
  const dataset = Dataset.from({ inputs, labels: randomLabels(10, 3, 2), classes: 3 });
  const fitting = network.fit(dataset, { optimizer, learningRate: 3e38, epochs: 9 });
  await expect(fitting).rejects.toThrow(DivergenceError);
  for (const { weights } of network.parameters()) {
    expect(weights.every((value) => Number.isFinite(value))).toBe(true);
  }
});

describe('wrong options are named', () => {
  test.each<[FitOptions, RegExp]>([
    [{ optimizer: 'lion' as 'sgd' }, /^optimizer: found "lion", expected one of sgd, momentum/],
    [{ optimizer: 1 as never }, /^optimizer: found 1, expected an object/],
    [{ optimizer: {} as never }, /^optimizer: found undefined, expected one of/],
    [{ optimizer: { name: 'toString' as 'sgd' } }, /^optimizer: found "toString"/],
    [
      { optimizer: { name: 'sgd', momentum: 0.9 } },
      /^optimizer: found "momentum", expected only name/,
    ],
    [{ optimizer: { name: 'adam', beta: 1 } as never }, /found "beta"/],
    [
      { optimizer: { name: 'momentum', momentum: 1 } },
      /^optimizer.momentum: found 1, expected a number/,
    ],
    [{ optimizer: { name: 'adam', beta1: -0.1 } }, /^optimizer.beta1: found -0.1/],
    [{ optimizer: { name: 'adam', beta2: Number.NaN } }, /^optimizer.beta2: found NaN/],
    [{ optimizer: { name: 'adam', epsilon: 0 } }, /^optimizer.epsilon: found 0/],
    [{ weightDecay: -1 }, /^weightDecay: found -1, expected a finite number from 0/],
    [{ weightDecay: '1' as never }, /^weightDecay: found "1"/],
    [{ clipNorm: 0 }, /^clipNorm: found 0, expected a finite number above 0/],
    [{ schedule: 'linear' as 'cosine' }, /^schedule: found "linear", expected constant, cosine/],
    [{ schedule: { name: 'step', every: 0, factor: 0.5 } }, /^schedule.every: found 0/],
    [{ schedule: { name: 'step', every: 1, factor: 0 } }, /^schedule.factor: found 0/],
    [{ schedule: { name: 'cosine' } as never }, /^schedule.name: found "cosine"/],
    [{ warmup: 1.5 }, /^warmup: found 1.5/],
    [{ earlyStopping: { patience: 1 } }, /^validation: found undefined, expected a Dataset/],
    [{ earlyStopping: { patience: 0 } }, /^earlyStopping.patience: found 0/],
    [{ earlyStopping: { patience: 1, minDelta: -1 } }, /^earlyStopping.minDelta: found -1/],
  ])('%o', async (options, message) => {
    const network = await Network.create({ layers: [4, 3] });
    const before = network.parameters();
    const dataset = Dataset.from({
      inputs: new Uint8Array(8),
      labels: new Uint8Array(2),
      classes: 3,
    });
    await expect(network.fit(dataset, options)).rejects.toThrow(message);
    expect(network.parameters()).toEqual(before);
  });
});
