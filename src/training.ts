import {
  integer,
  notNegative,
  optionalFunction,
  options,
  outOfRange,
  positive,
  seedNumber,
  share,
  wrongType,
} from './arguments.ts';
import type { Dataset } from './data/dataset.ts';
import { Best, checkedStopping, type EarlyStopping } from './early-stopping.ts';
import { fittingDataset } from './evaluation.ts';
import { Turns } from './event-loop.ts';
import type { BatchReport, EpochReport, History } from './history.ts';
import { exampleCount } from './inputs.ts';
import {
  checkedOptimizer,
  defaultLearningRate,
  type Optimizer,
  type OptimizerName,
  type OptimizerOptions,
} from './optimizer.ts';
import { Pace } from './pace.ts';
import { Random } from './random.ts';
import { checkedSchedule, type Schedule, scheduled } from './schedule.ts';
import type {
  Answers,
  Core,
  Inputs,
  OptimizerState,
  Outcome,
  Totals,
  TrainingSet,
} from './wasm.ts';

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
  earlyStopping: EarlyStopping | undefined;
  dropout: number;
  augmentation: Augmentation | undefined;
  seed: number;
  shuffle: boolean;
}

/** Changes the examples that are learnt from, in each epoch anew. */
export interface Augmentation {
  /** What decides how, for those who compare trainings: JSON can write it. */
  readonly settings: object;
  /**
   * The inputs that an epoch is to learn from, in place of the given ones and as many; decided by the
   * given ones, the seed and the epoch's number alone.
   *
   * @param at features: how many inputs an example has
   */
  augment(
    inputs: Inputs,
    at: { features: number; seed: number; epoch: number },
  ): Inputs | Promise<Inputs>;
}

/** How far a training has come. */
export interface Moment {
  /** The epoch under way, from 1, and its updates so far. */
  epoch: number;
  step: number;
  /** Of this epoch so far: the sum of the losses, and how many were classified rightly. */
  lossSum: number;
  correct: number;
}

/** A training as one sees it who follows it. */
export interface Training {
  readonly core: Core;
  readonly plan: TrainingSettings;
  /** How many examples an epoch has, and how many updates. */
  readonly examples: number;
  readonly steps: number;
  readonly state: OptimizerState;
  readonly history: History;
  readonly best: Best | undefined;
}

/** Follows a training from update to update. */
export interface Follower {
  /** Where the training is to go on, for which all of it has been set; undefined: at its beginning. */
  begin(training: Training): Moment | undefined;
  /**
   * Called after each update, and when the signal has `ended` the training; what it promises is
   * waited for.
   */
  after(moment: Moment, ended: boolean): Promise<void> | undefined;
}

/** How `fit` trains. */
export interface FitOptions {
  /** How many times each example is seen, a whole number from 1; 1 where it is left out. */
  epochs?: number;
  /**
   * Examples an update, a whole number from 1, or Infinity for all of them (full-batch gradient
   * descent); 32 where it is left out. The last batch of an epoch is what remains.
   */
  batchSize?: number;
  /** α, a finite number above 0; 0.1 where it is left out, 0.001 for adam and adamw. */
  learningRate?: number;
  /** How gradients become an update: gradient descent, `sgd`, where it is left out. */
  optimizer?: OptimizerName | OptimizerOptions;
  /**
   * λ, a finite number from 0; where it is left out 0, or 0.01 for adamw. λW is added to the
   * gradient of each W, though not to that of a bias; with adamw, W loses αλW by itself.
   */
  weightDecay?: number;
  /** Longer gradients, of all parameters together, are made this long; a number above 0. */
  clipNorm?: number;
  /** How α changes with time; `constant` where it is left out. `cosine` ends near 0. */
  schedule?: Schedule;
  /** Over how many updates α rises to its height, a whole number from 0; 0 where it is left out. */
  warmup?: number;
  /**
   * Ends the training when the validation loss has not fallen by more than `minDelta` (0 where it is
   * left out) for `patience` epochs. Whatever ends it, the network then has the parameters of its
   * best epoch.
   */
  earlyStopping?: { patience: number; minDelta?: number };
  /**
   * The share of the hidden units that is left out of each example of each update, at random, the
   * others counting for more by as much: from 0, where it is left out, to below 1.
   */
  dropout?: number;
  /** Changes what is learnt from in each epoch anew: `relumax/augmentation` does so with images. */
  augmentation?: Augmentation;
  /**
   * Decides the order of the examples in each epoch, and all else that is random, 0 to 2⁵³ − 1; 0
   * where it is left out.
   */
  seed?: number;
  /**
   * Whether each epoch takes the examples in a new random order; true where it is left out. A
   * single batch of all examples takes them as they lie.
   */
  shuffle?: boolean;
  /** Evaluated after each epoch; nothing is learnt from it. */
  validation?: Dataset;
  /** Ends the training after the batch that is under way; what was learnt stays. */
  signal?: AbortSignal;
  /** Pauses the training, and lets it go on. */
  pace?: Pace;
  /** Called after each epoch. An error that it throws ends the training and rejects `fit`. */
  onEpoch?: (report: EpochReport) => void;
  /** Called after each update, likewise. */
  onBatch?: (report: BatchReport) => void;
  /** Keeps the training while it runs, or goes on with one that was kept: `relumax/checkpoint`. */
  checkpoints?: Follower;
}

