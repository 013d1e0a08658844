/** What networks give, with one thread and with several; a test that imports this follows teams.ts. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { parametersHash } from '../../src/cli/training/parameters-hash.ts';
import type { Dataset, Inputs } from '../../src/data/dataset.ts';
import { type Checkpoint, Checkpoints } from '../../src/network/checkpoint.ts';
import type { FitOptions } from '../../src/network/fit-options.ts';
import { Network, type NetworkOptions } from '../../src/network/network.ts';
import { helpersOf, teams } from './teams.ts';

export const THREADS = [2, 3, 5, 8];

export interface Training {
  network: NetworkOptions;
  fit: FitOptions;
  dataset: Dataset;
}

/** What a call returns, or its error as text. */
function attempt(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return String(error);
  }
}

/** A network with so many threads, all of whose helpers are there. */
export async function create(
  { network: options, dataset }: Training,
  threads: number,
): Promise<Network> {
  const network = await Network.create({ ...options, threads });
  expect(network.threads).toBe(threads);
  if (threads > 1)
    await helpersOf(teams.at(-1)!, threads - 1, () => attempt(() => network.evaluate(dataset)));
  return network;
}

const timeless = ({ epochs, ...rest }: Awaited<ReturnType<Network['fit']>>) => ({
  ...rest,
  epochs: epochs.map((epoch) => ({ ...epoch, seconds: 0 })),
});

const hashOf = (values: ArrayBufferView) =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

/** All that a network gives while and after it trains; an error as its message. */
export async function outcome(training: Training, threads: number) {
  const { fit, dataset } = training;
  using network = await create(training, threads);
  const batches: unknown[] = [];
  const onBatch = (report: object) => void batches.push(report);
  const history = await network.fit(dataset, { ...fit, onBatch }).then(timeless, String);
  const trained = parametersHash(network.parameters());
  const { inputs, labelsOrTargets, features } = dataset;
  const few = Math.min(dataset.length, 133);
  const batch = inputs.subarray(0, few * features) as Inputs;
  const expected = labelsOrTargets.subarray(0, few * (labelsOrTargets.length / dataset.length));
  return {
    batches,
    history,
    trained,
    evaluation: attempt(() => network.evaluate(dataset)),
    outputs: attempt(() => hashOf(network.predict(inputs))),
    activations: attempt(() => network.activations(batch).map(hashOf)),
    update: attempt(() => network.trainOnBatch(batch, expected, { learningRate: 1e-3 })),
    afterwards: parametersHash(network.parameters()),
  };
}

/** The training with several threads gives what it gives with one; returns in how many parts, at most. */
export async function expectSame(training: Training): Promise<number> {
  const one = await outcome(training, 1);
  let parts = 0;
  for (const threads of THREADS) {
    const found = await outcome(training, threads);
    expect(found, `${threads} threads`).toEqual(one);
    expect(teams.at(-1)!.parts).toBeLessThanOrEqual(threads);
    parts = Math.max(parts, teams.at(-1)!.parts);
  }
  return parts;
}

/** A training whose checkpoint of the second epoch's second update is written with two threads goes on with five. */
export async function expectResumesWithThreads(training: Training): Promise<void> {
  const { network, fit, dataset } = training;
  using whole = await create(training, 1);
  const history = timeless(await whole.fit(dataset, fit));
  const written: Checkpoint[] = [];
  const onCheckpoint = (checkpoint: Checkpoint) => void written.push(checkpoint);
  using two = await create(training, 2);
  await two.fit(dataset, { ...fit, checkpoints: new Checkpoints({ every: 1, onCheckpoint }) });
  const resume = written.find(({ progress }) => progress.epoch === 2 && progress.step === 2)!;
  using five = await create({ ...training, network: { ...network, seed: 99 } }, 5);
  const checkpoints = new Checkpoints({ resume });
  const resumed = timeless(await five.fit(dataset, { ...fit, checkpoints }));
  expect(parametersHash(five.parameters())).toBe(parametersHash(whole.parameters()));
  expect(resumed).toEqual(history);
}
