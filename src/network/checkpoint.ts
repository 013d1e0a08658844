/** A training between two updates, and whether another can go on from there. */
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
import type { Functions } from '../core/activations.ts';
import type { Core } from '../core/core.ts';
import type { Normalization, Standardization } from '../core/normalization.ts';
import { type Optimizer, stateBlocks } from '../core/optimizers.ts';
import type { LayerParameters } from '../core/parameters.ts';
import { checkedParameters } from '../core/parameters.ts';
import type { Follower, Following, Moment, Training, TrainingSettings } from './fit-options.ts';
import type { EpochReport } from './history.ts';
import type { Schedule } from './schedule.ts';

/** A training between two updates: all that it takes to go on. */
export interface Checkpoint {
  parameters: LayerParameters[];
  /** What the optimizer keeps, each in the form of the parameters: velocity, or mean and square. */
  state: LayerParameters[][];
  progress: Moment & {
    /** The epochs before the one under way. */
    history: EpochReport[];
    /** With early stopping: the best epoch so far, and its validation loss. */
    best?: { epoch: number; loss: number } | undefined;
  };
  /** The parameters of the best epoch. */
  best?: LayerParameters[] | undefined;
  /** What the network standardises, where it does. */
  normalization?: Normalization | undefined;
  /** The settings of the training. */
  settings: CheckpointSettings;
}

/** The settings that decide the outcome of a training; null stands for Infinity. */
export interface CheckpointSettings {
  layers: number[];
  functions: Functions;
  examples: number;
  epochs: number;
  batchSize: number | null;
  learningRate: number;
  optimizer: Optimizer;
  weightDecay: number;
  clipNorm: number | null;
  schedule: Schedule;
  warmup: number;
  dropout: number;
  augmentation: object | null;
  earlyStopping: { patience: number; minDelta: number } | null;
  seed: number;
  shuffle: boolean;
}

/** When checkpoints are taken, and where a training goes on. */
export interface CheckpointOptions {
  /** Updates from one checkpoint to the next, a whole number from 1. Default: an epoch's. */
  every?: number;
  /**
   * Takes them, besides when the signal ends the training; which waits for the promise that it gives.
   */
  onCheckpoint?: (checkpoint: Checkpoint) => void | Promise<void>;
  /**
   * Goes on from there, whatever parameters the network has, to the bits that a training without the
   * break ends with. Dataset and options must be those that it was told; only epochs may be added,
   * where the schedule does not depend on their number.
   */
  resume?: Checkpoint;
}

/**
 * Keeps one training while it runs, or goes on with it.
 *
 * ```ts
 * const checkpoints = new Checkpoints({ every: 100, onCheckpoint: (checkpoint) => keep(checkpoint) });
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
    const { core, plan, examples } = training;
    const settings = jsonOf('augmentation.settings', settingsOf(core, examples, plan));
    const resume = this.#resume;
    if (resume !== undefined) checkResumable(training, JSON.parse(settings), resume);
    this.#isUsed = true;
    return {
      resume: () => resume && resumed(training, resume),
      after: (moment, ended) => this.#after(training, settings, moment, ended),
      end: () => {
        this.#isUsed = false;
      },
    };
  }

  #after(
    { core, steps, history, best }: Training,
    settings: string,
    moment: Moment,
    ended: boolean,
  ): Promise<void> | undefined {
    const { epoch, step } = moment;
    const isDue = ended || ((epoch - 1) * steps + step) % (this.#every ?? steps) === 0;
    if (this.#onCheckpoint === undefined || !isDue) return undefined;
    const { epoch: bestEpoch, loss = 0, parameters: kept } = best ?? {};
    // Copies, since whoever has them may change them, or transfer their memory.
    const checkpoint: Checkpoint = {
      parameters: core.layers.map((_, l) => core.getLayer(l)),
      state: core.state(),
      progress: {
        ...moment,
        history: history.epochs.map(copyOf),
        ...(bestEpoch !== undefined && { best: { epoch: bestEpoch, loss } }),
      },
      ...(bestEpoch !== undefined && kept && { best: copyOf(kept) }),
      ...(core.normalizer && { normalization: core.normalizer.normalization }),
      settings: JSON.parse(settings),
    };
    return Promise.resolve(this.#onCheckpoint(checkpoint));
  }
}

/** Sets a training to where a checkpoint, which has been checked, says. */
function resumed({ core, plan, steps, history, best }: Training, from: Checkpoint): Moment {
  const { progress } = from;
  for (const [l, layer] of from.parameters.entries()) core.setLayer(l, layer);
  const updates = (progress.epoch - 1) * steps + progress.step;
  core.setState(plan.optimizer, from.state, updates);
  for (const report of progress.history) history.epochs.push(copyOf(report));
  if (progress.best && best) Object.assign(best, progress.best, { parameters: from.best });
  return progress;
}

