/** The options of `relumax train` that say how gradients become updates. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FitOptions, OptimizerName, Schedule } from '../index.ts';
import { defaultLearningRate, OPTIMIZERS } from '../optimizer.ts';
import { UsageError } from './failure.ts';
import { fromZero, learningRate, share, shareFromZero, wholeNumber } from './option-values.ts';

export interface OptimizerChoice {
  optimizer: OptimizerName;
  learningRate?: number;
  momentum?: number;
  weightDecay?: number;
  clipNorm?: number;
  schedule?: Schedule;
  warmup?: number;
  patience?: number;
  dropout?: number;
}

/** Those of them that a single update needs, but for the learning rate. */
export function addUpdateOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--optimizer <name>', 'how gradients become updates')
        .choices(OPTIMIZERS)
        .default('sgd'),
    )
    .option('--momentum <m>', 'of momentum and nesterov (default: 0.9)', share)
    .option(
      '--weight-decay <l>',
      'how strongly weights are drawn to 0 (default: 0; 0.01 with adamw)',
      fromZero,
    )
    .option('--clip-norm <c>', 'make longer gradients this long (default: never)', learningRate)
    .option('--dropout <share>', 'of hidden units, left out at random (default: 0)', shareFromZero);
}

export function addOptimizerOptions(command: Command): Command {
  return addUpdateOptions(command)
    .option(
      '-r, --learning-rate <a>',
      'length of a step (default: 0.1; 0.001 with adam and adamw)',
      learningRate,
    )
    .option(
      '--schedule <s>',
      'of the learning rate: constant, cosine, or step:EPOCHS:FACTOR, such as step:5:0.5',
      schedule,
    )
    .option('--warmup <n>', 'updates over which the learning rate rises (default: 0)', updates)
    .option(
      '--patience <n>',
      'stop after so many epochs without a lower loss on what is held out, and keep the best epoch',
      patience,
    );
}

/**
 * What `fit` is told.
 *
 * @throws UsageError where two options do not go together
 */
export function optimizerOptions(choice: OptimizerChoice) {
  const { optimizer, momentum, weightDecay, clipNorm, schedule, warmup, patience, dropout } =
    choice;
  if (momentum !== undefined && optimizer !== 'momentum' && optimizer !== 'nesterov') {
    throw new UsageError(`--momentum is for momentum and nesterov, not for ${optimizer}`);
  }
  return {
    optimizer: momentum === undefined ? optimizer : { name: optimizer, momentum },
    learningRate: choice.learningRate ?? defaultLearningRate(optimizer),
    ...(weightDecay !== undefined && { weightDecay }),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(schedule !== undefined && { schedule }),
    ...(warmup !== undefined && { warmup }),
    ...(dropout !== undefined && { dropout }),
    ...(patience !== undefined && { earlyStopping: { patience } }),
  } satisfies FitOptions;
}

/** "step:5:0.5" → { name: 'step', every: 5, factor: 0.5 }. */
function schedule(text: string): Schedule {
  if (text === 'constant' || text === 'cosine') return text;
  const [name, every, factor, more] = text.split(':');
  if (name !== 'step' || every === undefined || factor === undefined || more !== undefined) {
    throw new InvalidArgumentError('Expected constant, cosine, or step:EPOCHS:FACTOR.');
  }
  return { name, every: wholeNumber(every, 1, 2 ** 32 - 1), factor: learningRate(factor) };
}

const updates = (text: string) => wholeNumber(text, 0, 2 ** 32 - 1);
const patience = (text: string) => wholeNumber(text, 1, 2 ** 32 - 1);
