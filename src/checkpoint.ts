/** A training between two updates, and whether another can go on from there. */
import { integer, options, outOfRange } from './arguments.ts';
import type { EpochReport } from './history.ts';
import { checkParameters } from './inputs.ts';
import { notNegative, type Optimizer, STATE } from './optimizer.ts';
import type { Schedule } from './schedule.ts';
import type { Core, LayerParameters } from './wasm.ts';

/** A training between two updates: all that it takes to go on. */
export interface Checkpoint {
  parameters: LayerParameters[];
  /** What the optimizer keeps, each in the form of the parameters: velocity, or mean and square. */
  state: LayerParameters[][];
  progress: {
    /** The epoch under way, from 1, and its updates so far. */
    epoch: number;
    step: number;
    /** Of this epoch so far: the sum of the losses, and how many were classified rightly. */
    lossSum: number;
    correct: number;
    /** The epochs before it. */
    history: EpochReport[];
    /** With early stopping: the best epoch so far, and its validation loss. */
    best?: { epoch: number; loss: number } | undefined;
  };
  /** The parameters of the best epoch. */
  best?: LayerParameters[] | undefined;
  /** What the training was told. */
  settings: CheckpointSettings;
}

/** What a training was told that decides its outcome; null stands for Infinity. */
export interface CheckpointSettings {
  layers: number[];
  examples: number;
  epochs: number;
  batchSize: number | null;
  learningRate: number;
  optimizer: Optimizer;
  weightDecay: number;
  clipNorm: number | null;
  schedule: Schedule;
  warmup: number;
  earlyStopping: { patience: number; minDelta: number } | null;
  seed: number;
  shuffle: boolean;
}

/** What decides the outcome of a training, with its dataset and its first parameters. */
export interface TrainingSettings {
  epochs: number;
  batchSize: number;
  learningRate: number;
  optimizer: Optimizer;
  weightDecay: number;
  clipNorm: number;
  schedule: Schedule;
  warmup: number;
  earlyStopping: { patience: number; minDelta: number } | undefined;
  seed: number;
  shuffle: boolean;
}

/** What decides the outcome of a training. */
export function settingsOf(
  core: Pick<Core, 'layers'>,
  examples: number,
  plan: TrainingSettings,
): CheckpointSettings {
  const { batchSize, clipNorm, earlyStopping = null } = plan;
  const finite = (value: number) => (value === Infinity ? null : value);
  return {
    layers: [core.layers[0]!.inputs, ...core.layers.map(({ units }) => units)],
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
    seed: plan.seed,
    shuffle: plan.shuffle,
  };
}

/**
 * Checks that a training can go on from a checkpoint.
 *
 * @throws TypeError or RangeError that names what is wrong with it, or differs
 */
export function checkResumable(
  core: Pick<Core, 'layers'>,
  length: number,
  plan: TrainingSettings & { resume: Checkpoint },
): void {
  const { parameters, state, progress, best, settings } = plan.resume;
  const wanted = settingsOf(core, length, plan);
  options('resume.settings', settings);
  for (const [name, value] of Object.entries(wanted)) {
    const [found, expected] = [settings[name as keyof CheckpointSettings], value].map((either) =>
      JSON.stringify(either),
    );
    if (found === expected) continue;
    const more = name === 'epochs' && plan.schedule !== 'cosine' && settings.epochs <= plan.epochs;
    if (!more) throw outOfRange(`resume.settings.${name}`, found ?? 'nothing', expected!);
  }
  checkParameters('resume.parameters', parameters, core.layers);
  if (!Array.isArray(state) || state.length !== STATE[plan.optimizer.name]) {
    throw outOfRange('resume.state', state, `an array of ${STATE[plan.optimizer.name]}`);
  }
  for (const [i, kept] of state.entries()) checkParameters(`resume.state[${i}]`, kept, core.layers);
  const { epoch, step, lossSum, correct, history } = options('resume.progress', progress);
  const steps = Math.ceil(length / Math.min(plan.batchSize, length));
  integer('resume.progress.epoch', epoch, 1, plan.epochs);
  integer('resume.progress.step', step, 0, steps);
  integer('resume.progress.correct', correct, 0, length);
  notNegative('resume.progress.lossSum', lossSum);
  if (!Array.isArray(history) || history.length !== epoch - 1) {
    throw outOfRange('resume.progress.history', history, `an array of ${epoch - 1}`);
  }
  if (progress.best === undefined) return;
  integer('resume.progress.best.epoch', progress.best.epoch, 1, epoch);
  notNegative('resume.progress.best.loss', progress.best.loss);
  checkParameters('resume.best', best!, core.layers);
}
