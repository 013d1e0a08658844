/** The page's side of the talk with one worker: calls and their answers, and the datasets sent. */
import { classOf, isTyped, outOfRange } from '../arguments.ts';
import { type Dataset, emptyLike } from '../data/dataset.ts';
import type { Inputs } from '../wasm.ts';
import { unpackError } from './errors.ts';
import {
  type Calls,
  type Connect,
  type DatasetKey,
  PROTOCOL,
  type Progress,
  type Request,
  type Response,
} from './messages.ts';
import type { Failure } from './start.ts';
import { messageChannel } from './threads-node.ts';

interface Pending {
  method: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
  onProgress: ((progress: Progress) => void) | undefined;
}

/** A call under way. */
export interface Question<Result> {
  id: number;
  answer: Promise<Result>;
}

/** What a call may bring besides its arguments. */
interface Extras {
  transfer?: ArrayBuffer[];
  onProgress?: (progress: Progress) => void;
}

/** The connections there are: networks in one worker share one, and with it their datasets. */
const connections = new WeakMap<Worker, Connection>();

/** Of what kind a port is in Node, where an open one keeps the process alive until `unref`. */
type Port = MessagePort & { ref?(): void; unref?(): void };

export class Connection {
  #port!: Port;
  readonly #pending = new Map<number, Pending>();
  readonly #keys = new WeakMap<Dataset, DatasetKey>();
  /** Tells the worker to forget the datasets that nobody here remembers. */
  readonly #forgotten = new FinalizationRegistry<DatasetKey>((key) =>
    this.post({ kind: 'release', key }),
  );
  #lastNumber = 0;
  /** What was posted before the worker said anything; undefined since it has. */
  #unheard: Request[] | undefined = [];
  #closed: ((method: string) => Error) | undefined;

  private constructor(worker: Worker) {
    this.#talkTo(worker);
  }

  /** The connection with a worker. */
  static to(worker: Worker): Connection {
    const known = connections.get(worker);
    if (known !== undefined) return known;
    const made = new Connection(worker);
    connections.set(worker, made);
    return made;
  }

  /** A number that has not been given yet. */
  number(): number {
    return ++this.#lastNumber;
  }

  /** Asks something of a network. */
  ask<M extends keyof Calls>(
    network: number,
    method: M,
    args: Parameters<Calls[M]>,
    { transfer = [], onProgress }: Extras = {},
  ): Question<ReturnType<Calls[M]>> {
    const id = this.number();
    const answer = new Promise<unknown>((resolve, reject) => {
      if (this.#closed !== undefined) throw this.#closed(method);
      this.post({ kind: 'call', id, network, method, arguments: args } as Request, transfer);
      this.#pending.set(id, { method, resolve, reject, onProgress });
      if (this.#pending.size === 1) this.#port.ref?.();
    });
    return { id, answer: answer as Promise<ReturnType<Calls[M]>> };
  }

  post(request: Request, transfer: ArrayBuffer[] = []): void {
    this.#unheard?.push(withOwnArrays(request));
    this.#port.postMessage(request, transfer);
  }

  /** Whether the worker has a dataset. */
  has(dataset: Dataset): boolean {
    return this.#keys.has(dataset);
  }

  /**
   * Checks that the worker has a dataset, or can be transferred it.
   *
   * @throws RangeError where it cannot
   */
  checkTransfer(argument: string, dataset: Dataset): void {
    if (this.has(dataset)) return;
    mustBeWhole(`${argument}.inputs`, dataset.inputs);
    mustBeWhole(`${argument}.${dataset.targets ? 'targets' : 'labels'}`, dataset.answers);
  }

  /**
   * The number of a dataset in the worker. The first time its arrays go there: copies of them, or
   * with `transfer` they themselves.
   */
  keyOf(dataset: Dataset, transfer: boolean): DatasetKey {
    const known = this.#keys.get(dataset);
    if (known !== undefined) return known;
    const key = this.number();
    const inputs = transfer ? dataset.inputs : copyOf(dataset.inputs);
    const answers = transfer ? dataset.answers : copyOf(dataset.answers);
    const { classes, outputs } = dataset;
    const examples = isTyped(answers, 'Uint8Array')
      ? { inputs, labels: answers, classes }
      : { inputs, targets: answers, outputs };
    this.post({ kind: 'dataset', key, examples }, buffersOf(inputs, answers));
    this.#keys.set(dataset, key);
    this.#forgotten.register(dataset, key);
    return key;
  }

  /** Ends the talk: the answers that are still to come are rejected, and every later call. */
  close(reason: (method: string) => Error): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#port.close();
    for (const { method, reject } of this.#pending.values()) reject(reason(method));
    this.#pending.clear();
  }

  #talkTo(worker: Worker): void {
    const { port1, port2 } = messageChannel();
    this.#port = port1;
    this.#port.onmessage = ({ data }: MessageEvent<Response>) => this.#receive(data);
    if (this.#pending.size === 0) this.#port.unref?.();
    onFailure(worker, (failure) => this.#fail(worker, failure));
    worker.postMessage({ relumax: PROTOCOL, port: port2 } satisfies Connect, [port2]);
    for (const request of this.#unheard ?? []) port1.postMessage(request);
  }

  /** Ends the talk, but for a worker that did not start goes on with another where there is one. */
  async #fail(worker: Worker, failure: Failure): Promise<void> {
    const end = (what: string) => this.close((method) => new Error(`${method}: ${what}`));
    if (this.#unheard === undefined) {
      end(`the worker failed: ${failure.message ?? 'no reason was given'}`);
      return;
    }
    try {
      const { restart } = await import('./restart.ts');
      const other = await restart(worker, failure);
      if (this.#closed !== undefined) {
        other.terminate();
        return;
      }
      this.#port.close();
      this.#talkTo(other);
    } catch (error) {
      end(`the worker did not start: ${(error as Error).message}`);
    }
  }

  #receive(response: Response): void {
    this.#unheard = undefined;
    const pending = this.#pending.get(response.id);
    if (pending === undefined) return;
    if (response.kind === 'progress') {
      pending.onProgress?.(response.progress);
      return;
    }
    this.#pending.delete(response.id);
    if (this.#pending.size === 0) this.#port.unref?.();
    if (response.kind === 'result') pending.resolve(response.result);
    else pending.reject(unpackError(response.error));
  }
}

/** A request to be posted again: the arrays of a dataset go to the worker, and are then empty here. */
function withOwnArrays(request: Request): Request {
  if (request.kind !== 'dataset') return request;
  const entries = Object.entries(request.examples).map(([name, value]) => [
    name,
    typeof value === 'number' ? value : copyOf(value),
  ]);
  return { ...request, examples: Object.fromEntries(entries) };
}

/** Copies, so that of a view only what it shows is sent. */
export function copyOf<T extends Inputs>(inputs: T): T {
  const copy = emptyLike(inputs, inputs.length);
  copy.set(inputs);
  return copy;
}

/** The memory of arrays, each once, as it is transferred. */
export function buffersOf(...arrays: readonly Inputs[]): ArrayBuffer[] {
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}

/**
 * Checks that an array is all of its memory: what is transferred is the memory, and others may
 * have a view of the rest.
 *
 * @throws RangeError where it is not
 */
export function mustBeWhole(argument: string, array: Inputs): void {
  const { buffer, byteLength } = array;
  const isShared = classOf(buffer) !== 'ArrayBuffer';
  if (!isShared && buffer.byteLength === byteLength) return;
  const part = `a view of ${byteLength} of ${buffer.byteLength} bytes`;
  const found = isShared ? 'an array in shared memory' : part;
  throw outOfRange(argument, found, 'an array that is all of its buffer, for that is transferred');
}

/** Calls back where the worker does not start, or fails as a whole. */
function onFailure(worker: Worker, callback: (failure: Failure) => void): void {
  const told = ({ message, code }: { message?: string; code?: string }) =>
    callback({
      message: message || undefined,
      missing: code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND',
    });
  // Workers of Node are emitters, and give the error itself.
  const emitter = worker as { on?: (event: 'error', listener: typeof told) => void };
  if (emitter.on !== undefined) emitter.on('error', told);
  else worker.addEventListener('error', told);
}
