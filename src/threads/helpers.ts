/**
 * The helpers of this process, or of a page's worker: threads that compute for whichever network asks for
 * them. They are started once, and do not keep a process alive.
 */
import { text } from '#helper';
import { BLOB, isPage, startNodeWorker } from '../base/workers-node.ts';
import type { Answer, Order } from './messages.ts';

/** Whom helpers help. */
export interface Employer {
  /** When it last had work for them, in milliseconds. */
  readonly lastWork: number;
  /** Lets its helpers go. */
  dismiss(): void;
  /** A helper has left, for there was nothing to do. */
  left(helper: Helper): void;
  /** A helper has ended. */
  lost(helper: Helper): void;
}

/** How long an employer is idle until others may have its helpers, in milliseconds. */
const IDLE = 100;

/**
 * How many bytes of memory workers may have been sent since one of them started, until it ends: engines do not
 * count them as its own, and so keep those of networks that are long gone.
 */
const MOST_BYTES = 2 ** 27;

/** The memory that workers have been sent, and how many bytes in all. */
const sent = new WeakSet<WebAssembly.Memory>();
let sentBytes = 0;

/** How long to wait for a helper's first answer, in milliseconds. */
const HANDSHAKE = 5000;

export class Helper {
  readonly #worker: Worker;
  #heard: (() => void) | undefined;
  /** How many orders it has not answered. */
  #orders = 0;
  readonly #sentBefore = sentBytes;
  /** Whom it helps. */
  employer: Employer | undefined;
  /** When it was asked to serve and has not left since, in milliseconds; else undefined. */
  asked: number | undefined;
  /** Whether it has ever answered. */
  started = false;
  /** Why it has ended; undefined if it has not. */
  ended: string | undefined;

  constructor() {
    const hear = ({ error }: Answer) => {
      this.started = true;
      this.#orders--;
      if (error !== undefined) this.#end(error);
      else if (this.#orders === 0) this.#leave();
      this.#heard?.();
    };
    const end = (why: string) => this.#end(why);
    if (isPage()) {
      this.#worker = startFromBlob();
      this.#worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => hear(data));
      // Browsers give no message where a policy forbids it.
      this.#worker.addEventListener('error', ({ message }) => end(message || BLOB));
    } else {
      this.#worker = startNodeWorker(text);
      const emitter = this.#worker as unknown as NodeJS.EventEmitter & { unref(): void };
      emitter.on('message', hear);
      emitter.on('error', (error) => end(String(error)));
      emitter.on('exit', () => end('its worker was terminated'));
      // Listening would keep the process alive.
      emitter.unref();
    }
  }

  ask(order: Order): void {
    const { memory } = order;
    this.asked = performance.now();
    this.#orders++;
    if (!sent.has(memory)) sentBytes += memory.buffer.byteLength;
    sent.add(memory);
    this.#worker.postMessage(order);
  }

  /** Whether it may keep so much memory that it is to end. */
  get isFull(): boolean {
    return sentBytes - this.#sentBefore > MOST_BYTES;
  }

  /** Ends it where it may keep too much and has nothing to do. */
  endIfFull(): void {
    if (this.#orders === 0 && this.isFull) this.#end('it has been replaced');
  }

  #leave(): void {
    this.asked = undefined;
    this.employer?.left(this);
    this.employer = undefined;
    this.endIfFull();
  }

  /** Why memory cannot be shared with it; undefined if it can. It has ended then. */
  refuses(memory: WebAssembly.Memory): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end('a worker does not answer'), HANDSHAKE);
      this.#heard = () => {
        clearTimeout(timer);
        resolve(this.ended);
      };
      try {
        this.ask({ memory });
      } catch (error) {
        this.#end(`shared memory cannot be sent to a worker: ${error}`);
      }
    });
  }

  #end(why: string): void {
    if (this.ended !== undefined) return;
    this.ended = why;
    pool.delete(this);
    this.#worker.terminate();
    this.#heard?.();
    this.employer?.lost(this);
  }
}

/** A page's worker from the text of its script. */
function startFromBlob(): Worker {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  const revoke = () => URL.revokeObjectURL(url);
  try {
    const worker = new Worker(url, { name: 'relumax helper' });
    // Before either event it may not have been loaded.
    for (const event of ['message', 'error'])
      worker.addEventListener(event, revoke, { once: true });
    return worker;
  } catch (cause) {
    revoke();
    throw new Error(BLOB, { cause });
  }
}

const pool = new Set<Helper>();

/** A helper that nobody needs, or a new one. */
export function hire(employer?: Employer): Helper {
  for (const helper of pool) helper.endIfFull();
  const now = performance.now();
  const isIdle = ({ isFull, employer }: Helper) =>
    !isFull && (!employer || now - employer.lastWork > IDLE);
  let found = [...pool].find(isIdle);
  if (found === undefined) {
    found = new Helper();
    pool.add(found);
  }
  found.employer?.dismiss();
  found.employer = employer;
  // By this one it has not been asked.
  found.asked = undefined;
  return found;
}
