// Symbol.dispose, for those who compile against an older library of types.
/// <reference lib="esnext.disposable" preserve="true" />

import { compiledOnce, convolutionModule } from '#convolution-module';
import { coreModule } from '#core-module';
import { Turns } from '../base/event-loop.ts';
import { onDemand } from '../base/on-demand.ts';
import { Random } from '../base/random.ts';
import type { Functions, Hidden, Output } from '../core/activations.ts';
import { Core, type Team } from '../core/core.ts';
import { instantiateCore } from '../core/exports.ts';
import { checkedExpected, checkedInputs } from '../core/inputs.ts';
import type { Architecture, Image, Layer } from '../core/layers.ts';
import type { Normalization, Normalizer } from '../core/normalization.ts';
import type { LayerParameters } from '../core/parameters.ts';
import { checkedParameters } from '../core/parameters.ts';
import type { Threads } from '../core/thread-count.ts';
import type { Dataset, Outputs } from '../data/dataset.ts';
import type { Numbers } from '../data/numbers.ts';
import type { Model } from '../model/model.ts';
import { advised } from './divergence.ts';
import {
  type Classification,
  type ClassifyOptions,
  checkedThreshold,
  checkedTop,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  fittingDataset,
  ranked,
} from './evaluation.ts';
import {
  BATCH_OPTIONS,
  type BatchOptions,
  busy,
  checkedFitOptions,
  type FitOptions,
} from './fit-options.ts';
import type { History } from './history.ts';
import type { NetworkSettings } from './network-options.ts';
import type { Replaceable } from './replaceable.ts';
import { Run, trainOnBatch } from './training.ts';

/** The options of `load`. */
export interface LoadOptions {
  /** Whether to keep the preprocessing that was saved with the network. Default: true. */
  normalize?: boolean;
  /** How many threads it is to use, as of `create`. Default: 1. */
  threads?: Threads;
}

/** The options of `save`. */
export interface SaveOptions {
  /**
   * Text of your own to keep in the file, added to the metadata that the network was loaded with; a key
   * that is in both has the text given here.
   */
  metadata?: Record<string, string>;
  /** Whether to keep the optimizer of `trainOnBatch`, with its state, for `load` to restore. Default: false. */
  optimizer?: boolean;
}

/**
 * A new network's core, with its initial weights.
 *
 * @throws RangeError where `normalize` does not fit
 */
export async function createCore(
  { architecture, seed, functions, initialization, normalize, threads }: NetworkSettings,
  sent?: SentModules,
): Promise<Core> {
  const shape = { ...architecture, ...functions };
  const turns = new Turns();
  const normalizer =
    normalize !== undefined
      ? await (await standardizing()).normalizerFor(normalize, shape, fittingDataset, turns)
      : normalize;
  const core = await newCore(architecture, functions, threads, sent);
  core.normalizer = normalizer;
  const wordsOf = (l: number) => {
    const random = new Random(seed, 'weights', l);
    return () => random.word();
  };
  if (initialization !== undefined) {
    const { initialise } = await onDemand(import('../core/initialization.ts'));
    await initialise(core, wordsOf, turns, initialization);
  } else await core.initialise(wordsOf, turns);
  return core;
}

/** The code that standardises, loaded on demand because many pages do not need it. */
const standardizing = () => onDemand(import('../core/normalization.ts'));

/** Modules that this thread has been sent: for one thread, and for several. */
export type SentModules = readonly (WebAssembly.Module | undefined)[];

/** A core whose parameters are zero, with the threads that were asked for. */
async function newCore(
  architecture: Architecture,
  functions: Functions,
  threads: Threads,
  [single, threaded]: SentModules = [],
): Promise<Core> {
  let team: Team | undefined;
  if (threads !== 1) {
    // Most pages do not need the code.
    const { createTeam } = await onDemand(import('../threads/team.ts'));
    team = await createTeam(threads, architecture, instantiateCore, compiledOnce, threaded);
  }
  const load = architecture.input ? convolutionModule : coreModule;
  const exports = team?.exports ?? (await instantiateCore(single ?? (await load())));
  return new Core(exports, architecture, functions, team);
}

/** The core of a model. */
export async function coreOf(
  model: Model,
  threads: Threads = 1,
  sent?: SentModules,
): Promise<Core> {
  const core = await newCore(model.architecture, model.functions, threads, sent);
  core.setParameters(model.parameters);
  if (model.optimizer) core.optimizer = model.optimizer;
  if (model.normalization) {
    const { Normalizer } = await standardizing();
    core.normalizer = new Normalizer(model.normalization);
  }
  return core;
}