/** Where a training diverged. */
interface At {
  epoch?: number | undefined;
  step?: number | undefined;
  layer?: number | undefined;
}

/**
 * Training diverged: the loss or an updated parameter became NaN or infinite. The network keeps the
 * last parameters whose loss was finite.
 */
export class DivergenceError extends Error {
  override name = 'DivergenceError';
  /** From 1; undefined where a single batch was trained on. */
  readonly epoch: number | undefined;
  /** The update within the epoch, from 1; undefined where a single batch was trained on. */
  readonly step: number | undefined;
  /**
   * The layer, from 1, that was the first to give a NaN or an infinity, or that had the largest
   * gradient where an update would have made one.
   */
  readonly layer: number | undefined;

  constructor(message: string, at: At = {}) {
    super(message);
    this.epoch = at.epoch;
    this.step = at.step;
    this.layer = at.layer;
  }
}

function divergence(
  what: Outcome,
  learningRate: number,
  layer: number,
  at?: { epoch: number; step: number },
): DivergenceError {
  const where = ` in ${at === undefined ? '' : `epoch ${at.epoch}, step ${at.step}, `}layer ${layer}`;
  const became =
    what === 'loss not finite'
      ? `the loss became NaN or infinite${where}`
      : `the update${where} would make parameters NaN or infinite`;
  const message = `${became}; try a learning rate smaller than ${learningRate}`;
  return new DivergenceError(message, { ...at, layer });
}

/** One update on exactly this batch; lengths have been checked by the caller. */
export function trainOnBatch(
  core: Core,
  inputs: Inputs,
  answers: Answers,
  learningRate: number,
): Totals {
  core.begin();
  core.accumulateCopied(inputs, answers);
  const outcome = core.update(learningRate);
  if (outcome !== 'updated') throw divergence(outcome, learningRate, core.divergedLayer(outcome));
  return core.batchTotals();
}

/** The options of `fit`, checked and complete. */
interface Plan extends TrainingSettings {
  validation: Dataset | undefined;
  signal: AbortSignal | undefined;
  pace: Pace | undefined;
  onEpoch: FitOptions['onEpoch'];
  onBatch: FitOptions['onBatch'];
  checkpoints: Follower | undefined;
}

const OPTION_NAMES = [
  'epochs',
  'batchSize',
  'learningRate',
  'optimizer',
  'weightDecay',
  'clipNorm',
  'schedule',
  'warmup',
  'earlyStopping',
  'dropout',
  'augmentation',
  'seed',
  'shuffle',
  'validation',
  'signal',
  'pace',
  'onEpoch',
  'onBatch',
  'checkpoints',
] as const;

/**
 * Checks the options of `fit`.
 *
 * @throws TypeError or RangeError that names the option
 */
