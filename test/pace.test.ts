import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { parametersHash } from '../src/cli/parameters-hash.ts';
import { Dataset } from '../src/data/dataset.ts';
import { Network } from '../src/network.ts';
import { Pace } from '../src/pace.ts';
import { randomBytes, randomLabels } from './examples.ts';

const dataset = Dataset.from({
  inputs: randomBytes(200 * 8, 1, 0.5),
  labels: randomLabels(200, 3, 1),
  classes: 3,
});
const OPTIONS = { epochs: 2, batchSize: 20, seed: 1 };

const make = () => Network.create({ layers: [8, 6, 3], seed: 1 });

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
    const { network, fitting, progress } = await started(pace);
    await sleep(20);
    expect(progress.updates).toBe(0);
    pace.step();
    await sleep(20);
    expect(progress.updates).toBe(1);
    pace.step(3);
    pace.step(2);
    await sleep(20);
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
    const network = await make();
    let updates = 0;
    const fitting = network.fit(dataset, {
      ...OPTIONS,
      pace,
      onBatch: () => {
        if (++updates === 7) pace.pause();
      },
    });
    await sleep(20);
    expect(updates).toBe(7);
    pace.step();
    await sleep(20);
    expect(updates).toBe(8);
    pace.resume();
    await fitting;
  });

  test('ends by its signal while it waits', async () => {
    const controller = new AbortController();
    const pace = new Pace({ paused: true });
    const { fitting } = await started(pace, controller.signal);
    pace.step(4);
    await sleep(20);
    controller.abort();
    const { aborted, epochs } = await fitting;
    expect(aborted).toBe(true);
    expect(epochs).toMatchObject([{ epoch: 1, examples: 80 }]);
  });

  test('ends with its network while it waits', async () => {
    const { network, fitting } = await started(new Pace({ paused: true }));
    network.dispose();
    await expect(fitting).rejects.toThrow('fit: the network was disposed of while it trained');
  });
});

test.each([0, -1, 1.5, Infinity, '1'])('a step of %j', (updates) => {
  const pace = new Pace({ paused: true });
  expect(() => pace.step(updates as number)).toThrow('updates: found');
  expect(pace.take()).toBe(false);
});
