/**
 * Fuzzing: `npm run fuzz -- --seconds 60`. First the seeds in test/fuzz/seeds are tried again, then
 * each target gets its share of the time. What fails is printed, with how to repeat it, and kept.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type { Failure, Figures, News, Order } from './child.ts';
import { Dice } from './dice.ts';
import { writeDocs } from './docs.ts';
import { SCRATCH } from './files.ts';
import { kindOf } from './kind.ts';
import { TARGETS } from './targets/index.ts';

const SEEDS = 'test/fuzz/seeds';
/** Bytes of the largest seed that is kept. */
const LARGEST_SEED = 8000;
/** Seconds after which an input hangs; and what a process may take, in megabytes. */
const PATIENCE = 30;
const MOST_MEMORY = 1500;
/** How many failures of one kind are told of. */
const OF_ONE_KIND = 1;
/** How many failures that begin alike end a target: it would be only more of them. */
const MOST_FAILURES = 20;

const { values: asked } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
    seed: { type: 'string' },
    input: { type: 'string' },
    count: { type: 'string' },
    json: { type: 'boolean', default: false },
    'no-keep': { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false },
  },
});
const seconds = whole('seconds', asked.seconds, 86_400);
const seed = asked.seed ? whole('seed', asked.seed, 2 ** 21 - 1) : Date.now() % 2 ** 21;
/** From which input on, and how many; undefined: as many as there is time for. */
const from = asked.input ? whole('input', asked.input, 2 ** 32 - 1) : 0;
const inputs = asked.count ? whole('count', asked.count, 2 ** 32 - 1) : asked.input ? 1 : undefined;
const targets = TARGETS.filter(({ name, weight }) =>
  asked.only === undefined ? weight !== 0 : name === asked.only,
);
if (targets.length === 0) {
  wrongUsage(
    `--only: found ${asked.only}, expected one of ${TARGETS.map(({ name }) => name).join(', ')}`,
  );
}

/** What one target came to. */
export interface Row extends Figures {
  readonly target: string;
  seconds: number;
  failures: number;
}

const scratch = mkdtempSync(join(tmpdir(), SCRATCH));
/** The file in which the number of the input stands that is tried. */
const place = join(scratch, 'place');
const rows: Row[] = [];
const told = new Map<string, number>();
let running: Process | undefined;
let isInterrupted = false;
let failures = 0;

process.on('SIGINT', () => {
  isInterrupted = true;
  running?.child.kill('SIGKILL');
});
process.on('exit', () => {
  endProcess();
  rmSync(scratch, { recursive: true, force: true });
});

print({ event: 'start', seed, seconds }, `seed ${seed}`);
if (asked.input === undefined) await replay();
if (seconds > 0) {
  for (const { name, weight } of targets) if (!isInterrupted) await fuzz(name, weight || 1);
}
if (asked['write-docs'] && !isInterrupted) writeDocs(rows, seed);
const tried = rows.reduce((sum, row) => sum + row.inputs, 0);
const end = `${count(tried)} inputs, ${failures === 0 ? 'no failure' : `${failures} failed`}`;
print({ event: 'end', inputs: tried, failures }, isInterrupted ? `interrupted: ${end}` : end);
endProcess();
process.exitCode = failures > 0 ? 1 : isInterrupted ? 130 : 0;

/** Tries all kept inputs again, those of a target in one process. */
async function replay(): Promise<void> {
  const files = readdirSync(SEEDS).filter((name) => name.endsWith('.json'));
  const seeds = files.map((name) => ({
    name,
    ...JSON.parse(readFileSync(join(SEEDS, name), 'utf8')),
  }));
  for (const { name: target } of targets) {
    const own = seeds.filter((seed) => seed.target === target);
    if (own.length === 0 || isInterrupted) continue;
    const found = await runAll({ target, seed, from: 0, inputs: own.map(({ input }) => input) });
    for (const [i, { name }] of own.entries()) {
      const failure = found.failures.find(({ index }) => index === i);
      const reason = failure?.reason;
      if (failure) failures++;
      if (asked.json || reason) print({ event: 'seed', name, reason }, `${name}: ${reason}`);
    }
  }
}

