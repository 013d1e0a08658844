/** Training: epochs of batches, each with its update, in an order that the seed decides. */
import { isPromise } from '../base/arguments.ts';
import { Turns } from '../base/event-loop.ts';
import { Random } from '../base/random.ts';
import type { Core, Totals } from '../core/core.ts';
import { product } from '../core/layers.ts';
import type { Dataset, Inputs, LabelsOrTargets } from '../data/dataset.ts';
import { advice, divergence } from './divergence.ts';
import type { Extras } from './fit-extras.ts';
import {
  type CheckedBatchOptions,
  type CheckedFitOptions,
  extrasOf,
  type FollowedNetwork,
  type Following,
  type Moment,
  type Snapshot,
  type Training,
} from './fit-options.ts';
import type { EpochReport, History } from './history.ts';
import type { Pace } from './pace.ts';
import { Replaceable } from './replaceable.ts';

/** One update on exactly this batch; lengths have been checked by the caller. */
export function trainOnBatch(
  core: Core,
  inputs: Inputs,
  expected: LabelsOrTargets,
  settings: CheckedBatchOptions,
): { loss: number; correct?: number } {
  const { optimizer, learningRate } = settings;
  core.begin();
  core.accumulateCopied(inputs, expected);
  core.keepOptimizer(optimizer);
  const updated = core.update(settings);
  const totals = core.batchTotals();
  if (!updated) {
    const { loss } = totals;
    const layer = core.divergedLayer(loss);
    // What it keeps may have become NaN or infinite too.
    core.keepOptimizer(optimizer, true);
    throw divergence(loss, learningRate, layer);
  }
  return core.functions.output === 'linear' ? { loss: totals.loss } : totals;
}

/**
 * How much arithmetic one call into the core may do, in FLOP: some 10 ms of a slow machine's. A
 * batch with more is added in slices, between which others have their turn.
 */
const SLICE_FLOP = 1e8;

/** One call of `fit`: the training set in the core's memory, and the progress of the training. */
export class Run extends Replaceable implements Training {
  readonly core: Core;
  readonly #dataset: Dataset;
  #extras: Extras | undefined;
  readonly #batchSize: number;
  readonly #slice: number;
  readonly #order: Uint32Array;
  readonly #turns = new Turns();
  readonly history: History = { epochs: [], aborted: false };
  readonly network: FollowedNetwork;
  readonly settings: CheckedFitOptions;
  readonly examples: number;
  readonly steps: number;
  #following: Following | undefined;
  /** With early stopping: the best epoch so far, and its parameters. */
  best: Snapshot['progress']['best'];
  bestParameters: Snapshot['best'];
  moment: Moment = { epoch: 1, step: 0, lossSum: 0, correct: 0 };
  /** The last update, and the examples of the order that its epoch had used. */
  #last = { epoch: 0, step: 0, examples: 0 };

  /** Dataset and options have been checked. */
  constructor(network: FollowedNetwork, core: Core, dataset: Dataset, settings: CheckedFitOptions) {
    super();
    this.network = network;
    this.core = core;
    this.#dataset = dataset;
    this.settings = settings;
    const { length } = dataset;
    this.examples = length;
    this.#batchSize = Math.min(settings.batchSize, length);
    this.steps = Math.ceil(length / this.#batchSize);
    this.#slice = sliceOf(core) * (core.team?.threads ?? 1);
    this.#order = new Uint32Array(length);
  }

  /** How many updates the training has made, of all epochs. */
  get #updates(): number {
    const { epoch, step } = this.moment;
    return (epoch - 1) * this.steps + step;
  }

  /**
   * Trains.
   *
   * @param before the one that this replaces
   */
  fit(before: Replaceable | undefined): Promise<History> {
    const extras = extrasOf(this.#dataset, this.settings, this.network);
    return this.start(
      before,
      extras?.then((extras) => {
        this.#extras = extras;
      }),
    );
  }

  get #isOver(): boolean {
    return this.isEnding || this.settings.signal?.aborted === true;
  }

  protected wake(): void {
    this.settings.pace?.wake();
  }

