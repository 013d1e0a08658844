/** Workers as Node has them, made to look like those of a page. */
import { nodeModule } from '../base/builtins-node.ts';

function workerThreads() {
  return nodeModule('node:worker_threads');
}

/** Whether there are workers of Node: in Bun and Deno too. */
export function hasNodeWorkers(): boolean {
  return workerThreads() !== undefined;
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
 * @param script where its script is, or the text of it
 * @throws Error where this is no Node either
 */
export function startNodeWorker(script: URL | string): Worker {
  const threads = workerThreads();
  if (threads === undefined) {
    throw new Error('relumax/worker: found no workers here, expected a page’s Worker or Node’s');
  }
  // Without the options of the process: not all go with a worker, `--input-type` does not.
  const worker = new threads.Worker(script, {
    name: 'relumax',
    execArgv: [],
    eval: typeof script === 'string',
  });
  worker.unref();
  return worker as unknown as Worker;
}
