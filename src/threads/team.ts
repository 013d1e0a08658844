/**
 * The threads of a network: an instance of the core on shared memory, and helpers that are asked for when
 * there is work. Loaded on demand, where threads are asked for.
 */
import { threadedModule } from '#threaded-module';
import { coreCount, hasNodeWorkers, isPage } from '../base/workers-node.ts';
import type { Team } from '../core/core.ts';
import type { instantiateCore, ThreadedExports } from '../core/exports.ts';
import type { Architecture } from '../core/layers.ts';
import type { compiledOnce } from '../core/modules/convolution.ts';
import type { Threads } from '../core/thread-count.ts';
import { Choice } from './choice.ts';
import { type Employer, type Helper, hire } from './helpers.ts';

/**
 * How many products of a call are worth asking helpers for: of a batch, after which others come, and of
 * examples that are evaluated once.
 */
const BATCH = 2 ** 17;
const ONCE = 2 ** 20;

/** How long to wait for a helper that left before it is asked again, in milliseconds. */
const AGAIN = 1000;

/**
 * The threads of a new network, as many as were asked for; or one, and why.
 *
 * @param instantiate not imported, for a bundler would put it into a file of its own; nor is `once`
 * @param sent the module, where this thread has been sent it
 * @throws Error as `instantiate`
 */
export async function createTeam(
  asked: Threads,
  { input, trained }: Architecture,
  instantiate: typeof instantiateCore,
  once: typeof compiledOnce,
  sent?: WebAssembly.Module,
): Promise<Team> {
  const threads = asked === 'auto' ? coreCount() : asked;
  if (threads === 1) return { threads };
  unavailable ??= reasonAgainst();
  const reason = await unavailable;
  if (reason !== undefined) return { threads: 1, reason };
  // Else a program that makes one network after another would never hear helpers say that they have left,
  // and these would keep the memory of all of them.
  await new Promise<void>((resolve) => (globalThis.setImmediate ?? setTimeout)(resolve));
  const module = sent ?? (await threadedModule(input !== undefined, once));
  const memory = sharedMemory();
  const own = (await instantiate(module, { env: { memory } })) as ThreadedExports;
  const products = trained.reduce(
    (sum, { weights, output: [height, width] }) =>
      sum + weights.reduce((count, size) => count * size, height * width),
    0,
  );
  return new LiveTeam(module, memory, own, threads, products);
}

let unavailable: Promise<string | undefined> | undefined;

/** Why there can be no threads here; undefined if there can. */
async function reasonAgainst(): Promise<string | undefined> {
  const inPage = isPage();
  if (inPage && typeof document !== 'undefined') {
    return "a page's main thread may not wait for other threads: use relumax/worker";
  }
  if (!inPage && !hasNodeWorkers()) return 'no workers can be started here';
  if (globalThis.crossOriginIsolated === false) {
    return 'the page is served without the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';
  }
  if (typeof SharedArrayBuffer === 'undefined')
    return 'this engine has no memory that threads can share';
  try {
    const helper = hire();
    const { bun, deno, node } = globalThis.process?.versions ?? {};
    // Node's workers share memory, and start while the network is made; elsewhere only a try tells.
    if (node && !bun && !deno) return undefined;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return await helper.refuses(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }));
  } catch (error) {
    return (error as Error).message;
  }
}

/** Shared memory of as many pages as the engine gives; on iOS it gives no 65,536. */
function sharedMemory(): WebAssembly.Memory {
  for (let maximum = 2 ** 16; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: 1, maximum, shared: true });
    } catch (error) {
      if (maximum < 2 ** 10) throw error;
    }
  }
}

type Work = (...args: number[]) => number;

class LiveTeam implements Team, Employer {
  readonly #module: WebAssembly.Module;
  readonly #memory: WebAssembly.Memory;
  readonly #own: ThreadedExports;
  readonly #helpers: (Helper | undefined)[] = [];
  #network = 0;
  /** The error of every call after a helper has ended in the middle of its work. */
  #broken: Error | undefined;
  /** Of an example. */
  readonly #products: number;
  #size = 0;
  /** Whether no more helpers can be started than there are. */
  #areAll = false;
  #way: Choice['way'] = 'all';
  readonly exports: ThreadedExports;
  readonly threads: number;
  readonly reason = undefined;
  lastWork = 0;