export function planFit(core: Pick<Core, 'layers' | 'functions'>, given: FitOptions): Plan {
  options('options', given, OPTION_NAMES);
  const { epochs = 1, batchSize = 32, seed = 0, shuffle = true } = given;
  const { validation, signal, pace, earlyStopping, checkpoints, augmentation, dropout = 0 } = given;
  optionalFunction('checkpoints.begin', checkpoints?.begin);
  if (augmentation && typeof augmentation.augment !== 'function') {
    throw wrongType('augmentation.augment', augmentation.augment, 'a function');
  }
  const optimizer = checkedOptimizer(given.optimizer ?? 'sgd');
  const { learningRate = defaultLearningRate(optimizer.name) } = given;
  const { weightDecay = optimizer.name === 'adamw' ? 0.01 : 0 } = given;
  const { clipNorm = Infinity, schedule = 'constant', warmup = 0 } = given;
  if (typeof shuffle !== 'boolean') throw wrongType('shuffle', shuffle, 'true or false');
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw wrongType('signal', signal, 'an AbortSignal');
  }
  if (pace !== undefined && !(pace instanceof Pace)) throw wrongType('pace', pace, 'a Pace');
  return {
    epochs: integer('epochs', epochs, 1, 2 ** 32 - 1),
    batchSize:
      batchSize === Infinity
        ? Infinity
        : integer('batchSize', batchSize, 1, Number.MAX_SAFE_INTEGER, ', or Infinity'),
    learningRate: positive('learningRate', learningRate),
    optimizer,
    weightDecay: notNegative('weightDecay', weightDecay),
    clipNorm: clipNorm === Infinity ? clipNorm : positive('clipNorm', clipNorm),
    schedule: checkedSchedule(schedule),
    warmup: integer('warmup', warmup, 0, 2 ** 32 - 1),
    earlyStopping: earlyStopping && checkedStopping(earlyStopping, validation),
    dropout: share('dropout', dropout),
    augmentation,
    seed: seedNumber('seed', seed),
    shuffle,
    validation: validation && fittingDataset('validation', validation, core),
    signal,
    pace,
    onEpoch: optionalFunction('onEpoch', given.onEpoch),
    onBatch: optionalFunction('onBatch', given.onBatch),
    checkpoints,
  };
}

/**
 * How much arithmetic one call into the core may do, in FLOP: some 10 ms of a slow machine's. A
 * batch with more is added in slices, between which others have their turn.
 */
const SLICE_FLOP = 1e8;

/** Trains; dataset and plan have been checked. `disposal` aborts when the core is not wanted any more. */
export async function fit(
  core: Core,
  dataset: Dataset,
  plan: Plan,
  disposal: AbortSignal,
): Promise<History> {
  const history: History = { epochs: [], aborted: false };
  const best = plan.earlyStopping && new Best(core, plan.earlyStopping);
  const run = new Run(core, dataset, plan, disposal, history, best);
  try {
    for (
      let epoch = await run.begin();
      epoch <= plan.epochs && !history.aborted && !best?.isPast(epoch);
      epoch++
    ) {
      const report = await run.epoch(epoch);
      history.aborted = report.examples < dataset.length;
      if (report.examples === 0) break;
      if (plan.validation !== undefined) {
        report.validation = await run.validation(plan.validation);
      }
      best?.see(report);
      history.epochs.push(report);
      plan.onEpoch?.(report);
    }
    run.checkLastUpdate();
    if (best?.epoch !== undefined) {
      best.restore();
      history.bestEpoch = best.epoch;
    }
    return history;
  } finally {
    run.end();
  }
}

/** One call of `fit`: the training set in the core's memory, and how far the training has come. */
class Run {
  readonly #core: Core;
  readonly #dataset: Dataset;
  readonly #plan: Plan;
  readonly #disposal: AbortSignal;
  readonly #length: number;
  readonly #batchSize: number;
  readonly #steps: number;
  readonly #slice: number;
  readonly #order: Uint32Array;
  readonly #turns = new Turns();
  readonly #history: History;
  readonly #best: Best | undefined;
  #state: OptimizerState | undefined;
  #trainingSet: TrainingSet | undefined;
  /** Where the training goes on, if it was begun elsewhere. */
  #from: Moment | undefined;
  /** The last update that was made, and the examples of the order that it had seen in its epoch. */
  #at = { epoch: 0, step: 0, examples: 0 };

