/** The options of `relumax train` that save checkpoints of a training and resume from one. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import {
  type Checkpoint,
  type CheckpointSettings,
  Checkpoints,
  decodeCheckpoint,
  encodeCheckpoint,
} from '../checkpoints.ts';
import type { FitOptions } from '../index.ts';
import type { AugmentationChoice } from './augmentation-options.ts';
import { reason, UsageError } from './failure.ts';
import { checkTarget, writeModel } from './model-file.ts';
import { path, wholeNumber } from './option-values.ts';

export interface CheckpointChoice {
  checkpoint?: string;
  every?: number;
  resume?: string;
}

export function addCheckpointOptions(command: Command): Command {
  return command
    .option(
      '--checkpoint <file>',
      'save a checkpoint of the training there while it runs; it is also a model',
      path,
    )
    .option('--every <n>', 'save a checkpoint every n updates (default: once an epoch)', (text) =>
      wholeNumber(text, 1, 2 ** 32 - 1),
    )
    .option('--resume <file>', 'resume from a checkpoint, bit-exactly, with its settings', path);
}

/** A checkpoint that was read. */
export interface Resumed {
  readonly checkpoint: Checkpoint;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The checkpoint to resume from, if there is one; and that the file for new ones can be written.
 *
 * @throws UsageError where options do not go together; Error that names the file
 */
export async function openCheckpoints(
  choice: CheckpointChoice & { data?: string },
): Promise<Resumed | undefined> {
  const { checkpoint, every, resume, data } = choice;
  if (every !== undefined && checkpoint === undefined) {
    throw new UsageError('--every is for --checkpoint, which is not given');
  }
  if (checkpoint !== undefined) await checkTarget(checkpoint, '--checkpoint');
  if (resume === undefined) return undefined;
  const resumed = await readCheckpoint(resume);
  const { data: kind = 'digits' } = resumed.metadata;
  if (data === undefined && kind !== 'digits') {
    const what = kind === 'idx' ? 'IDX files' : kind === 'table' ? 'a table' : kind;
    throw new UsageError(
      `--resume ${resume}: was trained on ${what}, expected --data with the same`,
    );
  }
  return resumed;
}

async function readCheckpoint(file: string): Promise<Resumed> {
  try {
    return decodeCheckpoint(await readFile(file));
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

/**
 * Options that were not given, as the checkpoint has them.
 *
 * @param options of the command, with its defaults
 * @param isGiven whether the command line had an option
 */
export function withSettings<O extends object>(
  options: O,
  isGiven: (name: string) => boolean,
  { checkpoint: { settings }, metadata }: Resumed,
): O {
  const filled = Object.entries(optionsOf(settings, metadata)).filter(([name]) => !isGiven(name));
  return { ...options, ...Object.fromEntries(filled) };
}

/** The settings by the names of the options. */
function optionsOf(settings: CheckpointSettings, metadata: Readonly<Record<string, string>>) {
  const { layers, epochs, batchSize, learningRate, optimizer, weightDecay, clipNorm } = settings;
  const { schedule, warmup, earlyStopping, seed, dropout, functions, augmentation } = settings;
  const split = metadata['test-split'];
  return {
    layers,
    epochs,
    batch: batchSize ?? Number.POSITIVE_INFINITY,
    learningRate,
    optimizer: optimizer.name,
    ...('momentum' in optimizer && { momentum: optimizer.momentum }),
    weightDecay,
    clipNorm: clipNorm ?? undefined,
    schedule,
    warmup,
    patience: earlyStopping?.patience,
    dropout,
    ...functions,
    ...movesOf(augmentation),
    seed,
    ...(split !== undefined && { testSplit: Number(split) }),
  };
}

/** By how much images are moved, of an augmentation's settings. */
function movesOf(settings: object | null): AugmentationChoice {
  const { shift, rotate, scale } = (settings ?? {}) as AugmentationChoice;
  return { ...(settings && { shift, rotate, scale }) } as AugmentationChoice;
}

/**
 * The options for `fit`.
 *
 * @param metadata of the model, for the file to keep
 */
export function checkpointOptions(
  { checkpoint: file, every }: CheckpointChoice,
  resumed: Resumed | undefined,
  metadata: Record<string, string>,
) {
  if (file === undefined && resumed === undefined) return {};
  const checkpoints = new Checkpoints({
    ...(resumed && { resume: resumed.checkpoint }),
    ...(every !== undefined && { every }),
    ...(file !== undefined && {
      onCheckpoint: (checkpoint) => writeModel(file, encodeCheckpoint(checkpoint, { metadata })),
    }),
  });
  return { checkpoints } satisfies FitOptions;
}
