/** However many threads a network with convolution has, it computes the same, bit for bit. */
import { describe, expect, test, vi } from 'vitest';
import { HIDDEN, OUTPUTS } from '../../src/core/activations.ts';
import { OPTIMIZERS } from '../../src/core/optimizers.ts';
import { ImageAugmentation } from '../../src/network/image-augmentation.ts';
import {
  answersFor,
  datasetOf,
  INPUT_KINDS,
  ownActivations,
  randomFloats,
  withActivations,
} from '../examples.ts';
import { createOptions, parsedArchitecture } from '../reference-convolution.ts';
import { expectResumesWithThreads, expectSame, outcome, type Training } from './outcomes.ts';

vi.mock('../../src/threads/team.ts', async (original) =>
  (await import('./teams.ts')).followed(await original()),
);
vi.mock('../../src/threads/choice.ts', async () => ({
  Choice: (await import('./teams.ts')).EachSeventh,
}));

/** Networks of which a tile is worth several threads. */
const SHAPES = [
  '28x28-8c5s-p2-16c5s-p2-10',
  '28x28-8c5-p2-16c5-p2-10',
  '32x32x3-16c3s-p2-3',
  '33x31x5-13c3-p3-17c3s-9-4',
  '40x37x3-12c5s/2-p2-24c3-3',
  '48x48x3-p2-9c5s-p4-5',
  '29x23x17-17c3s/2-6-5-3',
  '64x50-10c7s/3-p2-33c3s-3',
  '41x41x2-16c4-p4-16c4s-4',
  '20x20x16-32c1-8c3s-p2-2',
  '56x56x4-9c11s/4-40c3s-40-3',
];
const BATCHES = [64, 1, 17, 8, 100, Number.POSITIVE_INFINITY, 3, 33];

/** A training by its number: what the lists name takes turns. */
const trainings = SHAPES.map((text, number) => {
  const turn = <T>(list: readonly T[]): T => list[number % list.length]!;
  const options = createOptions(parsedArchitecture(text));
  const kind = turn(Object.keys(INPUT_KINDS));
  const [hidden, output, optimizer] = [turn(HIDDEN), turn(OUTPUTS), turn(OPTIMIZERS)];
  const batchSize = turn(BATCHES);
  const length = batchSize < 8 ? 40 : 140;
  const [height, width, channels] = options.input;
  const inputs = INPUT_KINDS[kind]!(length * height * width * channels, number);
  const outputs = Number(text.split('-').at(-1));
  const training: Training = {
    network: {
      ...options,
      layers: withActivations(options.layers, number % 2 === 0 ? [] : ownActivations(9, number)),
      ...{ hidden, output, seed: number },
    },
    dataset: datasetOf(inputs, answersFor(output, length, outputs, number), outputs),
    fit: {
      ...{ epochs: 2, batchSize, optimizer, seed: number, learningRate: 0.002 },
      ...(number % 2 === 0 && { dropout: 0.3, clipNorm: 0.5 }),
      ...(number % 3 === 0 && { weightDecay: 0.01 }),
      ...(number % 3 === 1 && { exampleWeights: randomFloats(length, number).map(Math.abs) }),
    },
  };
  const name = `${text} ${hidden} ${output}, ${kind}, ${optimizer}, batch ${batchSize}`;
  return [name, training] as const;
});

test.each(trainings)('%s', async (_, training) => {
  const parts = await expectSame(training);
  // A batch of one example is not divided.
  if (training.fit.batchSize !== 1) expect(parts).toBeGreaterThan(1);
});

test('all lists have their turn', () => {
  const all = trainings.map(([, training]) => training);
  expect(new Set(all.map(({ network }) => network.hidden))).toEqual(new Set(HIDDEN));
  expect(new Set(all.map(({ network }) => network.output))).toEqual(new Set(OUTPUTS));
  expect(new Set(all.map(({ fit }) => fit.optimizer))).toEqual(new Set(OPTIMIZERS));
  expect(new Set(all.map(({ fit }) => fit.batchSize))).toEqual(new Set(BATCHES));
});

describe('the same', () => {
  const [, training] = trainings[0]!;

  test('where it diverges: the error, and the parameters that are kept', async () => {
    const diverging = { ...training, fit: { epochs: 3, batchSize: 32, learningRate: 1e30 } };
    expect((await outcome(diverging, 1)).history).toMatch(/^DivergenceError: /);
    expect(await expectSame(diverging)).toBeGreaterThan(1);
  });

  test('with augmentation', async () => {
    const augmentation = new ImageAugmentation({ width: 28, height: 28, shift: 2, rotate: 10 });
    const fit = { ...training.fit, augmentation };
    expect(await expectSame({ ...training, fit })).toBeGreaterThan(1);
  });

  test('of a checkpoint written with two threads and resumed with five', async () => {
    for (const optimizer of OPTIMIZERS) {
      const fit = { epochs: 3, batchSize: 48, optimizer, dropout: 0.2, clipNorm: 1, seed: 2 };
      await expectResumesWithThreads({ ...training, fit });
    }
  });
});
