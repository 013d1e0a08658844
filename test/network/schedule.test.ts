import { expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.ts';
import type { EpochReport } from '../../src/network/history.ts';
import { Network } from '../../src/network/network.ts';
import { scheduled } from '../../src/network/schedule.ts';
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
