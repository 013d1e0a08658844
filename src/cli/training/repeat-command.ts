/** What repeats a training: the options that decided its outcome, and the command line with them. */
import type { Schedule } from '../../index.ts';
import type { AugmentationChoice } from '../options/augmentation-options.ts';
import type { NetworkChoice } from '../options/network-options.ts';
import { changedHyperparameters, type OptimizerChoice } from '../options/optimizer-options.ts';
import { shellOption } from '../terminal/shell.ts';

/** What was chosen, and what came of it where nothing was. */
export interface Chosen
  extends Omit<OptimizerChoice, 'learningRate'>,
    AugmentationChoice,
    NetworkChoice {
  readonly data?: string;
  readonly label?: string;
  readonly header?: boolean;
  readonly layers: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly testSplit?: number;
  readonly seed: number;
}

/** The options by their names on the command line, in the order of the help. */
export function settingsOf(chosen: Chosen): (readonly [string, string])[] {
  const { data, label, header, layers, hidden, output, epochs, batch, seed, testSplit } = chosen;
  const { optimizer, learningRate, weightDecay, clipNorm, schedule, warmup } = chosen;
  const { dropout, patience, shift, rotate, scale } = chosen;
  const settings: Record<string, string | number | undefined> = {
    data,
    label,
    header: header === true ? '' : undefined,
    'no-header': header === false ? '' : undefined,
    layers: layers.join('-'),
    hidden: hidden === 'relu' ? undefined : hidden,
    output,
    epochs,
    batch: batchName(batch),
    optimizer,
    'learning-rate': learningRate,
    ...changedHyperparameters(chosen),
    'weight-decay': weightDecay,
    'clip-norm': clipNorm,
    schedule: schedule && scheduleText(schedule),
    warmup: warmup || undefined,
    dropout: dropout || undefined,
    patience,
    shift: shift || undefined,
    rotate: rotate || undefined,
    scale: scale || undefined,
    'test-split': testSplit,
    seed,
  };
  return Object.entries(settings).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
}

/** The settings as a command line, for a shell. */
export function repeatCommand(settings: readonly (readonly [string, string])[]): string {
  const options = settings.map(([name, value]) =>
    value === '' ? `--${name}` : shellOption(name, value),
  );
  return ['relumax train', ...options].join(' ');
}

/** A schedule as its option has it. */
export function scheduleText(schedule: Schedule): string {
  if (typeof schedule === 'string') return schedule;
  return `step:${schedule.every}:${schedule.factor}`;
}

/** 32, or "full" where a batch is all examples, as the option has it. */
export function batchName(batchSize: number): number | 'full' {
  return Number.isFinite(batchSize) ? batchSize : 'full';
}
