/** The page's side of the connection with one worker: calls, their results, and the datasets sent. */
import { classOf, outOfRange } from '../base/arguments.ts';
import { messageChannel } from '../base/workers-node.ts';
import type { Inputs, LabelsOrTargets } from '../data/dataset.ts';
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
import { type Failure, watch } from './watch.ts';

interface Pending {
  method: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
  onProgress: ((progress: Progress) => void) | undefined;
}

/** A pending call. */
export interface Question<Result> {
  id: number;
  answer: Promise<Result>;
}

/** Options of a call. */
interface Extras {
  transfer?: ArrayBuffer[];
  onProgress?: (progress: Progress) => void;
}

/** One connection per worker: its networks share it, and so their datasets. */
const connections = new WeakMap<Worker, Connection>();

/** A port; in Node an open one keeps the process alive until `unref`. */
type Port = MessagePort & { ref?(): void; unref?(): void };

export class Connection {
  #port!: Port;
  readonly #pending = new Map<number, Pending>();
  readonly #keys = new WeakMap<Dataset, DatasetKey>();
  /** Releases datasets in the worker that were garbage collected here. */
  readonly #forgotten = new FinalizationRegistry<DatasetKey>((key) =>
    this.post({ kind: 'release', key }),
  );
  #lastNumber = 0;
  /** Messages posted before the first one from the worker; undefined after that. */
  #unheard: Request[] | undefined = [];
  #closed: ((method: string) => Error) | undefined;

  private constructor(worker: Worker) {
    this.#connectTo(worker);
  }

  /** The connection with a worker. */
  static to(worker: Worker): Connection {
    const known = connections.get(worker);
    if (known !== undefined) return known;
    const made = new Connection(worker);
    connections.set(worker, made);
    return made;
  }

  /** A new number. */
  number(): number {
    return ++this.#lastNumber;
  }

  /**
   * Checks that the worker is running: what is transferred to one that is not is lost.
   *
   * @throws Error if the worker failed or ended
   */
  checkOpen(method: string): void {
    if (this.#closed !== undefined) throw this.#closed(method);
  }

  /** Calls a method of a network in the worker. */
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
    // Copies: what has been transferred cannot be sent again.
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
   * @param transfer whether its arrays are to be transferred
   * @param other one that is sent before it
   * @throws RangeError if it cannot be sent
   */
  checkSending(argument: string, dataset: Dataset, transfer: boolean, other?: Dataset): void {
    if (this.has(dataset) || dataset === other) return;
    if (transfer) {
      if (other && !this.has(other)) checkSeparate(argument, dataset, other);
      checkWhole(`${argument}.inputs`, dataset.inputs);
      checkWhole(`${argument}.${dataset.targets ? 'targets' : 'labels'}`, dataset.labelsOrTargets);
    }
    Dataset.from(examplesOf(dataset, dataset.inputs, dataset.labelsOrTargets));
  }

  /**
   * The number of a dataset in the worker. The first time its arrays are sent: copied, or with
   * `transfer` transferred.
   */
  keyOf(dataset: Dataset, transfer: boolean): DatasetKey {
    const known = this.#keys.get(dataset);
    if (known !== undefined) return known;
    const key = this.number();
    const inputs = transfer ? dataset.inputs : copyOf(dataset.inputs);
    const expected = transfer ? dataset.labelsOrTargets : copyOf(dataset.labelsOrTargets);
    const examples = examplesOf(dataset, inputs, expected);
    this.post({ kind: 'dataset', key, examples }, buffersOf(inputs, expected));
    this.#keys.set(dataset, key);
    this.#forgotten.register(dataset, key);
    return key;
  }

  /** Closes the connection: rejects all pending and later calls. */
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

  #connectTo(worker: Worker): void {
    const { port1, port2 } = messageChannel();
    this.#port = port1;
    this.#port.onmessage = ({ data }: MessageEvent<Response>) => this.#receive(data);
    // An engine that cannot read a message does not say which one.
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
      this.#connectTo(other);
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

/** Arguments of `Dataset.from` for the same dataset with other arrays. */
function examplesOf(
  { targets, classes, outputs }: Dataset,
  inputs: Inputs,
  expected: LabelsOrTargets,
): Examples | TargetExamples {
  return targets
    ? { inputs, targets: expected as NonNullable<typeof targets>, outputs }
    : { inputs, labels: expected as Uint8Array, classes };
}

/** A copy: sending a view would send its whole buffer. */
export function copyOf<T extends Inputs>(inputs: T): T {
  const copy = emptyLike(inputs, inputs.length);
  copy.set(inputs);
  return copy;
}

/** A deep copy of objects and typed arrays. Not structuredClone, which Jest's jsdom hides. */
export function copied<T>(value: T): T {
  if (ArrayBuffer.isView(value)) return copyOf(value as T & Inputs);
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, copied(part)]);
  return Object.assign(Array.isArray(value) ? [] : {}, Object.fromEntries(parts));
}

/** The buffers of arrays, each once: a transfer list. */
export function buffersOf(...arrays: readonly Inputs[]): ArrayBuffer[] {
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}

/**
 * Checks that datasets have no memory in common: what was transferred with one cannot be sent again.
 *
 * @throws RangeError if they have
 */
function checkSeparate(argument: string, dataset: Dataset, other: Dataset): void {
  const { inputs, labelsOrTargets } = dataset;
  const taken = buffersOf(other.inputs, other.labelsOrTargets);
  const name = dataset.targets ? 'targets' : 'labels';
  for (const [part, array] of Object.entries({ inputs, [name]: labelsOrTargets })) {
    if (!taken.includes(array.buffer as ArrayBuffer)) continue;
    const expected = 'memory of its own, where arrays are transferred';
    throw outOfRange(`${argument}.${part}`, 'memory that the dataset has too', expected);
  }
}

/**
 * Checks that an array spans its whole buffer: the buffer is transferred, and other views of it would
 * lose their memory.
 *
 * @throws RangeError if it does not
 */
export function checkWhole(argument: string, array: Inputs): void {
  const { buffer, byteLength } = array;
  const isShared = classOf(buffer) !== 'ArrayBuffer';
  if (!isShared && buffer.byteLength === byteLength) return;
  const part = `a view of ${byteLength} of ${buffer.byteLength} bytes`;
  const found = isShared ? 'an array in shared memory' : part;
  throw outOfRange(argument, found, 'an array that spans its whole buffer, which is transferred');
}
