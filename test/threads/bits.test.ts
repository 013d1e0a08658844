/** However many threads a network has, it computes the same, bit for bit. */
import { describe, expect, test, vi } from 'vitest';
import { RECIPES } from '../../scripts/recipes.js';
import { Random } from '../../src/base/random.ts';
import { parametersHash } from '../../src/cli/training/parameters-hash.ts';
import { HIDDEN, OUTPUTS } from '../../src/core/activations.ts';
import { architectureText } from '../../src/core/architecture.ts';
import { OPTIMIZERS } from '../../src/core/optimizers.ts';
import { Dataset, type Inputs } from '../../src/data/dataset.ts';
import { loadDigits } from '../../src/data/digits.ts';
import { ImageAugmentation } from '../../src/network/image-augmentation.ts';
import { Network } from '../../src/network/network.ts';
import {
  INPUT_KINDS,
  ownActivations,
  randomBytes,
  randomFloats,
  randomLabels,
  withActivations,
} from '../examples.ts';
import {
  create,
  expectResumesWithThreads,
  expectSame,
  outcome,
  THREADS,
  type Training,
} from './outcomes.ts';
import { helpersOf, teams } from './teams.ts';

vi.mock('../../src/threads/team.ts', async (original) =>
  (await import('./teams.ts')).followed(await original()),
);
vi.mock('../../src/threads/choice.ts', async () => ({
  Choice: (await import('./teams.ts')).EachSeventh,
}));

/** What is worth a thread, as assembly/network/threads.ts has it. */
const GRAIN = 65536;
/** What a call must have for helpers to be asked for, as src/threads/team.ts has it. */
const PRODUCTS = 2 ** 20;

const digits = await loadDigits();

describe.each(RECIPES)('relumax train $command', ({ network, fit, moves, hash }) => {
  const augmentation = moves && new ImageAugmentation({ width: 28, height: 28, ...moves });
  const { train } = digits.split({ test: 0.2, seed: network.seed! });

  test('gives the published parameters', async () => {
    for (const threads of THREADS) {
      using own = await create({ network, fit, dataset: train }, threads);
      await own.fit(train, { ...fit, ...(augmentation && { augmentation }) });
      expect(parametersHash(own.parameters()), `${threads} threads`).toBe(hash);
      expect(teams.at(-1)!.parts).toBeGreaterThan(1);
    }
  });

  test('and all that is reported, on fewer digits', async () => {
    const dataset = train.subset(Uint32Array.from({ length: 500 }, (_, i) => i * 3));
    const validation = train.subset(Uint32Array.from({ length: 300 }, (_, i) => i * 5 + 1));
    const options = { ...fit, epochs: 2, validation, earlyStopping: { patience: 1 } };
    const training = {
      network,
      dataset,
      fit: { ...options, ...(augmentation && { augmentation }) },
    };
    expect(await expectSame(training)).toBeGreaterThan(1);
  });
});

const UNITS = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 15, 16, 17, 24, 31, 33, 48, 64, 70];
const BATCHES = [1, 2, 4, 7, 31, 64, 100, 127, 128, 129, 300, Number.POSITIVE_INFINITY];

