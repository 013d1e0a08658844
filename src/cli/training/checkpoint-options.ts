/** The options of `relumax train` that save checkpoints of a training and resume from one. */
import type { Command } from 'commander';
import { describe } from '../../base/arguments.ts';
import { readRegularFile } from '../../base/regular-file-node.ts';
import {
  type Checkpoint,
  type CheckpointSettings,
  Checkpoints,
  decodeCheckpoint,
  encodeCheckpoint,
} from '../../checkpoint.ts';
import { checkedOptimizer, type Hyperparameters } from '../../core/optimizers.ts';
import type { FitOptions, OptimizerOptions, Schedule } from '../../index.ts';
import { classesRecord } from '../files/model-file.ts';
import { checkRecord, namesIn } from '../files/model-record.ts';
import { isTable, nounOf, type Source } from '../files/source.ts';
import { writeWhole } from '../files/whole-file.ts';
import type { AugmentationChoice } from '../options/augmentation-options.ts';
import { inputOption, outputOption } from '../options/file-options.ts';
import { flagOf, HYPERPARAMETERS } from '../options/optimizer-options.ts';
import { reason, UsageError } from '../terminal/failure.ts';
import { wholeNumber } from '../terminal/option-values.ts';
import { warn } from '../terminal/terminal.ts';
import { digestOf, type Material } from './held-out.ts';
import { batchName, scheduleText } from './repeat-command.ts';

export interface CheckpointChoice {
  checkpoint?: string;
  every?: number;
  resume?: string;
}

export function addCheckpointOptions(command: Command): Command {
  return command
    .addOption(
      outputOption(
        '--checkpoint <file>',
        'save a checkpoint of the training there while it runs; it is also a model',
        { replaces: '--resume' },
      ),
    )
    .option('--every <n>', 'save a checkpoint every n updates (default: once an epoch)', (text) =>
      wholeNumber(text, 1, 2 ** 32 - 1),
    )
    .addOption(
      inputOption('--resume <file>', 'resume from a checkpoint, bit-exactly, with its settings'),
    );
}

/** A checkpoint that was read. */
export interface Resumed {
  readonly file: string;
  readonly checkpoint: Checkpoint;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a checkpoint's metadata call the kinds of data, in words. */
const KINDS: Readonly<Record<Source['data'], string>> = {
  digits: 'the bundled digits',
  idx: 'IDX files',
  table: 'a table',
  images: 'a folder of images',
  arrays: 'arrays',
};

/**
 * The checkpoint to resume from, if there is one.
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
  if (resume === undefined) return undefined;
  const resumed = await readCheckpoint(resume);
  const kind = kindOf(resumed);
  const isOther = data === undefined ? kind !== 'digits' : (kind === 'table') !== isTable(data);
  if (isOther || (kind === 'digits' && data !== undefined)) {
    const expected = kind === 'digits' ? 'no --data' : '--data with the same';
    throw new UsageError(
      `--resume ${resume}: was trained on ${KINDS[kind] ?? kind}, expected ${expected}`,
    );
  }
  return resumed;
}

function kindOf({ metadata }: Resumed): Source['data'] {
  return (metadata.data as Source['data'] | undefined) ?? 'digits';
}

async function readCheckpoint(file: string): Promise<Resumed> {
  try {
    const { checkpoint, metadata } = decodeCheckpoint(await readRegularFile(file));
    checkRecord(metadata, checkpoint.settings.layers);
    checkedOptimizer('optimizer', checkpoint.settings.optimizer);
    return { file, checkpoint, metadata };
  } catch (error) {
    throw new Error(reason(error, file), { cause: error });
  }
}

/**
 * Options that were not given, as the checkpoint has them.
 *
 * @param options of the command, with its defaults
 * @param isGiven whether the command line had an option
 * @throws UsageError where one that was given is another than the checkpoint's
 */
export function withSettings<O extends object>(
  options: O,
  isGiven: (name: string) => boolean,
  { file, checkpoint: { settings }, metadata }: Resumed,
): O {
  const kept = optionsOf(settings, metadata);
  const given = options as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(kept)) {
    if (!isGiven(name)) continue;
    const [found, expected] = [given[name], value].map(name === 'seed' ? String : textOf);
    if (found === expected) continue;
    const canGrow = name === 'epochs' && settings.schedule !== 'cosine';
    if (canGrow && Number(given[name]) > settings.epochs) continue;
    const least = canGrow ? 'at least ' : '';
    throw new UsageError(
      `--${flagOf(name)}: found ${found}, expected ${least}${expected}, as in ${file}`,
    );
  }
  const filled = Object.entries({ ...kept, ...readingOf(metadata) });
  return { ...options, ...Object.fromEntries(filled.filter(([name]) => !isGiven(name))) };
}

/** The value of an option as text; "none" for one that has no effect. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join('-');
  if (typeof value === 'number') return value === 0 ? 'none' : String(batchName(value));
  return value === undefined ? 'none' : scheduleText(value as Schedule);
}

/** How the table was read; the label is held against the data, as it has several names. */
function readingOf({ data, label, settings }: Readonly<Record<string, string>>) {
  if (data !== 'table') return {};
  const chosen = JSON.parse(settings ?? '{}');
  const header = 'header' in chosen ? true : 'no-header' in chosen ? false : undefined;
  return { ...(label !== undefined && { label }), ...(header !== undefined && { header }) };
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
    ...hyperparametersOf(optimizer),
    weightDecay,
    clipNorm: clipNorm ?? undefined,
    schedule,
    warmup,
    patience: earlyStopping?.patience,
    dropout,
    ...functions,
    ...movesOf(augmentation),
    seed,
    testSplit: split === undefined ? undefined : Number(split),
  };
}

