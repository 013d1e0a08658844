import { integer, optionalFunction, options, outOfRange, seedNumber, wrongType } from './arguments.ts';
import type { Dataset } from './data/dataset.ts';
import { evaluate, fittingDataset } from './evaluation.ts';
import { Turns } from './event-loop.ts';
import { Random } from './random.ts';
import type { Core, Inputs, Outcome, Totals } from './wasm.ts';

/** How `fit` trains. */
export interface FitOptions {
  /** How many times each example is seen, a whole number from 1; 1 where it is left out. */
  epochs?: number;
  /**
   * Examples an update, a whole number from 1, or Infinity for all of them (full-batch gradient
   * descent); 32 where it is left out. The last batch of an epoch is what remains.
   */
  batchSize?: number;
  /** α, a finite number above 0; 0.1 where it is left out. */
  learningRate?: number;
  /** Decides the order of the examples in each epoch, 0 to 2⁵³ − 1; 0 where it is left out. */
  seed?: number;
  /** Whether each epoch takes the examples in a new random order; true where it is left out. */
  shuffle?: boolean;
  /** Evaluated after each epoch; nothing is learnt from it. */
  validation?: Dataset;
  /** Ends the training after the batch that is under way; what was learnt stays. */
  signal?: AbortSignal;
  /** Called after each epoch. An error that it throws ends the training and rejects `fit`. */
  onEpoch?: (report: EpochReport) => void;
  /** Called after each update, likewise. */
  onBatch?: (report: BatchReport) => void;
}

/** One epoch. Loss and accuracy are of each example as it was seen, before the update. */
export interface EpochReport {
  /** From 1. */
  epoch: number;
  /** Mean over the examples, in nats. */
  loss: number;
  /** Share of the examples that were classified rightly, 0 to 1. */
  accuracy: number;
  /** How many examples were seen: all, unless the training was ended within the epoch. */
  examples: number;
  /** Seconds of training, validation not counted. */
  seconds: number;
  /** On the validation set, after the epoch. */
  validation?: { loss: number; accuracy: number };
}

/** One update. Loss and accuracy are those of the epoch so far. */
export interface BatchReport {
  /** From 1. */
  epoch: number;
  /** From 1 to `steps`, which is how many updates an epoch has. */
  step: number;
  steps: number;
  /** How many examples the epoch has seen so far. */
  examples: number;
  loss: number;
  accuracy: number;
}

/** What `fit` did. */
export interface History {
  /** One entry an epoch; an epoch that was cut short comes last, with fewer examples. */
  epochs: EpochReport[];
  /** Whether the signal ended the training early. */
  aborted: boolean;
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

  constructor(what: Outcome, learningRate: number, at?: { epoch: number; step: number }) {
    const where = at === undefined ? '' : ` in epoch ${at.epoch}, step ${at.step}`;
    const became =
      what === 'loss not finite'
        ? `the loss became NaN or infinite${where}`
        : `the update${where} would make parameters NaN or infinite`;
    super(`${became}; try a learning rate smaller than ${learningRate}`);
    this.epoch = at?.epoch;
    this.step = at?.step;
  }
}

/**
 * Returns `learningRate` where it can be one.
 *
 * @throws TypeError where it is no number, RangeError where it is not finite and above 0
 */
export function checkedLearningRate(learningRate: number): number {
  const expected = 'a finite number above 0';
  if (typeof learningRate !== 'number') throw wrongType('learningRate', learningRate, expected);
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw outOfRange('learningRate', learningRate, expected);
  }
  return learningRate;
}

/** One update on exactly this batch; lengths have been checked by the caller. */
export function trainOnBatch(
  core: Core,
  inputs: Inputs,
  labels: Uint8Array,
  learningRate: number,
): Totals {
  core.begin();
  core.accumulateCopied(inputs, labels);
  const outcome = core.update(learningRate);
  if (outcome !== 'updated') throw new DivergenceError(outcome, learningRate);
  return core.batchTotals();
}

/** The options of `fit`, checked and complete. */
interface Plan {
  epochs: number;
  batchSize: number;
  learningRate: number;
  seed: number;
  shuffle: boolean;
  validation: Dataset | undefined;
  signal: AbortSignal | undefined;
  onEpoch: FitOptions['onEpoch'];
  onBatch: FitOptions['onBatch'];
}

const OPTION_NAMES = [
  'epochs',
  'batchSize',
  'learningRate',
  'seed',
  'shuffle',
  'validation',
  'signal',
  'onEpoch',
  'onBatch',
] as const;

