// Symbol.dispose, for those who compile against an older library of types.
/// <reference lib="esnext.disposable" preserve="true" />
import { boolean, fileBytes, options, positive, wrongType } from '../base/arguments.ts';
import { onDemand } from '../base/on-demand.ts';
import type { Functions, Hidden, Output } from '../core/activations.ts';
import { checkAnswers, exampleCount } from '../core/inputs.ts';
import type { Normalization } from '../core/normalization.ts';
import type { LayerParameters } from '../core/parameters.ts';
import { checkedParameters } from '../core/parameters.ts';
import type { Answers, Dataset, Inputs, Outputs } from '../data/dataset.ts';
import { type Evaluation, fittingDataset, type NetworkShape } from '../network/evaluation.ts';
import { type FitOptions, planFit } from '../network/fit-options.ts';
import type { History } from '../network/history.ts';
import type { LoadOptions } from '../network/live-network.ts';
import { checkedNetwork, type NetworkOptions } from '../network/network-options.ts';
import { buffersOf, Connection, copied, copyOf, mustBeWhole } from './connection.ts';
import { onNextFrame } from './frames.ts';
import type { Calls, Progress } from './messages.ts';
import { canStart, startWorker, UNKNOWN } from './start.ts';

/** Where a network is to live. */
export interface WorkerOptions {
  /**
   * A worker that runs `relumax/worker-thread`. Several networks may share one. Default: the network
   * starts a worker of its own, which ends when the network is disposed.
   */
  worker?: Worker;
}

/** How arrays get to the worker. */
export interface TransferOptions {
  /**
   * Whether to transfer the arrays, which are then empty here, instead of copying them. Default: false.
   * Only arrays that are all of their buffer can be transferred.
   */
  transfer?: boolean;
}

/**
 * A network in a worker: what `Network` of `relumax` is, with a promise for each answer, and a page
 * that never waits for arithmetic.
 *
 * A dataset goes to the worker the first time that it is used there, and stays until it is
 * collected as garbage here, or its worker ends. The parameters, and every bit of them, are those
 * that `Network` of `relumax` gives.
 */
export class Network {
  /** n⁰ … nᴸ. */
  readonly layers: readonly number[];
  /** The text that the file had beside the network, where it was loaded; else empty. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What hidden layers make of Z, and the last one. */
  readonly hidden: Hidden;
  readonly output: Output;
  readonly #home: Home;
  readonly #normalization: Normalization | undefined;
  #disposed = false;

  private constructor(
    home: Home,
    layers: readonly number[],
    { hidden, output }: Functions,
    normalization: Normalization | undefined,
    metadata: Readonly<Record<string, string>>,
  ) {
    this.#home = home;
    this.#normalization = normalization;
    this.hidden = hidden;
    this.output = output;
    this.layers = Object.freeze([...layers]);
    this.metadata = Object.freeze({ ...metadata });
  }

  /**
   * A new network: He-uniform weights, ±√(6 / fan-in) (K. He et al., 2015), and zero biases.
   *
   * @param given as `create` of `relumax`; transfer: whether the examples of the dataset that is to be
   *   normalized go to the worker themselves
   * @throws TypeError or RangeError that names the option; Error where no worker can be started
   */
  static async create(given: NetworkOptions & WorkerOptions & TransferOptions): Promise<Network> {
    const { worker, transfer = false, ...rest } = options('options', given);
    checkWorker(worker);
    boolean('transfer', transfer);
    // Here too, for a dataset must not go there for a network that cannot be made.
    const { layers, seed, functions, normalize } = checkedNetwork(rest);
    return inNewHome(worker, async (home) => {
      const { connection } = home;
      if (normalize !== undefined) {
        fittingDataset('normalize', normalize, standIn(connection, layers, functions));
        connection.checkSending('normalize', normalize, transfer);
      }
      const key = normalize && { normalize: connection.keyOf(normalize, transfer) };
      const normalization = await home.ask('create', [{ layers, seed, ...functions, ...key }]);
      return new Network(home, layers, functions, normalization, {});
    });
  }