/** A copy of objects and arrays, of numbers too. */
function copyOf<T>(value: T): T {
  if (isTyped(value, 'Float32Array')) return new Float32Array(value) as T;
  if (isTyped(value, 'Float64Array')) return new Float64Array(value) as T;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)])) as T;
}

/** What decides the outcome of a training. */
function settingsOf(
  core: Pick<Core, 'layers' | 'functions'>,
  examples: number,
  plan: TrainingSettings,
): CheckpointSettings {
  const { batchSize, clipNorm, earlyStopping = null } = plan;
  const finite = (value: number) => (value === Infinity ? null : value);
  return {
    layers: [core.layers[0]!.inputs, ...core.layers.map(({ units }) => units)],
    functions: core.functions,
    examples,
    epochs: plan.epochs,
    batchSize: finite(batchSize),
    learningRate: plan.learningRate,
    optimizer: plan.optimizer,
    weightDecay: plan.weightDecay,
    clipNorm: finite(clipNorm),
    schedule: plan.schedule,
    warmup: plan.warmup,
    earlyStopping,
    dropout: plan.dropout,
    augmentation: plan.augmentation?.settings ?? null,
    seed: plan.seed,
    shuffle: plan.shuffle,
  };
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
 * A checkpoint from the caller: each part is read once and checked for its type. Whether a training can
 * go on from it is another question.
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
  const { history, best, epoch, step, lossSum, correct } = options(argument, given);
  const whole = (name: string, value: number, least: number) =>
    integer(`${argument}.${name}`, value, least, Number.MAX_SAFE_INTEGER);
  return {
    epoch: whole('epoch', epoch, 1),
    step: whole('step', step, 0),
    lossSum: notNegative(`${argument}.lossSum`, lossSum),
    correct: whole('correct', correct, 0),
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
  const { epoch, loss, accuracy, examples, seconds, validation } = options(argument, given);
  const numbers = numbersIn(argument, { epoch, loss, accuracy, examples, seconds });
  if (validation === undefined) return numbers;
  const name = `${argument}.validation`;
  const { loss: theirs, accuracy: right } = options(name, validation);
  return { ...numbers, validation: numbersIn(name, { loss: theirs, accuracy: right }) };
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
 * Checks that a training with these settings can go on from a checkpoint.
 *
 * @throws TypeError or RangeError that names what is wrong with it, or differs
 */
function checkResumable(
  { core, plan, examples, steps }: Training,
  wanted: CheckpointSettings,
  { parameters, state, progress, best, normalization, settings }: Checkpoint,
): void {
  for (const [name, value] of Object.entries(wanted)) {
    const [found, expected] = [settings[name as keyof CheckpointSettings], value].map((either) =>
      JSON.stringify(either),
    );
    if (found === expected) continue;
    const more = name === 'epochs' && plan.schedule !== 'cosine' && settings.epochs <= plan.epochs;
    if (!more) throw outOfRange(`resume.settings.${name}`, found ?? 'nothing', expected!);
  }
  checkNormalization(normalization, core.normalizer?.normalization);
  checkedParameters('resume.parameters', parameters, wanted.layers);
  const blocks = stateBlocks(plan.optimizer);
  if (state.length !== blocks) throw outOfRange('resume.state', state, `an array of ${blocks}`);
  for (const [i, kept] of state.entries()) {
    checkedParameters(`resume.state[${i}]`, kept, wanted.layers);
  }
  const { epoch, step, correct, history } = progress;
  integer('resume.progress.epoch', epoch, 1, plan.epochs);
  integer('resume.progress.step', step, 0, steps);
  const outputs = core.functions.output === 'sigmoid' ? core.layers.at(-1)!.units : 1;
  integer('resume.progress.correct', correct, 0, examples * outputs);
  if (history.length !== epoch - 1) {
    throw outOfRange('resume.progress.history', history, `an array of ${epoch - 1}`);
  }
  if (progress.best === undefined) return;
  integer('resume.progress.best.epoch', progress.best.epoch, 1, epoch);
  checkedParameters('resume.best', best!, wanted.layers);
}

/**
 * Checks that a checkpoint's network standardises as another does, by the same numbers.
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
