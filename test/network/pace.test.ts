import { describe, expect, test, vi } from 'vitest';
import { parametersHash } from '../../src/cli/training/parameters-hash.ts';
import { Dataset } from '../../src/data/dataset.ts';
import { Network } from '../../src/network/network.ts';
import { Pace } from '../../src/network/pace.ts';
import { Network as WorkerNetwork } from '../../src/worker/remote-network.ts';
import { randomBytes, randomLabels } from '../examples.ts';

const dataset = Dataset.from({
  inputs: randomBytes(200 * 8, 1, 0.5),
  labels: randomLabels(200, 3, 1),
  classes: 3,
});
const OPTIONS = { epochs: 2, batchSize: 20, seed: 1 };

const make = () => Network.create({ layers: [8, 6, 3], seed: 1 });

/** Resolves when a training next waits for its pace. */
function waiting(pace: Pace): Promise<void> {
  return new Promise((resolve) => {
    vi.spyOn(pace, 'news').mockImplementationOnce((...signals) => {
      resolve();
      return Pace.prototype.news.apply(pace, signals);
    });
  });
}

/** Makes so many updates, and waits until no more are made. */
async function step(pace: Pace, ...updates: number[]): Promise<void> {
  const waits = waiting(pace);
  for (const count of updates) pace.step(count);
  await waits;
}

/** A training at a pace, and how many updates it has made. */
async function started(pace: Pace, signal?: AbortSignal) {
  const network = await make();
  const progress = { updates: 0 };
  const fitting = network.fit(dataset, {
    ...OPTIONS,
    pace,
    ...(signal && { signal }),
    onBatch: () => progress.updates++,
  });
  return { network, fitting, progress };
}

describe('a training', () => {
  test('goes by steps, and then on, to the parameters of one that never stopped', async () => {
    const straight = await make();
    await straight.fit(dataset, OPTIONS);
    const pace = new Pace({ paused: true });
    expect(pace.paused).toBe(true);
    const waits = waiting(pace);
    const { network, fitting, progress } = await started(pace);
    await waits;
    expect(progress.updates).toBe(0);
    await step(pace, 1);
    expect(progress.updates).toBe(1);
    await step(pace, 3, 2);
    expect(progress.updates).toBe(6);
    expect(network.predict(new Uint8Array(8))).toHaveLength(3);
    expect(pace.paused).toBe(true);
    pace.resume();
    expect(pace.paused).toBe(false);
    await fitting;
    expect(progress.updates).toBe(20);
    expect(parametersHash(network.parameters())).toBe(parametersHash(straight.parameters()));
  });

  test('pauses from within', async () => {
    const pace = new Pace();
    const waits = waiting(pace);
    const network = await make();
    let updates = 0;
    const fitting = network.fit(dataset, {
      ...OPTIONS,
      pace,
      onBatch: () => {
        if (++updates === 7) pace.pause();
      },
    });
    await waits;
    expect(updates).toBe(7);
    await step(pace, 1);
    expect(updates).toBe(8);
    pace.resume();
    await fitting;
  });

  test('ends by its signal while it waits', async () => {
    const controller = new AbortController();
    const pace = new Pace({ paused: true });
    const { fitting } = await started(pace, controller.signal);
    await step(pace, 4);
    controller.abort();
    const { aborted, epochs } = await fitting;
    expect(aborted).toBe(true);
    expect(epochs).toMatchObject([{ epoch: 1, examples: 80 }]);
  });

  test('ends with its network while it waits', async () => {
    const pace = new Pace({ paused: true });
    const waits = waiting(pace);
    const { network, fitting } = await started(pace);
    await waits;
    network.dispose();
    await expect(fitting).rejects.toThrow('fit: the network was disposed of while it trained');
  });
});

test.each([0, -1, 1.5, Infinity, '1'])('a step of %j', (updates) => {
  const pace = new Pace({ paused: true });
  expect(() => pace.step(updates as number)).toThrow('updates: found');
  expect(pace.take()).toBe(false);
});

describe('a pace of two trainings', () => {
  const error = 'pace: found that of another fit, expected one that is not in use';

  test('is refused to the second, before anything has changed, and free when the first has ended', async () => {
    const pace = new Pace({ paused: true });
    const first = await started(pace);
    const network = await make();
    const before = network.parameters();
    await expect(network.fit(dataset, { ...OPTIONS, pace })).rejects.toThrow(error);
    expect(network.parameters()).toEqual(before);
    // Still the first one's.
    await expect(network.fit(dataset, { ...OPTIONS, pace })).rejects.toThrow(error);
    await step(pace, 3);
    expect(first.progress.updates).toBe(3);
    pace.resume();
    await first.fitting;
    await network.fit(dataset, { ...OPTIONS, pace });
    expect(network.parameters()).toEqual(first.network.parameters());
  });

  test('is free too when the first has failed', async () => {
    const pace = new Pace();
    const onBatch = () => {
      throw new Error('of the callback');
    };
    const network = await make();
    await expect(network.fit(dataset, { ...OPTIONS, pace, onBatch })).rejects.toThrow('callback');
    await network.fit(dataset, { ...OPTIONS, pace });
  });

  test('of a page and a worker likewise', async () => {
    const pace = new Pace({ paused: true });
    using there = await WorkerNetwork.create({ layers: [8, 6, 3], seed: 1 });
    const here = await started(pace);
    await expect(there.fit(dataset, { ...OPTIONS, pace })).rejects.toThrow(error);
    pace.resume();
    await here.fitting;
    pace.pause();
    const fitting = there.fit(dataset, { ...OPTIONS, pace });
    await expect((await make()).fit(dataset, { ...OPTIONS, pace })).rejects.toThrow(error);
    pace.resume();
    await fitting;
    expect(await there.parameters()).toEqual(here.network.parameters());
  });
});
