/**
 * Lets other work in between the steps of a long computation, so that a page goes on drawing and a
 * server answering.
 */

/** How long a computation may keep the thread before others have their turn, in milliseconds. */
const TURN = 12;

/** Takes turns with the event loop: `await` what `yieldIfDue` gives where that is a promise. */
export class Turns {
  #since = performance.now();

  /** A promise to wait for where the present turn has lasted long enough, else undefined. */
  yieldIfDue(): Promise<void> | undefined {
    if (performance.now() - this.#since < TURN) return undefined;
    return nextTask().then(() => {
      this.#since = performance.now();
    });
  }
}

/** Those who wait for their turn, in the browser, and what calls them. */
const waiting: (() => void)[] = [];
let channel: MessageChannel | undefined;

/** Resolves in a task of its own, after what has been waiting. */
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