/** A training by its number: what the lists name takes turns, and the rest is drawn. */
function randomTraining(number: number): Training & { kind: string } {
  const random = new Random(2026, 'split', number);
  const draw = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
  const turn = <T>(list: readonly T[]): T => list[number % list.length]!;
  const kind = turn(Object.keys(INPUT_KINDS));
  const output = turn(OUTPUTS);
  const optimizer = turn(OPTIMIZERS);
  const batchSize = turn(BATCHES);
  const layers = Array.from({ length: 1 + random.below(4) }, () => draw(UNITS));
  // Of floats and few units, one call evaluates too little for helpers to be asked for.
  if (kind.startsWith('floats')) layers[0] = Math.max(12, layers[0]!);
  const outputs = Math.max(2, layers.at(-1)!);
  layers.splice(-1, 1, outputs);
  // So many inputs that a tile is worth three threads at least, and often eight.
  const parts = batchSize < 16 ? 3.1 : 3.1 + random.below(9);
  const tile = Math.min(batchSize, 32 * (1 + random.below(4)));
  const features = Math.ceil((parts * GRAIN) / (tile * layers[0]!)) + random.below(9);
  const parameters = features * layers[0]!;
  const updates = 12 + random.below(4);
  const least = Math.max(Math.min(batchSize, 300) + 1, batchSize < 31 ? updates * batchSize : 270);
  const length = Math.max(least, Math.ceil((1.2 * PRODUCTS) / parameters));
  const inputs = INPUT_KINDS[kind]!(length * features, number);
  const dataset =
    output === 'softmax'
      ? Dataset.from({ inputs, labels: randomLabels(length, outputs, number), classes: outputs })
      : Dataset.from({
          inputs,
          targets: randomFloats(length * outputs, number).map((x) => (x + 1) / 2),
          outputs,
        });
  const validation = dataset.subset(Uint32Array.from({ length: 40 }, (_, i) => i % length));
  return {
    kind,
    network: {
      layers: [
        features,
        ...withActivations(layers, number % 2 === 0 ? [] : ownActivations(4, number)),
      ],
      hidden: turn(HIDDEN),
      output,
      seed: number,
      ...(kind.startsWith('floats') && number % 3 === 0 && { normalize: dataset }),
    },
    dataset,
    fit: {
      ...{ epochs: 2, batchSize, optimizer, seed: number },
      ...{ learningRate: 0.001 * (1 + random.below(20)), schedule: draw(['constant', 'cosine']) },
      ...(random.below(2) === 0 && { weightDecay: 0.01 }),
      ...(random.below(2) === 0 && { clipNorm: 0.5 }),
      ...(random.below(2) === 0 && { dropout: 0.3 }),
      ...(random.below(2) === 0 && { validation, earlyStopping: { patience: 1 } }),
      ...(number % 3 === 1 && { exampleWeights: randomFloats(length, number).map(Math.abs) }),
    },
  };
}

const trainings = Array.from({ length: 20 }, (_, number) => randomTraining(number));

describe('a random network', () => {
  const parts: number[] = [];

  test.each(
    trainings.map((training, number) => {
      const { batchSize, optimizer } = training.fit;
      const { hidden, output } = training.network;
      const name = `${architectureText(training.network)} ${hidden} ${output}, ${training.kind}, ${optimizer}, batch ${batchSize}`;
      return [number, name, training] as const;
    }),
  )('%i: %s', async (_, __, training) => {
    parts.push(await expectSame(training));
    expect(parts.at(-1)).toBeGreaterThan(1);
  });

  test('of these some have their work divided among eight threads, and all lists have their turn', () => {
    expect(Math.max(...parts)).toBe(8);
    expect(new Set(trainings.map(({ network }) => network.hidden))).toEqual(new Set(HIDDEN));
    expect(new Set(trainings.map(({ network }) => network.output))).toEqual(new Set(OUTPUTS));
    expect(new Set(trainings.map(({ fit }) => fit.optimizer))).toEqual(new Set(OPTIMIZERS));
    expect(new Set(trainings.map(({ fit }) => fit.batchSize))).toEqual(new Set(BATCHES));
  });
});

