/** The threads of the networks of a test, as they are: what no network shows. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ThreadedExports } from '../../src/core/exports.ts';
import type { Order } from '../../src/threads/messages.ts';
import { NETWORK } from '../assembly/records.ts';

/** What is seen of the threads of a network. */
export interface Seen {
  readonly exports: ThreadedExports;
  /** Where the network is in its memory. */
  network: number;
  /** In how many parts the work of a tile was divided, at most. */
  parts: number;
}

/** Of the networks with several threads that this file has made, in their order. */
export const teams: Seen[] = [];

/** The module src/threads/team.ts, whose teams are kept in `teams`. */
export function followed(
  module: typeof import('../../src/threads/team.ts'),
): typeof import('../../src/threads/team.ts') {
  return {
    ...module,
    async createTeam(...given) {
      const team = await module.createTeam(...given);
      if (team.exports) follow(team.exports as ThreadedExports);
      return team;
    },
  };
}

function follow(exports: ThreadedExports): void {
  const seen: Seen = { exports, network: 0, parts: 0 };
  teams.push(seen);
  const { layOut, accumulate } = exports;
  Object.assign(exports, {
    layOut(network: number) {
      seen.network = network;
      return layOut(network);
    },
    accumulate(...args: Parameters<typeof accumulate>) {
      accumulate(...args);
      const records = new DataView(exports.memory.buffer);
      const divided = records.getUint32(seen.network + NETWORK.divided!, true);
      seen.parts = Math.max(seen.parts, divided);
    },
  });
}

/** In place of src/threads/choice.ts: each seventh call by one thread, however busy the machine is. */
export class EachSeventh {
  #calls = 0;

  get way() {
    return this.#calls % 7 === 6 ? 'one' : 'all';
  }

  count(): void {
    this.#calls++;
  }
}

/** The workers of helpers that this file has started, and what each was asked for last. */
export const workers = new Map<Worker, Order | undefined>();

/** The module src/base/workers-node.ts, whose workers are kept in `workers`. */
export function counted(
  module: typeof import('../../src/base/workers-node.ts'),
): typeof import('../../src/base/workers-node.ts') {
  return {
    ...module,
    startNodeWorker(script) {
      const worker = module.startNodeWorker(script);
      const { postMessage } = worker;
      worker.postMessage = (order: Order) => {
        workers.set(worker, order);
        postMessage.call(worker, order);
      };
      workers.set(worker, undefined);
      return worker;
    },
  };
}

/** Those that have not ended. */
export function alive(): Worker[] {
  const isAlive = (worker: Worker) => (worker as unknown as { threadId: number }).threadId !== -1;
  return [...workers.keys()].filter(isAlive);
}

/** Those that serve a network. */
export const workersOf = ({ exports: { memory } }: Seen) =>
  alive().filter((worker) => workers.get(worker)?.memory === memory);

/** Waits until so many helpers are there, of a network that has work for them. */
export async function helpersOf(team: Seen, count: number, work: () => unknown): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    work();
    if (team.exports.presentCount(team.network) === count) return;
    await sleep(10);
  }
  throw new Error(`found ${team.exports.presentCount(team.network)} helpers, expected ${count}`);
}
