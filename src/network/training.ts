/** Training: epochs of batches, each with its update, in an order that the seed decides. */
import { outOfRange } from '../base/arguments.ts';
import { Turns } from '../base/event-loop.ts';
import { Random } from '../base/random.ts';
import type { Core, Totals } from '../core/core.ts';
import { exampleCount } from '../core/inputs.ts';
import type { Answers, Dataset, Inputs } from '../data/dataset.ts';
import { divergence } from './divergence.ts';
import { Best } from './early-stopping.ts';
import type { Augmentation, Following, Moment, Plan } from './fit-options.ts';
import type { EpochReport, History } from './history.ts';
import type { Pace } from './pace.ts';
import { scheduled } from './schedule.ts';

/** One update on exactly this batch; lengths have been checked by the caller. */
export function trainOnBatch(
  core: Core,
  inputs: Inputs,
  answers: Answers,
  learningRate: number,
): Totals {
  core.begin();
  core.accumulateCopied(inputs, answers);
  const updated = core.update(learningRate);
  const totals = core.batchTotals();
  const { loss } = totals;
  if (!updated) throw divergence(loss, learningRate, core.divergedLayer(loss));
  return totals;
}

/**
 * How much arithmetic one call into the core may do, in FLOP: some 10 ms of a slow machine's. A
 * batch with more is added in slices, between which others have their turn.
 */
const SLICE_FLOP = 1e8;

