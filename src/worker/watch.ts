/**
 * What becomes of a worker. Its events come once, and browsers have none for `terminate`; so a worker
 * is watched from its start, and what is seen before it has a network is told when it gets one.
 */

/** What an engine says of a worker that failed. */
export interface Failure {
  /** Browsers say nothing of a script that they could not load or may not. */
  message: string | undefined;
  /** Whether it says that there is no script. */
  missing: boolean;
}

/** What is told of a worker. */
export interface Watcher {
  /** It does not start, or fails as a whole. */
  failed(failure: Failure): void;
  /** It ended otherwise. */
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
 * @param watcher told what happens, and at once what has been seen already
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
    // An error has said why.
    if (known.seen.length === 0) ended('the worker ended');
  };
  // Workers of Node are emitters, and give the error itself.
  const emitter = worker as {
    on?: (event: 'error' | 'exit', listener: typeof failed) => void;
    threadId?: number;
  };
  if (emitter.on === undefined) {
    worker.addEventListener('error', failed);
  } else {
    emitter.on('error', failed);
    emitter.on('exit', exited);
    // That of a thread which has ended.
    if (emitter.threadId === -1) exited();
  }
  const { terminate } = worker;
  worker.terminate = () => {
    ended('the worker was terminated');
    return terminate.call(worker);
  };
  return known;
}
