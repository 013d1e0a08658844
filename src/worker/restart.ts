/** Loaded on demand: replaces a worker that did not start, or says why that is not possible. */
import { text } from '#thread';
import { BLOB, isPage, startNodeWorker } from '../base/workers-node.ts';
import {
  blobUrl,
  isForeign,
  type Origin,
  origins,
  pageWorker,
  SELF,
  startFromText,
  startWorker,
} from './start.ts';
import type { Failure } from './watch.ts';

const REMEDY =
  "In Vite's configuration write optimizeDeps: { exclude: ['relumax'] }; elsewhere put " +
  'worker-thread.js there, or create the worker yourself and pass it to Network.create';

const EITHER = `its script is missing, or ${SELF}`;

/**
 * A worker in place of one that did not start because its script is missing: Vite's dev server before
 * version 8, and some bundlers, move this module without the script.
 *
 * @throws Error that says why the worker did not start
 */
export async function restart(worker: Worker, { message, missing }: Failure): Promise<Worker> {
  const { script, reason } = origins.get(worker) ?? {};
  if (script === undefined) {
    throw new Error(message ?? (reason ? `${reason}, and ${BLOB}. ${REMEDY}` : EITHER));
  }
  const found = missing ? 'nothing' : await foundAt(script);
  if (found === undefined) throw new Error(message ?? (isForeign(script) ? BLOB : SELF));
  const other = startTextWorker({ reason: `found ${found} at ${script}` });
  worker.terminate = () => other.terminate();
  return other;
}

/** Starts a worker from the text of its script, and all later ones too. */
export function startTextWorker(origin: Origin): Worker {
  startFromText(() => (isPage() ? pageWorker(blobUrl(text), origin) : startNodeWorker(text)));
  return startWorker();
}

/** What was found at an address; undefined if it is a script. */
async function foundAt(script: URL): Promise<string | undefined> {
  const response = await fetch(script).catch(() => undefined);
  if (response === undefined) return 'nothing that this page may load';
  if (!response.ok) return `nothing (status ${response.status})`;
  const type = response.headers.get('content-type') ?? 'no type';
  return /javascript|ecmascript/i.test(type) ? undefined : `no script (${type})`;
}
