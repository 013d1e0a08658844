/** Checkpoints of a training: the flags that save them, and resume from one. */
import { describe, outOfRange } from '../../base/arguments.ts';
import { readRegularFile } from '../../base/regular-file-node.ts';
import {
  type Checkpoint,
  type CheckpointSettings,
  Checkpoints,
  decodeCheckpoint,
  encodeCheckpoint,
} from '../../checkpoint.ts';
import { checkedArchitecture } from '../../core/architecture.ts';
import { INITIALIZATIONS } from '../../core/initialization.ts';
import { checkedOptimizer } from '../../core/optimizers.ts';
import type { FitOptions, NamedSchedule, OptimizerOptions } from '../../index.ts';
import { classesRecord } from '../../model/model.ts';
import { namesIn } from '../../model/names.ts';
import type { Preprocessing } from '../../table/preprocessing.ts';
import { type Format, type FormatName, formatOf, isTable, nounOf } from '../files/formats.ts';
import { shapeIn } from '../files/images/image-shape.ts';
import { checkRecord, preprocessingOf } from '../files/model-file.ts';
import { writeWhole } from '../files/whole-file.ts';
import { type Flag, nameOf, SETTINGS, type Values } from '../options/flags.ts';
import { HYPERPARAMETERS } from '../options/optimizer-flags.ts';
import { type Chosen, type SettingName, textOf } from '../options/settings.ts';
import { TABLE_FLAGS } from '../options/table-flags.ts';
import { reason, UsageError } from '../terminal/failure.ts';
import { warn } from '../terminal/terminal.ts';
import { digestOf } from './digest.ts';
import type { TrainingData } from './training-data.ts';

/** A checkpoint that was read. */
export interface Resumed {
  readonly file: string;
  readonly checkpoint: Checkpoint;
  readonly metadata: Readonly<Record<string, string>>;
  /** Of the table that it was trained on, if it was one. */
  readonly preprocessing: Preprocessing | undefined;
  /** How that was read, by the names of the flags. */
  readonly reading: object;
}

/**
 * The checkpoint to resume from, if there is one.
 *
 * @throws UsageError where options do not go together; Error that names the file
 */
export async function openCheckpoints({
  checkpoint,
  every,
  resume,
  data,
}: Values<'checkpoint' | 'every' | 'resume' | 'data'>): Promise<Resumed | undefined> {
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
      `--resume ${resume}: was trained on ${wordsOf(kind)}, expected ${expected}`,
    );
  }
  return resumed;
}

function kindOf({ metadata }: Resumed): string {
  return metadata.data ?? ('digits' satisfies FormatName);
}

function wordsOf(kind: string): string {
  return formatOf(kind)?.words ?? kind;
}

async function readCheckpoint(file: string): Promise<Resumed> {
  try {
    const { checkpoint, metadata } = decodeCheckpoint(await readRegularFile(file));
    const { optimizer, schedule, functions } = checkpoint.settings;
    const architecture = checkedArchitecture(checkpoint.settings);
    checkRecord(metadata, architecture);
    const { features, outputs } = architecture;
    const network = { metadata, features, outputs, output: functions.output };
    const preprocessing = await preprocessingOf(network);
    checkedOptimizer('settings.optimizer', optimizer);
    if (schedule === 'function') {
      const expected = 'constant, cosine or step; resume it where the function is';
      throw outOfRange('settings.schedule', 'a function', expected);
    }
    return { file, checkpoint, metadata, preprocessing, reading: readingOf(metadata) };
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
  { file, checkpoint: { settings }, metadata, reading }: Resumed,
): O {
  const kept = settingsIn(settings, metadata);
  const given = options as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(kept) as SettingName[]) {
    if (!isGiven(name)) continue;
    const [found, expected] = [given[name], kept[name]].map((value) => textOf(name, value));
    if (found === expected) continue;
    const canGrow = name === 'epochs' && settings.schedule !== 'cosine';
    if (canGrow && Number(given[name]) > settings.epochs) continue;
    const least = canGrow ? 'at least ' : '';
    const flag = nameOf(SETTINGS[name]);
    throw new UsageError(`--${flag}: found ${found}, expected ${least}${expected}, as in ${file}`);
  }
  const filled = Object.entries({ ...kept, ...reading });
  return { ...options, ...Object.fromEntries(filled.filter(([name]) => !isGiven(name))) };
}

/**
 * How the table was read; of older checkpoints only the label column and the header are known.
 *
 * @throws RangeError where the metadata say it wrongly
 */
function readingOf({ data, label, settings }: Readonly<Record<string, string>>) {
  if (data !== 'table') return {};
  const chosen: Readonly<Record<string, unknown>> = JSON.parse(settings ?? '{}');
  const flags = Object.entries<Flag>(TABLE_FLAGS).flatMap(([name, flag]) => {
    const text = chosen[nameOf(flag)];
    if (text === undefined || flag.value === undefined) return [];
    return [[name, flag.value.parse(`${text}`)]];
  });
  const header = 'header' in chosen ? true : 'no-header' in chosen ? false : undefined;
  return {
    ...(label !== undefined && { label }),
    ...(header !== undefined && { header }),
    ...Object.fromEntries(flags),
  };
}

