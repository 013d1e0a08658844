import { expect, test } from 'vitest';
import { cosine } from '../../src/base/cosine.ts';
import { Dataset } from '../../src/data/dataset.ts';
import type { EpochReport } from '../../src/network/history.ts';
import { Network } from '../../src/network/network.ts';
import { type Schedule, type ScheduleMoment, scheduled } from '../../src/network/schedule.ts';
import { randomBytes, randomFloats, randomLabels } from '../examples.ts';
import { referenceLayers, relativeError } from '../reference.ts';
import { trainedBy } from '../reference-optimizer.ts';

const at = (update: number, updates: number, epoch = 0) => ({ update, updates, epoch });

test('cosine falls as half a cosine does, to the last digits but one', () => {
  for (let update = 0; update <= 1000; update++) {
    const wanted = (1 + Math.cos((Math.PI * update) / 1000)) / 2;
    expect(Math.abs(scheduled('cosine', 0, at(update, 1000)) - wanted)).toBeLessThan(1e-11);
  }
  expect(scheduled('cosine', 0, at(0, 10))).toBeCloseTo(1, 11);
  expect(scheduled('cosine', 4, at(4, 10))).toBeCloseTo(1, 11);
});

test('warm-up rises in a straight line, whatever comes after', () => {
  const rates = [0, 1, 2, 3, 4].map((update) => scheduled('constant', 4, at(update, 10)));
  expect(rates).toEqual([0.25, 0.5, 0.75, 1, 1]);
});

test('steps multiply every so many epochs', () => {
  const schedule = { name: 'step', every: 2, factor: 0.5 } as const;
  const rates = [0, 1, 2, 3, 4, 5].map((epoch) => scheduled(schedule, 0, at(0, 1, epoch)));
  expect(rates).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
});

test('a function gives the factor, which the warm-up multiplies', () => {
  const seen: ScheduleMoment[] = [];
  const schedule = (moment: ScheduleMoment) => {
    seen.push(moment);
    return 3 * moment.update;
  };
  const rates = [0, 1, 2, 3].map((update) => scheduled(schedule, 2, at(update, 4, 7)));
  expect(rates).toEqual([0, 3, 6, 9]);
  expect(seen).toEqual([0, 1, 2, 3].map((update) => ({ update, updates: 4, epoch: 7 })));
});

const small = Dataset.from({
  inputs: randomBytes(50 * 6, 1, 0.9),
  labels: randomLabels(50, 3, 2),
  classes: 3,
});

test.each([
  ['constant', () => 1],
  ['cosine', ({ update, updates }: ScheduleMoment) => (1 + cosine(update / updates)) / 2],
  [{ name: 'step', every: 2, factor: 0.5 }, ({ epoch }: ScheduleMoment) => 2 ** -(epoch >> 1)],
] as const)('a function with the factors of %j gives the same parameters', async (named, own) => {
  const trained = async (schedule: Schedule) => {
    const network = await Network.create({ layers: [6, 5, 3] });
    await network.fit(small, { epochs: 5, batchSize: 8, optimizer: 'adam', schedule });
    return network.parameters();
  };
  expect(await trained(own)).toEqual(await trained(named));
});

test.each([
  [Number.NaN, RangeError, 'schedule, for update 9: found NaN, expected a finite number from 0'],
  [-0.5, RangeError, 'schedule, for update 9: found -0.5, expected a finite number from 0'],
  [Infinity, RangeError, 'schedule, for update 9: found Infinity, expected a finite number from 0'],
  ['1', TypeError, 'schedule, for update 9: found "1", expected a finite number from 0'],
  [undefined, TypeError, 'schedule, for update 9: found undefined, expected'],
])('a function that returns %s ends the training before that update', async (wrong, type, text) => {
  const network = await Network.create({ layers: [6, 5, 3] });
  let before: unknown;
  const schedule = ({ update }: ScheduleMoment) => {
    if (update < 9) return 1;
    before = network.parameters();
    return wrong as number;
  };
  const fitting = network.fit(small, { epochs: 5, batchSize: 8, schedule });
  await expect(fitting).rejects.toThrow(type);
  await expect(fitting).rejects.toThrow(text);
  expect(network.parameters()).toEqual(before);
  // The network is free again.
  await network.fit(small);
});

