// Symbol.dispose, for programs that compile against an older `lib`.
/// <reference lib="esnext.disposable" preserve="true" />
import { boolean, fileBytes, options, wrongType } from '../base/arguments.ts';
import { onDemand } from '../base/on-demand.ts';
import type { Functions, Hidden, Output } from '../core/activations.ts';
import { checkedExpected, checkedInputs } from '../core/inputs.ts';
import type { Architecture, Image, Layer } from '../core/layers.ts';
import type { Normalization } from '../core/normalization.ts';
import type { LayerParameters } from '../core/parameters.ts';
import { checkedParameters } from '../core/parameters.ts';
import { checkedThreads, type Threads } from '../core/thread-count.ts';
import type { Dataset, Outputs } from '../data/dataset.ts';
import type { Numbers } from '../data/numbers.ts';
import type { Model } from '../model/model.ts';
import { advised } from '../network/divergence.ts';
import {
  type Classification,
  type ClassifyOptions,
  checkedThreshold,
  checkedTop,
  type EvaluateOptions,
  type Evaluation,
  fittingDataset,
  type NetworkShape,
  ranked,
} from '../network/evaluation.ts';
import {
  BATCH_OPTIONS,
  type BatchOptions,
  busy,
  checkedFitOptions,
  extrasOf,
  type FitOptions,
} from '../network/fit-options.ts';
import type { History } from '../network/history.ts';
import type { LoadOptions, SaveOptions, SentModules } from '../network/live-network.ts';
import { checkedNetwork, type NetworkOptions } from '../network/network-options.ts';
import type { Replaceable } from '../network/replaceable.ts';
import { buffersOf, Connection, checkWhole, copied, copyOf } from './connection.ts';
import { Fitting } from './fitting.ts';
import type { Calls, CreateCall, Created } from './messages.ts';
import { canStart, startWorker, UNKNOWN } from './start.ts';

/** The modules that the worker does not have inside: loaded on demand, for most need none. */
async function modulesFor({ input }: Architecture, threads: Threads): Promise<SentModules> {
  // Without isolation there is one thread, and the worker says why.
  const areSeveral = threads !== 1 && globalThis.crossOriginIsolated !== false;
  if (!areSeveral && !input) return [];
  const [{ compiledOnce, convolutionModule }, { threadedModule }] = await onDemand(
    Promise.all([import('#convolution-module'), import('#threaded-module')]),
  );
  return Promise.all([
    // Also for one thread in place of several.
    input && convolutionModule(),
    areSeveral ? threadedModule(input !== undefined, compiledOnce) : undefined,
  ]);
}

/** Which worker a network runs in. */
export interface WorkerOptions {
  /**
   * A worker that runs `relumax/worker-thread`. Several networks may share one. Default: a new worker for
   * this network, which ends when the network is disposed.
   */
  worker?: Worker;
}

/** How arrays are sent to the worker. */
export interface TransferOptions {
  /**
   * Whether to transfer the arrays, which are then empty here, instead of copying them. Default: false.
   * Only an array that spans its whole buffer can be transferred. Arrays that had to be converted are
   * copies: the given ones stay as they are.
   */
  transfer?: boolean;
}

/**
 * A network in a worker, with the API of `Network` of `relumax`. Every method returns a promise, and the
 * page stays responsive. The parameters are the same as those of `Network` of `relumax`, bit for bit.
 *
 * A dataset is sent to the worker when it is first used. It stays there until it is garbage collected
 * here, or the worker ends.
 */
export class Network {
  /** The layers as `create` takes them, with their defaults: n⁰ … nᴸ, or those behind `input`. */
  readonly layers: readonly Layer[];
  /** Height, width and channels of the images that are the inputs; undefined where they are not images. */
  readonly input: Image | undefined;
  /** n⁰: the number of values of an example. */
  readonly features: number;
  /** nᴸ: the number of outputs. */
  readonly outputs: number;
  /** The metadata of the file, if the network was loaded; else empty. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Activation function of the hidden layers that have none of their own, and of the output layer. */
  readonly hidden: Hidden;
  readonly output: Output;
  /** How many threads the network has, that of its worker included. */
  readonly threads: number;
  /** Why it has one, where more were asked for; else undefined. */
  readonly threadsReason: string | undefined;
  readonly #home: Home;
  readonly #architecture: Architecture;
  readonly #normalization: Normalization | undefined;
  #classNames: readonly string[] | undefined;
  /** The `fit` that runs, or waits for another to end. */
  #fitting: Replaceable | undefined;
  #disposed = false;

