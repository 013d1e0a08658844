/** Workers as Node has them, made to look like those of a page. */

function workerThreads() {
  // Not an import: bundlers for pages would look for the module.
  return globalThis.process?.getBuiltinModule?.('node:worker_threads');
}

/** The port to the one who started this thread, where it is a worker of Node. */
export function parentPort(): EventTarget | undefined {
  return workerThreads()?.parentPort ?? undefined;
}

/**
 * Starts a worker that by itself does not keep the process alive.
 *
 * @param script where its script is, or the text of it
 * @throws Error where this is no Node either
 */
export function startNodeWorker(script: URL | string): Worker {
  const threads = workerThreads();
  if (threads === undefined) {
    throw new Error('relumax/worker: found no workers here, expected a page’s Worker or Node’s');
  }
  const worker = new threads.Worker(script, { name: 'relumax', eval: typeof script === 'string' });
  worker.unref();
  return worker as unknown as Worker;
}
