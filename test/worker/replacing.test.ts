/** A fit that takes the place of another, in the page itself and in a worker. */
import * as local from 'relumax';
import { type BatchReport, Dataset, type History, Pace } from 'relumax';
import * as remote from 'relumax/worker';
import { describe, expect, onTestFinished, test } from 'vitest';
import { randomBytes, randomLabels } from '../examples.ts';

const FOREVER = 1e6;

const dataset = Dataset.from({
  inputs: randomBytes(1000 * 20, 1, 0.5),
  labels: randomLabels(1000, 4, 1),
  classes: 4,
});

describe.each([
  ['relumax', local.Network],
  ['relumax/worker', remote.Network],
])('%s', (_, { create }) => {
  async function make() {
    const network = await create({ layers: [20, 16, 4], seed: 3 });
    onTestFinished(() => network.dispose());
    return network;
  }

  /** A training that goes on until it is ended, once it has begun. */
  async function begin(network: local.Network | remote.Network, given: local.FitOptions = {}) {
    let fitting: Promise<History> | undefined;
    await new Promise<void>((resolve) => {
      const onBatch = () => resolve();
      fitting = network.fit(dataset, { epochs: FOREVER, batchSize: 10, onBatch, ...given });
    });
    return { fitting: fitting! };
  }

  test('ends the other at its batch, and trains', async () => {
    const network = await make();
    const { fitting } = await begin(network);
    const events: string[] = [];
    const first = fitting.then((history) => {
      events.push('first');
      return history;
    });
    const onEpoch = () => events.push('second');
    const second = await network.fit(dataset, { epochs: 2, replace: true, onEpoch });
    expect(events).toEqual(['first', 'second', 'second']);
    expect((await first).aborted).toBe(true);
    expect(second.epochs).toHaveLength(2);
    expect(second.aborted).toBe(false);
    // Nothing is left of it.
    expect((await network.fit(dataset)).aborted).toBe(false);
  });

  test('begins where the other has ended', async () => {
    const network = await make();
    const pace = new Pace({ paused: true });
    pace.step(3);
    let second: Promise<History> | undefined;
    const first = await network.fit(dataset, {
      batchSize: 10,
      pace,
      onBatch({ step }: BatchReport) {
        // It waits for its pace then, which the second may have too.
        if (step !== 3) return;
        second = network.fit(dataset, { batchSize: 100, pace, replace: true });
        pace.resume();
      },
    });
    expect(first.aborted).toBe(true);
    await second;
    const made = first.epochs[0]!.examples / 10;
    const other = await local.Network.create({ layers: [20, 16, 4], seed: 3 });
    const controller = new AbortController();
    await other.fit(dataset, {
      batchSize: 10,
      signal: controller.signal,
      onBatch({ step }) {
        if (step === made) controller.abort();
      },
    });
    await other.fit(dataset, { batchSize: 100 });
    expect(await network.parameters()).toEqual(await other.parameters());
  });

  test('ends one that is paused', async () => {
    const network = await make();
    const paused = network.fit(dataset, { pace: new Pace({ paused: true }) });
    await network.fit(dataset, { replace: true });
    expect(await paused).toEqual({ epochs: [], aborted: true });
  });

  test('of several that wait the last one trains', async () => {
    const network = await make();
    const { fitting } = await begin(network);
    const options = { epochs: 1, replace: true };
    const waiting = [1, 2, 3].map(() => network.fit(dataset, options));
    const [second, third, fourth] = await Promise.all(waiting);
    expect((await fitting).aborted).toBe(true);
    expect(second).toEqual({ epochs: [], aborted: true });
    expect(third).toEqual({ epochs: [], aborted: true });
    expect(fourth!.epochs).toHaveLength(1);
  });

  test('without it the error names it, and the other goes on', async () => {
    const network = await make();
    const { fitting } = await begin(network, { epochs: 20 });
    await expect(network.fit(dataset)).rejects.toThrow(
      'fit: the network is being trained by fit; replace: true ends that',
    );
    expect((await fitting).epochs).toHaveLength(20);
  });

  test('checks its options first', async () => {
    const network = await make();
    const { fitting } = await begin(network, { epochs: 20 });
    const failing = network.fit(dataset, { epochs: 0, replace: true });
    await expect(failing).rejects.toThrow('epochs: found 0');
    expect((await fitting).epochs).toHaveLength(20);
  });

  test('trains too where the other fails', async () => {
    const network = await make();
    const error = new Error('enough');
    let second: Promise<History> | undefined;
    const first = network.fit(dataset, {
      epochs: FOREVER,
      onBatch() {
        second = network.fit(dataset, { replace: true });
        throw error;
      },
    });
    await expect(first).rejects.toBe(error);
    expect((await second!).epochs).toHaveLength(1);
  });

  test('a network that is disposed of meanwhile does not train', async () => {
    const network = await make();
    const { fitting } = await begin(network);
    const ended = fitting.catch(() => undefined);
    const second = network.fit(dataset, { replace: true });
    network.dispose();
    await expect(second).rejects.toThrow('fit: the network was disposed of');
    await ended;
  });
});
