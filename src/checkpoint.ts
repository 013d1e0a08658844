/** A training between two updates, and whether another can go on from there. */
import { integer, notNegative, optionalFunction, options, outOfRange } from './arguments.ts';
import type { Follower, Moment, Training, TrainingSettings } from './fit-options.ts';
import type { Functions } from './functions.ts';
import type { EpochReport } from './history.ts';
import { checkParameters } from './inputs.ts';
import type { Normalization } from './normalization.ts';
import { type Optimizer, STATE } from './optimizer.ts';
import type { Schedule } from './schedule.ts';
import type { Core, LayerParameters } from './wasm.ts';

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
  #training: Training | undefined;

  /** @throws TypeError or RangeError that names the option */
  constructor(given: CheckpointOptions) {
    const { every, onCheckpoint, resume } = options('options', given, [
      'every',
      'onCheckpoint',
      'resume',
    ]);
    this.#every = every === undefined ? every : integer('every', every, 1, Number.MAX_SAFE_INTEGER);
    this.#onCheckpoint = optionalFunction('onCheckpoint', onCheckpoint);
    this.#resume = resume === undefined ? resume : options('resume', resume);
  }

  /**
   * Called by `fit`.
   *
   * @throws TypeError or RangeError that names what is wrong with the checkpoint, or differs
   * @hidden
   */
  begin(training: Training): Moment | undefined {
    this.#training = training;
    const resume = this.#resume;
    if (resume === undefined) return undefined;
    const { core, plan, steps, state, history, best } = training;
    checkResumable(training, resume);
    const { progress } = resume;
    for (const [l, layer] of resume.parameters.entries()) core.setLayer(l, layer);
    for (const [i, block] of state.blocks.entries()) {
      for (const [l, layer] of resume.state[i]!.entries()) core.setLayer(l, layer, block);
    }
    const { optimizer } = plan;
    if ('beta1' in optimizer) {
      const updates = (progress.epoch - 1) * steps + progress.step;
      // One by one, as they came about: a power would round otherwise.
      for (let t = 0; t < updates; t++) {
        state.power1 *= optimizer.beta1;
        state.power2 *= optimizer.beta2;
      }
    }
    for (const report of progress.history) history.epochs.push(report);
    if (progress.best && best) {
      Object.assign(best, progress.best, { parameters: copyOf(resume.best!) });
    }
    return progress;
  }

  /**
   * Called by `fit`.
   *
   * @hidden
   */
  after(moment: Moment, ended: boolean): Promise<void> | undefined {
    const { core, plan, examples, steps, state, history, best } = this.#training!;
    const { epoch, step } = moment;
    const isDue = ended || ((epoch - 1) * steps + step) % (this.#every ?? steps) === 0;
    if (this.#onCheckpoint === undefined || !isDue) return undefined;
    const { epoch: bestEpoch, loss = 0, parameters: kept } = best ?? {};
    const checkpoint: Checkpoint = {
      parameters: core.layers.map((_, l) => core.getLayer(l)),
      state: state.blocks.map((block) => core.layers.map((_, l) => core.getLayer(l, block))),
      progress: {
        ...moment,
        history: history.epochs.map((report) => ({ ...report })),
        ...(bestEpoch !== undefined && { best: { epoch: bestEpoch, loss } }),
      },
      ...(bestEpoch !== undefined && kept && { best: copyOf(kept) }),
      ...(core.normalizer && { normalization: core.normalizer.normalization }),
      settings: settingsOf(core, examples, plan),
    };
    return Promise.resolve(this.#onCheckpoint(checkpoint));
  }
}

/** Copies, since whoever has the arrays may change them, or transfer their memory. */
function copyOf(parameters: readonly LayerParameters[]): LayerParameters[] {
  return parameters.map(({ weights, biases }) => ({
    weights: new Float32Array(weights),
    biases: new Float32Array(biases),
  }));
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
 * Checks that a training can go on from a checkpoint.
 *
 * @throws TypeError or RangeError that names what is wrong with it, or differs
 */
function checkResumable(
  { core, plan, examples, steps }: Training,
  { parameters, state, progress, best, normalization, settings }: Checkpoint,
): void {
  const wanted = settingsOf(core, examples, plan);
  options('resume.settings', settings);
  for (const [name, value] of Object.entries(wanted)) {
    const [found, expected] = [settings[name as keyof CheckpointSettings], value].map((either) =>
      JSON.stringify(either),
    );
    if (found === expected) continue;
    const more = name === 'epochs' && plan.schedule !== 'cosine' && settings.epochs <= plan.epochs;
    if (!more) throw outOfRange(`resume.settings.${name}`, found ?? 'nothing', expected!);
  }
  checkNormalization(normalization, core.normalizer?.normalization);
  checkParameters('resume.parameters', parameters, core.layers);
  if (!Array.isArray(state) || state.length !== STATE[plan.optimizer.name]) {
    throw outOfRange('resume.state', state, `an array of ${STATE[plan.optimizer.name]}`);
  }
  for (const [i, kept] of state.entries()) checkParameters(`resume.state[${i}]`, kept, core.layers);
  const { epoch, step, lossSum, correct, history } = options('resume.progress', progress);
  integer('resume.progress.epoch', epoch, 1, plan.epochs);
  integer('resume.progress.step', step, 0, steps);
  const outputs = core.functions.output === 'sigmoid' ? core.layers.at(-1)!.units : 1;
  integer('resume.progress.correct', correct, 0, examples * outputs);
  notNegative('resume.progress.lossSum', lossSum);
  if (!Array.isArray(history) || history.length !== epoch - 1) {
    throw outOfRange('resume.progress.history', history, `an array of ${epoch - 1}`);
  }
  if (progress.best === undefined) return;
  integer('resume.progress.best.epoch', progress.best.epoch, 1, epoch);
  notNegative('resume.progress.best.loss', progress.best.loss);
  checkParameters('resume.best', best!, core.layers);
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
