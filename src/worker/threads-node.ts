/** Workers as Node has them, made to look like those of a page. */
import { nodeModule } from '../builtins-node.ts';

function workerThreads() {
  return nodeModule('node:worker_threads');
}

/** A channel, also where a test environment hides the global one: in the jsdom of Jest. */
export function messageChannel(): MessageChannel {
  const { MessageChannel } = globalThis.MessageChannel ? globalThis : workerThreads()!;
  return new MessageChannel() as MessageChannel;
}

/** The port to the one who started this thread, where it is a worker of Node. */
export function parentPort(): EventTarget | undefined {
  return workerThreads()?.parentPort ?? undefined;
}

/**
 * Starts a worker that by itself does not keep the process alive.
 *
 * @throws Error where this is no Node either
 */
export function startNodeWorker(script: URL): Worker {
  const threads = workerThreads();
  if (threads === undefined) {
    throw new Error('relumax/worker: found no workers here, expected a page’s Worker or Node’s');
  }
  const worker = new threads.Worker(script, { name: 'relumax' });
  worker.unref();
  return worker as unknown as Worker;
}
