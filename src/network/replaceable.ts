/** Calls of `fit` of one network, of which one may replace another. */
import type { History } from './history.ts';

/** One call of `fit`. */
export abstract class Replaceable {
  /** The one that this is to replace, until that has ended. */
  #before: Replaceable | undefined;
  #result: Promise<History> | undefined;
  #isDone = false;
  #isEnding = false;
  #isDisposed = false;

  /** The call that is not over: this one, or where it is, one that it did not come to replace. */
  get pending(): Replaceable | undefined {
    return this.#isDone ? this.#before?.pending : this;
  }

  /**
   * Trains, in place of another.
   *
   * @param check passes before that one is ended
   */
  start(before: Replaceable | undefined, check: Promise<unknown> | undefined): Promise<History> {
    this.#before = before;
    this.#result = this.#start(check);
    return this.#result;
  }

  /** Ends the training after its batch; one that has not begun makes none. */
  end(): void {
    this.#isEnding = true;
    this.wake();
  }

  /** Ends it, and makes `fit` fail. */
  dispose(): void {
    this.#isDisposed = true;
    this.#before?.dispose();
    this.end();
  }

  protected get isEnding(): boolean {
    return this.#isEnding;
  }

  /**
   * Ends a training whose network has been disposed of.
   *
   * @throws Error then
   */
  protected throwIfDisposed(): void {
    if (this.#isDisposed) throw new Error('fit: the network was disposed of while it trained');
  }

  /** Trains, once no other does. */
  protected abstract train(): Promise<History>;

  /** Lets a training that waits see whether it is to end. */
  protected abstract wake(): void;

  async #start(check: Promise<unknown> | undefined): Promise<History> {
    try {
      if (check) await check;
      const replaces = this.#before !== undefined;
      for (let before = this.#before; before; before = before.#before) {
        before.end();
        await before.#result!.catch(() => undefined);
      }
      this.#before = undefined;
      this.throwIfDisposed();
      if (replaces && this.#isEnding) return { epochs: [], aborted: true };
      return await this.train();
    } finally {
      this.#isDone = true;
    }
  }
}