  /**
   * The network that `save` wrote, bit-exactly. Where it standardised numbers, it still does.
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
    const { worker, normalize = true } = options('options', given, ['worker', 'normalize']);
    checkWorker(worker);
    boolean('normalize', normalize);
    const file = fileBytes('bytes', bytes);
    const { decodeModel } = await onDemand(import('../model/model-reader.ts'));
    const { metadata, ...model } = decodeModel(file, normalize);
    return inNewHome(worker, async (home) => {
      // The metadata stays here, where `save` encodes.
      const normalization = await home.ask('load', [{ ...model, metadata: {} }]);
      return new Network(home, model.layers, model.functions, normalization, metadata);
    });
  }

  /**
   * What the network standardises: the mean and standard deviation of each input, and of each target,
   * in copies; undefined where it takes and gives numbers as they are.
   */
  get normalization(): Normalization | undefined {
    return copied(this.#normalization);
  }

  /**
   * Trains by gradient descent: `epochs` passes over the dataset, one update a batch. Meanwhile
   * `evaluate`, `predict`, `activations`, `parameters` and `save` are answered within some 12 ms,
   * and see the parameters as they are at that moment.
   *
   * `onEpoch` is called for every epoch, but `onBatch` only for the latest update: what has
   * happened is told at most once a frame of the page, and the last of it before the promise
   * resolves. There are no checkpoints and no augmentation. The signal and the pace reach the worker as messages, so that some more updates may
   * be made before they are heeded.
   *
   * @param dataset features n⁰, classes nᴸ
   * @param given as `fit` of `relumax`; transfer: whether the examples of dataset and validation
   *   go to the worker themselves, where it does not have them yet. The datasets can still be used
   *   with every network of that worker.
   * @returns loss and accuracy of each epoch
   * @throws TypeError or RangeError that names an argument, before anything has changed;
   *   DivergenceError where the loss or a parameter becomes NaN or infinite, and then the network
   *   has the last parameters whose loss was finite; what `onEpoch` or `onBatch` throws
   */
  async fit(dataset: Dataset, given: FitOptions & TransferOptions = {}): Promise<History> {
    const home = this.#liveHome('fit');
    const { transfer = false, ...fitOptions } = options('options', given);
    boolean('transfer', transfer);
    const { checkpoints, augmentation } = fitOptions;
    for (const [name, value] of Object.entries({ checkpoints, augmentation })) {
      if (value !== undefined) throw wrongType(name, value, 'none, for a worker has none');
    }
    const shape = this.#shape;
    fittingDataset('dataset', dataset, shape);
    const planned = planFit(shape, fitOptions);
    const { validation, signal, pace, onEpoch, onBatch, ...rest } = planned;
    const { checkpoints: _, augmentation: __, earlyStopping, ...plan } = rest;
    home.connection.checkSending('dataset', dataset, transfer);
    if (validation) home.connection.checkSending('validation', validation, transfer);

    let thrown: { error: unknown } | undefined;
    let unseen: Progress | undefined;
    const tell = ({ epochs, batch }: Progress) => {
      if (thrown !== undefined) return;
      try {
        for (const epoch of epochs) onEpoch?.(epoch);
        if (batch !== undefined) onBatch?.(batch);
      } catch (error) {
        thrown = { error };
        abort();
      }
    };
    const see = () => {
      if (unseen === undefined) return;
      const progress = unseen;
      unseen = undefined;
      home.connection.post({ kind: 'seen', id });
      tell(progress);
    };
    const command = pace?.hold((command) => home.connection.post({ kind: 'pace', id, command }));
    const call = {
      ...plan,
      ...(earlyStopping && { earlyStopping }),
      dataset: home.connection.keyOf(dataset, transfer),
      validation: validation && home.connection.keyOf(validation, transfer),
      batches: onBatch !== undefined,
      aborted: signal?.aborted ?? false,
      pace: command,
    };
    const { id, answer } = home.question('fit', [call], {
      onProgress(progress) {
        unseen = progress;
        onNextFrame(see);
      },
    });
    const abort = () => home.connection.post({ kind: 'abort', id });
    signal?.addEventListener('abort', abort);
    try {
      const { history, progress } = await answer;
      see();
      tell(progress);
      if (thrown !== undefined) throw thrown.error;
      return history;
    } finally {
      unseen = undefined;
      signal?.removeEventListener('abort', abort);
      pace?.end();
    }
  }

  /**
   * One update on exactly this batch, in this order.
   *
   * @param inputs m × n⁰, one example after another: bytes, which count as x / 255, or floats
   * @param answers m labels: the class of each example, less than nᴸ; or m × nᴸ targets
   * @param given learningRate: α, above 0 (default: 0.1); transfer: whether to
   *   transfer the arrays
   * @returns loss: the mean over the batch; correct: how many examples were classified correctly, or how
   *   many of their sigmoid outputs; both before the update
   * @throws TypeError or RangeError that names the argument, before anything has changed;
   *   DivergenceError as `fit`
   */
  async trainOnBatch(
    inputs: Inputs,
    answers: Answers,
    given: { learningRate?: number } & TransferOptions = {},
  ): Promise<{ loss: number; correct: number }> {
    const home = this.#liveHome('trainOnBatch');
    const { transfer = false, ...rest } = options('options', given);
    boolean('transfer', transfer);
    const { learningRate = 0.1 } = options('options', rest, ['learningRate']);
    positive('learningRate', learningRate);
    const count = exampleCount(inputs, this.layers[0]!);
    checkAnswers(answers, count, this.layers.at(-1)!, this);
    if (transfer) {
      mustBeWhole('inputs', inputs);
      mustBeWhole(this.output === 'softmax' ? 'labels' : 'targets', answers);
    }
    const arrays = transfer
      ? ([inputs, answers] as const)
      : ([copyOf(inputs), copyOf(answers)] as const);
    return home.ask('trainOnBatch', [...arrays, { learningRate }], {
      transfer: buffersOf(...arrays),
    });
  }

  /**
   * How well the network reads a dataset.
   *
   * @param dataset features n⁰, classes nᴸ
   * @param given transfer: as of `fit`
   * @throws TypeError where it is no Dataset, RangeError where it does not fit the network
   */
  async evaluate(dataset: Dataset, given: TransferOptions = {}): Promise<Evaluation> {
    const home = this.#liveHome('evaluate');
    const { transfer = false } = options('options', given, ['transfer']);
    boolean('transfer', transfer);
    fittingDataset('dataset', dataset, this.#shape);
    home.connection.checkSending('dataset', dataset, transfer);
    return home.ask('evaluate', [home.connection.keyOf(dataset, transfer)]);
  }

  /**
   * The probability of each class, for each example; or whatever else the last layer gives.
   *
   * @param inputs m × n⁰, one example after another: bytes, which count as x / 255, or floats
   * @param given transfer: whether the array itself goes
   * @returns m × nᴸ, one example after another; each example's of a softmax sum to 1. A Float64Array
   *   where the network standardises its targets, in their unit; else a Float32Array
   * @throws TypeError or RangeError that names the argument
   */
  async predict(inputs: Inputs, given: TransferOptions = {}): Promise<Outputs> {
    return this.#ofInputs('predict', inputs, given);
  }

  /**
   * What each layer gives for each example: Aˡ of the hidden layers, and last what `predict` gives.
   *
   * @param inputs m × n⁰, one example after another: bytes, which count as x / 255, or floats
   * @param given transfer: whether the array itself goes
   * @returns for each layer m × nˡ, one example after another
   * @throws TypeError or RangeError that names the argument
   */
  async activations(inputs: Inputs, given: TransferOptions = {}): Promise<Outputs[]> {
    return this.#ofInputs('activations', inputs, given);
  }

  /** The weights (out × in, row-major) and biases of each layer: copies. */
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
    const copies = copied(checkedParameters('parameters', parameters, this.layers));
    const transfer = buffersOf(...copies.flatMap(({ weights, biases }) => [weights, biases]));
    return home.ask('setParameters', [copies], { transfer });
  }

  /**
   * The network as a safetensors file: `layers.0.weight` [out, in], `layers.0.bias` [out], …; the
   * metadata says how they are used. What the network standardises is in it, and the metadata that it
   * was loaded with.
   *
   * @param given metadata: text of your own to keep in the file, added to the metadata that the network
   *   was loaded with; a key that is in both has the text given here
   * @returns the bytes of the file
   * @throws TypeError or RangeError where the metadata cannot be written
   */
  async save(given: { metadata?: Record<string, string> } = {}): Promise<Uint8Array<ArrayBuffer>> {
    const { metadata = {} } = options('options', given, ['metadata']);
    // A copy, since the caller may change it meanwhile.
    const added = { ...options('metadata', metadata) };
    const home = this.#liveHome('save');
    const { layers, hidden, output, normalization, metadata: kept } = this;
    const [parameters, { encodeModel }] = await Promise.all([
      home.ask('parameters', []),
      onDemand(import('../model/model.ts')),
    ]);
    const functions = { hidden, output };
    return encodeModel({ layers, functions, parameters, normalization, metadata: kept }, added);
  }

  /**
   * Lets go of the network, and of its worker where that is its own. A `fit` under way and every
   * other call fail from now on; a second one is nothing.
   */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#home.leave();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #ofInputs<M extends 'predict' | 'activations'>(
    method: M,
    inputs: Inputs,
    given: TransferOptions,
  ): Promise<ReturnType<Calls[M]>> {
    const home = this.#liveHome(method);
    const { transfer = false } = options('options', given, ['transfer']);
    boolean('transfer', transfer);
    exampleCount(inputs, this.layers[0]!);
    if (transfer) mustBeWhole('inputs', inputs);
    const sent = transfer ? inputs : copyOf(inputs);
    return home.ask(method, [sent] as Parameters<Calls[M]>, { transfer: buffersOf(sent) });
  }

  get #shape() {
    return standIn(this.#home.connection, this.layers, this);
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

/** As `startWorker`, also where the script's address is unknown. */
async function newWorker(): Promise<Worker> {
  if (canStart()) return startWorker();
  const { startTextWorker } = await import('./restart.ts');
  return startTextWorker({ reason: UNKNOWN });
}

/** A network's place in a worker. */
class Home {
  readonly connection: Connection;
  readonly #network: number;
  /** The worker, where the network is alone in it. */
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

/** Makes a network in a worker, and ends the worker again where none comes of it. */
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

/** What stands in for the core of a network with the sizes n⁰ … nᴸ where datasets are checked. */
function standIn(
  connection: Connection,
  layers: readonly number[],
  { output }: Functions,
): NetworkShape {
  return { layers, output, holds: (dataset) => connection.has(dataset) };
}
