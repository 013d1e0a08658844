/**
 * Lets other work in between the steps of a long computation, so that a page goes on drawing and a
 * server answering.
 */

/** How long a computation may keep the thread before others have their turn, in milliseconds. */
const TURN = 12;

/** Takes turns with the event loop: `await` the result of `due` where there is one. */
export class Turns {
  #since = performance.now();

  /** A promise to wait for where the present turn has lasted long enough, else undefined. */
  due(): Promise<void> | undefined {
    if (performance.now() - this.#since < TURN) return undefined;
    return nextTask().then(() => {
      this.#since = performance.now();
    });
  }
}

/** Resolves in a task of its own, after what has been waiting. */
function nextTask(): Promise<void> {
  // Timers are no substitute: browsers stretch nested ones to at least 4 ms.
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
