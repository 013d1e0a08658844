/** The options of `relumax train` that choose the activations of a network. */
import { type Command, Option } from 'commander';
import { HIDDEN, OUTPUTS } from '../../core/activations.ts';
import type { Hidden, Output } from '../../index.ts';

export interface NetworkChoice {
  hidden: Hidden;
  output?: Output;
}

export function addNetworkOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--hidden <function>', 'activation function of the hidden layers')
        .choices(HIDDEN)
        .default('relu'),
    )
    .addOption(
      new Option(
        '--output <function>',
        'activation function of the output layer: softmax for classes, linear for numbers, sigmoid for several labels at once or fractions from 0 to 1 (default: what fits the data)',
      ).choices(OUTPUTS),
    );
}
