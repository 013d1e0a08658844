/** The options of `relumax train` that say what the layers of a network make of their sums. */
import { type Command, Option } from 'commander';
import { HIDDEN, OUTPUTS } from '../functions.ts';
import type { Hidden, Output } from '../index.ts';

export interface NetworkChoice {
  hidden: Hidden;
  output?: Output;
}

export function addNetworkOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--hidden <function>', 'of the hidden layers').choices(HIDDEN).default('relu'),
    )
    .addOption(
      new Option(
        '--output <function>',
        'of the last layer: softmax for classes, linear for numbers, sigmoid for shares from 0 to 1 (default: what the data has)',
      ).choices(OUTPUTS),
    );
}
