import { integer } from '../base/arguments.ts';

/** How many threads a network is to have; auto: as many as the machine has cores. */
export type Threads = number | 'auto';

/** The most threads of a network, as assembly/network/plan.ts has it. */
export const MOST_THREADS = 64;

/** @throws TypeError or RangeError that names the option */
export function checkedThreads(threads: Threads): Threads {
  if (threads !== 'auto') integer('threads', threads, 1, MOST_THREADS, ', or auto');
  return threads;
}