  constructor(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    own: ThreadedExports,
    threads: number,
    products: number,
  ) {
    this.#products = products;
    this.#module = module;
    this.#memory = memory;
    this.#own = own;
    this.threads = Math.min(threads, own.MOST_THREADS.value);
    const guarded = Object.entries(own).map(([name, value]) => [
      name,
      typeof value === 'function' ? this.#guarded(value as Work) : value,
    ]);
    this.exports = {
      ...Object.fromEntries(guarded),
      memory,
      layOut: (network: number) => {
        this.#network = network;
        return own.layOut(network, this.threads);
      },
      accumulate: this.#working(own.accumulate as Work, 3, BATCH),
      evaluate: this.#working(own.evaluate as Work, 4, ONCE),
      predict: this.#working(own.predict as Work, 3, ONCE),
    } as ThreadedExports;
  }

  /** A function that fails when a helper has ended in the middle of its work. */
  #guarded(work: Work): Work {
    return (...args) => {
      if (this.#broken) throw this.#broken;
      try {
        return work(...args);
      } catch (cause) {
        // Nothing else traps.
        this.#broken ??= new Error('threads: a thread of the network does not respond', { cause });
        throw this.#broken;
      }
    };
  }

  /**
   * The same by as many threads as are quicker, for which helpers are asked where that is worth it.
   *
   * @param count the argument that says how many examples there are
   * @param least how many products are worth asking
   */
  #working(work: Work, count: number, least: number): Work {
    const guarded = this.#guarded(work);
    const choice = new Choice();
    return (...args) => {
      const began = performance.now();
      this.lastWork = began;
      const examples = args[count]!;
      const isPresent = this.#own.presentCount(this.#network) === this.threads - 1;
      if (!isPresent && examples * this.#work() > least) this.#gather();
      if (choice.way !== this.#way) {
        this.#way = choice.way;
        this.#own.setActive(this.#network, choice.way === 'all' ? this.threads : 1);
      }
      const result = guarded(...args);
      if (isPresent) choice.count(performance.now() - began, examples);
      return result;
    };
  }

  /** How many products an example takes, or parameters an update where that is more. */
  #work(): number {
    if (this.#size > 0) return this.#size;
    this.#size = Math.max(this.#products, this.#own.parameterCountOf(this.#network));
    // Five seconds, and what a slow machine takes for the largest part.
    const patience = 50 + Math.ceil(this.#size / 2 ** 18);
    this.#own.setTeam(this.#network, coreCount() - 1, patience);
    return this.#size;
  }

  /** Asks for those helpers that are not there. */
  #gather(): void {
    if (this.#areAll) return;
    const session = this.#own.sessionOf(this.#network);
    for (let thread = 1; thread < this.threads; thread++) {
      if (this.#own.isPresent(this.#network, thread)) continue;
      const helper = this.#helpers[thread] ?? hire(this);
      this.#helpers[thread] = helper;
      if (this.lastWork - (helper.asked ?? -Infinity) < AGAIN) continue;
      const serve = { module: this.#module, network: this.#network, thread, session };
      helper.ask({ memory: this.#memory, serve });
    }
  }

  dismiss(): void {
    if (this.#network > 0) this.#own.dismiss(this.#network);
    for (const helper of this.#helpers.splice(0)) if (helper) helper.employer = undefined;
  }

  left(helper: Helper): void {
    this.#helpers[this.#helpers.indexOf(helper)] = undefined;
  }

  lost(helper: Helper): void {
    const thread = this.#helpers.indexOf(helper);
    const isWorking = this.#own.isPresent(this.#network, thread);
    this.#helpers[thread] = undefined;
    // One that could not start would not another time either; those that are there do its work.
    if (!helper.started) this.#areAll = true;
    if (!isWorking) return;
    this.#own.fail(this.#network);
    this.#broken ??= new Error(`threads: a thread of the network has ended: ${helper.ended}`);
  }
}
