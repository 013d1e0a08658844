/** The page's side of one call of `fit`: its callbacks, its signal, and its pace. */
import { isPromise } from '../base/arguments.ts';
import {
  type CheckedFitOptions,
  type FitOptions,
  trainingSettings,
} from '../network/fit-options.ts';
import type { History } from '../network/history.ts';
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

export class Fitting {
  readonly #home: Home;
  readonly #settings: CheckedFitOptions;
  /** The number of the call, once it has been sent. */
  #id: number | undefined;
  /** The pace's first command, if there is a pace. */
  #command: number | undefined;
  #result: Promise<History> | undefined;
  #isEnding = false;
  /** Progress that the callbacks have not been told. */
  #unseen: Progress | undefined;
  /** What tells them. */
  #telling: Promise<void> | undefined;
  /** What a callback has thrown. */
  #thrown: { error: unknown } | undefined;
  #isOver = false;

  constructor(home: Home, settings: CheckedFitOptions) {
    this.#home = home;
    this.#settings = settings;
  }

  /**
   * Takes the pace.
   *
   * @throws RangeError where another training has it
   */
  hold(): void {
    this.#command = this.#settings.pace?.hold((command) => {
      this.#home.connection.post({ kind: 'pace', id: this.#id!, command });
    });
  }

  /**
   * Trains.
   *
   * @param before the training that this replaces; without one the pace has been taken
   */
  fit(
    datasets: Pick<FitCall, 'dataset' | 'validation'>,
    before: Fitting | undefined,
  ): Promise<History> {
    this.#result = this.#fit(datasets, before);
    return this.#result;
  }

  /** Ends the training after its batch; one that has not begun makes none. */
  end(): void {
    this.#isEnding = true;
    if (this.#id === undefined) return;
    this.#home.connection.post({ kind: 'abort', id: this.#id });
  }

  async #fit(
    datasets: Pick<FitCall, 'dataset' | 'validation'>,
    before: Fitting | undefined,
  ): Promise<History> {
    const { signal, pace, onEpoch, onBatch } = this.#settings;
    if (before) {
      before.end();
      await before.#result!.catch(() => undefined);
      if (this.#isEnding) return { epochs: [], aborted: true };
      this.hold();
    }
    const call = {
      ...datasets,
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
