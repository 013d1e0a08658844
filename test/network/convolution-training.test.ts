/** What `fit` does with networks of convolution and pooling: optimizers, dropout, checkpoints, standardised inputs. */
import { describe, expect, test } from 'vitest';
import { HIDDEN } from '../../src/core/activations.ts';
import { OPTIMIZERS } from '../../src/core/optimizers.ts';
import { Dataset } from '../../src/data/dataset.ts';
import type { FitOptions } from '../../src/network/fit-options.ts';
import { ImageAugmentation } from '../../src/network/image-augmentation.ts';
import { Network } from '../../src/network/network.ts';
import { datasetOf, randomBytes, randomFloats, randomLabels } from '../examples.ts';
import {
  dropoutFactor,
  forward,
  gradients,
  missedGradients,
  relativeError,
  scaled,
  standardized,
} from '../reference.ts';
import {
  createOptions,
  imageLayers,
  inputsOffKinks,
  paddedNumbers,
  parsedArchitecture,
  randomImageParameters,
} from '../reference-convolution.ts';
import { fitOptions, REFERENCE_RECIPES, trainedBy } from '../reference-optimizer.ts';
import { expectResumes } from './resuming.ts';

describe.each(['7x6-3c3s-p2-4', '9x8x2-5c2-p2-7c3s-6-3', '8x8x3-p2-9c2s/2-3'])('%s', (text) => {
  test.each(REFERENCE_RECIPES.map((recipe) => [JSON.stringify(recipe), recipe] as const))(
    '%s is what float64 says',
    async (_, recipe) => {
      const architecture = parsedArchitecture(text);
      const network = await Network.create({ ...createOptions(architecture), seed: 4 });
      const layers = imageLayers(architecture, network.parameters());
      const [m, learningRate] = [37, 0.02];
      const [features, classes] = [layers[0]!.inputs, layers.at(-1)!.units];
      const labels = randomLabels(m, classes, 1);
      const inputs = randomFloats(m * features, 2);
      await network.fit(Dataset.from({ inputs, labels, classes }), {
        ...fitOptions(recipe),
        ...{ learningRate, epochs: 4, batchSize: 20, shuffle: false },
      });
      const batches = [
        { inputs: inputs.subarray(0, 20 * features), labels: labels.subarray(0, 20), learningRate },
        { inputs: inputs.subarray(20 * features), labels: labels.subarray(20), learningRate },
      ];
      const trained = trainedBy(recipe, layers, Array.from({ length: 4 }, () => batches).flat());
      const wanted = trained.filter(({ weights }) => weights.length > 0);
      // Others divide by the root of what may be almost nothing, which f32 knows to fewer digits.
      const bound = /sgd|momentum|nesterov/.test(recipe.name) ? 2e-6 : 2e-4;
      for (const [l, { weights, biases }] of network.parameters().entries()) {
        expect(relativeError(weights, wanted[l]!.weights)).toBeLessThan(bound);
        expect(relativeError(biases, wanted[l]!.biases)).toBeLessThan(10 * bound);
      }
    },
  );
});

