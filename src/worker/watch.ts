/**
 * Notices when a worker fails or ends. Events come only once, and browsers have none for `terminate`. So a
 * worker is watched from its start, and events before its first network are reported when it gets one.
 */

/** What an engine reports of a worker that failed. */
export interface Failure {
  /** Browsers give no message if the script could not be loaded or is forbidden. */
  message: string | undefined;
  /** Whether the script was not found. */
  missing: boolean;
}

/** Callbacks for the events of a worker. */
export interface Watcher {
  /** It did not start, or failed. */
  failed(failure: Failure): void;
  /** It ended without an error. */
  ended(how: string): void;
}

type Event = (watcher: Watcher) => void;

interface Watched {
  readonly seen: Event[];
  watcher: Watcher | undefined;
}

const watched = new WeakMap<Worker, Watched>();

/**
 * Watches a worker from now on.
 *
 * @param watcher called for later events, and at once for earlier ones
 */
export function watch(worker: Worker, watcher?: Watcher): void {
  const known = watched.get(worker) ?? listened(worker);
  watched.set(worker, known);
  known.watcher = watcher;
  if (watcher) for (const event of known.seen) event(watcher);
}

function listened(worker: Worker): Watched {
  const known: Watched = { seen: [], watcher: undefined };
  const tell = (event: Event) => {
    known.seen.push(event);
    if (known.watcher) event(known.watcher);
  };
  const failed = ({ message, code }: { message?: string; code?: string }) => {
    const missing = code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND';
    tell((watcher) => watcher.failed({ message: message || undefined, missing }));
  };
  const ended = (how: string) => tell((watcher) => watcher.ended(how));
  const exited = () => {
    // After an error, the error is reported.
    if (known.seen.length === 0) ended('the worker ended');
  };
  // Node's workers are event emitters, whose `error` event is the error.
  const emitter = worker as {
    on?: (event: 'error' | 'exit', listener: typeof failed) => void;
    threadId?: number;
  };
  if (emitter.on === undefined) {
    worker.addEventListener('error', failed);
  } else {
    emitter.on('error', failed);
    emitter.on('exit', exited);
    // The id of a thread that has ended.
    if (emitter.threadId === -1) exited();
  }
  const { terminate } = worker;
  worker.terminate = () => {
    ended('the worker was terminated');
    return terminate.call(worker);
  };
  return known;
}
