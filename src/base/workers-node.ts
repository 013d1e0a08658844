/** Node's workers, with the interface of a page's. */
import { nodeModule } from './builtins-node.ts';

function workerThreads() {
  return nodeModule('node:worker_threads');
}

/** Whether Node's workers exist: in Bun and Deno too. */
export function hasNodeWorkers(): boolean {
  return workerThreads() !== undefined;
}

/** Whether to start a page's workers. Bun and Deno have them too, but Node's do not keep a program alive. */
export function isPage(): boolean {
  return typeof Worker !== 'undefined' && (typeof document !== 'undefined' || !hasNodeWorkers());
}

/** Why a page's worker from the text of its script does not start. */
export const BLOB =
  'the Content-Security-Policy of the page does not allow a worker from a blob (it needs worker-src blob:)';

/** How many threads the machine runs at a time. */
export function coreCount(): number {
  const inPage = globalThis.navigator?.hardwareConcurrency;
  return nodeModule('node:os')?.availableParallelism() ?? inPage ?? 1;
}

/** A channel, also in Jest's jsdom, which hides the global one. */
export function messageChannel(): MessageChannel {
  const { MessageChannel } = globalThis.MessageChannel ? globalThis : workerThreads()!;
  return new MessageChannel() as MessageChannel;
}

/** The port to the thread that started this one, if it is a worker of Node. */
export function parentPort(): EventTarget | undefined {
  return workerThreads()?.parentPort ?? undefined;
}

/**
 * Starts a worker that does not keep the process alive.
 *
 * @param script the address of its script, or its text
 * @throws Error if this engine does not have Node's workers either
 */
export function startNodeWorker(script: URL | string): Worker {
  const threads = workerThreads();
  if (threads === undefined) {
    throw new Error('relumax/worker: found no workers here, expected a page’s Worker or Node’s');
  }
  // Without the options of the process: some, such as `--input-type`, are not allowed for a worker.
  const worker = new threads.Worker(script, {
    name: 'relumax',
    execArgv: [],
    eval: typeof script === 'string',
  });
  worker.unref();
  return worker as unknown as Worker;
}