/** Those of all optimizers: undefined where this one has none such. */
function hyperparametersOf(optimizer: OptimizerOptions): Partial<Hyperparameters> {
  return Object.fromEntries(HYPERPARAMETERS.map((name) => [name, optimizer[name]]));
}

/** By how much images are moved, of an augmentation's settings. */
function movesOf(settings: object | null): AugmentationChoice {
  const { shift, rotate, scale } = (settings ?? {}) as AugmentationChoice;
  return { shift, rotate, scale } as AugmentationChoice;
}

/**
 * Checks that the data are those that a checkpoint was trained on. Older checkpoints have a hash of
 * the data before they were divided, or none.
 *
 * @throws UsageError that says what differs
 */
export function checkData(
  { file, checkpoint: { settings }, metadata }: Resumed,
  material: Material,
): void {
  const { source, train, record } = material;
  const noun = nounOf(source);
  const { layers, examples } = settings;
  const now = { ...record, ...classesRecord(train.classNames), ...digestsOf(material) };
  const differs = <T>(found: T, expected: T, text: (value: T) => string) => {
    const data = source.file ?? source.folder;
    const name = data === undefined ? 'the data' : `--data ${data}`;
    const texts = `found ${text(found)}, expected ${text(expected)}`;
    throw new UsageError(`${name}: ${texts}, as in ${file}`);
  };
  const either = (key: string) => [now, metadata].map((of: Record<string, string>) => of[key]);
  for (const [key, text] of Object.entries(WORDS)) {
    const [found = 'none', expected = 'none'] = either(key);
    if (found !== expected) differs(found, expected, text);
  }
  for (const [key, [one, several]] of Object.entries(LISTS)) {
    const [found = [], expected = []] = either(key).map(namesIn);
    if (found.length !== expected.length) {
      differs(found, expected, ({ length }) => `${length} named ${several}`);
    }
    const i = expected.findIndex((name, i) => found[i] !== name);
    if (i >= 0) differs(found[i], expected[i], (name) => `${describe(name)} as ${one} ${i + 1}`);
  }
  const isDivided = (of: object) => ('test-split' in of ? 'no test files' : 'test files');
  if (isDivided(now) !== isDivided(metadata)) differs(now, metadata, isDivided);
  const [inputs, outputs] = [layers[0]!, layers.at(-1)!];
  if (train.features !== inputs) differs(train.features, inputs, (n) => `${n} inputs`);
  if (train.outputs !== outputs) differs(train.outputs, outputs, (n) => `${n} outputs`);
  if (train.length !== examples) differs(train.length, examples, (n) => `${n} training ${noun}`);
  for (const [key, part] of Object.entries(PARTS)) {
    const [found, expected] = either(key);
    if (expected === undefined || found === expected) continue;
    differs(`other values in the ${part} ${noun}`, 'the same', String);
  }
  const { 'train-sha256': isRecent, 'data-sha256': digest } = metadata;
  if (isRecent || digest === undefined || material.hasDigest(digest)) return;
  differs(`other values in the ${noun}`, 'the same', String);
}

/** What differs in one value of the metadata. */
const WORDS: Readonly<Record<string, (value: string) => string>> = {
  data: (kind) => KINDS[kind as Source['data']] ?? kind,
  label: (name) => `label column ${describe(name)}`,
  size: (size) => `images of ${size.replace('x', ' × ')} pixels`,
};

/** The lists of names in the metadata, and what one and several of those that have them are. */
const LISTS = { features: ['column', 'columns'], classes: ['class', 'classes'] } as const;

/** The keys of the hashes in a checkpoint's metadata, and what they are of. */
const PARTS = { 'train-sha256': 'training', 'held-out-sha256': 'held-out' } as const;

/** What tells the data of a training from others. */
function digestsOf({ train, heldOut }: Material): Record<keyof typeof PARTS, string> {
  return { 'train-sha256': digestOf(train), 'held-out-sha256': digestOf(heldOut) };
}

/** The checkpoints of a training. */
export interface CheckpointsOfTraining {
  /** For `fit`. */
  readonly options: Pick<FitOptions, 'checkpoints'>;
  /** What there is to say where the last one could not be written. */
  readonly failure: string | undefined;
}

/**
 * The checkpoints that a training keeps in a file. One that cannot be written does not end the
 * training: it is said once, and tried again with the next.
 *
 * @param metadata of the model, for the file to keep
 */
export function checkpointsFor(
  { checkpoint: file, every }: CheckpointChoice,
  resumed: Resumed | undefined,
  metadata: Record<string, string>,
  material: Material,
): CheckpointsOfTraining {
  if (file === undefined && resumed === undefined) return { options: {}, failure: undefined };
  let lastWritten: string | undefined;
  let failure: string | undefined;
  let isSaid = false;
  const all = { ...metadata, ...(file !== undefined && digestsOf(material)) };
  const onCheckpoint = async (checkpoint: Checkpoint) => {
    try {
      await writeWhole(`${file}`, () => encodeCheckpoint(checkpoint, { metadata: all }));
      const { epoch, step } = checkpoint.progress;
      lastWritten = `epoch ${epoch}, update ${step}`;
      failure = undefined;
    } catch (error) {
      const last = lastWritten ? `the last one written is of ${lastWritten}` : 'none was written';
      failure = `--checkpoint ${reason(error)}; ${last}`;
      if (!isSaid) warn(`--checkpoint ${reason(error)}; the training goes on and tries again`);
      isSaid = true;
    }
  };
  const checkpoints = new Checkpoints({
    ...(resumed && { resume: resumed.checkpoint }),
    ...(every !== undefined && { every }),
    ...(file !== undefined && { onCheckpoint }),
  });
  return {
    options: { checkpoints },
    get failure() {
      return failure;
    },
  };
}
