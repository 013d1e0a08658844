/** Trainings that go on from their checkpoints. */
import { expect } from 'vitest';
import { parametersHash } from '../../src/cli/training/parameters-hash.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { type Checkpoint, Checkpoints } from '../../src/network/checkpoint.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/network/checkpoint-file.ts';
import type { FitOptions } from '../../src/network/fit-options.ts';
import { Network, type NetworkOptions } from '../../src/network/network.ts';

export const timeless = (epochs: readonly { seconds: number }[]) =>
  epochs.map((epoch) => ({ ...epoch, seconds: 0 }));

/** A training goes on from any of its updates to the bits of one without interruption. */
export async function expectResumes(
  network: NetworkOptions,
  dataset: Dataset,
  options: FitOptions,
): Promise<void> {
  const whole = await Network.create(network);
  const checkpoints: Checkpoint[] = [];
  const history = await whole.fit(dataset, {
    ...options,
    checkpoints: new Checkpoints({
      every: 1,
      onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
    }),
  });
  expect(checkpoints.length).toBeGreaterThan(4);
  const hash = parametersHash(whole.parameters());
  for (const checkpoint of checkpoints) {
    // Another network: nothing of it may matter.
    const other = await Network.create({ ...network, seed: 99 });
    const { checkpoint: back } = decodeCheckpoint(encodeCheckpoint(checkpoint));
    const rest = await other.fit(dataset, {
      ...options,
      checkpoints: new Checkpoints({ resume: back }),
    });
    expect(parametersHash(other.parameters())).toBe(hash);
    expect(timeless(rest.epochs)).toEqual(timeless(history.epochs));
    expect(rest.bestEpoch).toBe(history.bestEpoch);
  }
}