/** Trains; dataset and plan have been checked. `disposal` aborts when the core is not wanted any more. */
export function fit(
  core: Core,
  dataset: Dataset,
  plan: Plan,
  disposal: AbortSignal,
): Promise<History> {
  return new Run(core, dataset, plan, disposal).fit();
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
  #following: Following | undefined;
  /** Where the training goes on, if it was begun elsewhere. */
  #from: Moment | undefined;
  /** The last update that was made, and the examples of the order that it had seen in its epoch. */
  #at = { epoch: 0, step: 0, examples: 0 };

  constructor(core: Core, dataset: Dataset, plan: Plan, disposal: AbortSignal) {
    this.#core = core;
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

  async fit(): Promise<History> {
    const plan = this.#plan;
    const history: History = { epochs: [], aborted: false };
    const best = plan.earlyStopping && new Best(this.#core, plan.earlyStopping);
    plan.pace?.hold();
    try {
      for (
        let epoch = await this.#begin(history, best);
        epoch <= plan.epochs && !history.aborted && !best?.isPast(epoch);
        epoch++
      ) {
        const report = await this.#epoch(epoch);
        history.aborted = report.examples < this.#length;
        if (report.examples === 0) break;
        if (plan.validation !== undefined) {
          report.validation = await this.#validation(plan.validation);
        }
        best?.see(report);
        history.epochs.push(report);
        plan.onEpoch?.(report);
      }
      this.#checkLastUpdate();
      if (best?.epoch !== undefined) {
        best.restore();
        history.bestEpoch = best.epoch;
      }
      return history;
    } finally {
      this.#end();
    }
  }

  /** Makes ready for the first epoch, and returns its number. */
  async #begin(history: History, best: Best | undefined): Promise<number> {
    const [core, plan] = [this.#core, this.#plan];
    core.keepState(plan.optimizer);
    const [examples, steps] = [this.#length, this.#steps];
    const training = { core, plan, examples, steps, history, best };
    this.#following = plan.checkpoints?.begin(training);
    if (plan.augmentation === undefined) await this.#keep(this.#dataset.inputs);
    this.#from = this.#following?.resume?.();
    return this.#from?.epoch ?? 1;
  }

  /** Puts the training examples into the core's memory, in place of what was there. */
  async #keep(inputs: Inputs): Promise<void> {
    await this.#core.keep(inputs, this.#dataset.answers, this.#turns);
    this.#mustBeWanted();
  }

  /** The same with the inputs of an epoch, as the augmentation has them. */
  async #augment(epoch: number, augmentation: Augmentation): Promise<void> {
    const { inputs, features } = this.#dataset;
    const { seed } = this.#plan;
    this.#dataset.checkMemory('dataset.');
    const augmented = await augmentation.augment(inputs, { features, seed, epoch });
    this.#dataset.checkMemory('dataset.');
    if (exampleCount(augmented, features) !== this.#length) {
      throw outOfRange('augmentation.augment', augmented, `what gives ${this.#length} examples`);
    }
    await this.#keep(augmented);
  }

  /** One pass over the examples, or as much of it as comes before the signal. */
  async #epoch(epoch: number): Promise<EpochReport> {
    const { signal, pace, onBatch, augmentation, dropout, seed } = this.#plan;
    const following = this.#following;
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
        await following?.after({ epoch, step, lossSum, correct }, true);
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
        this.#mustBeWanted();
      }
      const totals = this.#update({ epoch, step });
      examples += count;
      this.#at = { epoch, step, examples };
      lossSum += totals.loss * count;
      correct += totals.correct;
      const loss = lossSum / examples;
      const accuracy = this.#core.accuracy(correct, examples);
      onBatch?.({ epoch, step, steps, examples, loss, accuracy });
      const kept = following?.after({ epoch, step, lossSum, correct }, false);
      if (kept === undefined) continue;
      await kept;
      this.#mustBeWanted();
    }
    const seconds = (performance.now() - began) / 1000;
    const [loss, accuracy] = [lossSum / examples, this.#core.accuracy(correct, examples)];
    return { epoch, loss, accuracy, examples, seconds };
  }

  /** Puts the examples into the order of an epoch, which depends on the seed and its number alone. */
  #shuffle(epoch: number): void {
    for (let i = 0; i < this.#length; i++) this.#order[i] = i;
    new Random(this.#plan.seed, 'shuffle', epoch).shuffle(this.#order);
    this.#core.setOrder(this.#order);
  }

  /** Ends the batch with its update. */
  #update(at: { epoch: number; step: number }): Totals {
    const { learningRate, optimizer, weightDecay, clipNorm, schedule, warmup } = this.#plan;
    const moment = {
      epoch: at.epoch - 1,
      update: (at.epoch - 1) * this.#steps + at.step - 1,
      updates: this.#plan.epochs * this.#steps,
    };
    const rate = learningRate * scheduled(schedule, warmup, moment);
    const updated = this.#core.updateBy(optimizer, { learningRate: rate, weightDecay, clipNorm });
    const totals = this.#core.batchTotals();
    if (!updated) {
      const { loss } = totals;
      const isFirst = !Number.isFinite(loss) && at.epoch === 1 && at.step === 1;
      throw divergence(loss, learningRate, this.#core.divergedLayer(loss), at, isFirst);
    }
    return totals;
  }

  /** Waits until the pace lets it make one more update, or there is none to be made. */
  async #leave(pace: Pace): Promise<void> {
    const { signal } = this.#plan;
    while (!signal?.aborted && !pace.take()) {
      await pace.news(signal, this.#disposal);
      this.#mustBeWanted();
    }
  }

  /**
   * Ends a training whose network is not there any more.
   *
   * @throws Error then
   */
  #mustBeWanted(): void {
    if (this.#disposal.aborted) {
      throw new Error('fit: the network was disposed of while it trained');
    }
  }

  /**
   * Loss and accuracy on other examples.
   *
   * @throws DivergenceError where the loss is not finite
   */
  async #validation(dataset: Dataset): Promise<{ loss: number; accuracy: number }> {
    const { inputs, answers, length } = dataset;
    dataset.checkMemory('validation.');
    // Without the two products of the way back, three times as many take as long.
    const slice = 3 * this.#slice;
    const { loss, correct } = await this.#core.evaluateInTurns(inputs, answers, slice, this.#turns);
    this.#mustBeWanted();
    this.#mustBeFinite(loss);
    return { loss, accuracy: this.#core.accuracy(correct, length) };
  }

  /** Finds out what no batch shows any more: whether the last update was a good one. */
  #checkLastUpdate(): void {
    const seen = this.#at.examples;
    if (seen === 0) return;
    const count = Math.min(this.#core.tile, seen);
    this.#core.begin();
    this.#core.accumulate(seen - count, count);
    this.#mustBeFinite(this.#core.batchTotals().loss);
  }

  /**
   * Takes the last update back where it left parameters that give no finite loss.
   *
   * @throws DivergenceError then
   */
  #mustBeFinite(loss: number): void {
    if (Number.isFinite(loss)) return;
    this.#core.rollback();
    throw divergence(loss, this.#plan.learningRate, this.#core.divergedLayer(loss), this.#at);
  }

  /** Gives back the memory of training set and optimizer, and what followed the training. */
  #end(): void {
    this.#following?.end?.();
    this.#core.release();
    this.#core.setDropout(0, 0);
    this.#plan.pace?.end();
  }
}

/** How many examples one call may take: whole tiles, at least one. */
function sliceOf(core: Core): number {
  // Three products of 2·n·k FLOP each in every layer.
  const flop = core.layers.reduce((sum, { inputs, units }) => sum + 6 * inputs * units, 0);
  return Math.max(1, Math.floor(SLICE_FLOP / (flop * core.tile))) * core.tile;
}