async function fuzz(target: string, weight: number): Promise<void> {
  const weights = targets.reduce((sum, { weight }) => sum + (weight || 1), 0);
  const time = (seconds * 1000 * weight) / weights;
  const started = performance.now();
  const found = await runAll(
    { target, seed, from, ...(inputs === undefined ? { time } : { count: inputs }) },
    (figures) => progress(target, figures),
  );
  const row = {
    target,
    ...found.figures,
    seconds: (performance.now() - started) / 1000,
    failures: 0,
  };
  for (const failure of found.failures) if (await confirmed(failure)) row.failures += tell(failure);
  rows.push(row);
  clearLine();
  print({ event: 'target', ...row }, line(row));
}

/** Runs inputs to the end, in further processes where one hangs or crashes. */
async function runAll(
  order: Omit<Order, 'place'>,
  onFigures?: (figures: Figures) => void,
): Promise<{ figures: Figures; failures: Failure[] }> {
  const all = {
    figures: { inputs: 0, accepted: 0, refused: 0, ms: 0, mb: 0 },
    failures: [] as Failure[],
  };
  const started = performance.now();
  const last = order.inputs?.length ?? order.count ?? 2 ** 32;
  for (let from = order.from; ; ) {
    const spent = performance.now() - started;
    const rest = {
      ...(order.time !== undefined && { time: order.time - spent }),
      ...(order.count !== undefined && { count: order.count - (from - order.from) }),
    };
    const done = { ...all.figures };
    const outcome = await runOnce({ ...order, ...rest, from, place }, (figures) => {
      all.figures = added(done, figures);
      onFigures?.(all.figures);
    });
    all.failures.push(...outcome.failures);
    if (outcome.crash === undefined || isInterrupted) return all;
    const { reason, index } = outcome.crash;
    const input = order.inputs?.[index] ?? madeBy(order, index);
    const { target, seed } = order;
    all.failures.push({ target, seed, index, kind: 'crash', reason, input });
    // What was told last of the figures may be some inputs behind.
    all.figures.inputs = index + 1 - order.from;
    from = index + 1;
    const isOver =
      from >= order.from + last || (order.time ?? Infinity) < performance.now() - started;
    if (isOver || all.failures.length >= MOST_FAILURES) return all;
  }
}

function madeBy({ target, seed }: Omit<Order, 'place'>, index: number): unknown {
  return TARGETS.find(({ name }) => name === target)!.make(new Dice(seed, target, index));
}

interface Process {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  /** What it prints on standard error. */
  readonly errors: Promise<string>;
}

interface Run {
  failures: Failure[];
  crash?: { reason: string; index: number };
}

