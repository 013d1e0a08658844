/** The worker's side of the connection: networks and datasets by number, and the results of calls. */

import type { Core } from '../core/core.ts';
import { Dataset, type Examples, type TargetExamples } from '../data/dataset.ts';
import type { Evaluation } from '../network/evaluation.ts';
import type { BatchReport } from '../network/history.ts';
import { coreOf, createCore, LiveNetwork, type SentModules } from '../network/live-network.ts';
import { Pace } from '../network/pace.ts';
import { packError } from './errors.ts';
import {
  type Call,
  type Calls,
  type CreateCall,
  type Created,
  type DatasetKey,
  type FitCall,
  PROTOCOL,
  type Progress,
  type Request,
  type Response,
} from './messages.ts';

/**
 * Serves the calls that come through the port, for as long as it is open.
 *
 * @param protocol version of the other side's messages
 */
export function serve(port: MessagePort, protocol: number): void {
  const send: Send = (response, transfer) => port.postMessage(response, transfer);
  const thread = protocol === PROTOCOL ? new Thread(send) : new VersionMismatch(send);
  port.onmessage = ({ data }: MessageEvent<Request>) => thread.receive(data);
  port.onmessageerror = () => send({ kind: 'unreadable' }, []);
}

/** The result of a call. */
type Result = ReturnType<Calls[keyof Calls]>;

type Send = (response: Response, transfer: ArrayBuffer[]) => void;

/** Rejects the calls of a page that has another release of this package. */
class VersionMismatch {
  readonly #send: Send;

  constructor(send: Send) {
    this.#send = send;
  }

  receive(request: Request): void {
    if (request.kind !== 'call') return;
    const message = 'relumax in this page and relumax in its worker are of different releases';
    this.#send({ kind: 'error', id: request.id, error: packError(new Error(message)) }, []);
  }
}

class Thread {
  readonly #send: Send;
  readonly #networks = new Map<number, LiveNetwork>();
  readonly #datasets = new Map<DatasetKey, Dataset | Examples | TargetExamples>();
  readonly #fits = new Map<number, Fit>();

  constructor(send: Send) {
    this.#send = send;
  }

  /**
   * Only calls may fail: their errors are sent back. An error thrown here would end the worker with all
   * its networks.
   */
  receive(request: Request): void {
    switch (request.kind) {
      case 'call':
        this.#answer(request);
        break;
      case 'dataset':
        this.#datasets.set(request.key, request.examples);
        break;
      case 'release':
        this.#datasets.delete(request.key);
        break;
      case 'dispose':
        this.#networks.get(request.network)?.dispose();
        this.#networks.delete(request.network);
        break;
      case 'abort':
        this.#fits.get(request.id)?.abortion.abort();
        break;
      case 'pace':
        this.#fits.get(request.id)?.pace?.follow(request.command);
        break;
      case 'hold':
        this.#fits.get(request.id)?.hold();
        break;
      case 'seen':
        this.#fits.get(request.id)?.seen();
    }
  }

