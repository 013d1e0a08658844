/** A network for a table, and how it is trained, where nobody says otherwise: by its size. */

import type { Output } from '../core/activations.ts';
import type { OptimizerName } from '../core/optimizers.ts';

export interface TableDefaults {
  readonly hiddenLayers: readonly number[];
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly schedule: 'constant' | 'cosine';
  readonly weightDecay: number;
  readonly dropout: number;
}

/** @param examples to train on */
export function tableDefaults(
  _examples: number,
  _features: number,
  _outputs: number,
  _output: Output,
): TableDefaults {
  return {
    hiddenLayers: [64, 32],
    optimizer: 'adam',
    learningRate: 0.003,
    epochs: 100,
    batchSize: 32,
    schedule: 'cosine',
    weightDecay: 0,
    dropout: 0.1,
  };
}
