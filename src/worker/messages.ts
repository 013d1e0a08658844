/**
 * What a page and a worker say to each other. They talk through a port of their own, so that a
 * worker that the page made may have other messages beside these.
 */

import type { Normalization } from '../core/normalization.ts';
import type { LayerParameters } from '../core/parameters.ts';
import type { Answers, Examples, Inputs, Outputs, TargetExamples } from '../data/dataset.ts';
import type { Model } from '../model/model.ts';
import type { Evaluation } from '../network/evaluation.ts';
import type { FitOptions } from '../network/fit-options.ts';
import type { BatchReport, EpochReport, History } from '../network/history.ts';
import type { NetworkOptions } from '../network/network-options.ts';

/** The first message to a worker; all others go through its port. */
export interface Connect {
  relumax: typeof PROTOCOL;
  port: MessagePort;
}

/** Both sides must be of one version; raise it with every change of a message. */
export const PROTOCOL = 6;

/** A dataset that the worker has been given, by its number. */
export type DatasetKey = number;

/** What `fit` takes there. Where it is called from keeps functions, the signal and the pace. */
export interface FitCall
  extends Omit<
    FitOptions,
    'validation' | 'signal' | 'pace' | 'onEpoch' | 'onBatch' | 'augmentation' | 'checkpoints'
  > {
  dataset: DatasetKey;
  validation?: DatasetKey | undefined;
  /** Whether updates are to be reported, and not only epochs. */
  batches: boolean;
  aborted: boolean;
  /** What it may do to begin with, where there is a pace. */
  pace?: number | undefined;
}

/** Which network is to be made there. */
export interface CreateCall extends Omit<NetworkOptions, 'normalize'> {
  normalize?: DatasetKey;
}

/** What can be asked of a network, and what the answer is. */
export interface Calls {
  create(options: CreateCall): Normalization | undefined;
  load(model: Model): Normalization | undefined;
  fit(call: FitCall): { history: History; progress: Progress };
  trainOnBatch(
    inputs: Inputs,
    answers: Answers,
    options: { learningRate?: number },
  ): { loss: number; correct: number };
  evaluate(dataset: DatasetKey): Evaluation;
  predict(inputs: Inputs): Outputs;
  activations(inputs: Inputs): Outputs[];
  parameters(): LayerParameters[];
  setParameters(parameters: readonly LayerParameters[]): void;
}

/** A question to a network, with the number under which the answer comes. */
export type Call = {
  [M in keyof Calls]: {
    kind: 'call';
    id: number;
    network: number;
    method: M;
    arguments: Parameters<Calls[M]>;
  };
}[keyof Calls];

/** What goes to the worker. All but calls is without an answer. */
export type Request =
  | Call
  | { kind: 'dataset'; key: DatasetKey; examples: Examples | TargetExamples }
  | { kind: 'release'; key: DatasetKey }
  | { kind: 'dispose'; network: number }
  | { kind: 'abort'; id: number }
  | { kind: 'pace'; id: number; command: number }
  | { kind: 'seen'; id: number };

/** What has happened in a `fit` since the last time: every epoch, and the latest update. */
export interface Progress {
  epochs: EpochReport[];
  batch?: BatchReport | undefined;
}

/** What comes from the worker. */
export type Response =
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'error'; id: number; error: PackedError }
  | { kind: 'progress'; id: number; progress: Progress }
  /** A message came that could not be read: which, is not known. */
  | { kind: 'unreadable' };

/** An error as it crosses: a structured clone would lose the class and the fields of our own. */
export interface PackedError {
  name: string;
  message: string;
  stack?: string | undefined;
  at?: { epoch?: number | undefined; step?: number | undefined; layer?: number | undefined };
}
