/** The page's side of one call of `fit`: its callbacks, its signal, and its pace. */
import { isPromise } from '../base/arguments.ts';
import {
  type CheckedFitOptions,
  type FitOptions,
  trainingSettings,
} from '../network/fit-options.ts';
import type { History } from '../network/history.ts';
import { Replaceable } from '../network/replaceable.ts';
import type { Connection, Question } from './connection.ts';
import { onNextFrame } from './frames.ts';
import type { Calls, FitCall, Progress } from './messages.ts';

/** Where the network is. */
interface Home {
  readonly connection: Connection;
  question(
    method: 'fit',
    args: [FitCall],
    extras: { onProgress(progress: Progress): void },
  ): Question<ReturnType<Calls['fit']>>;
}

/** The datasets of a call, in the worker. */
type Datasets = Pick<FitCall, 'dataset' | 'validation'>;

export class Fitting extends Replaceable {
  readonly #home: Home;
  readonly #settings: CheckedFitOptions;
  readonly #began: () => void;
  /** The number of the call, once it has been sent. */
  #id: number | undefined;
  /** The pace's first command, if there is a pace. */
  #command: number | undefined;
  #datasets: Datasets | undefined;
  /** Progress that the callbacks have not been told. */
  #unseen: Progress | undefined;
  /** What tells them. */
  #telling: Promise<void> | undefined;
  /** What a callback has thrown. */
  #thrown: { error: unknown } | undefined;
  #isOver = false;

  /** @param began is called when the training begins */
  constructor(home: Home, settings: CheckedFitOptions, began: () => void) {
    super();
    this.#home = home;
    this.#settings = settings;
    this.#began = began;
  }

  /**
   * Takes the pace.
   *
   * @throws RangeError where another training has it
   */
  #hold(): void {
    this.#command = this.#settings.pace?.hold((command) => {
      this.#home.connection.post({ kind: 'pace', id: this.#id!, command });
    });
  }

  /**
   * Trains.
   *
   * @param send sends the datasets, which can be sent
   * @param before the training that this replaces
   * @param check passes before that one is ended
   * @param transfer whether the datasets are to be transferred: then it also passes before they are sent
   */
  fit(
    send: () => Datasets,
    before: Replaceable | undefined,
    check: Promise<unknown> | undefined,
    transfer: boolean,
  ): Promise<History> {
    const sent = () => {
      this.#datasets ??= send();
    };
    // Before anything is transferred, where nobody else can have it.
    if (!before && !check) this.#hold();
    if (!check || !transfer) sent();
    return this.start(before, check?.then(sent));
  }

  protected wake(): void {
    if (this.#id === undefined) return;
    this.#home.connection.post({ kind: 'abort', id: this.#id });
  }

  protected async train(): Promise<History> {
    const { signal, pace, onEpoch, onBatch } = this.#settings;
    if (this.#command === undefined) this.#hold();
    this.#began();
    const call = {
      ...this.#datasets!,
      settings: trainingSettings(this.#settings) as FitOptions,
      reports: (onEpoch ?? onBatch) !== undefined,
      batches: onBatch !== undefined,
      aborted: signal?.aborted ?? false,
      pace: this.#command,
    };
    const { id, answer } = this.#home.question('fit', [call], {
      onProgress: (progress) => {
        this.#unseen = progress;
        onNextFrame(() => this.#see());
      },
    });
    this.#id = id;
    const abort = () => this.end();
    signal?.addEventListener('abort', abort);
    try {
      const { history, progress, warnings } = await answer;
      await this.#telling;
      await this.#see();
      await this.#tell(progress);
      if (this.#thrown !== undefined) throw this.#thrown.error;
      for (const warning of warnings) this.#settings.onWarning(warning);
      return history;
    } finally {
      this.#isOver = true;
      this.#unseen = undefined;
      signal?.removeEventListener('abort', abort);
      pace?.end();
    }
  }

  /** Tells the progress that was reported last, and then lets the worker report again. */
  async #see(): Promise<void> {
    if (this.#unseen === undefined) return;
    const progress = this.#unseen;
    this.#unseen = undefined;
    this.#telling = this.#tell(progress);
    await this.#telling;
    this.#home.connection.post({ kind: 'seen', id: this.#id! });
  }

  /** Calls the callbacks, one after another; the training waits for their promises. */
  async #tell({ epochs, batch }: Progress): Promise<void> {
    const { onEpoch, onBatch } = this.#settings;
    const calls = epochs.map((epoch) => () => onEpoch?.(epoch));
    if (batch !== undefined) calls.push(() => onBatch?.(batch));
    try {
      for (const call of calls) {
        if (this.#isOver || this.#thrown !== undefined) return;
        this.throwIfDisposed();
        const returned = call();
        if (!isPromise(returned)) continue;
        this.#home.connection.post({ kind: 'hold', id: this.#id! });
        await returned;
      }
    } catch (error) {
      this.#thrown = { error };
      this.end();
    }
  }
}
