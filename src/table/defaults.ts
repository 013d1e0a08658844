/** A network for a table, and how it is trained, where nobody says otherwise: by its size. */

import { integer, oneOf } from '../base/arguments.ts';
import { type Hidden, OUTPUTS, type Output } from '../core/activations.ts';
import type { OptimizerName } from '../core/optimizers.ts';

export interface TableDefaults {
  readonly hiddenLayers: readonly number[];
  readonly hidden: Hidden;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly schedule: 'constant' | 'cosine';
  readonly weightDecay: number;
  readonly dropout: number;
}

/** Updates that are enough for a large table. */
const UPDATES = 40_000;

/**
 * @param examples to train on
 * @throws TypeError or RangeError that names the argument
 */
export function tableDefaults(
  examples: number,
  features: number,
  outputs: number,
  output: Output,
): TableDefaults {
  integer('examples', examples, 1, 2 ** 32 - 1);
  integer('features', features, 1, 2 ** 24);
  integer('outputs', outputs, 1, 2 ** 24);
  oneOf('output', output, OUTPUTS);
  // Where there are many rows, an epoch of large batches takes less time, and learns as well.
  const batchSize = examples > 20_000 ? 128 : 32;
  const updates = Math.ceil(examples / batchSize);
  return {
    hiddenLayers: [64, 32],
    // Smooth, and bounded where an input is far out: on small tables it errs less than ReLU.
    hidden: 'tanh',
    optimizer: 'adam',
    learningRate: 0.003,
    epochs: Math.min(100, Math.max(10, Math.ceil(UPDATES / updates))),
    batchSize,
    schedule: 'cosine',
    // A prior on the weights counts as much as two rows, however many rows there are.
    weightDecay: Number((2 / examples).toPrecision(2)),
    dropout: 0,
  };
}
