/** Node's workers, with the interface of a page's. */
import { nodeModule } from '../base/builtins-node.ts';

function workerThreads() {
  return nodeModule('node:worker_threads');
}

/** Whether Node's workers exist: in Bun and Deno too. */
export function hasNodeWorkers(): boolean {
  return workerThreads() !== undefined;
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