/** A process that tries inputs, until it crashes or is ended. */
function start(): Process {
  const child = fork(new URL('./child.js', import.meta.url), {
    execArgv: ['--max-old-space-size=768', '--expose-gc'],
    // What it writes lies in a folder that goes with this process, however that one ends.
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  return { child, ended, errors: text(child.stderr!) };
}

function endProcess(): void {
  running?.child.kill('SIGKILL');
  running = undefined;
}

/** Runs inputs in one process until they end, or it does. */
async function runOnce(order: Order, onFigures: (figures: Figures) => void): Promise<Run> {
  writeFileSync(place, Buffer.alloc(4, 255));
  running ??= start();
  const { child, ended, errors } = running;
  const { patience = PATIENCE } = TARGETS.find(({ name }) => name === order.target)!;
  const run: Run = { failures: [] };
  const done = new Promise<undefined>((resolve) => {
    child.on('message', function hear(news: News) {
      if (news.kind === 'figures') return onFigures(news.figures);
      if (news.kind === 'failure') return run.failures.push(news.failure);
      child.off('message', hear);
      resolve(undefined);
    });
  });
  child.send(order);
  let killedFor: string | undefined;
  let at: number | undefined;
  let since = performance.now();
  const watch = setInterval(() => {
    const [index, now] = [placeNow(), performance.now()];
    if (index !== at) [at, since] = [index, now];
    if (index !== undefined && now - since > 1000 * patience)
      killedFor = `takes more than ${patience} s`;
    if (memoryOf(child) > MOST_MEMORY) killedFor = `takes more than ${MOST_MEMORY} MB`;
    if (killedFor) child.kill('SIGKILL');
  }, 100);
  const end = await Promise.race([done, ended]);
  clearInterval(watch);
  if (end === undefined || isInterrupted) return run;
  running = undefined;
  const lines = (await errors).trim().split('\n');
  const told = lines.find((line) => /error/i.test(line) && !/^\s|^file:/.test(line)) ?? lines[0];
  const reason = killedFor ?? `ends the process (${end}): ${told?.slice(0, 600)}`;
  return { ...run, crash: { reason, index: placeNow() ?? order.from } };
}

/** The number of the input that is tried; undefined before the first. */
function placeNow(): number | undefined {
  const index = readFileSync(place).readUInt32LE();
  return index === 2 ** 32 - 1 ? undefined : index;
}

/** In megabytes; 0 where it cannot be told. */
function memoryOf({ pid }: ChildProcess): number {
  try {
    const [, kilobytes] =
      /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Whether time and memory are exceeded in a process of its own too, once all code is compiled. */
async function confirmed({ kind, target, input }: Failure): Promise<boolean> {
  if (kind !== 'time' && kind !== 'memory') return true;
  endProcess();
  const again = await runAll({ target, seed, from: 0, inputs: [input, input] });
  const index = kind === 'time' ? 1 : 0;
  return again.failures.some((other) => other.index === index || other.kind === 'crash');
}

/** Tells of a failure and keeps it, where it is not of a kind that was told of before. */
function tell({ target, index, reason, input }: Failure): number {
  failures++;
  const kind = `${target}: ${kindOf(reason)}`;
  told.set(kind, (told.get(kind) ?? 0) + 1);
  if (told.get(kind)! > OF_ONE_KIND) return 1;
  const again = `npm run fuzz -- --only '${target}' --seed ${seed} --input ${index}`;
  const kept = asked['no-keep'] ? undefined : keep(target, reason, input);
  clearLine();
  const where = kept ? `\n  kept as ${kept}` : '';
  print(
    { event: 'failure', target, reason, again, kept, input },
    `${target}: ${reason}\n  again: ${again}${where}`,
  );
  return 1;
}

/** Writes an input into the folder of seeds, unless it is too large. */
function keep(target: string, reason: string, input: unknown): string | undefined {
  const seed = `${JSON.stringify({ target, reason: portable(reason), input }, undefined, 2)}\n`;
  if (seed.length > LARGEST_SEED) return undefined;
  const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 8);
  const file = join(SEEDS, `${target.replaceAll(' ', '-')}-${hash}.json`);
  writeFileSync(file, seed);
  return basename(file);
}

/** A reason without the places where it came up, which are others elsewhere. */
function portable(reason: string): string {
  const folder = new RegExp(`\\S*${SCRATCH}\\w+/`, 'g');
  return reason.replace(/\n.*/s, '').replace(folder, '');
}

function added(a: Figures, b: Figures): Figures {
  return {
    inputs: a.inputs + b.inputs,
    accepted: a.accepted + b.accepted,
    refused: a.refused + b.refused,
    ms: Math.max(a.ms, b.ms),
    mb: Math.max(a.mb, b.mb),
  };
}

function line({ target, inputs, seconds, accepted, refused, ms, mb, failures }: Row): string {
  return [
    target.padEnd(13),
    `${count(inputs).padStart(9)} inputs in ${seconds.toFixed(1).padStart(6)} s`,
    `${count(accepted).padStart(9)} accepted`,
    `${count(refused).padStart(9)} refused`,
    `at most ${ms.toFixed().padStart(5)} ms, ${mb.toFixed().padStart(4)} MB`,
    failures > 0 ? `${count(failures)} FAILED` : '',
  ].join('  ');
}

function progress(target: string, { inputs, accepted }: Figures): void {
  if (asked.json || !process.stdout.isTTY) return;
  clearLine();
  process.stdout.write(
    `${target.padEnd(13)}  ${count(inputs).padStart(9)} inputs, ${count(accepted)} accepted`,
  );
}

function clearLine(): void {
  if (!asked.json && process.stdout.isTTY) process.stdout.write('\r\x1b[K');
}

function print(event: object, words: string): void {
  process.stdout.write(`${asked.json ? JSON.stringify(event) : words}\n`);
}

function count(number: number): string {
  return number.toLocaleString('en');
}

function whole(option: string, text: string, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number <= most) return number;
  wrongUsage(`--${option}: found ${text}, expected a whole number from 0 to ${most}`);
}

function wrongUsage(message: string): never {
  process.stderr.write(`fuzz: ${message}\n`);
  process.exit(2);
}
