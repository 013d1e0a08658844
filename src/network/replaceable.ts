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
  #reject: ((reason: Error) => void) | undefined;

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
    // A callback may never return, and the worker's answer may have come already.
    const disposal = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    return Promise.race([this.#result, disposal]);
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
    this.#reject?.(disposed());
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
    if (this.#isDisposed) throw disposed();
  }

  /** Trains, once no other does. */
  protected abstract train(): Promise<History>;

  /** Lets a training that waits see whether it is to end. */
  protected abstract wake(): void;

  async #start(check: Promise<unknown> | undefined): Promise<History> {
    try {
      if (check) await check;
      for (let before = this.#before; before; before = before.#before) {
        before.end();
        await before.#result!.catch(() => undefined);
      }
      this.#before = undefined;
      this.throwIfDisposed();
      if (this.#isEnding) return { epochs: [], aborted: true };
      return await this.train();
    } finally {
      this.#isDone = true;
    }
  }
}

const disposed = () => new Error('fit: the network was disposed of while it trained');