/**
 * Checks the options of `fit`.
 *
 * @throws TypeError or RangeError that names the option
 */
export function planFit(core: Core, given: FitOptions): Plan {
  options('options', given, OPTION_NAMES);
  const { epochs = 1, batchSize = 32, learningRate = 0.1, seed = 0, shuffle = true } = given;
  const { validation, signal } = given;
  if (typeof shuffle !== 'boolean') throw wrongType('shuffle', shuffle, 'true or false');
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw wrongType('signal', signal, 'an AbortSignal');
  }
  return {
    epochs: integer('epochs', epochs, 1, 2 ** 32 - 1),
    batchSize:
      batchSize === Infinity
        ? Infinity
        : integer('batchSize', batchSize, 1, Number.MAX_SAFE_INTEGER, ', or Infinity'),
    learningRate: checkedLearningRate(learningRate),
    seed: seedNumber('seed', seed),
    shuffle,
    validation: validation && fittingDataset('validation', validation, core),
    signal,
    onEpoch: optionalFunction('onEpoch', given.onEpoch),
    onBatch: optionalFunction('onBatch', given.onBatch),
  };
}

/**
 * How much arithmetic one call into the core may do, in FLOP: some 10 ms of a slow machine's. A
 * batch with more is added in slices, between which others have their turn.
 */
const SLICE_FLOP = 1e8;

/** Trains; dataset and plan have been checked. `disposed` tells whether the core is still wanted. */
export async function fit(
  core: Core,
  dataset: Dataset,
  plan: Plan,
  disposed: () => boolean,
): Promise<History> {
  const { length } = dataset;
  const { epochs, learningRate, signal } = plan;
  const batchSize = Math.min(plan.batchSize, length);
  const steps = Math.ceil(length / batchSize);
  const slice = sliceOf(core);
  const turns = new Turns();
  const history: History = { epochs: [], aborted: false };
  const order = Uint32Array.from({ length }, (_, i) => i);
  const examples = core.keep(dataset.inputs, dataset.labels);

  try {
    core.setOrder(examples, order);
    for (let epoch = 1; epoch <= epochs && !history.aborted; epoch++) {
      const began = performance.now();
      if (plan.shuffle) {
        // From the numbers in order, not from the last epoch's: an epoch's order then depends on
        // the seed and its number alone.
        for (let i = 0; i < length; i++) order[i] = i;
        new Random(plan.seed, 'shuffle', epoch).shuffle(order);
        core.setOrder(examples, order);
      }
      let lossSum = 0;
      let correct = 0;
      let seen = 0;
      for (let step = 1; step <= steps; step++) {
        if (signal?.aborted) {
          history.aborted = true;
          break;
        }
        const count = Math.min(batchSize, length - seen);
        core.begin();
        for (let from = 0; from < count; from += slice) {
          core.accumulate(examples, seen + from, Math.min(slice, count - from));
          const turn = turns.due();
          if (turn !== undefined) {
            await turn;
            if (disposed()) throw new Error('fit: the network was disposed of while it trained');
          }
        }
        const outcome = core.update(learningRate);
        if (outcome !== 'updated') throw new DivergenceError(outcome, learningRate, { epoch, step });
        const totals = core.batchTotals();
        seen += count;
        lossSum += totals.loss * count;
        correct += totals.correct;
        plan.onBatch?.({
          epoch,
          step,
          steps,
          examples: seen,
          loss: lossSum / seen,
          accuracy: correct / seen,
        });
      }
      if (seen === 0) break;
      const report: EpochReport = {
        epoch,
        loss: lossSum / seen,
        accuracy: correct / seen,
        examples: seen,
        seconds: (performance.now() - began) / 1000,
      };
      if (plan.validation !== undefined) {
        const { loss, accuracy } = evaluate(core, plan.validation);
        report.validation = { loss, accuracy };
      }
      history.epochs.push(report);
      plan.onEpoch?.(report);
    }
    return history;
  } finally {
    core.release(examples);
  }
}

/** How many examples one call may take: whole tiles, at least one. */
function sliceOf(core: Core): number {
  // Three products of 2·n·k FLOP each in every layer.
  const flop = core.layers.reduce((sum, { inputs, units }) => sum + 6 * inputs * units, 0);
  return Math.max(1, Math.floor(SLICE_FLOP / (flop * core.tile))) * core.tile;
}
