/** Trainings that end before they begin, or in the middle of a callback, in the page itself and in a worker. */
import * as local from 'relumax';
import { Dataset, Pace } from 'relumax';
import * as remote from 'relumax/worker';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { randomBytes, randomFloats, randomLabels } from '../examples.ts';

const inputs = randomBytes(300 * 20, 1, 0.5);
const labels = randomLabels(300, 3, 1);
const named = (classNames?: string[]) => Dataset.from({ inputs, labels, classes: 3, classNames });
const dataset = named();

/** Options that are checked after others have had their turn. */
const LATER: Record<string, local.FitOptions> = {
  warmup: { warmup: 2 },
  schedule: { schedule: 'cosine' },
  weights: { classWeights: [1, 2, 3] },
  'early stopping': { earlyStopping: { patience: 3 }, validation: dataset },
};

describe.each([
  ['relumax', local.Network],
  ['relumax/worker', remote.Network],
])('%s', (_, { create }) => {
  async function make(given: Partial<local.NetworkOptions> = {}) {
    const network = await create({ layers: [20, 8, 3], seed: 3, ...given });
    onTestFinished(() => network.dispose());
    return network;
  }

  test.each(Object.entries(LATER))(
    'one with %s is replaced before it has begun',
    async (_, later) => {
      const network = await make();
      const pace = new Pace({ paused: true });
      const first = network.fit(dataset, { epochs: 1e6, pace, ...later });
      const second = network.fit(dataset, { epochs: 2, replace: true });
      expect(await first).toEqual({ epochs: [], aborted: true });
      expect((await second).epochs).toHaveLength(2);
    },
  );

  test('and leaves no names of classes', async () => {
    const network = await make();
    const first = network.fit(named(['a', 'b', 'c']), { epochs: 5, warmup: 2 });
    const second = network.fit(named(['x', 'y', 'z']), { epochs: 5, replace: true });
    expect((await first).epochs).toEqual([]);
    await second;
    expect(network.classNames).toEqual(['x', 'y', 'z']);
  });

  test('one that is refused leaves none either', async () => {
    const network = await make();
    const wrong = network.fit(named(['a', 'b', 'c']), { classWeights: [1] });
    await expect(wrong).rejects.toThrow('classWeights: found an array of 1');
    expect(network.classNames).toBeUndefined();
  });

  test('disposed of while a callback never returns', async () => {
    const network = await make();
    let called: () => void;
    const calling = new Promise<void>((resolve) => {
      called = resolve;
    });
    const onEpoch = () => {
      called();
      return new Promise(() => {});
    };
    const fitting = network.fit(dataset, { epochs: 3, onEpoch });
    await calling;
    network.dispose();
    await expect(fitting).rejects.toThrow('disposed of');
  });

  test('disposed of in a callback, of which none comes after', async () => {
    const network = await make();
    const onEpoch = vi.fn();
    const onBatch = vi.fn(() => network.dispose());
    const fitting = network.fit(dataset, { epochs: 5, onBatch, onEpoch });
    await expect(fitting).rejects.toThrow('disposed of');
    expect(onBatch).toHaveBeenCalledTimes(1);
    expect(onEpoch).not.toHaveBeenCalled();
  });

  test.each([undefined, null, 7, 'x'])('a callback that throws %s', async (thrown) => {
    const network = await make();
    const onEpoch = () => Promise.reject(thrown);
    await expect(network.fit(dataset, { onEpoch })).rejects.toBe(thrown);
  });

  test('an optimizer that was refused is not that of the next batch', async () => {
    const network = await make();
    const batch = [inputs.subarray(0, 20 * 8), labels.subarray(0, 8)] as const;
    const controller = new AbortController();
    const pace = new Pace({ paused: true });
    const fitting = network.fit(dataset, { pace, signal: controller.signal });
    const refused = (async () => network.trainOnBatch(...batch, { optimizer: 'adam' }))();
    await expect(refused).rejects.toThrow('is being trained by fit');
    controller.abort();
    await fitting;
    await network.trainOnBatch(...batch);
    const reference = await local.Network.create({ layers: [20, 8, 3], seed: 3 });
    reference.trainOnBatch(...batch, { optimizer: 'sgd' });
    expect(await network.parameters()).toEqual(reference.parameters());
  });

  test('one that is worse than the mean says so, however little its examples weigh', async () => {
    const network = await make({ layers: [2, 3, 1], output: 'linear' });
    const targets = randomFloats(100, 4).map((value) => 100 + value);
    const far = Dataset.from({ inputs: randomFloats(200, 5), targets });
    const onWarning = vi.fn();
    const exampleWeights = new Float32Array(100).fill(1e-5);
    await network.fit(far, { learningRate: 1e-3, exampleWeights, onWarning });
    expect(onWarning).toHaveBeenCalledWith(expect.stringContaining('worse than always answering'));
  });
});

test('datasets with memory in common are not transferred', async () => {
  using network = await remote.Network.create({ layers: [20, 3] });
  const own = inputs.slice();
  const first = Dataset.from({ inputs: own, labels: labels.slice(), classes: 3 });
  const validation = Dataset.from({ inputs: own, labels: labels.slice(), classes: 3 });
  await expect(network.fit(first, { validation, transfer: true })).rejects.toThrow(
    'validation.inputs: found memory that the dataset has too',
  );
  expect(own.length).toBe(inputs.length);
  await network.fit(first, { validation: first, transfer: true });
  expect(own.length).toBe(0);
});

test('what is undefined is not there', () => {
  const targets = new Float32Array(300);
  const given = { inputs, targets, outputs: 1, classes: undefined } as never;
  expect(Dataset.from(given).outputs).toBe(1);
  const others = { inputs, labels, classes: 3, targets: undefined } as never;
  expect(Dataset.from(others).classes).toBe(3);
});
