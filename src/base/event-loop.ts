/**
 * Yields to the event loop between the steps of a long computation, so that a page keeps drawing and a
 * server keeps responding.
 */

/** How long a computation may keep the thread before it yields, in milliseconds. */
const TURN = 12;

/** Yields to the event loop when it is time: `await` the result of `yieldIfDue` if it is a promise. */
export class Turns {
  #since = performance.now();

  /** A promise to wait for if the computation has kept the thread long enough, else undefined. */
  yieldIfDue(): Promise<void> | undefined {
    if (performance.now() - this.#since < TURN) return undefined;
    return nextTask().then(() => {
      this.#since = performance.now();
    });
  }
}

/** Waiting computations, in the browser, and the channel that resumes them. */
const waiting: (() => void)[] = [];
let channel: MessageChannel | undefined;

/** Resolves in a new task, after those that are waiting. */
function nextTask(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  // In Jest's jsdom. Elsewhere timers are no substitute: browsers stretch nested ones to at least 4 ms.
  if (typeof MessageChannel === 'undefined') return new Promise((resolve) => setTimeout(resolve));
  if (channel === undefined) {
    // One for all: a worker that trains for long would gather closed ones faster than it drops them.
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
  }
  const { port2 } = channel;
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(undefined);
  });
}