/** A network's methods, without those that create, load and save it: these are Network's. */
export class LiveNetwork {
  /** The layers as `create` takes them, with their defaults: n⁰ … nᴸ, or those behind `input`. */
  declare readonly layers: readonly Layer[];
  /** Height, width and channels of the images that are the inputs; undefined where they are not images. */
  declare readonly input: Image | undefined;
  /** n⁰: the number of values of an example. */
  declare readonly features: number;
  /** nᴸ: the number of outputs. */
  declare readonly outputs: number;
  /** Activation functions of the hidden layers that have none of their own, and of the output layer. */
  declare readonly hidden: Hidden;
  declare readonly output: Output;
  /** How many threads the network has. */
  declare readonly threads: number;
  /** Why it has one, where more were asked for; else undefined. */
  declare readonly threadsReason: string | undefined;
  /**
   * Names of the classes, or of the outputs, in order: those that `create` was given or `load` found, else
   * those of the first dataset with names that `fit` was given.
   */
  readonly classNames: readonly string[] | undefined;
  readonly #normalizer: Normalizer | undefined;
  #core: Core | undefined;
  /** The `fit` that runs, or waits for another to end. */
  #fitting: Replaceable | undefined;

  /** @internal */
  constructor(core: Core, classNames?: readonly string[]) {
    this.#core = core;
    this.classNames = classNames;
    this.hidden = core.functions.hidden;
    this.output = core.functions.output;
    this.threads = core.team?.threads ?? 1;
    this.threadsReason = core.team?.reason;
    this.#normalizer = core.normalizer;
    const { layers, input, features, outputs } = core.architecture;
    Object.assign(this, { layers, input, features, outputs });
  }

  /**
   * Mean and standard deviation of each input, and of each target, as copies. Undefined if the network
   * does not standardise.
   */
  get normalization(): Normalization | undefined {
    return this.#normalizer?.normalization;
  }

