/**
 * What stops a training early without losing it: Ctrl-C, SIGTERM, and a reader of the output that
 * left (`relumax train | head`).
 */

export type InterruptionCause = 'SIGINT' | 'SIGTERM' | 'output closed';

export interface Interruption {
  /** Aborts at the first cause. */
  readonly signal: AbortSignal;
  /** The first cause; undefined while there is none. */
  readonly cause: InterruptionCause | undefined;
}

/** Exit codes after a signal, as shells have them: 128 + the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Signals that come closer together, in milliseconds, are one: of a single Ctrl-C the terminal
 * tells the whole group of processes, and npm tells its script a second time.
 */
const ECHO = 400;

/**
 * Watches for causes from now until the process ends. The first one aborts; a signal also sets
 * the exit code, and one that follows ends the process at once.
 */
export function watchInterruption(): Interruption {
  const controller = new AbortController();
  let cause: InterruptionCause | undefined;
  let lastSignal = -ECHO;

  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      const now = performance.now();
      const isEcho = now - lastSignal < ECHO;
      lastSignal = now;
      if (isEcho) return;
      if (controller.signal.aborted) process.exit(EXIT_CODES[name]);
      cause = name;
      process.exitCode = EXIT_CODES[name];
      controller.abort();
    });
  }
  process.stdout.on('error', () => {
    cause ??= 'output closed';
    controller.abort();
  });

  return {
    signal: controller.signal,
    get cause() {
      return cause;
    },
  };
}