  private constructor(
    home: Home,
    architecture: Architecture,
    { hidden, output }: Functions,
    { normalization, threads, threadsReason }: Created,
    { classNames, metadata }: Pick<Model, 'classNames' | 'metadata'>,
  ) {
    this.#home = home;
    this.#classNames = classNames;
    this.#normalization = normalization;
    this.threads = threads;
    this.threadsReason = threadsReason;
    this.hidden = hidden;
    this.output = output;
    this.#architecture = architecture;
    this.layers = architecture.layers;
    this.input = architecture.input;
    this.features = architecture.features;
    this.outputs = architecture.outputs;
    this.metadata = Object.freeze({ ...metadata });
  }

  /**
   * A new network: weights He or Glorot uniform, by the activation function, as of `create` of `relumax`,
   * and zero biases.
   *
   * @param given as `create` of `relumax`; transfer: whether to transfer the arrays of the dataset
   *   `normalize`
   * @throws TypeError or RangeError that names the option; Error where no worker can be started
   */
  static async create(given: NetworkOptions & WorkerOptions & TransferOptions): Promise<Network> {
    return Network.#create(given).catch((error) => advised(error));
  }

  static async #create(given: NetworkOptions & WorkerOptions & TransferOptions): Promise<Network> {
    const { worker, transfer = false, ...rest } = options('options', given);
    checkWorker(worker);
    boolean('transfer', transfer);
    // Checked here too: no dataset should be sent for a network that cannot be created.
    const { normalize, classNames, ...settings } = await checkedNetwork(rest);
    const { architecture, functions, initialization } = settings;
    if (initialization !== undefined) {
      const { checkInitialization } = await onDemand(import('../core/initialization.ts'));
      checkInitialization(initialization);
    }
    const modules = await modulesFor(architecture, settings.threads);
    return inNewHome(worker, async (home) => {
      const { connection } = home;
      let by: CreateCall['normalize'];
      if (normalize !== undefined) {
        const { isDataset, checkedNormalization } = await onDemand(
          import('../core/normalization.ts'),
        );
        const shape = standIn(connection, architecture, functions);
        if (isDataset(normalize)) {
          fittingDataset('normalize', normalize, shape);
          connection.checkSending('normalize', normalize, transfer);
          by = connection.keyOf(normalize, transfer);
        } else by = checkedNormalization(normalize, shape);
      }
      const created = await home.ask('create', [
        { ...settings, ...(by !== undefined && { normalize: by }) },
        modules,
      ]);
      return new Network(home, architecture, functions, created, { classNames, metadata: {} });
    });
  }

  /**
   * Loads a network that `save` wrote, bit-exactly, with its standardisation.
   *
   * @param bytes a safetensors file with `layers.0.weight` [out, in], `layers.0.bias` [out], …
   * @param given normalize: as of `load` of `relumax`
   * @throws TypeError or RangeError that says what is wrong with the file; Error where no worker
   *   can be started
   */
  static async load(
    bytes: Uint8Array | ArrayBuffer,
    given: LoadOptions & WorkerOptions = {},
  ): Promise<Network> {
    const known = ['worker', 'normalize', 'threads'] as const;
    const { worker, normalize = true, threads = 1 } = options('options', given, known);
    checkWorker(worker);
    boolean('normalize', normalize);
    checkedThreads(threads);
    const file = fileBytes('bytes', bytes);
    const { decodeModel } = await onDemand(import('../model/model-reader.ts'));
    const { metadata, classNames, ...model } = decodeModel(file, normalize);
    const modules = await modulesFor(model.architecture, threads);
    return inNewHome(worker, async (home) => {
      // Names and metadata stay here, where `save` encodes.
      const created = await home.ask('load', [{ ...model, metadata: {} }, threads, modules]);
      const kept = { classNames, metadata };
      return new Network(home, model.architecture, model.functions, created, kept);
    });
  }

  /**
   * Mean and standard deviation of each input, and of each target, as copies. Undefined if the network
   * does not standardise.
   */
  get normalization(): Normalization | undefined {
    return copied(this.#normalization);
  }

  /**
   * Names of the classes, or of the outputs, in order: those that `create` was given or `load` found, else
   * those of the first dataset with names that `fit` was given.
   */
  get classNames(): readonly string[] | undefined {
    return this.#classNames;
  }

  /**
   * Trains by gradient descent: `epochs` passes over the dataset, one update per batch. Meanwhile
   * `evaluate`, `predict`, `activations`, `parameters` and `save` resolve within about 12 ms, with the
   * parameters of that moment.
   *
   * Progress is reported at most once per frame of the page, and a last time before the promise
   * resolves: `onEpoch` is called for every epoch, `onBatch` only for the latest update, with the losses
   * of all since the last call. Each is called when the promise of the one before is fulfilled, and
   * meanwhile the training waits. Checkpoints, augmentation and functions as schedule are not supported.
   * The signal, the pace and that a callback has returned a promise reach the worker as messages, so
   * some more updates may be made before they take effect.
   *
   * @param dataset features n⁰, classes nᴸ
   * @param given as `fit` of `relumax`; transfer: whether to transfer the arrays of dataset and
   *   validation, if the worker does not have them yet. The datasets can still be used with every
   *   network of that worker.
   * @returns loss and accuracy of each epoch
   * @throws TypeError or RangeError that names an argument, before anything has changed;
   *   DivergenceError if the loss or a parameter becomes NaN or infinite: the network then has the
   *   last parameters whose loss was finite; what `onEpoch` or `onBatch` throws or rejects with; Error
   *   while another `fit` runs, unless this one is to `replace` it
   */
  fit(dataset: Dataset, given: FitOptions & TransferOptions = {}): Promise<History> {
    // Of a divergence the worker says more.
    return this.#fit(dataset, given).catch((error) => advised(error));
  }

  async #fit(dataset: Dataset, given: FitOptions & TransferOptions): Promise<History> {
    const home = this.#liveHome('fit');
    const { transfer = false, ...fitOptions } = options('options', given);
    boolean('transfer', transfer);
    const { checkpoints, augmentation, schedule } = fitOptions;
    for (const [name, value] of Object.entries({ checkpoints, augmentation })) {
      if (value !== undefined) throw wrongType(name, value, 'none: a worker does not support it');
    }
    if (typeof schedule === 'function') {
      const expected = 'constant, cosine or step: a worker does not support functions';
      throw wrongType('schedule', schedule, expected);
    }
    const shape = this.#shape;
    fittingDataset('dataset', dataset, shape);
    const { classNames = dataset.classNames } = this;
    const checked = checkedFitOptions({ ...shape, classNames }, fitOptions);
    const { validation } = checked;
    const { connection } = home;
    connection.checkSending('dataset', dataset, transfer);
    if (validation) connection.checkSending('validation', validation, transfer, dataset);
    const before = this.#fitting;
    if (before && !checked.replace) throw busy('fit');
    const fitting = new Fitting(home, checked, () => {
      this.#classNames ??= classNames;
    });
    // To check them: the worker makes its own.
    const extras = extrasOf(dataset, checked, shape);
    const send = () => {
      connection.checkOpen('fit');
      return {
        dataset: connection.keyOf(dataset, transfer),
        validation: validation && connection.keyOf(validation, transfer),
      };
    };
    const history = fitting.fit(send, before, extras, transfer);
    this.#fitting = fitting;
    try {
      return await history;
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
   * @param given as of `fit`, of which the optimizer's state stays with the network between calls, until
   *   one names another optimizer or other hyperparameters. Default of optimizer: that of the last call,
   *   at first `sgd`. transfer: whether to transfer the arrays
   * @returns loss: the mean over the batch; correct: how many examples were classified correctly, or how
   *   many of their sigmoid outputs, absent with linear ones; both before the update
   * @throws TypeError or RangeError that names the argument, before anything has changed;
   *   DivergenceError as `fit`: the optimizer then begins anew
   */
  async trainOnBatch(
    inputs: Numbers,
    labelsOrTargets: Numbers,
    given: BatchOptions & TransferOptions = {},
  ): Promise<{ loss: number; correct?: number }> {
    const home = this.#liveHome('trainOnBatch');
    const { transfer = false, ...rest } = options('options', given);
    boolean('transfer', transfer);
    const checked = checkedFitOptions(this.#shape, rest, BATCH_OPTIONS) as BatchOptions;
    const own = checkedInputs(inputs, this.features);
    const count = own.length / this.features;
    const expected = checkedExpected(labelsOrTargets, count, this.outputs, this);
    if (transfer) {
      checkWhole('inputs', own);
      checkWhole(this.output === 'softmax' ? 'labels' : 'targets', expected);
    }
    const arrays = transfer
      ? ([own, expected] as const)
      : ([copyOf(own), copyOf(expected)] as const);
    // Without the defaults, which depend on the calls before.
    const names = BATCH_OPTIONS.filter((name) => rest[name] !== undefined);
    const settings = Object.fromEntries(names.map((name) => [name, checked[name]]));
    return home.ask('trainOnBatch', [...arrays, settings], { transfer: buffersOf(...arrays) });
  }

  /**
   * Loss, and accuracy or R², on a dataset.
   *
   * @param dataset features n⁰, classes nᴸ
   * @param given threshold: as of `evaluate` of `relumax`; transfer: as of `fit`
   * @throws TypeError if it is not a Dataset, RangeError if it does not fit the network; TypeError or
   *   RangeError that names the option
   */
  async evaluate(
    dataset: Dataset,
    given: EvaluateOptions & TransferOptions = {},
  ): Promise<Evaluation> {
    const home = this.#liveHome('evaluate');
    const { transfer = false, ...rest } = options('options', given);
    boolean('transfer', transfer);
    const shape = this.#shape;
    fittingDataset('dataset', dataset, shape);
    const threshold = checkedThreshold(rest, shape);
    home.connection.checkSending('dataset', dataset, transfer);
    // Told only where it may be: a network without classes has none.
    const told = threshold === 0.5 ? {} : { threshold };
    return home.ask('evaluate', [home.connection.keyOf(dataset, transfer), told]);
  }

  /**
   * The outputs for each example: with softmax the probability of each class.
   *
   * @param inputs m × n⁰ numbers: as of `Dataset.from`, in rows or one example after another
   * @param given transfer: whether to transfer the array
   * @returns m × nᴸ, one example after another; with softmax those of an example sum to 1. A
   *   Float64Array in the unit of the targets if the network standardises them, else a Float32Array
   * @throws TypeError or RangeError that names the argument
   */
  async predict(inputs: Numbers, given: TransferOptions = {}): Promise<Outputs> {
    return this.#ofInputs('predict', inputs, given);
  }

  /**
   * Classifies: for each example its classes with name and probability, the most probable first, of equal
   * ones the lower class. With sigmoid outputs each output has a probability of its own.
   *
   * @param inputs m × n⁰ numbers: as of `Dataset.from`, in rows or one example after another
   * @param given top: how many classes of each example, from 1 to nᴸ (default: all); transfer: whether to
   *   transfer the array
   * @throws Error if the network's output is linear; TypeError or RangeError as `predict`
   */
  async classify(
    inputs: Numbers,
    given: ClassifyOptions & TransferOptions = {},
  ): Promise<Classification[][]> {
    const { transfer = false, ...rest } = options('options', given);
    const top = checkedTop(rest, this);
    return ranked(await this.#ofInputs('classify', inputs, { transfer }), top, this);
  }

  /**
   * The activations Aˡ of each layer for each example. The last are the outputs of `predict`. Of
   * convolutions and pooling the feature maps, channels last.
   *
   * @param inputs m × n⁰ numbers: as of `Dataset.from`, in rows or one example after another
   * @param given transfer: whether to transfer the array
   * @returns for each layer m × nˡ, one example after another
   * @throws TypeError or RangeError that names the argument
   */
  async activations(inputs: Numbers, given: TransferOptions = {}): Promise<Outputs[]> {
    return this.#ofInputs('activations', inputs, given);
  }

  /** The weights (out × in, row-major) and biases of each layer that has any: copies. */
  async parameters(): Promise<LayerParameters[]> {
    return this.#liveHome('parameters').ask('parameters', []);
  }

  /**
   * Sets the weights and biases of each layer, in the form of `parameters`.
   *
   * @throws TypeError or RangeError that names the array, before anything has changed
   */
  async setParameters(parameters: readonly LayerParameters[]): Promise<void> {
    const home = this.#liveHome('setParameters');
    const copies = copied(checkedParameters('parameters', parameters, this.#architecture));
    const transfer = buffersOf(...copies.flatMap(({ weights, biases }) => [weights, biases]));
    return home.ask('setParameters', [copies], { transfer });
  }

  /**
   * The network as a safetensors file: `layers.0.weight` [out, in], `layers.0.bias` [out], …, the
   * means and standard deviations, and the metadata that the network was loaded with.
   *
   * @param given metadata: strings to add to the metadata that the network was loaded with; a key that
   *   is in both has the string given here; optimizer: whether to keep the optimizer of `trainOnBatch`,
   *   with its state, for `load` to restore (default: false)
   * @returns the bytes of the file
   * @throws TypeError or RangeError if the metadata cannot be written
   */
  async save(given: SaveOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const known = ['metadata', 'optimizer'] as const;
    const { metadata = {}, optimizer = false } = options('options', given, known);
    boolean('optimizer', optimizer);
    // A copy: the caller may change it meanwhile.
    const added = { ...options('metadata', metadata) };
    const home = this.#liveHome('save');
    const { hidden, output, normalization, classNames, metadata: kept } = this;
    const architecture = this.#architecture;
    const [parameters, state, { encodeModel }] = await Promise.all([
      home.ask('parameters', []),
      optimizer ? home.ask('keptOptimizer', []) : undefined,
      onDemand(import('../model/model.ts')),
    ]);
    const functions = { hidden, output };
    return encodeModel(
      {
        architecture,
        functions,
        parameters,
        normalization,
        classNames,
        optimizer: state,
        metadata: kept,
      },
      added,
    );
  }

  /**
   * Frees the network, and ends its worker unless it was given one. A running `fit` and every other call
   * are rejected from now on. A second call does nothing.
   */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#fitting?.dispose();
    this.#home.leave();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #ofInputs<M extends 'predict' | 'classify' | 'activations'>(
    method: M,
    inputs: Numbers,
    given: TransferOptions,
  ): Promise<ReturnType<Calls[M]>> {
    const home = this.#liveHome(method);
    const { transfer = false } = options('options', given, ['transfer']);
    boolean('transfer', transfer);
    const own = checkedInputs(inputs, this.features);
    if (transfer) checkWhole('inputs', own);
    const sent = transfer ? own : copyOf(own);
    return home.ask(method, [sent] as Parameters<Calls[M]>, { transfer: buffersOf(sent) });
  }

  get #shape() {
    return {
      ...standIn(this.#home.connection, this.#architecture, this),
      classNames: this.#classNames,
    };
  }

  #liveHome(method: string): Home {
    if (this.#disposed) throw new Error(`${method}: the network has been disposed of`);
    this.#home.connection.checkOpen(method);
    return this.#home;
  }
}

function checkWorker(worker: Worker | undefined): void {
  if (worker === undefined || typeof worker?.postMessage === 'function') return;
  throw wrongType('worker', worker, 'a Worker');
}

/** As `startWorker`, also if the script's address is unknown. */
async function newWorker(): Promise<Worker> {
  if (canStart()) return startWorker();
  const { startTextWorker } = await import('./restart.ts');
  return startTextWorker({ reason: UNKNOWN });
}

/** A network in a worker: its connection and its number there. */
class Home {
  readonly connection: Connection;
  readonly #network: number;
  /** The worker, if it was started for this network. */
  readonly #own: Worker | undefined;

  private constructor(worker: Worker, own: boolean) {
    this.#own = own ? worker : undefined;
    this.connection = Connection.to(worker);
    this.#network = this.connection.number();
  }

  static async in(given: Worker | undefined): Promise<Home> {
    return new Home(given ?? (await newWorker()), given === undefined);
  }

  question<M extends keyof Calls>(
    method: M,
    args: Parameters<Calls[M]>,
    extras?: Parameters<Connection['ask']>[3],
  ) {
    return this.connection.ask(this.#network, method, args, extras);
  }

  ask<M extends keyof Calls>(
    method: M,
    args: Parameters<Calls[M]>,
    extras?: Parameters<Connection['ask']>[3],
  ): Promise<ReturnType<Calls[M]>> {
    return this.question(method, args, extras).answer;
  }

  leave(): void {
    if (this.#own === undefined) {
      this.connection.post({ kind: 'dispose', network: this.#network });
      return;
    }
    this.connection.close((method) => new Error(`${method}: the network was disposed of`));
    this.#own.terminate();
  }
}

/** Makes a network in a worker; if that fails, the worker is ended again. */
async function inNewHome(
  worker: Worker | undefined,
  make: (home: Home) => Promise<Network>,
): Promise<Network> {
  const home = await Home.in(worker);
  try {
    return await make(home);
  } catch (error) {
    home.leave();
    throw error;
  }
}

/** What the checks of datasets need to know of a network whose core is in the worker. */
function standIn(
  connection: Connection,
  { features, outputs }: Architecture,
  { output }: Functions,
): NetworkShape {
  return { features, outputs, output, holds: (dataset) => connection.has(dataset) };
}
