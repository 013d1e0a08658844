import { boolean, integer, options, outOfRange } from '../base/arguments.ts';

/** A command to a training: 0 to wait, Infinity to continue, else how many more updates to make. */
type Command = number;

/**
 * Pauses and resumes a training, or steps through it update by update. Its parameters end the same as
 * without pauses.
 *
 * ```ts
 * const pace = new Pace({ paused: true });
 * const trained = network.fit(dataset, { epochs: 20, pace });
 * pace.step(); // one update
 * pace.resume(); // all others
 * await trained;
 * ```
 *
 * A pace is for one `fit` at a time. While the training waits, `evaluate`, `predict` and the like work,
 * and the signal of `fit` ends it.
 */
export class Pace {
  #updates: number;
  /** What tells a training elsewhere; null where it is here, undefined where there is none. */
  #forward: ((command: Command) => void) | null | undefined;
  #wake: (() => void) | undefined;

  /**
   * Running, unless it is to begin `paused`.
   *
   * @throws TypeError that names the option
   */
  constructor(given: { paused?: boolean } = {}) {
    const { paused = false } = options('options', given, ['paused']);
    this.#updates = boolean('paused', paused) ? 0 : Infinity;
  }

  /** Whether the training waits, or will after the updates that `step` has asked for. */
  get paused(): boolean {
    return this.#updates !== Infinity;
  }

  /** Lets the training wait after the update that is under way. */
  pause(): void {
    this.follow(0);
  }

  /** Lets the training run. */
  resume(): void {
    this.follow(Infinity);
  }

  /**
   * Lets the training make `updates` more updates, and then wait.
   *
   * @throws TypeError or RangeError where it is not a whole number from 1
   */
  step(updates = 1): void {
    this.follow(integer('updates', updates, 1, Number.MAX_SAFE_INTEGER));
  }

  /**
   * Takes leave to make one update, where there is one.
   *
   * @internal
   */
  take(): boolean {
    if (this.#updates === 0) return false;
    this.#updates--;
    return true;
  }

  /**
   * Resolves when a method was called, or the signal aborts.
   *
   * @internal
   */
  async news(signal: AbortSignal | undefined): Promise<void> {
    const wake = () => this.wake();
    const news = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    signal?.addEventListener('abort', wake);
    await news;
    // Not ended by a signal of our own: a signal of another realm takes none.
    signal?.removeEventListener('abort', wake);
  }

  /**
   * Lets a training that waits see whether it is to end.
   *
   * @internal
   */
  wake(): void {
    this.#wake?.();
  }

  /**
   * Does as it is told.
   *
   * @internal
   */
  follow(command: Command): void {
    this.#forward?.(command);
    if (command === 0 || command === Infinity) this.#updates = command;
    else if (this.#forward) this.#updates = 0;
    else this.#updates = (this.paused ? this.#updates : 0) + command;
    this.wake();
  }

  /**
   * Takes the pace for one training, which gives it back by `end`.
   *
   * @param forward is told all that the pace is told, where the training is elsewhere
   * @returns what that training may do to begin with
   * @throws RangeError where another training has it
   * @internal
   */
  hold(forward: ((command: Command) => void) | null = null): Command {
    if (this.#forward !== undefined) {
      throw outOfRange('pace', 'that of another fit', 'one that is not in use');
    }
    this.#forward = forward;
    const command = this.#updates;
    if (forward && this.paused) this.#updates = 0;
    return command;
  }

  /** @internal */
  end(): void {
    this.#forward = undefined;
  }
}