/** The settings of a checkpoint, by the names of the flags. */
function settingsIn(
  settings: CheckpointSettings,
  metadata: Readonly<Record<string, string>>,
): Chosen {
  const { epochs, batchSize, learningRate, optimizer, weightDecay, clipNorm } = settings;
  const { schedule, warmup, earlyStopping, seed, dropout, functions, augmentation } = settings;
  const { classWeights } = settings;
  const { shift, rotate, scale } = (augmentation ?? {}) as Chosen;
  const split = metadata['test-split'];
  const chosen = JSON.parse(metadata.settings ?? '{}');
  const [height, width, channels] = shapeIn(metadata.size) ?? [];
  const { resizes }: Partial<Format> = formatOf(metadata.data ?? '') ?? {};
  return {
    layers: checkedArchitecture(settings),
    channels: 'channels' in chosen ? channels : undefined,
    size: resizes && width && height ? { width, height } : undefined,
    epochs,
    batch: batchSize ?? Number.POSITIVE_INFINITY,
    learningRate,
    optimizer: optimizer.name,
    ...Object.fromEntries(
      HYPERPARAMETERS.map((name) => [name, (optimizer as OptimizerOptions)[name]]),
    ),
    weightDecay,
    clipNorm: clipNorm ?? undefined,
    // What a function made is refused when it is read.
    schedule: schedule as NamedSchedule,
    warmup,
    patience: earlyStopping?.patience,
    dropout,
    classWeight: classWeights === 'balanced' ? classWeights : undefined,
    ...functions,
    initialization: INITIALIZATIONS.find((name) => name === chosen.initialization),
    ...{ shift, rotate, scale },
    seed,
    testSplit: split === undefined ? undefined : Number(split),
  };
}

/**
 * Checks that the data are those that a checkpoint was trained on. Older checkpoints have a hash of
 * the data before they were divided, or none.
 *
 * @throws UsageError that says what differs
 */
export function checkData(
  { file, checkpoint: { settings }, metadata, preprocessing }: Resumed,
  data: TrainingData,
): void {
  const { source, train, record } = data;
  const noun = nounOf(source);
  const { examples } = settings;
  const now = {
    ...{ ...record, ...classesRecord(train.classNames), ...digestsOf(data) },
    ...columnsRecord(data.table?.preprocessing),
  };
  const then = { ...metadata, ...columnsRecord(preprocessing) };
  const differs = <T>(found: T, expected: T, text: (value: T) => string) => {
    const path = source.file ?? source.folder;
    const name = path === undefined ? 'the data' : `--data ${path}`;
    const texts = `found ${text(found)}, expected ${text(expected)}`;
    throw new UsageError(`${name}: ${texts}, as in ${file}`);
  };
  const either = (key: string) => [now, then].map((of: Record<string, string>) => of[key]);
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
  const { features: inputs, outputs } = checkedArchitecture(settings);
  if (train.features !== inputs) differs(train.features, inputs, (n) => `${n} inputs`);
  if (train.outputs !== outputs) differs(train.outputs, outputs, (n) => `${n} outputs`);
  if (train.length !== examples) differs(train.length, examples, (n) => `${n} training ${noun}`);
  for (const [key, part] of Object.entries(PARTS)) {
    const [found, expected] = either(key);
    if (expected === undefined || found === expected) continue;
    differs(`other values in the ${part} ${noun}`, 'the same', String);
  }
  const { 'train-sha256': isRecent, 'data-sha256': digest } = metadata;
  if (isRecent || digest === undefined || data.hasDigest(digest)) return;
  differs(`other values in the ${noun}`, 'the same', String);
}

/** The columns of a table, to compare: some names, and a list of them. */
function columnsRecord(preprocessing: Preprocessing | undefined): Record<string, string> {
  if (preprocessing === undefined) return {};
  const { labels, features } = preprocessing;
  return { label: labels.join(', '), features: JSON.stringify(features) };
}

/** What differs in one value of the metadata. */
const WORDS: Readonly<Record<string, (value: string) => string>> = {
  data: wordsOf,
  label: (name) => `label column ${describe(name)}`,
  size: (size) => `images of ${size.replaceAll('x', ' × ')}`,
};

/** The lists of names in the metadata, and what one and several of those that have them are. */
const LISTS = { features: ['column', 'columns'], classes: ['class', 'classes'] } as const;

/** The keys of the hashes in a checkpoint's metadata, and what they are of. */
const PARTS = { 'train-sha256': 'training', 'held-out-sha256': 'held-out' } as const;

/** The hashes of the data of a training. */
function digestsOf({ train, heldOut }: TrainingData): Record<keyof typeof PARTS, string> {
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
  { checkpoint: file, every }: Values<'checkpoint' | 'every'>,
  resumed: Resumed | undefined,
  metadata: Record<string, string>,
  data: TrainingData,
): CheckpointsOfTraining {
  if (file === undefined && resumed === undefined) return { options: {}, failure: undefined };
  let lastWritten: string | undefined;
  let failure: string | undefined;
  let isSaid = false;
  const all = { ...metadata, ...(file !== undefined && digestsOf(data)) };
  const onCheckpoint = async (checkpoint: Checkpoint) => {
    try {
      await writeWhole(`${file}`, () => encodeCheckpoint(checkpoint, { metadata: all }));
      const { epoch, step } = checkpoint.progress;
      lastWritten = `epoch ${epoch}, update ${step}`;
      failure = undefined;
    } catch (error) {
      const last = lastWritten ? `the last one written is of ${lastWritten}` : 'none was written';
      failure = `--checkpoint ${reason(error)}; ${last}`;
      if (!isSaid) warn(`--checkpoint ${reason(error)}; the training continues and tries again`);
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
