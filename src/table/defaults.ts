/** A network for a table, and how it is trained, where nobody says otherwise: by how many rows it has. */

import { boolean, options as checkOptions, integer } from '../base/arguments.ts';
import type { Hidden } from '../core/activations.ts';
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

export interface TableDefaultsOptions {
  /** Whether to train for longer, where there are enough rows that it is more accurate. Default: false. */
  readonly best?: boolean | undefined;
}

/** Epochs and batch size up to a number of rows; in a large table more rows take the place of epochs. */
const STEPS = [
  { rows: 100, epochs: 300, batchSize: 32 },
  { rows: 5_000, epochs: 100, batchSize: 32 },
  { rows: 50_000, epochs: 40, batchSize: 32 },
  { rows: 500_000, epochs: 20, batchSize: 64 },
  { rows: Number.POSITIVE_INFINITY, epochs: 10, batchSize: 128 },
] as const;

/** From so many rows a larger network that is trained for longer does better. */
const ROWS_FOR_MORE = 1_000;

/**
 * The layers of a network and options of `fit` that do well on most tables.
 *
 * @param rows how many there are to train on
 * @throws TypeError or RangeError that names the argument
 */
export function tableDefaults(rows: number, options: TableDefaultsOptions = {}): TableDefaults {
  integer('rows', rows, 1, 2 ** 32 - 1);
  const { best = false } = checkOptions('options', options, ['best']);
  const more = boolean('best', best) && rows >= ROWS_FOR_MORE;
  const { epochs, batchSize } = STEPS.find((step) => rows <= step.rows)!;
  return {
    hiddenLayers: more ? [128, 64] : [64, 32],
    // Smooth, and bounded where an input is far out: on small tables it errs less than ReLU.
    hidden: 'tanh',
    optimizer: 'adam',
    learningRate: 0.003,
    epochs: more ? 2 * epochs : epochs,
    batchSize,
    schedule: 'cosine',
    // It holds the weights back as much as a few rows would, however many there are.
    weightDecay: Number(((more ? 5 : 2) / rows).toPrecision(2)),
    dropout: 0,
  };
}