describe('the same', () => {
  const length = 260;
  const features = 600;
  const dataset = Dataset.from({
    inputs: randomBytes(length * features, 1, 0.7),
    labels: randomLabels(length, 5, 1),
    classes: 5,
  });
  const network = { layers: [features, 40, 5], seed: 4 };

  test('of one image at a time in a network that is large, and of few nonzeros', async () => {
    const inputs = randomBytes(9 * 2000, 3, 0.99);
    const few = Dataset.from({ inputs, labels: randomLabels(9, 3, 3), classes: 3 });
    for (const batchSize of [1, 3]) {
      const training = {
        network: { layers: [2000, 90, 3], seed: 1 },
        fit: { epochs: 3, batchSize, learningRate: 0.1 },
        dataset: few,
      };
      expect(await expectSame(training)).toBeGreaterThan(1);
    }
  });

  // By units where there are 16 for each part; in tiles of 128 examples, of which a batch has one or more.
  describe.each([16, 31, 32, 47, 48, 63, 80, 130])('of %i units in the first layer', (units) => {
    test.each(['bytes, many zeros', 'floats, no zeros'])('and inputs of %s', async (kind) => {
      for (const batchSize of [60, 260]) {
        const inputs = INPUT_KINDS[kind]!(length * 300, units);
        const training = {
          network: { layers: [300, units, 5], seed: units },
          fit: { epochs: 2, batchSize, learningRate: 0.1, weightDecay: 0.01 },
          dataset: Dataset.from({ inputs, labels: randomLabels(length, 5, 1), classes: 5 }),
        };
        expect(await expectSame(training)).toBeGreaterThan(1);
      }
    });
  });

  test('where it diverges: the error, and the parameters that are kept', async () => {
    const fit = { epochs: 3, batchSize: 50, learningRate: 1e30 };
    expect((await outcome({ network, fit, dataset }, 1)).history).toMatch(/^DivergenceError: /);
    expect(await expectSame({ network, fit, dataset })).toBeGreaterThan(1);
  });

  // Eight tiles, one for each thread; and with those that remain.
  describe.each([8 * 128, 9 * 128 + 50])('of a batch of %i examples, of whole tiles', (count) => {
    // Those in the middle have no zeros.
    const inputs = Float32Array.from(randomBytes(count * 50, 7, 0.9), (byte) => byte / 255);
    inputs.set(randomFloats(400 * 50, 8), 400 * 50);
    const training = (given: Inputs, learningRate: number): Training => ({
      network: { layers: [50, 32, 5], seed: 3 },
      fit: { epochs: 4, batchSize: Number.POSITIVE_INFINITY, learningRate, optimizer: 'momentum' },
      dataset: Dataset.from({ inputs: given, labels: randomLabels(count, 5, 7), classes: 5 }),
    });

    test('whose inputs are sparse in some and dense in others', async () => {
      // Of 9 tiles and more, the last call of each batch has too few for all threads.
      expect(await expectSame(training(inputs, 0.5))).toBe(count === 8 * 128 ? 8 : 3);
    });

    test('of which some give no finite loss', async () => {
      const large = inputs.slice();
      for (const example of [500, 501, 1000]) large.fill(3e38, example * 50, (example + 1) * 50);
      for (const one of [training(large, 0.5), training(inputs, 1e25)]) {
        const { history } = await outcome(one, 1);
        expect(history).toMatch(/^DivergenceError: the loss became NaN or infinite/);
        expect(await expectSame(one)).toBe(8);
      }
    });
  });

  test('where a layer gives an infinity: the error', async () => {
    const inputs = randomFloats(length * features, 5);
    // The first is in the second tile.
    inputs.fill(3e38, 200 * features, 202 * features);
    const messages: string[] = [];
    for (const threads of [1, ...THREADS]) {
      using own = await create({ network, fit: {}, dataset }, threads);
      expect(() => own.predict(inputs)).toThrow(/example 200, for which layer 1 gives/);
      messages.push(
        await own.fit(dataset, { epochs: 1 }).then(() => parametersHash(own.parameters())),
      );
    }
    expect(new Set(messages).size).toBe(1);
  });

  test('of a checkpoint written with two threads and resumed with five', async () => {
    for (const optimizer of OPTIMIZERS) {
      const fit = { epochs: 3, batchSize: 64, optimizer, dropout: 0.2, clipNorm: 1, seed: 2 };
      await expectResumesWithThreads({ network, fit, dataset });
    }
  });

  test('of a file that is loaded with threads', async () => {
    using own = await Network.create(network);
    using loaded = await Network.load(own.save(), { threads: 3 });
    await helpersOf(teams.at(-1)!, 2, () => loaded.evaluate(dataset));
    await own.fit(dataset, { epochs: 2 });
    await loaded.fit(dataset, { epochs: 2 });
    expect(loaded.save()).toEqual(own.save());
  });
});
