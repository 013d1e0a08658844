/** Checkpoints of a training, and the checks before one is resumed. */
import {
  callable,
  integer,
  isTyped,
  notNegative,
  options,
  outOfRange,
  typed,
  wrongType,
} from '../base/arguments.ts';
import { Random } from '../base/random.ts';
import type { Functions } from '../core/activations.ts';
import { checkedArchitecture, type Image, type Layer } from '../core/architecture.ts';
import type { Normalization, Standardization } from '../core/normalization.ts';
import { type Optimizer, stateBlocks } from '../core/optimizers.ts';
import type { LayerParameters } from '../core/parameters.ts';
import { checkedParameters } from '../core/parameters.ts';
import {
  type Follower,
  type Following,
  type Snapshot,
  type Training,
  trainingSettings,
} from './fit-options.ts';
import type { EpochReport } from './history.ts';
import type { NamedSchedule } from './schedule.ts';

/** All that it takes to resume a training: its state between two updates, and its settings. */
export interface Checkpoint extends Snapshot {
  /** The preprocessing of the network, if it has any. */
  normalization?: Normalization | undefined;
  settings: CheckpointSettings;
}

/** The settings that decide the outcome of a training; null stands for Infinity, or none. */
export interface CheckpointSettings {
  layers: readonly Layer[];
  /** Of a network whose inputs are images. */
  input?: Image;
  functions: Functions;
  examples: number;
  epochs: number;
  batchSize: number | null;
  optimizer: Optimizer;
  learningRate: number;
  weightDecay: number;
  clipNorm: number | null;
  /** `'function'` stands for any function. */
  schedule: NamedSchedule | 'function';
  warmup: number;
  dropout: number;
  augmentation: object | null;
  /** Older checkpoints have neither. */
  classWeights?: 'balanced' | readonly number[] | null;
  /** A hash of them. */
  exampleWeights?: string | null;
  seed: number;
  shuffle: boolean;
  earlyStopping: { patience: number; minDelta: number } | null;
}

/** When to take checkpoints, and which one to resume from. */
export interface CheckpointOptions {
  /** Take a checkpoint every so many updates, a whole number from 1. Default: once an epoch. */
  every?: number;
  /**
   * Called with each checkpoint, also with the one taken when the signal ends the training. The
   * training waits for the promise.
   */
  onCheckpoint?: (checkpoint: Checkpoint) => void | Promise<void>;
  /**
   * Resumes from a checkpoint, whatever parameters the network has: the training ends with the same
   * bits as one that was never interrupted. Dataset and options must be the same; only `epochs` may be
   * larger, with the schedules `constant` and `step`. If the schedule was a function, it must be given
   * again; whether it is the same cannot be checked.
   */
  resume?: Checkpoint;
}

/**
 * Takes checkpoints of one training while it runs, or resumes it from one.
 *
 * ```ts
 * const checkpoints = new Checkpoints({ every: 100, onCheckpoint: (checkpoint) => save(checkpoint) });
 * await network.fit(dataset, { epochs: 20, checkpoints });
 * ```
 */
export class Checkpoints implements Follower {
  readonly #every: number | undefined;
  readonly #onCheckpoint: CheckpointOptions['onCheckpoint'];
  readonly #resume: Checkpoint | undefined;
  #isUsed = false;

  /** @throws TypeError or RangeError that names the option */
  constructor(given: CheckpointOptions) {
    const { every, onCheckpoint, resume } = options('options', given, [
      'every',
      'onCheckpoint',
      'resume',
    ]);
    this.#every = every === undefined ? every : integer('every', every, 1, Number.MAX_SAFE_INTEGER);
    this.#onCheckpoint =
      onCheckpoint === undefined ? undefined : callable('onCheckpoint', onCheckpoint);
    this.#resume = resume === undefined ? resume : copyOf(checkedCheckpoint('resume', resume));
  }

