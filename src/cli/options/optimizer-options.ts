/** The options of `relumax train` for the optimizer. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultLearningRate, OPTIMIZERS } from '../../core/optimizers.ts';
import type { FitOptions, NamedSchedule, OptimizerName } from '../../index.ts';
import { UsageError } from '../terminal/failure.ts';
import {
  fromZero,
  learningRate,
  share,
  shareFromZero,
  wholeNumber,
} from '../terminal/option-values.ts';

export interface OptimizerChoice {
  optimizer: OptimizerName;
  learningRate?: number;
  momentum?: number;
  weightDecay?: number;
  clipNorm?: number;
  schedule?: NamedSchedule;
  warmup?: number;
  patience?: number;
  dropout?: number;
}

/** Those of them that a single update needs, but for the learning rate. */
export function addUpdateOptions(command: Command): Command {
  return command
    .addOption(new Option('--optimizer <name>', 'optimizer').choices(OPTIMIZERS).default('sgd'))
    .option('--momentum <m>', 'momentum of momentum and nesterov (default: 0.9)', share)
    .option(
      '--weight-decay <l>',
      'L2 regularisation; with adamw decoupled weight decay (default: 0; 0.01 with adamw)',
      fromZero,
    )
    .option('--clip-norm <c>', 'clip gradients to this norm (default: no clipping)', learningRate)
    .option('--dropout <rate>', 'dropout rate of the hidden layers (default: 0)', shareFromZero);
}

export function addOptimizerOptions(command: Command): Command {
  return addUpdateOptions(command)
    .option(
      '-r, --learning-rate <a>',
      'learning rate (default: 0.1; 0.001 with adam and adamw)',
      learningRate,
    )
    .option(
      '--schedule <s>',
      'learning rate schedule: constant, cosine, or step:EPOCHS:FACTOR, such as step:5:0.5 (default: constant)',
      schedule,
    )
    .option(
      '--warmup <n>',
      'updates over which the learning rate rises to its full value (default: 0)',
      updates,
    )
    .option(
      '--patience <n>',
      'early stopping: end after this many epochs without a lower loss on the held-out data, and keep the best epoch',
      patience,
    );
}

/**
 * The options for `fit`.
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
function schedule(text: string): NamedSchedule {
  if (text === 'constant' || text === 'cosine') return text;
  const [name, every, factor, more] = text.split(':');
  if (name !== 'step' || every === undefined || factor === undefined || more !== undefined) {
    throw new InvalidArgumentError('Expected constant, cosine, or step:EPOCHS:FACTOR.');
  }
  return { name, every: wholeNumber(every, 1, 2 ** 32 - 1), factor: learningRate(factor) };
}

const updates = (text: string) => wholeNumber(text, 0, 2 ** 32 - 1);
const patience = (text: string) => wholeNumber(text, 1, 2 ** 32 - 1);