  constructor(
    core: Core,
    dataset: Dataset,
    plan: Plan,
    disposal: AbortSignal,
    history: History,
    best: Best | undefined,
  ) {
    this.#core = core;
    this.#history = history;
    this.#best = best;
    this.#dataset = dataset;
    this.#plan = plan;
    this.#disposal = disposal;
    const { length } = dataset;
    this.#length = length;
    this.#batchSize = Math.min(plan.batchSize, length);
    this.#steps = Math.ceil(length / this.#batchSize);
    this.#slice = sliceOf(core);
    this.#order = new Uint32Array(length);
  }

  /** Makes ready for the first epoch, and returns its number. */
  async begin(): Promise<number> {
    const [core, plan] = [this.#core, this.#plan];
    const state = core.keepState(plan.optimizer);
    this.#state = state;
    if (plan.augmentation === undefined) await this.#keep(this.#dataset.inputs);
    const [history, best, examples] = [this.#history, this.#best, this.#length];
    const steps = this.#steps;
    this.#from = plan.checkpoints?.begin({ core, plan, examples, steps, state, history, best });
    return this.#from?.epoch ?? 1;
  }

  /** Puts what is to be learnt from into the core's memory, in place of what was there. */
  async #keep(inputs: Inputs): Promise<void> {
    if (this.#trainingSet) this.#core.release(this.#trainingSet);
    this.#trainingSet = await this.#core.keep(inputs, this.#dataset.answers, this.#turns);
    this.mustBeWanted();
  }

  /** The same with the inputs of an epoch, as the augmentation has them. */
  async #augment(epoch: number, augmentation: Augmentation): Promise<void> {
    const { inputs, features } = this.#dataset;
    const { seed } = this.#plan;
    const augmented = await augmentation.augment(inputs, { features, seed, epoch });
    if (exampleCount(augmented, features) !== this.#length) {
      throw outOfRange('augmentation.augment', augmented, `what gives ${this.#length} examples`);
    }
    await this.#keep(augmented);
  }

  /** One pass over the examples, or as much of it as comes before the signal. */
  async epoch(epoch: number): Promise<EpochReport> {
    const { signal, pace, onBatch, checkpoints, augmentation, dropout, seed } = this.#plan;
    const began = performance.now();
    if (augmentation) await this.#augment(epoch, augmentation);
    this.#core.setDropout(dropout, new Random(seed, 'dropout', epoch).word());
    // The order within a batch decides nothing but the rounding of its sums, so one batch of all
    // examples takes them as they lie, which reads the memory from front to back.
    if (this.#plan.shuffle && this.#steps > 1) this.#shuffle(epoch);
    const steps = this.#steps;
    let { step, lossSum, correct } =
      this.#from?.epoch === epoch ? this.#from : { step: 0, lossSum: 0, correct: 0 };
    let examples = Math.min(step * this.#batchSize, this.#length);
    while (step < steps) {
      if (pace !== undefined) await this.#leave(pace);
      if (signal?.aborted) {
        await checkpoints?.after({ epoch, step, lossSum, correct }, true);
        break;
      }
      step++;
      const count = Math.min(this.#batchSize, this.#length - examples);
      this.#core.begin();
      for (let from = 0; from < count; from += this.#slice) {
        this.#core.accumulate(examples + from, Math.min(this.#slice, count - from));
        // Here and not in a function of its own, which would cost a promise a batch.
        const turn = this.#turns.due();
        if (turn === undefined) continue;
        await turn;
        this.mustBeWanted();
      }
      const totals = this.#update({ epoch, step });
      examples += count;
      this.#at = { epoch, step, examples };
      lossSum += totals.loss * count;
      correct += totals.correct;
      const loss = lossSum / examples;
      const accuracy = this.#core.accuracy(correct, examples);
      onBatch?.({ epoch, step, steps, examples, loss, accuracy });
      const following = checkpoints?.after({ epoch, step, lossSum, correct }, false);
      if (following === undefined) continue;
      await following;
      this.mustBeWanted();
    }
    const seconds = (performance.now() - began) / 1000;
    const [loss, accuracy] = [lossSum / examples, this.#core.accuracy(correct, examples)];
    return { epoch, loss, accuracy, examples, seconds };
  }

  /** Puts the examples into the order of an epoch, which depends on the seed and its number alone. */
  #shuffle(epoch: number): void {
    for (let i = 0; i < this.#length; i++) this.#order[i] = i;
    new Random(this.#plan.seed, 'shuffle', epoch).shuffle(this.#order);
    this.#core.setOrder(this.#trainingSet!, this.#order);
  }

  /** Ends the batch with its update. */
  #update(at: { epoch: number; step: number }): Totals {
    const { learningRate, optimizer, weightDecay, clipNorm, schedule, warmup } = this.#plan;
    const decays = optimizer.name === 'adamw';
    const added = decays ? 0 : weightDecay;
    if (clipNorm < Infinity || added > 0) this.#core.regularize(clipNorm, added);
    const moment = {
      epoch: at.epoch - 1,
      update: (at.epoch - 1) * this.#steps + at.step - 1,
      updates: this.#plan.epochs * this.#steps,
    };
    const rate = learningRate * scheduled(schedule, warmup, moment);
    const outcome = this.#core.updateBy(optimizer, this.#state!, rate, decays ? weightDecay : 0);
    if (outcome !== 'updated') {
      throw divergence(outcome, learningRate, this.#core.divergedLayer(outcome), at);
    }
    return this.#core.batchTotals();
  }

  /** Waits until the pace lets it make one more update, or there is none to be made. */
  async #leave(pace: Pace): Promise<void> {
    const { signal } = this.#plan;
    while (!signal?.aborted && !pace.take()) {
      await pace.news(signal, this.#disposal);
      this.mustBeWanted();
    }
  }

  /**
   * Ends a training whose network is not there any more.
   *
   * @throws Error then
   */
  mustBeWanted(): void {
    if (this.#disposal.aborted) {
      throw new Error('fit: the network was disposed of while it trained');
    }
  }

  /**
   * Loss and accuracy on other examples.
   *
   * @throws DivergenceError where the loss is not finite
   */
  async validation(dataset: Dataset): Promise<{ loss: number; accuracy: number }> {
    const { inputs, answers, length } = dataset;
    // Without the two products of the way back, three times as many take as long.
    const slice = 3 * this.#slice;
    const { loss, correct } = await this.#core.evaluateInTurns(inputs, answers, slice, this.#turns);
    this.mustBeWanted();
    this.mustBeFinite(loss);
    return { loss, accuracy: this.#core.accuracy(correct, length) };
  }

  /** Finds out what no batch shows any more: whether the last update was a good one. */
  checkLastUpdate(): void {
    const seen = this.#at.examples;
    if (seen === 0) return;
    const count = Math.min(this.#core.tile, seen);
    this.#core.begin();
    this.#core.accumulate(seen - count, count);
    this.mustBeFinite(this.#core.batchTotals().loss);
  }

  /**
   * Takes the last update back where it left parameters that give no finite loss.
   *
   * @throws DivergenceError then
   */
  mustBeFinite(loss: number): void {
    if (Number.isFinite(loss)) return;
    this.#core.rollback();
    const outcome = 'loss not finite';
    const layer = this.#core.divergedLayer(outcome);
    throw divergence(outcome, this.#plan.learningRate, layer, this.#at);
  }

  /** Gives the memory of training set and optimizer back. */
  end(): void {
    if (this.#state) this.#core.release(this.#state);
    this.#core.setDropout(0, 0);
  }
}

/** How many examples one call may take: whole tiles, at least one. */
function sliceOf(core: Core): number {
  // Three products of 2·n·k FLOP each in every layer.
  const flop = core.layers.reduce((sum, { inputs, units }) => sum + 6 * inputs * units, 0);
  return Math.max(1, Math.floor(SLICE_FLOP / (flop * core.tile))) * core.tile;
}