  /**
   * Trains by gradient descent: `epochs` passes over the dataset, one update per batch. It yields to the
   * event loop about eighty times a second. Meanwhile `evaluate`, `predict`, `parameters` and `save`
   * work, with the parameters of that moment.
   *
   * @param dataset features n⁰; classes nᴸ, or outputs nᴸ if the network's output is not softmax
   * @returns loss and accuracy of each epoch
   * @throws TypeError or RangeError that names an argument, before anything has changed;
   *   DivergenceError if the loss or a parameter becomes NaN or infinite: the network then has the
   *   last parameters whose loss was finite; any error that a callback or the schedule throws; Error
   *   while another `fit` runs, unless this one is to `replace` it
   */
  async fit(dataset: Dataset, given: FitOptions = {}): Promise<History> {
    try {
      const core = this.#liveCore('fit');
      fittingDataset('dataset', dataset, this);
      const classNames = this.classNames ?? dataset.classNames;
      const checked = checkedFitOptions({ ...this, classNames }, given);
      const { validation } = checked;
      if (validation)
        core.checkExamples('validation', validation.inputs, validation.labelsOrTargets);
      const before = this.#fitting;
      if (before && !checked.replace) throw busy('fit');
      const run = new Run(this, core, dataset, checked);
      this.#fitting = run;
      return await run.fit(before);
    } catch (error) {
      return advised(error, dataset, this.#normalizer);
    } finally {
      this.#fitting = this.#fitting?.pending;
    }
  }

  /**
   * One update on exactly this batch, in this order.
   *
   * @param inputs m × n⁰ numbers: as of `Dataset.from`, in rows or one example after another
   * @param labelsOrTargets m labels: the class of each example, less than nᴸ, or one-hot rows of nᴸ; or
   *   m × nᴸ targets
   * @param given as of `fit`. What the optimizer keeps from one update to the next stays with the network
   *   between calls, until a call names another one or other hyperparameters. Default of optimizer: that
   *   of the last call, at first `sgd`
   * @returns loss: the mean over the batch; correct: how many examples were classified correctly, or how
   *   many of their sigmoid outputs, absent with linear ones; both before the update
   * @throws TypeError or RangeError that names the argument, before anything has changed;
   *   DivergenceError as `fit`: the optimizer then begins anew
   */
  trainOnBatch(
    inputs: Numbers,
    labelsOrTargets: Numbers,
    given: BatchOptions = {},
  ): { loss: number; correct?: number } {
    const core = this.#idleCore('trainOnBatch');
    const checked = checkedFitOptions(this, given, BATCH_OPTIONS, core.kept?.optimizer);
    const own = checkedInputs(inputs, this.features);
    const count = own.length / this.features;
    const expected = checkedExpected(labelsOrTargets, count, this.outputs, core.functions);
    return trainOnBatch(core, own, expected, checked);
  }

  /**
   * Evaluates the network on a dataset: loss, accuracy and more.
   *
   * @param dataset as of `fit`
   * @param given threshold: for sigmoid outputs, or a softmax of two classes
   * @throws TypeError if it is not a Dataset; RangeError if it does not fit the network, or the loss
   *   is NaN or infinite; TypeError or RangeError that names the option
   */
  evaluate(dataset: Dataset, given: EvaluateOptions = {}): Evaluation {
    const core = this.#liveCore('evaluate');
    fittingDataset('dataset', dataset, this);
    return evaluate(core, dataset, checkedThreshold(given, this));
  }

  /**
   * Predicts: the probability of each class, for each example; or the outputs of the last layer.
   *
   * @param inputs m × n⁰ numbers: as of `Dataset.from`, in rows or one example after another
   * @returns m × nᴸ, one example after another; each example's of a softmax sum to 1. A Float64Array
   *   where the network standardises its targets, in their unit; else a Float32Array
   * @throws TypeError or RangeError that names the argument; RangeError that names example and layer
   *   where inputs or parameters are so large that a layer gives NaN or an infinity
   */
  predict(inputs: Numbers): Outputs {
    return this.#liveCore('predict').predict(checkedInputs(inputs, this.features));
  }

  /**
   * Classifies: for each example its classes with name and probability, the most probable first, of equal
   * ones the lower class. With sigmoid outputs each output has a probability of its own.
   *
   * @param inputs m × n⁰ numbers: as of `Dataset.from`, in rows or one example after another
   * @param given top: how many classes of each example, from 1 to nᴸ. Default: all
   * @throws Error where the network's output is linear; TypeError or RangeError as `predict`
   */
  classify(inputs: Numbers, given: ClassifyOptions = {}): Classification[][] {
    const core = this.#liveCore('classify');
    const top = checkedTop(given, this);
    return ranked(core.predict(checkedInputs(inputs, this.features)), top, this);
  }

  /**
   * The activations of each layer, for each example: Aˡ of the hidden layers, and last what `predict`
   * returns. Of convolutions and pooling the feature maps, channels last: height × width × channels.
   *
   * @param inputs m × n⁰ numbers: as of `Dataset.from`, in rows or one example after another
   * @returns for each layer m × nˡ, one example after another
   * @throws TypeError or RangeError as `predict`
   */
  activations(inputs: Numbers): Outputs[] {
    return this.#liveCore('activations').activations(checkedInputs(inputs, this.features));
  }

  /** The weights (out × in, row-major) and biases of each layer that has any: copies. */
  parameters(): LayerParameters[] {
    return this.#liveCore('parameters').parameters();
  }

  /**
   * The network as data.
   *
   * @param method that errors name
   * @param kept whether with the optimizer of `trainOnBatch`
   * @internal
   */
  model(method: string, kept: boolean): Omit<Model, 'metadata'> {
    const core = this.#liveCore(method);
    const { architecture, functions } = core;
    const { normalization, classNames } = this;
    const parameters = core.parameters();
    const optimizer = kept ? core.optimizer : undefined;
    return { architecture, functions, parameters, normalization, classNames, optimizer };
  }

  /**
   * Sets the weights and biases of each layer, in the form of `parameters`.
   *
   * @throws TypeError or RangeError that names the array, before anything has changed
   */
  setParameters(parameters: readonly LayerParameters[]): void {
    const core = this.#idleCore('setParameters');
    core.setParameters(checkedParameters('parameters', parameters, core.architecture));
  }

  /** Frees the network's memory. Every other call then fails; calling it again has no effect. */
  dispose(): void {
    this.#core?.team?.dismiss?.();
    this.#core = undefined;
    this.#fitting?.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #liveCore(method: string): Core {
    if (this.#core === undefined) throw new Error(`${method}: the network has been disposed of`);
    return this.#core;
  }

  /** The core, if no `fit` is running. */
  #idleCore(method: string): Core {
    const core = this.#liveCore(method);
    if (this.#fitting) throw busy(method);
    return core;
  }
}
