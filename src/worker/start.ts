import { BLOB, isPage, startNodeWorker } from '../base/workers-node.ts';
import { watch } from './watch.ts';

/** Starts a worker from the text of its script, if that is set. */
let fromText: (() => Worker) | undefined;

/** How a worker was started, for the error if it does not start. */
export interface Origin {
  /** The address of its script; undefined if it was started from text. */
  script?: URL;
  /** Why it was started from text. */
  reason?: string;
}
export const origins = new WeakMap<Worker, Origin>();

/** Sets how workers are started from now on. */
export function startFromText(start: () => Worker): void {
  fromText = start;
}

/**
 * Starts the worker of the package: `relumax/worker-thread`, a file beside this one. In a page its address
 * is `new URL('./worker-thread.js', import.meta.url)`, which Vite, webpack and Parcel recognise. With other
 * bundlers, create the worker yourself and pass it to `Network.create`. In Node the script is part of
 * `relumax/worker`.
 *
 * @throws Error if there are no workers, a policy forbids them, or the script's address is unknown
 */
export function startWorker(): Worker {
  const worker = newWorker();
  watch(worker);
  return worker;
}

function newWorker(): Worker {
  if (fromText !== undefined) return fromText();
  const script = scriptUrl();
  if (script === undefined) {
    throw new Error(
      `relumax/worker: ${UNKNOWN}. Create the worker yourself, or let create start it`,
    );
  }
  if (!isPage()) return noted(startNodeWorker(script), { script });
  // A page may not start a worker from another origin, but a worker of its own may load the script.
  return isForeign(script)
    ? pageWorker(blobUrl(`importScripts(${JSON.stringify(script.href)})`), { script })
    : pageWorker(script, { script });
}

export const UNKNOWN = 'found no import.meta.url, which the format of this bundle does not have';

export const SELF =
  "the Content-Security-Policy of the page does not allow it (it needs worker-src 'self')";

/** Whether `startWorker` knows where the script is. */
export const canStart = () => fromText !== undefined || scriptUrl() !== undefined;

function scriptUrl(): URL | undefined {
  try {
    const url = new URL('./worker-thread.js', import.meta.url);
    // Turbopack gives a URL without an origin.
    return new URL(String(url), globalThis.location?.href);
  } catch {
    return undefined;
  }
}

export function isForeign({ origin, protocol, host }: URL): boolean {
  // Origins of an app's own scheme are "null" as text, and those of workers from blobs have no host.
  const { location } = globalThis;
  const isHere = protocol === location?.protocol && host === location.host;
  return globalThis.origin !== undefined && origin !== globalThis.origin && !isHere;
}

/** Blob URLs by text, one each: they live as long as the page. */
const blobUrls = new Map<string, string>();

export function blobUrl(text: string): string {
  const url =
    blobUrls.get(text) ?? URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  blobUrls.set(text, url);
  return url;
}

/** Starts a page's worker. If a policy forbids it, some engines throw here; others report an event. */
export function pageWorker(script: URL | string, origin: Origin): Worker {
  try {
    const type = typeof script === 'string' ? 'classic' : 'module';
    return noted(new Worker(script, { type, name: 'relumax' }), origin);
  } catch (cause) {
    throw new Error(`the worker did not start: ${typeof script === 'string' ? BLOB : SELF}`, {
      cause,
    });
  }
}

function noted(worker: Worker, origin: Origin): Worker {
  origins.set(worker, origin);
  return worker;
}
