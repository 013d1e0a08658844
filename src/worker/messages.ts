/**
 * The messages between a page and a worker. They have a port of their own, so a worker that the page made
 * may have other messages as well.
 */

import type { Normalization } from '../core/normalization.ts';
import type { KeptOptimizer } from '../core/optimizers.ts';
import type { LayerParameters } from '../core/parameters.ts';
import type { Threads } from '../core/thread-count.ts';
import type {
  Examples,
  Inputs,
  LabelsOrTargets,
  Outputs,
  TargetExamples,
} from '../data/dataset.ts';
import type { Model } from '../model/model.ts';
import type { EvaluateOptions, Evaluation } from '../network/evaluation.ts';
import type { BatchOptions, FitOptions, TrainingSettings } from '../network/fit-options.ts';
import type { BatchReport, EpochReport, History } from '../network/history.ts';
import type { LiveNetwork, SentModules } from '../network/live-network.ts';
import type { NetworkSettings } from '../network/network-options.ts';

/** The first message to a worker; all others go through its port. */
export interface Connect {
  relumax: typeof PROTOCOL;
  port: MessagePort;
}

/** Version of the messages, the same on both sides; raise it with every change of a message. */
export const PROTOCOL = 9;

/** The number of a dataset in the worker. */
export type DatasetKey = number;

/** Arguments of `fit` in the worker. Callbacks, the signal and the pace stay on the calling side. */
export interface FitCall {
  /** The options that decide the outcome, checked; none that a message cannot hold. */
  settings: Pick<FitOptions, keyof TrainingSettings>;
  dataset: DatasetKey;
  validation?: DatasetKey | undefined;
  /** Whether to report anything, and updates too. */
  reports: boolean;
  batches: boolean;
  aborted: boolean;
  /** The pace's first command, if there is a pace. */
  pace?: number | undefined;
}

/** Arguments of `create` in the worker, checked. */
export interface CreateCall extends Omit<NetworkSettings, 'normalize' | 'classNames'> {
  normalize?: DatasetKey | Normalization;
}

/** What the page must know of a network that was created. */
export type Created = Pick<LiveNetwork, 'normalization' | 'threads' | 'threadsReason'>;

/** The methods of a network that can be called, with their results. */
export interface Calls {
  create(settings: CreateCall, modules: SentModules): Created;
  load(model: Model, threads: Threads, modules: SentModules): Created;
  fit(call: FitCall): { history: History; progress: Progress; warnings: string[] };
  trainOnBatch(
    inputs: Inputs,
    labelsOrTargets: LabelsOrTargets,
    options: BatchOptions,
  ): { loss: number; correct?: number };
  evaluate(dataset: DatasetKey, options: EvaluateOptions): Evaluation;
  predict(inputs: Inputs): Outputs;
  /** The outputs; the page ranks and names them. */
  classify(inputs: Inputs): Outputs;
  activations(inputs: Inputs): Outputs[];
  parameters(): LayerParameters[];
  keptOptimizer(): KeptOptimizer | undefined;
  setParameters(parameters: readonly LayerParameters[]): void;
}

/** A call of a method; the result has the same id. */
export type Call = {
  [M in keyof Calls]: {
    kind: 'call';
    id: number;
    network: number;
    method: M;
    arguments: Parameters<Calls[M]>;
  };
}[keyof Calls];

/** Messages to the worker. Only calls have a response. */
export type Request =
  | Call
  | { kind: 'dataset'; key: DatasetKey; examples: Examples | TargetExamples }
  | { kind: 'release'; key: DatasetKey }
  | { kind: 'dispose'; network: number }
  | { kind: 'abort'; id: number }
  | { kind: 'pace'; id: number; command: number }
  /** A callback has returned a promise: the training waits until its report has been seen. */
  | { kind: 'hold'; id: number }
  | { kind: 'seen'; id: number };

/** Progress of a `fit` since the last report: every epoch, and the latest update, with the losses of all. */
export interface Progress {
  epochs: EpochReport[];
  batch?: BatchReport | undefined;
}

/** Messages from the worker. */
export type Response =
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'error'; id: number; error: PackedError }
  | { kind: 'progress'; id: number; progress: Progress }
  /** A message could not be read. Which one is not known. */
  | { kind: 'unreadable' };

/** An error as it is sent: a structured clone would lose its class and its own fields. */
export interface PackedError {
  name: string;
  message: string;
  stack?: string | undefined;
  at?: { epoch?: number | undefined; step?: number | undefined; layer?: number | undefined };
}