  protected async train(): Promise<History> {
    const { epochs, validation, pace, onEpoch } = this.settings;
    const history = this.history;
    pace?.hold();
    try {
      await this.#begin();
      for (
        let { epoch } = this.moment;
        epoch <= epochs && !history.aborted && !this.#extras?.isPast(this.best, epoch);
        epoch++
      ) {
        const report = await this.#epoch(epoch);
        history.aborted = report.examples < this.examples;
        if (report.examples === 0) break;
        if (validation !== undefined) report.validation = await this.#validation(validation);
        this.#extras?.judge(this, report);
        history.epochs.push(report);
        await this.#wait(onEpoch?.(report));
      }
      this.#checkLastUpdate();
      if (this.best) {
        this.core.setParameters(this.bestParameters!);
        history.bestEpoch = this.best.epoch;
      }
      if (this.core.functions.output === 'linear' && !history.aborted) {
        const { loss, weighted } = history.epochs.at(-1)!;
        const lowest = weighted ? Infinity : loss;
        const message = await (await advice())?.warning(
          this.core,
          this.#dataset,
          lowest,
          this.#turns,
        );
        if (message) this.settings.onWarning(message);
      }
      return history;
    } finally {
      this.#end();
    }
  }

  /** Makes ready for the first epoch. */
  async #begin(): Promise<void> {
    const { optimizer, checkpoints, augmentation } = this.settings;
    this.core.keepState(optimizer);
    this.#following = checkpoints?.begin(this);
    this.network.classNames ??= this.#dataset.classNames;
    if (augmentation === undefined) await this.#keep(this.#dataset.inputs);
    this.#following?.ready?.();
  }

  /** Puts the training examples into the core's memory, in place of what was there. */
  async #keep(inputs: Inputs): Promise<void> {
    await this.core.keep(inputs, this.#dataset.labelsOrTargets, this.#turns, this.#extras?.weights);
    this.throwIfDisposed();
  }

  /** One pass over the examples, or the part of it before the signal. */
  async #epoch(epoch: number): Promise<EpochReport> {
    const { pace, onBatch, dropout, seed, shuffle } = this.settings;
    const following = this.#following;
    if (this.moment.epoch < epoch) this.moment = { epoch, step: 0, lossSum: 0, correct: 0 };
    const progress = this.moment;
    progress.began ??= performance.now();
    if (this.#extras?.augmented) {
      await this.#keep(await this.#extras.augmented(epoch, this.core.team?.threads ?? 1));
    }
    this.core.setDropout(dropout, new Random(seed, 'dropout', epoch).word());
    // The order within a batch decides nothing but the rounding of its sums, so one batch of all
    // examples takes them as they lie, which reads the memory from front to back.
    const { steps } = this;
    if (shuffle && steps > 1) this.#shuffle(epoch);
    let examples = Math.min(progress.step * this.#batchSize, this.examples);
    while (progress.step < steps) {
      if (pace !== undefined) await this.#leave(pace);
      if (this.#isOver) {
        await following?.after(this.#updates, true);
        break;
      }
      const rate = this.#learningRate();
      const count = Math.min(this.#batchSize, this.examples - examples);
      this.core.begin();
      for (let from = 0; from < count; from += this.#slice) {
        this.core.accumulate(examples + from, Math.min(this.#slice, count - from));
        // Here and not in a function of its own, which would cost a promise a batch.
        const turn = this.#turns.yieldIfDue();
        if (turn === undefined) continue;
        await turn;
        this.throwIfDisposed();
      }
      const totals = this.#update(rate);
      const step = ++progress.step;
      examples += count;
      this.#last = { epoch, step, examples };
      progress.lossSum += totals.loss * count;
      progress.correct += totals.correct;
      const { loss } = totals;
      const told = onBatch?.({
        ...{ epoch, step, steps, examples, ...this.#means(examples) },
        ...{ batchLoss: loss, batchLosses: [loss] },
      });
      if (isPromise(told)) await told;
      if (onBatch) this.throwIfDisposed();
      const kept = following?.after(this.#updates, false);
      if (kept !== undefined) await this.#wait(kept);
    }
    const seconds = (performance.now() - progress.began) / 1000;
    const weighted = this.#extras?.weights && ({ weighted: true } as const);
    return { epoch, ...this.#means(examples), ...weighted, examples, seconds };
  }

  /** Waits for what a callback returned. */
  async #wait(returned: unknown): Promise<void> {
    await returned;
    this.throwIfDisposed();
  }

  /** Loss and accuracy of the epoch so far. */
  #means(examples: number): { loss: number; accuracy?: number } {
    const { lossSum, correct } = this.moment;
    return { loss: lossSum / examples, ...this.core.accuracy(correct, examples) };
  }

  /** Puts the examples into the order of an epoch, which depends on the seed and its number alone. */
  #shuffle(epoch: number): void {
    for (let i = 0; i < this.examples; i++) this.#order[i] = i;
    new Random(this.settings.seed, 'shuffle', epoch).shuffle(this.#order);
    this.core.setOrder(this.#order);
  }

  /** α of the next update. */
  #learningRate(): number {
    const { learningRate, epochs } = this.settings;
    if (!this.#extras) return learningRate;
    const epoch = this.moment.epoch - 1;
    const at = { epoch, update: this.#updates, updates: epochs * this.steps };
    return learningRate * this.#extras.factor(at);
  }

  /** Ends the batch with its update. */
  #update(rate: number): Totals {
    const { learningRate, weightDecay, clipNorm } = this.settings;
    const updated = this.core.update({ learningRate: rate, weightDecay, clipNorm });
    const totals = this.core.batchTotals();
    if (!updated) {
      const { loss } = totals;
      const { epoch, step } = this.moment;
      const at = { epoch, step: step + 1 };
      const isFirst = !Number.isFinite(loss) && this.#updates === 0;
      throw divergence(loss, learningRate, this.core.divergedLayer(loss), at, isFirst);
    }
    return totals;
  }

  /** Waits until the pace allows one more update, or the training is to end. */
  async #leave(pace: Pace): Promise<void> {
    while (!this.#isOver && !pace.take()) {
      await pace.news(this.settings.signal);
      this.throwIfDisposed();
    }
  }

  /**
   * Loss and accuracy on other examples.
   *
   * @throws DivergenceError where the loss is not finite
   */
  async #validation(dataset: Dataset): Promise<{ loss: number; accuracy?: number }> {
    const { inputs, labelsOrTargets, length } = dataset;
    dataset.checkMemory('validation.');
    // Without the two products of the way back, three times as many take as long.
    const slice = 3 * this.#slice;
    const { loss, correct } = await this.core.evaluateInTurns(
      inputs,
      labelsOrTargets,
      slice,
      this.#turns,
    );
    this.throwIfDisposed();
    this.#throwIfNonFinite(loss);
    return { loss, ...this.core.accuracy(correct, length) };
  }

  /** Checks the last update, for no later batch shows whether its loss is finite. */
  #checkLastUpdate(): void {
    const seen = this.#last.examples;
    if (seen === 0) return;
    const count = Math.min(this.core.tile, seen);
    this.core.begin();
    this.core.accumulate(seen - count, count);
    this.#throwIfNonFinite(this.core.batchTotals().loss);
  }

  /**
   * Takes the last update back where it left parameters that give no finite loss.
   *
   * @throws DivergenceError then
   */
  #throwIfNonFinite(loss: number): void {
    if (Number.isFinite(loss)) return;
    this.core.rollback();
    const { learningRate } = this.settings;
    throw divergence(loss, learningRate, this.core.divergedLayer(loss), this.#last);
  }

  /** Frees the memory of training set and optimizer, and what followed the training. */
  #end(): void {
    this.settings.pace?.end();
    this.#following?.end?.();
    this.core.release();
    // Throws where a thread of the network has ended.
    this.core.setDropout(0, 0);
  }
}

/** How many examples one call may take: whole tiles, at least one. */
function sliceOf(core: Core): number {
  // Three products, of 2 FLOP for each weight and each pixel of the output.
  const flop = core.architecture.trained.reduce(
    (sum, { weights, output: [height, width] }) => sum + 6 * product(weights) * height * width,
    0,
  );
  return Math.max(1, Math.floor(SLICE_FLOP / (flop * core.tile))) * core.tile;
}