test('what a function throws ends the training, and it may ask the network meanwhile', async () => {
  const network = await Network.create({ layers: [6, 5, 3] });
  const other = await Network.create({ layers: [6, 5, 3] });
  const thrown = new Error('of the schedule');
  const schedule = ({ update }: ScheduleMoment) => {
    network.evaluate(small);
    if (update === 3) throw thrown;
    return 0.5;
  };
  await expect(network.fit(small, { batchSize: 8, schedule })).rejects.toBe(thrown);
  const abort = new AbortController();
  await other.fit(small, {
    batchSize: 8,
    schedule: () => 0.5,
    signal: abort.signal,
    onBatch: ({ step }) => step === 3 && abort.abort(),
  });
  expect(network.parameters()).toEqual(other.parameters());
});

test('fit takes the rate of each update from it', async () => {
  const sizes = [9, 6, 3];
  const inputs = randomFloats(30 * 9, 1);
  const labels = randomLabels(30, 3, 2);
  const network = await Network.create({ layers: sizes, seed: 2 });
  const layers = referenceLayers(sizes, network.parameters());
  await network.fit(Dataset.from({ inputs, labels, classes: 3 }), {
    epochs: 3,
    batchSize: 10,
    learningRate: 0.5,
    schedule: 'cosine',
    warmup: 2,
    shuffle: false,
  });
  const batches = Array.from({ length: 9 }, (_, update) => {
    const from = 10 * (update % 3);
    return {
      inputs: inputs.subarray(from * 9, (from + 10) * 9),
      labels: labels.subarray(from, from + 10),
      learningRate:
        0.5 * (update < 2 ? (update + 1) / 2 : (1 + Math.cos((Math.PI * (update - 2)) / 7)) / 2),
    };
  });
  const wanted = trainedBy({ name: 'sgd' }, layers, batches);
  for (const [l, { weights }] of network.parameters().entries()) {
    expect(relativeError(weights, wanted[l]!.weights)).toBeLessThan(2e-6);
  }
});

test('early stopping waits as long as it is told, and brings the best epoch back', async () => {
  const network = await Network.create({ layers: [20, 30, 4], seed: 1 });
  const data = (length: number, seed: number) =>
    Dataset.from({
      inputs: randomBytes(length * 20, seed, 0.9),
      labels: randomLabels(length, 4, seed),
      classes: 4,
    });
  // Labels by lot: there is nothing to learn but by heart, so validation soon gets worse.
  const validation = data(50, 9);
  const seen: EpochReport[] = [];
  const parameters: unknown[] = [];
  const history = await network.fit(data(40, 5), {
    epochs: 400,
    batchSize: 8,
    learningRate: 0.3,
    validation,
    earlyStopping: { patience: 3 },
    onEpoch: (report) => {
      seen.push(report);
      parameters.push(network.parameters());
    },
  });
  const losses = seen.map((report) => report.validation!.loss);
  const best = losses.indexOf(Math.min(...losses)) + 1;
  expect(history.bestEpoch).toBe(best);
  expect(history.epochs).toHaveLength(best + 3);
  expect(history.aborted).toBe(false);
  expect(network.parameters()).toEqual(parameters[best - 1]);
  expect(network.evaluate(validation).loss).toBe(losses[best - 1]);
});

test('an improvement by less than minDelta is none', async () => {
  const network = await Network.create({ layers: [4, 3] });
  const dataset = Dataset.from({
    inputs: randomBytes(80, 1, 0.9),
    labels: randomLabels(20, 3, 2),
    classes: 3,
  });
  const history = await network.fit(dataset, {
    epochs: 50,
    learningRate: 1e-6,
    validation: dataset,
    earlyStopping: { patience: 2, minDelta: 0.1 },
  });
  expect(history.epochs).toHaveLength(3);
  expect(history.bestEpoch).toBe(1);
});
