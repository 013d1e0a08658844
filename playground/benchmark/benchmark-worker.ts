/** Trains epoch after epoch, and reports the time of each. */

import type { LayerParameters } from 'relumax';
import { Dataset, Network } from 'relumax';
import { shuffle, Twin } from '../../bench/twin.js';

/** relumax, or the same network in plain JavaScript. */
export type Trainer = 'relumax' | 'twin' | 'skipping';

export interface Job {
  readonly trainer: Trainer;
  readonly layers: readonly number[];
  readonly batchSize: number;
  readonly learningRate: number;
  /** Initial parameters. */
  readonly parameters: readonly LayerParameters[];
  /** The examples. Importing them here would fetch them again. */
  readonly digits: Pick<Dataset, 'inputs' | 'labels' | 'classes'>;
  /** How long to train, in milliseconds, after an epoch to warm up. */
  readonly time: number;
}

/** Time and examples of an epoch; the last has `done`. */
export interface Report {
  readonly milliseconds: number;
  readonly examples: number;
  readonly done: boolean;
}

addEventListener('message', async ({ data: job }: MessageEvent<Job>) => {
  const digits = Dataset.from(job.digits);
  const epoch = await epochOf(job, digits);
  await epoch();
  const began = performance.now();
  for (let done = false; !done; ) {
    const from = performance.now();
    await epoch();
    const to = performance.now();
    done = to - began >= job.time;
    postMessage({ milliseconds: to - from, examples: digits.length, done } satisfies Report);
  }
});

async function epochOf(
  { trainer, layers, parameters, batchSize, learningRate }: Job,
  digits: Dataset,
): Promise<() => unknown> {
  if (trainer === 'relumax') {
    const network = await Network.create({ layers });
    network.setParameters(parameters);
    return () => network.fit(digits, { batchSize, learningRate });
  }
  const twin = new Twin(parameters, { skipZeros: trainer === 'skipping' });
  const order = Uint32Array.from(digits.labels, (_, i) => i);
  return () => {
    shuffle(order);
    twin.train(digits.inputs, digits.labels, order, batchSize, learningRate);
  };
}