  async #answer(call: Call): Promise<void> {
    const { id } = call;
    try {
      const result = await this.#resultOf(call);
      this.#send({ kind: 'result', id, result }, buffersOf(result));
    } catch (error) {
      this.#send({ kind: 'error', id, error: packError(error) }, []);
    }
  }

  #resultOf(call: Call): Result | Promise<Result> {
    switch (call.method) {
      case 'create':
        return this.#keep(call.network, this.#newCore(...call.arguments));
      case 'load':
        return this.#keep(call.network, coreOf(...call.arguments));
      case 'fit':
        return this.#fit(call.id, this.#network(call), call.arguments[0]);
      case 'evaluate':
        return this.#evaluate(this.#network(call), ...call.arguments);
      case 'trainOnBatch':
        return this.#network(call).trainOnBatch(...call.arguments);
      case 'predict':
      case 'classify':
        return this.#network(call).predict(call.arguments[0]);
      case 'activations':
        return this.#network(call).activations(...call.arguments);
      case 'parameters':
        return this.#network(call).parameters();
      case 'keptOptimizer':
        return this.#network(call).model('save', true).optimizer;
      case 'setParameters':
        return this.#network(call).setParameters(...call.arguments);
    }
  }

  async #fit(id: number, network: LiveNetwork, call: FitCall): Promise<ReturnType<Calls['fit']>> {
    const { settings, dataset, validation, reports, batches, aborted, pace } = call;
    const report = (progress: Progress) => this.#send({ kind: 'progress', id, progress }, []);
    const fit = new Fit(report, pace);
    if (aborted) fit.abortion.abort();
    this.#fits.set(id, fit);
    const warnings: string[] = [];
    try {
      const history = await network.fit(this.#dataset(dataset), {
        ...settings,
        ...(validation !== undefined && { validation: this.#dataset(validation) }),
        ...(fit.pace && { pace: fit.pace }),
        signal: fit.abortion.signal,
        onWarning: (message) => warnings.push(message),
        ...(reports && {
          onEpoch: (epoch) => fit.report({ epochs: [epoch] }),
          onBatch: (batch) => {
            if (batches) fit.reportBatch(batch);
            return fit.held;
          },
        }),
      });
      return { history, progress: fit.unsent, warnings };
    } finally {
      this.#fits.delete(id);
    }
  }

  #evaluate(network: LiveNetwork, ...[key, options]: Parameters<Calls['evaluate']>): Evaluation {
    return network.evaluate(this.#dataset(key), options);
  }

  async #keep(number: number, made: Promise<Core>): Promise<Created> {
    const network = new LiveNetwork(await made);
    this.#networks.set(number, network);
    const { normalization, threads, threadsReason } = network;
    return { normalization, threads, threadsReason };
  }

  #network({ method, network }: Call): LiveNetwork {
    const found = this.#networks.get(network);
    if (found === undefined) throw new Error(`${method}: the network has been disposed of`);
    return found;
  }

  #newCore({ normalize: by, ...rest }: CreateCall, sent: SentModules): Promise<Core> {
    const normalize = typeof by === 'number' ? this.#dataset(by) : by;
    // The names stay in the page.
    return createCore({ ...rest, normalize, classNames: undefined }, sent);
  }

  /** @throws RangeError if the examples are not valid */
  #dataset(key: DatasetKey): Dataset {
    const found = this.#datasets.get(key)!;
    if (found instanceof Dataset) return found;
    const dataset = Dataset.from(found);
    this.#datasets.set(key, dataset);
    return dataset;
  }
}

/** A running `fit`. It reports again only when its last report has been seen. */
class Fit {
  readonly abortion = new AbortController();
  readonly pace: Pace | undefined;
  readonly #send: (progress: Progress) => void;
  #unsent: Progress = { epochs: [] };
  /** Those of the batches since the last report. */
  #losses: number[] = [];
  #awaitsSight = false;
  #release: (() => void) | undefined;
  /** What the training waits for before its next batch. */
  held: Promise<void> | undefined;

  constructor(send: (progress: Progress) => void, pace: number | undefined) {
    this.#send = send;
    if (pace === undefined) return;
    this.pace = new Pace({ paused: pace !== Infinity });
    if (pace > 0) this.pace.follow(pace);
  }

  get unsent(): Progress {
    return this.#unsent;
  }

  report({ epochs, batch }: Progress): void {
    this.#unsent.epochs.push(...epochs);
    if (batch !== undefined) this.#unsent.batch = batch;
    if (!this.#awaitsSight) this.#sendNow();
  }

  reportBatch(batch: BatchReport): void {
    this.#losses.push(batch.batchLoss);
    this.report({ epochs: [], batch: Object.assign(batch, { batchLosses: this.#losses }) });
  }

  hold(): void {
    this.held ??= new Promise((release) => {
      this.#release = release;
    });
  }

  seen(): void {
    this.#release?.();
    this.held = undefined;
    this.#awaitsSight = false;
    if (this.#unsent.epochs.length > 0 || this.#unsent.batch !== undefined) this.#sendNow();
  }

  #sendNow(): void {
    this.#send(this.#unsent);
    this.#unsent = { epochs: [] };
    this.#losses = [];
    this.#awaitsSight = true;
  }
}

/** The buffers of the arrays in a result, to transfer: they are copies that are not needed here. */
function buffersOf(result: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(result)) return [result.buffer as ArrayBuffer];
  if (typeof result !== 'object' || result === null) return [];
  return Object.values(result).flatMap(buffersOf);
}