describe.each(HIDDEN)('%s', (hidden) => {
  // Of channels that are a multiple of four and that are not, and with pools between, which are numbered too.
  test.each(['6x5-3c3s-4', '7x6x2-8c3-5c3s-p2-6-3', '9x8x3-p2-5c2-p3-9-4'])(
    'an epoch of %s with dropout equals float64',
    async (text) => {
      const [m, share, seed, learningRate] = [100, 0.3, 5, 2 ** 14];
      const architecture = parsedArchitecture(text);
      const parameters = randomImageParameters(architecture, 3);
      const layers = imageLayers(architecture, parameters);
      const labels = randomLabels(m, layers.at(-1)!.units, 2);
      const factor = dropoutFactor(seed, 1, share, paddedNumbers(architecture));
      const functions = { hidden, output: 'softmax', factor } as const;
      const make = (seed: number) => randomFloats(m * layers[0]!.inputs, seed);
      const inputs = inputsOffKinks(architecture, layers, make, labels, 1e-6, functions);
      const network = await Network.create({ ...createOptions(architecture), hidden });
      network.setParameters(parameters);
      const dataset = Dataset.from({ inputs, labels, classes: layers.at(-1)!.units });
      // One batch as it lies, of several tiles: its places are the numbers of the examples.
      const { epochs } = await network.fit(dataset, {
        ...{ batchSize: Infinity, learningRate, dropout: share, seed },
      });
      const pass = forward(layers, scaled(inputs), labels, functions);
      expect(epochs[0]!.loss).toBeCloseTo(pass.loss, 5);
      expect(epochs[0]!.accuracy).toBeCloseTo(pass.correct / m, 12);
      const want = gradients(layers, pass, labels, functions);
      expect(missedGradients(layers, network.parameters(), want, learningRate)).toEqual([]);
    },
  );
});

const TEXT = '5x6-4c3s-p2-5c2s-7-4';
const network = { ...createOptions(parsedArchitecture(TEXT)), seed: 3 };
const examples = (length: number, seed: number) =>
  datasetOf(randomBytes(length * 30, seed, 0.7), randomLabels(length, 4, seed), 4);
const train = examples(61, 1);

test('what is asked for during the training does not change it', async () => {
  const options = { epochs: 3, batchSize: 20, dropout: 0.5, seed: 7 };
  const [undisturbed, asked] = [await Network.create(network), await Network.create(network)];
  await undisturbed.fit(train, options);
  await asked.fit(train, {
    ...options,
    onBatch() {
      asked.predict(train.inputs);
      asked.activations(train.inputs.subarray(0, 30 * 11));
      asked.evaluate(train);
    },
  });
  expect(asked.parameters()).toEqual(undisturbed.parameters());
});

describe('a training goes on from any update to the same bits', () => {
  const augmentation = new ImageAugmentation({ width: 6, height: 5, shift: 1, scale: 0.3 });
  const recipes: [string, FitOptions][] = [
    ['sgd in order', { shuffle: false, learningRate: 0.3 }],
    ['early stopping', { validation: examples(20, 2), earlyStopping: { patience: 2 } }],
    ['one batch', { batchSize: Infinity, optimizer: 'momentum', clipNorm: 1 }],
    ...OPTIMIZERS.map((optimizer): [string, FitOptions] => [
      `${optimizer} with dropout and augmentation`,
      { optimizer, dropout: 0.2, augmentation, clipNorm: 1, schedule: 'cosine', weightDecay: 0.01 },
    ]),
  ];
  test.each(recipes)('%s', async (_, recipe) => {
    await expectResumes(network, train, { epochs: 5, batchSize: 9, seed: 8, ...recipe });
  });
});

test.each(['6x5-3c3s-p2-3', '6x5-p2-2'])('%s standardises its inputs', async (text) => {
  const architecture = parsedArchitecture(text);
  const inputs = randomFloats(40 * 30, 1, 50).map((x, i) => x + (i % 30));
  const outputs = Number(text.at(-1));
  const targets = randomFloats(40 * outputs, 2, 7);
  const normalize = Dataset.from({ inputs, targets, outputs });
  const options = { ...createOptions(architecture), output: 'linear', normalize } as const;
  const own = await Network.create(options);
  const x = standardized(inputs, inputs, 30).values;
  const t = standardized(targets, targets, outputs);
  const layers = imageLayers(architecture, own.parameters());
  const functions = { hidden: 'relu', output: 'linear' } as const;
  const { activations } = forward(layers, x, targets, functions);
  const want = activations.at(-1)!.map((y, i) => y * t.std[i % outputs]! + t.mean[i % outputs]!);
  expect(relativeError(own.predict(inputs), want)).toBeLessThan(1e-5);
  const loaded = await Network.load(own.save());
  expect(loaded.predict(inputs)).toEqual(own.predict(inputs));
});
