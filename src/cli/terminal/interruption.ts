/**
 * What stops a training early without losing it: Ctrl-C, SIGTERM, a terminal that is closed, and a
 * reader of the output that left (`relumax train | head`).
 */

import { isatty } from 'node:tty';

export type InterruptionCause = keyof typeof EXIT_CODES | 'output closed';

export interface Interruption {
  /** Aborts at the first cause. */
  readonly signal: AbortSignal;
  /** The first cause; undefined while there is none. */
  readonly cause: InterruptionCause | undefined;
}

/** Exit codes after a signal, as shells have them: 128 + the signal's number. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Errors of an output that is a file on a disk that is full. */
const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Signals that come closer together, in milliseconds, are one: the terminal sends a single
 * Ctrl-C to the whole process group, and npm forwards it to its script a second time.
 */
const ECHO = 400;

/**
 * Watches for causes from now until the process ends. The first one aborts. The first signal also
 * sets the exit code, and one that follows ends the process at once, unless it is SIGHUP: nobody
 * asks twice by that, but the system and the shell both tell of the same terminal.
 */
export function watchInterruption(): Interruption {
  const controller = new AbortController();
  let cause: InterruptionCause | undefined;
  let isSignalled = false;
  let lastSignal = -ECHO;
  const terminals = [0, 1, 2].filter(isatty);

  for (const name of Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]) {
    process.on(name, () => {
      const now = performance.now();
      const isEcho = now - lastSignal < ECHO;
      lastSignal = now;
      if (isEcho) return;
      if (isSignalled && name !== 'SIGHUP') process.exit(EXIT_CODES[name]);
      if (isSignalled) return;
      isSignalled = true;
      // The output may have been closed a moment before by the same Ctrl-C or the same terminal.
      cause = name;
      process.exitCode = EXIT_CODES[name];
      controller.abort();
    });
  }
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    // There is still somebody to read what will be saved.
    if (FULL.has(code)) return;
    // A terminal that is gone refuses what is written before its signal comes.
    cause ??= terminals.every(isatty) ? 'output closed' : 'SIGHUP';
    controller.abort();
  });
  process.once('exit', () => {
    if (terminals.every(isatty)) return;
    // Node would abort, and leave a core: it cannot put back the settings of a terminal that is gone.
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });

  return {
    signal: controller.signal,
    get cause() {
      return cause;
    },
  };
}
