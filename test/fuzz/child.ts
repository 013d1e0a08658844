/**
 * The process in which inputs are tried: it may hang, run out of memory or crash, and main.ts then
 * knows from the file which input it was.
 */
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { Dice } from './dice.ts';
import { kindOf } from './kind.ts';
import { type Budget, type Checked, Fault, type Outcome, type Target } from './target.ts';
import { TARGETS } from './targets/index.ts';

/** What main.ts asks for. */
export interface Order {
  readonly target: string;
  readonly seed: number;
  /** The first input's number. */
  readonly from: number;
  /** Milliseconds; or how many inputs. */
  readonly time?: number;
  readonly count?: number;
  /** In place of those that the seed decides. */
  readonly inputs?: readonly unknown[];
  /** The file into which the number of the input goes. */
  readonly place: string;
}

/** What was found of all inputs so far. */
export interface Figures {
  inputs: number;
  accepted: number;
  refused: number;
  /** The most that one took: milliseconds of processor time, megabytes. */
  ms: number;
  mb: number;
}

export interface Failure {
  readonly target: string;
  readonly seed: number;
  readonly index: number;
  /** Time and memory are held against a fresh process once more. */
  readonly kind: 'fault' | 'time' | 'memory' | 'crash';
  readonly reason: string;
  readonly input: unknown;
}

export type News =
  | { kind: 'figures'; figures: Figures }
  | { kind: 'failure'; failure: Failure }
  | { kind: 'end' };

/** How often main.ts hears of it, in milliseconds. */
const TELL = 250;
/** How long a smaller input is looked for. */
const SHRINKING = 2000;

process.on('message', async (order: Order) => {
  await run(order);
  process.send?.({ kind: 'end' } satisfies News);
});
process.on('disconnect', () => process.exit());

async function run(order: Order): Promise<void> {
  const { target: name, seed, from, time, inputs, place } = order;
  const count = inputs ? inputs.length - from : order.count;
  const target = TARGETS.find((other) => other.name === name)!;
  const file = openSync(place, 'r+');
  const number = Buffer.alloc(4);
  const figures: Figures = { inputs: 0, accepted: 0, refused: 0, ms: 0, mb: 0 };
  const tell = (news: News) => process.send?.(news);
  const started = performance.now();
  let told = started;
  for (let index = from; ; index++) {
    const now = performance.now();
    if (index - from === count || (time !== undefined && now - started > time)) break;
    if (now - told > TELL) {
      told = now;
      tell({ kind: 'figures', figures });
      await new Promise(setImmediate);
    }
    number.writeUInt32LE(index);
    writeSync(file, number, 0, 4, 0);
    const made = inputs?.[index] ?? target.make(new Dice(seed, name, index));
    const found = await attempt(target, made);
    figures.inputs++;
    if (found.outcome) figures[found.outcome]++;
    figures.ms = Math.max(figures.ms, found.ms);
    figures.mb = Math.max(figures.mb, found.mb);
    if (found.fault === undefined) continue;
    const { kind, reason } = found.fault;
    const small = kind === 'fault' ? await shrunk(target, made, reason) : made;
    tell({ kind: 'failure', failure: { target: name, seed, index, kind, reason, input: small } });
  }
  tell({ kind: 'figures', figures });
  closeSync(file);
}

interface Found extends Budget {
  readonly outcome?: Outcome;
  readonly fault?: Pick<Failure, 'kind' | 'reason'>;
}

async function attempt(target: Target<unknown>, input: unknown): Promise<Found> {
  const memory = peakMemory();
  const before = process.cpuUsage();
  let checked: Checked | undefined;
  let reason: string | undefined;
  try {
    checked = await target.check(input);
  } catch (error) {
    reason = error instanceof Fault ? error.message : `${(error as Error).stack}`;
  }
  const { user, system } = process.cpuUsage(before);
  const own = { ms: (user + system) / 1000, mb: memory() };
  const { ms, mb, outcome } = typeof checked === 'object' ? checked : { ...own, outcome: checked };
  const most = target.budget(input);
  const over = (what: string, is: number, may: number) =>
    is > may ? `takes ${is.toFixed()} ${what}, expected at most ${may.toFixed()}` : undefined;
  const [slow, large] = [over('ms', ms, most.ms), over('MB', mb, most.mb)];
  const fault = reason
    ? ({ kind: 'fault', reason } as const)
    : large
      ? ({ kind: 'memory', reason: large } as const)
      : slow && ({ kind: 'time', reason: slow } as const);
  return { ms, mb, ...(outcome && { outcome }), ...(fault && { fault }) };
}

const CLEAR = '/proc/self/clear_refs';
const STATUS = '/proc/self/status';

/** Begins to measure; what it gives tells how many megabytes more there were at some time since. */
function peakMemory(): () => number {
  if (process.platform !== 'linux') {
    const { maxRSS } = process.resourceUsage();
    return () => (process.resourceUsage().maxRSS - maxRSS) / 1024;
  }
  // Makes the present size the largest so far (proc(5)).
  writeFileSync(CLEAR, '5');
  const largest = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(STATUS, 'latin1'))![1]);
  const before = largest();
  return () => (largest() - before) / 1024;
}

/** A smaller input that fails likewise, if one is soon found. */
async function shrunk(target: Target<unknown>, input: unknown, reason: string): Promise<unknown> {
  const { parts } = target;
  if (parts === undefined) return input;
  const end = performance.now() + SHRINKING;
  let smallest = input;
  const fails = async (other: unknown) => {
    const { fault } = await attempt(target, other);
    return fault !== undefined && kindOf(fault.reason) === kindOf(reason);
  };
  for (let size = parts.of(input).length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < parts.of(smallest).length; ) {
      if (performance.now() > end) return smallest;
      const list = parts.of(smallest);
      const other = parts.from([...list.slice(0, at), ...list.slice(at + size)], smallest);
      if (await fails(other)) smallest = other;
      else at += size;
    }
  }
  return smallest;
}
