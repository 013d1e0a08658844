/** The page's side of the talk with one worker: calls and their answers, and the datasets sent. */
import { classOf, outOfRange } from '../base/arguments.ts';
import type { Answers, Inputs } from '../data/dataset.ts';
import { Dataset, type Examples, emptyLike, type TargetExamples } from '../data/dataset.ts';
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
import { messageChannel } from './threads-node.ts';
import { type Failure, watch } from './watch.ts';

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

  /**
   * Checks that there is somebody to ask, for what is transferred to nobody is lost.
   *
   * @throws Error where the worker failed or ended
   */
  checkOpen(method: string): void {
    if (this.#closed !== undefined) throw this.#closed(method);
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
      this.checkOpen(method);
      this.post({ kind: 'call', id, network, method, arguments: args } as Request, transfer);
      this.#pending.set(id, { method, resolve, reject, onProgress });
      if (this.#pending.size === 1) this.#port.ref?.();
    });
    return { id, answer: answer as Promise<ReturnType<Calls[M]>> };
  }

  post(request: Request, transfer: ArrayBuffer[] = []): void {
    // Copies, for what has been transferred cannot be sent again.
    this.#unheard?.push(transfer.length > 0 ? copied(request) : request);
    this.#port.postMessage(request, transfer);
  }

  /** Whether the worker has a dataset. */
  has(dataset: Dataset): boolean {
    return this.#keys.has(dataset);
  }

  /**
   * Checks that the worker has a dataset, or can be sent it: its arrays may have been written to
   * since it was made.
   *
   * @param transfer whether the arrays themselves are to go
   * @throws RangeError where it cannot
   */
  checkSending(argument: string, dataset: Dataset, transfer: boolean): void {
    if (this.has(dataset)) return;
    if (transfer) {
      mustBeWhole(`${argument}.inputs`, dataset.inputs);
      mustBeWhole(`${argument}.${dataset.targets ? 'targets' : 'labels'}`, dataset.answers);
    }
    Dataset.from(examplesOf(dataset, dataset.inputs, dataset.answers));
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
    const examples = examplesOf(dataset, inputs, answers);
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
    this.#rejectPending(reason);
  }

  #rejectPending(reason: (method: string) => Error): void {
    for (const { method, reject } of this.#pending.values()) reject(reason(method));
    this.#pending.clear();
    this.#port.unref?.();
  }

  #talkTo(worker: Worker): void {
    const { port1, port2 } = messageChannel();
    this.#port = port1;
    this.#port.onmessage = ({ data }: MessageEvent<Response>) => this.#receive(data);
    // An engine that cannot read a message does not say which it is.
    this.#port.onmessageerror = () => this.#receive({ kind: 'unreadable' });
    if (this.#pending.size === 0) this.#port.unref?.();
    watch(worker, {
      failed: (failure) => this.#fail(worker, failure),
      ended: (how) => this.#end(how),
    });
    if (this.#closed !== undefined) return;
    worker.postMessage({ relumax: PROTOCOL, port: port2 } satisfies Connect, [port2]);
    for (const request of this.#unheard ?? []) port1.postMessage(request);
  }

  /** Ends the connection; a worker that did not start is replaced first, if that is possible. */
  async #fail(worker: Worker, failure: Failure): Promise<void> {
    if (this.#unheard === undefined) {
      this.#end(`the worker failed: ${failure.message ?? 'no reason was given'}`);
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
      this.#end(`the worker did not start: ${(error as Error).message}`);
    }
  }

  #end(how: string): void {
    this.close((method) => new Error(`${method}: ${how}`));
  }

  #receive(response: Response): void {
    this.#unheard = undefined;
    if (response.kind === 'unreadable') {
      const why = 'a message to the worker or from it could not be read';
      this.#rejectPending((method) => new Error(`${method}: ${why}`));
      return;
    }
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

/** What makes the same dataset of other arrays. */
function examplesOf(
  { targets, classes, outputs }: Dataset,
  inputs: Inputs,
  answers: Answers,
): Examples | TargetExamples {
  return targets
    ? { inputs, targets: answers as NonNullable<typeof targets>, outputs }
    : { inputs, labels: answers as Uint8Array, classes };
}

/** Copies, so that of a view only what it shows is sent. */
export function copyOf<T extends Inputs>(inputs: T): T {
  const copy = emptyLike(inputs, inputs.length);
  copy.set(inputs);
  return copy;
}

/** A copy of objects and the arrays of numbers in them. Not structuredClone, which Jest's jsdom hides. */
export function copied<T>(value: T): T {
  if (ArrayBuffer.isView(value)) return copyOf(value as T & Inputs);
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, copied(part)]);
  return Object.assign(Array.isArray(value) ? [] : {}, Object.fromEntries(parts));
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
