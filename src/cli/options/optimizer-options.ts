/** The options of `relumax train` for the optimizer. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  CHECKS,
  HYPERPARAMETER_TEXTS,
  type Hyperparameters,
  OPTIMIZERS,
  rowOf,
} from '../../core/optimizers.ts';
import type { FitOptions, OptimizerName, OptimizerOptions, Schedule } from '../../index.ts';
import { UsageError } from '../terminal/failure.ts';
import {
  checkedBy,
  fromZero,
  learningRate,
  shareFromZero,
  wholeNumber,
} from '../terminal/option-values.ts';

export interface OptimizerChoice extends Partial<Hyperparameters> {
  optimizer: OptimizerName;
  learningRate?: number;
  weightDecay?: number;
  clipNorm?: number;
  schedule?: Schedule;
  warmup?: number;
  patience?: number;
  dropout?: number;
}

/** The hyperparameters of all optimizers: each is an option. */
export const HYPERPARAMETERS = Object.keys(CHECKS) as (keyof Hyperparameters)[];

/** The name of an option on the command line: `weightDecay` → weight-decay. */
export function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The optimizers for which something is said: "0.1 with sgd, momentum; 0.001 with adam". */
function byOptimizer<T>(
  of: (name: OptimizerName) => T | undefined,
  text: (value: T) => string = String,
): string {
  const groups = new Map<string, OptimizerName[]>();
  for (const name of OPTIMIZERS) {
    const value = of(name);
    if (value === undefined) continue;
    groups.set(text(value), [...(groups.get(text(value)) ?? []), name]);
  }
  return [...groups].map(([value, names]) => `${value} with ${names.join(', ')}`).join('; ');
}

/** Those of them that a single update needs, but for the learning rate. */
export function addUpdateOptions(command: Command): Command {
  command.addOption(
    new Option('--optimizer <name>', 'optimizer').choices(OPTIMIZERS).default('sgd'),
  );
  for (const name of HYPERPARAMETERS) {
    const defaults = byOptimizer((optimizer) => rowOf({ name: optimizer }).defaults[name]);
    const help = `${HYPERPARAMETER_TEXTS[name]} (default: ${defaults})`;
    command.option(`--${flagOf(name)} <x>`, help, checkedBy(CHECKS[name]));
  }
  const decays = byOptimizer((name) => rowOf({ name }).decoupledDecay);
  return command
    .option(
      '--weight-decay <l>',
      `L2 regularisation, or decoupled weight decay (default: 0; decoupled, ${decays})`,
      fromZero,
    )
    .option('--clip-norm <c>', 'clip gradients to this norm (default: no clipping)', learningRate)
    .option('--dropout <rate>', 'dropout rate of the hidden layers (default: 0)', shareFromZero);
}

export function addOptimizerOptions(command: Command): Command {
  return addUpdateOptions(command)
    .option(
      '-r, --learning-rate <a>',
      `learning rate (default: ${byOptimizer((name) => rowOf({ name }).learningRate)})`,
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
  const { optimizer: name, weightDecay, clipNorm, schedule, warmup, patience, dropout } = choice;
  const row = rowOf({ name });
  const optimizer: OptimizerOptions = { name };
  for (const key of HYPERPARAMETERS) {
    const { [key]: value } = choice;
    if (value === undefined) continue;
    const isIts = (name: OptimizerName) => key in rowOf({ name }).defaults;
    if (!isIts(name)) {
      const theirs = OPTIMIZERS.filter(isIts).join(', ');
      throw new UsageError(`--${flagOf(key)} is for ${theirs}, not for ${name}`);
    }
    Object.assign(optimizer, { [key]: value });
  }
  return {
    optimizer,
    learningRate: choice.learningRate ?? row.learningRate,
    ...(weightDecay !== undefined && { weightDecay }),
    ...(clipNorm !== undefined && { clipNorm }),
    ...(schedule !== undefined && { schedule }),
    ...(warmup !== undefined && { warmup }),
    ...(dropout !== undefined && { dropout }),
    ...(patience !== undefined && { earlyStopping: { patience } }),
  } satisfies FitOptions;
}

/** Hyperparameters that differ from the optimizer's defaults, by the names of their options. */
export function changedHyperparameters(choice: OptimizerChoice): Record<string, number> {
  const { defaults } = rowOf({ name: choice.optimizer });
  const changed = HYPERPARAMETERS.filter(
    (key) => choice[key] !== undefined && choice[key] !== defaults[key],
  );
  return Object.fromEntries(changed.map((key) => [flagOf(key), choice[key]!]));
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