  /**
   * Called by `fit`.
   *
   * @throws TypeError or RangeError that names what is wrong with the checkpoint, or differs
   * @hidden
   */
  begin(training: Training): Following {
    if (this.#isUsed) {
      throw outOfRange('checkpoints', 'those of another fit', 'ones that are not in use');
    }
    const settings = jsonOf('augmentation.settings', settingsOf(training));
    const resume = this.#resume;
    if (resume !== undefined) checkResumable(training, JSON.parse(settings), resume);
    this.#isUsed = true;
    return {
      ready() {
        if (resume) restore(training, resume);
      },
      after: (updates, ended) => {
        const isDue = ended || updates % (this.#every ?? training.steps) === 0;
        if (this.#onCheckpoint === undefined || !isDue) return undefined;
        const checkpoint = { ...snapshot(training), settings: JSON.parse(settings) };
        return Promise.resolve(this.#onCheckpoint(checkpoint));
      },
      end: () => {
        this.#isUsed = false;
      },
    };
  }
}

/** The state of a training; all of it copies, since whoever has them may change or transfer them. */
function snapshot({ core, moment, history, best, bestParameters, network }: Training) {
  const { began, ...place } = moment;
  const seconds = (performance.now() - began!) / 1000;
  const progress = { ...place, seconds, history: history.epochs, best };
  const { normalization } = network;
  return {
    parameters: core.parameters(),
    state: core.state(),
    ...copyOf({ progress, best: bestParameters, normalization }),
  };
}

/** Continues from the state of such a training, which stays as it is. */
function restore(training: Training, { parameters, state, progress, best }: Snapshot): void {
  const { history, best: bestEpoch, seconds, ...moment } = copyOf(progress);
  const updates = (moment.epoch - 1) * training.steps + moment.step;
  training.core.setParameters(parameters);
  training.core.setState(state, updates);
  training.moment = { ...moment, began: performance.now() - 1000 * seconds };
  training.history.epochs = history;
  training.best = bestEpoch;
  training.bestParameters = best;
}

/** A deep copy of objects and arrays, without properties that are undefined. */
function copyOf<T>(value: T): T {
  if (isTyped(value, 'Float32Array')) return new Float32Array(value) as T;
  if (isTyped(value, 'Float64Array')) return new Float64Array(value) as T;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(parts.map(([key, part]) => [key, copyOf(part)])) as T;
}

/** The settings that decide the outcome of a training, for JSON, which writes Infinity as null. */
function settingsOf({ network, examples, settings }: Training): object {
  const { layers, input, hidden, output } = network;
  const own = Object.entries(trainingSettings(settings)).map(([name, value = null]) => [
    name,
    typeof value === 'function' ? 'function' : value,
  ]);
  const augmentation = settings.augmentation?.settings ?? null;
  const exampleWeights = settings.exampleWeights ? hashOf(settings.exampleWeights) : null;
  const functions = { hidden, output };
  return {
    layers,
    ...(input && { input }),
    functions,
    examples,
    ...Object.fromEntries(own),
    augmentation,
    exampleWeights,
  };
}

/** 32 bits by which other weights are noticed. */
function hashOf(weights: readonly number[]): string {
  let hash = 0;
  for (const word of new Uint32Array(Float64Array.from(weights).buffer)) {
    hash = new Random(word, 'weights', hash).word();
  }
  return hash.toString(16).padStart(8, '0');
}

/**
 * Settings as JSON.
 *
 * @throws TypeError where they cannot be written
 */
function jsonOf(argument: string, settings: object): string {
  try {
    return JSON.stringify(settings);
  } catch (error) {
    // A cycle, a bigint, or more than fits a string; others come from what was given.
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw wrongType(argument, settings, 'what JSON can write');
  }
}

/**
 * A checkpoint from the caller: each part is read once, and its type checked, but not whether a training
 * can resume from it.
 *
 * @throws TypeError or RangeError that names the part
 */
export function checkedCheckpoint(argument: string, given: Checkpoint): Checkpoint {
  const { parameters, state, progress, best, normalization, settings } = options(argument, given, [
    'parameters',
    'state',
    'progress',
    'best',
    'normalization',
    'settings',
  ]);
  return {
    parameters: layersIn(`${argument}.parameters`, parameters),
    state: listIn(`${argument}.state`, state, layersIn),
    progress: progressIn(`${argument}.progress`, progress),
    ...(best !== undefined && { best: layersIn(`${argument}.best`, best) }),
    ...(normalization !== undefined && {
      normalization: normalizationIn(`${argument}.normalization`, normalization),
    }),
    settings: settingsIn(`${argument}.settings`, settings),
  };
}

function listIn<T>(
  argument: string,
  list: readonly T[],
  check: (argument: string, entry: T) => T,
): T[] {
  if (!Array.isArray(list)) throw wrongType(argument, list, 'an array');
  return Array.from(list, (entry: T, i) => check(`${argument}[${i}]`, entry));
}

function layersIn(argument: string, layers: readonly LayerParameters[]): LayerParameters[] {
  return listIn(argument, layers, (name, layer) => {
    const { weights, biases } = options(name, layer);
    return {
      weights: typed(`${name}.weights`, weights, 'Float32Array'),
      biases: typed(`${name}.biases`, biases, 'Float32Array'),
    };
  });
}

function progressIn(argument: string, given: Checkpoint['progress']): Checkpoint['progress'] {
  const { history, best, epoch, step, lossSum, correct, seconds = 0 } = options(argument, given);
  const whole = (name: string, value: number, least: number) =>
    integer(`${argument}.${name}`, value, least, Number.MAX_SAFE_INTEGER);
  return {
    epoch: whole('epoch', epoch, 1),
    step: whole('step', step, 0),
    lossSum: notNegative(`${argument}.lossSum`, lossSum),
    correct: whole('correct', correct, 0),
    seconds: notNegative(`${argument}.seconds`, seconds),
    history: listIn(`${argument}.history`, history, reportIn),
    ...(best !== undefined && { best: bestIn(`${argument}.best`, best) }),
  };
}

function bestIn(argument: string, given: { epoch: number; loss: number }) {
  const { epoch, loss } = options(argument, given);
  integer(`${argument}.epoch`, epoch, 1, Number.MAX_SAFE_INTEGER);
  return { epoch, loss: notNegative(`${argument}.loss`, loss) };
}

function reportIn(argument: string, given: EpochReport): EpochReport {
  const { epoch, loss, accuracy, examples, seconds, weighted, validation } = options(
    argument,
    given,
  );
  if (![undefined, true].includes(weighted)) {
    throw wrongType(`${argument}.weighted`, weighted, 'true or nothing');
  }
  const numbers = {
    ...numbersIn(argument, { epoch, ...scoresOf(loss, accuracy) }),
    ...(weighted && { weighted }),
    ...numbersIn(argument, { examples, seconds }),
  };
  if (validation === undefined) return numbers;
  const name = `${argument}.validation`;
  const { loss: theirs, accuracy: right } = options(name, validation);
  return { ...numbers, validation: numbersIn(name, scoresOf(theirs, right)) };
}

function scoresOf(loss: number, accuracy: number | undefined) {
  return { loss, ...(accuracy !== undefined && { accuracy }) };
}

function numbersIn<T extends object>(argument: string, values: T): T {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'number') throw wrongType(`${argument}.${name}`, value, 'a number');
  }
  return values;
}

function normalizationIn(argument: string, given: Normalization): Normalization {
  const { inputs, targets } = options(argument, given, ['inputs', 'targets']);
  return {
    ...(inputs !== undefined && { inputs: standardizationIn(`${argument}.inputs`, inputs) }),
    ...(targets !== undefined && { targets: standardizationIn(`${argument}.targets`, targets) }),
  };
}

function standardizationIn(argument: string, given: Standardization): Standardization {
  const { mean, std } = options(argument, given);
  return {
    mean: typed(`${argument}.mean`, mean, 'Float64Array'),
    std: typed(`${argument}.std`, std, 'Float64Array'),
  };
}

function settingsIn(argument: string, given: CheckpointSettings): CheckpointSettings {
  return options(argument, JSON.parse(jsonOf(argument, options(argument, given)) ?? null));
}

/**
 * Checks that a training with these settings can resume from a checkpoint.
 *
 * @throws TypeError or RangeError that names what is wrong with it, or differs
 */
function checkResumable(
  training: Training,
  wanted: CheckpointSettings,
  { parameters, state, progress, best, normalization, settings }: Checkpoint,
): void {
  const { examples, epochs } = wanted;
  const architecture = checkedArchitecture(wanted);
  for (const [name, value] of Object.entries(wanted)) {
    const theirs = settings[name as keyof CheckpointSettings];
    const [found, expected] = [theirs, value].map((either) => JSON.stringify(either));
    // Older checkpoints lack what there was none of.
    if (found === expected || (theirs === undefined && value === null)) continue;
    const isLonger = name === 'epochs' && canGrow(wanted.schedule) && settings.epochs <= epochs;
    if (!isLonger) throw outOfRange(`resume.settings.${name}`, found ?? 'nothing', expected!);
  }
  checkNormalization(normalization, training.network.normalization);
  checkedParameters('resume.parameters', parameters, architecture);
  const blocks = stateBlocks(training.settings.optimizer);
  if (state.length !== blocks) throw outOfRange('resume.state', state, `an array of ${blocks}`);
  for (const [i, kept] of state.entries()) {
    checkedParameters(`resume.state[${i}]`, kept, architecture);
  }
  const { epoch, step, correct, history } = progress;
  integer('resume.progress.epoch', epoch, 1, epochs);
  integer('resume.progress.step', step, 0, training.steps);
  const outputs = wanted.functions.output === 'sigmoid' ? architecture.outputs : 1;
  integer('resume.progress.correct', correct, 0, examples * outputs);
  if (history.length !== epoch - 1) {
    throw outOfRange('resume.progress.history', history, `an array of ${epoch - 1}`);
  }
  if (progress.best === undefined) return;
  integer('resume.progress.best.epoch', progress.best.epoch, 1, epoch);
  checkedParameters('resume.best', best!, architecture);
}

/** Whether epochs may be added: not if the schedule depends on their number, as a function may. */
export function canGrow(schedule: CheckpointSettings['schedule']): boolean {
  return schedule === 'constant' || typeof schedule === 'object';
}

/**
 * Checks that a checkpoint has the same preprocessing as the network.
 *
 * @throws RangeError that names the first one that differs
 */
function checkNormalization(found: Normalization = {}, expected: Normalization = {}): void {
  for (const part of ['inputs', 'targets'] as const) {
    for (const kind of ['mean', 'std'] as const) {
      const name = `resume.normalization.${part}.${kind}`;
      const [theirs, ours] = [found, expected].map((either) => [...(either[part]?.[kind] ?? [])]);
      if (theirs!.length !== ours!.length) {
        const numbers = `${ours!.length}, as the network has`;
        throw outOfRange(name, `${theirs!.length} numbers`, numbers);
      }
      const i = theirs!.findIndex((value, i) => value !== ours![i]);
      if (i >= 0) throw outOfRange(`${name}[${i}]`, theirs![i], `${ours![i]}, as the network has`);
    }
  }
}
