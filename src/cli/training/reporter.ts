/** What prints a training; one implementation for each kind of reader. */

import type { Architecture } from '../../core/layers.ts';
import type {
  BatchReport,
  EpochReport,
  Evaluation,
  Hidden,
  History,
  OptimizerName,
  Output,
} from '../../index.ts';
import type { Source } from '../files/formats.ts';
import type { InterruptionCause } from '../terminal/interruption.ts';
import type { Verdict } from './baseline.ts';
import type { DeadUnits } from './dead-units.ts';
import type { TableParts } from './training-data.ts';

/** What is about to happen. */
export interface TrainingPlan {
  /** Where the examples come from. */
  readonly source: Source;
  /** Number of training examples. */
  readonly examples: number;
  /** Number of held-out examples. */
  readonly heldOut: number;
  /** What the classes are called, if they have names. */
  readonly classNames: readonly string[] | undefined;
  /** The table, if the examples are rows of one. */
  readonly table: TableParts | undefined;
  readonly architecture: Architecture;
  readonly hidden: Hidden;
  readonly output: Output;
  readonly epochs: number;
  /** Examples in a batch; Infinity is all of them. */
  readonly batchSize: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly seed: number;
  readonly threads: number;
}

/** What has happened. */
export interface TrainingResult {
  readonly history: History;
  /** On the held-out examples. */
  readonly test: Evaluation;
  /** Of each hidden layer, how many ReLUs gave 0 for all of these. */
  readonly dead: readonly DeadUnits[];
  /** What ended it early, if anything did. */
  readonly interrupted: InterruptionCause | undefined;
  /** SHA-256 of the parameters, where it was asked for. */
  readonly hash: string | undefined;
  /** How the network compares with one that ignores its inputs. */
  readonly verdict: Verdict;
}

/** The files that were written, of those that were asked for. */
export interface Written {
  /** With the model. */
  saved?: string;
  history?: string;
  report?: string;
}

export interface Reporter {
  start(plan: TrainingPlan): void | Promise<void>;
  /** Only where somebody watches: it is called between any two batches. */
  batch?(report: BatchReport): void;
  epoch(report: EpochReport): void;
  /** No more batches and epochs; a result follows unless the training failed. */
  end(): void;
  result(result: TrainingResult, written: Written): void | Promise<void>;
}

/** Examples trained on, the seconds without validation, and the rate. */
export function totals({ epochs }: History): {
  examples: number;
  seconds: number;
  perSecond: number;
} {
  const examples = epochs.reduce((sum, epoch) => sum + epoch.examples, 0);
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return { examples, seconds, perSecond: examples / seconds };
}
