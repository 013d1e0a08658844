/**
 * Trainings that are killed at random moments, again and again until they are through, by
 * `npm run test:kills -- --runs 200`; and trainings whose disk is full. No file may be broken, no
 * temporary one may stay, and the end must be that of a training which nobody disturbed.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { decodeCheckpoint } from '../../src/checkpoint.ts';
import { hashIn } from '../cli/command.ts';
import { irisLike } from '../cli/iris-like.ts';
import { Dice } from './dice.ts';
import { checkClear } from './target.ts';
import { brokenFile } from './whole-file.ts';

const { values: asked } = parseArgs({
  options: { runs: { type: 'string', default: '200' }, seed: { type: 'string' } },
});
const runs = Number(asked.runs);
if (!Number.isInteger(runs) || runs < 1) throw new RangeError(`--runs: found ${asked.runs}`);
const seed = Number(asked.seed ?? Date.now() % 2 ** 21);
const dice = new Dice(seed, 'kills', 0);

const CLI = resolve('dist/cli.js');
/** Milliseconds that a training may go on after a signal that asks it to end. */
const PATIENCE = 30_000;
const SIGNALS = { SIGKILL: undefined, SIGTERM: 143, SIGINT: 130, SIGHUP: 129 } as const;
type SignalName = keyof typeof SIGNALS;

/** The files of a training, by their kind. */
const FILES = {
  checkpoint: 'c.safetensors',
  model: 'm.safetensors',
  history: 'h.json',
  report: 'r.html',
} as const;
const OUTPUTS = [
  ...['--checkpoint', FILES.checkpoint, '--save', FILES.model],
  ...['--history', FILES.history, '--report', FILES.report],
];

/** Trainings of some seconds: what they are told first, and what each time. */
const TRAININGS: readonly { first: string[]; always: string[]; every: string }[] = [
  {
    first: ['-l', '784-16-10', '--optimizer', 'adam', '-b', '100', '-e', '20', '--dropout', '0.2'],
    always: [],
    every: '7',
  },
  {
    first: ['-l', '784-8-10', '-e', '12', '--schedule', 'cosine', '--shift', '2', '--rotate', '9'],
    always: [],
    every: '50',
  },
  {
    first: ['--optimizer', 'nesterov', '-e', '150', '-b', '4', '--patience', '100'],
    always: ['--data', 'iris.csv'],
    every: '11',
  },
];

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

let running: ChildProcess | undefined;
const home = mkdtempSync(join(tmpdir(), 'relumax-kills-'));
const small = join(home, 'small');
let isMounted = false;
process.on('exit', () => {
  running?.kill('SIGKILL');
  if (isMounted) execFileSync('umount', [small]);
  rmSync(home, { recursive: true, force: true });
});
process.on('SIGINT', () => process.exit(130));

console.log(`seed ${seed}`);
const data = join(home, 'data');
mkdirSync(data);
writeFileSync(
  join(data, 'iris.csv'),
  irisLike(1)
    .map((row) => row.join())
    .join('\n'),
);
const wholes = new Map<string[], { hash: string; ms: number }>();

await killed();
await onFullDisk();

/** Runs the command; kills it after so many milliseconds, if it is still there. */
async function train(
  args: string[],
  cwd: string,
  kill?: { signal: SignalName; after: number },
): Promise<Ended> {
  const started = performance.now();
  const threads = ['--threads', dice.pick(['1', '2', '3', 'auto'])];
  const child = spawn(process.execPath, [CLI, 'train', '--print-hash', ...threads, ...args], {
    cwd,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  const timers = kill && [
    setTimeout(() => child.kill(kill.signal), kill.after),
    setTimeout(() => child.kill('SIGABRT'), kill.after + PATIENCE),
  ];
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  for (const timer of timers ?? []) clearTimeout(timer);
  return { code, signal, stdout, stderr, ms: performance.now() - started };
}

/** The hash of a training that nobody disturbs, and how long it takes. */
async function wholeOf({
  first,
  always,
  every,
}: (typeof TRAININGS)[number]): Promise<{ hash: string; ms: number }> {
  const known = wholes.get(first);
  if (known) return known;
  const cwd = newFolder();
  const ended = await train([...always, ...first, '--every', every, ...OUTPUTS], cwd);
  const hash = hashIn(ended.stdout);
  must(
    ended.code === 0 && hash !== undefined,
    `an undisturbed training fails: ${ended.stderr}`,
    cwd,
  );
  const whole = { hash, ms: ended.ms };
  wholes.set(first, whole);
  rmSync(cwd, { recursive: true });
  return whole;
}

async function killed(): Promise<void> {
  const counts = new Map<string, number>();
  let done = 0;
  let resumed = 0;
  while (done < runs) {
    const training = dice.pick(TRAININGS);
    const { hash, ms } = await wholeOf(training);
    const cwd = newFolder();
    let updates = 0;
    for (;;) {
      const hasCheckpoint = existsSync(join(cwd, FILES.checkpoint));
      const begin = hasCheckpoint ? ['--resume', FILES.checkpoint] : training.first;
      const args = [...training.always, ...begin, '--every', training.every, ...OUTPUTS];
      const signal = dice.pick(Object.keys(SIGNALS) as SignalName[]);
      const isLast = done >= runs;
      const kill = isLast ? undefined : { signal, after: dice.between(1, Math.ceil(1.1 * ms)) };
      const ended = await train(args, cwd, kill);
      const isThrough = ended.code === 0;
      if (!isLast && !isThrough) {
        done++;
        counts.set(signal, (counts.get(signal) ?? 0) + 1);
      }
      await checkFiles(cwd, cwd);
      const now = updatesIn(cwd);
      must(now >= updates, `a checkpoint of ${now} updates after one of ${updates}`, cwd);
      updates = now;
      if (isThrough) {
        must(
          hashIn(ended.stdout) === hash,
          `the hash ${hashIn(ended.stdout)}, expected ${hash}`,
          cwd,
        );
        resumed += Number(hasCheckpoint);
        break;
      }
      checkEnd(ended, signal, cwd);
    }
    // What a SIGKILL leaves is cleared by the next run.
    checkNames(cwd);
    rmSync(cwd, { recursive: true });
    const each = [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
    console.log(
      `${done} of ${runs} runs killed (${each}), ${resumed} trainings resumed to the same hash`,
    );
  }
}

/** How a training ends that was told to, or that did not know yet what to do about it. */
function checkEnd({ code, signal: by, stderr }: Ended, signal: SignalName, cwd: string): void {
  const isEnded =
    by === signal || code === SIGNALS[signal] || /before the first update/.test(stderr);
  must(isEnded, `${signal} ends it with ${by ?? `code ${code}`}: ${stderr}`, cwd);
  for (const line of stderr.split('\n').filter((line) => line !== '')) {
    must(line.startsWith('relumax: '), `prints ${line}`, cwd);
    checkClear(new Error(line));
  }
}

/** The updates of a checkpoint, where there is one. */
function updatesIn(cwd: string): number {
  const file = join(cwd, FILES.checkpoint);
  if (!existsSync(file)) return 0;
  const { progress, settings } = decodeCheckpoint(readFileSync(file)).checkpoint;
  const steps = Math.ceil(settings.examples / (settings.batchSize ?? settings.examples));
  return (progress.epoch - 1) * steps + progress.step;
}

/** Checks that what is there is whole. */
async function checkFiles(folder: string, kept: string): Promise<void> {
  for (const [kind, name] of Object.entries(FILES)) {
    const file = join(folder, name);
    const broken = existsSync(file) ? await brokenFile(kind, file) : undefined;
    must(broken === undefined, `a broken ${kind}: ${broken}`, kept);
  }
}

/** Checks that nothing is there besides what was asked for. */
function checkNames(cwd: string): void {
  const known: string[] = [...Object.values(FILES), 'iris.csv', 'ballast'];
  const others = readdirSync(cwd).filter((name) => !known.includes(name));
  must(others.length === 0, `temporary files that stay: ${others}`, cwd);
}

/** Checkpoints and histories on a small disk that is nearly full, the model and the report elsewhere. */
async function onFullDisk(): Promise<void> {
  mkdirSync(small);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small], { stdio: 'pipe' });
  } catch (error) {
    console.log(
      `SKIPPED: trainings on a full disk, for none can be mounted: ${(error as Error).message.trim()}`,
    );
    return;
  }
  isMounted = true;
  let resumed = 0;
  let full = 0;
  const count = Math.ceil(runs / 10);
  for (let run = 0; run < count; run++) {
    const training = dice.pick(TRAININGS);
    const { first, always, every } = training;
    const { hash } = await wholeOf(training);
    const cwd = newFolder();
    writeFileSync(join(small, 'ballast'), Buffer.alloc(2 ** 20 - dice.between(1, 100) * 4096));
    const on = (kind: keyof typeof FILES) => join(small, FILES[kind]);
    const outputs = [
      ...['--checkpoint', on('checkpoint'), '--history', on('history')],
      ...['--save', FILES.model, '--report', FILES.report],
    ];
    const ended = await train([...always, ...first, '--every', every, ...outputs], cwd);
    must(ended.code === 0 || ended.code === 1, `code ${ended.code}: ${ended.stderr}`, cwd);
    for (const line of ended.stderr.split('\n').filter((line) => line !== ''))
      checkClear(new Error(line));
    full += Number(/no space left/.test(ended.stderr));
    await checkFiles(small, cwd);
    await checkFiles(cwd, cwd);
    checkNames(small);
    checkNames(cwd);
    must(existsSync(join(cwd, FILES.model)), `no model on a disk with room: ${ended.stderr}`, cwd);
    must(hashIn(ended.stdout) === hash, `the hash ${hashIn(ended.stdout)}, expected ${hash}`, cwd);
    if (existsSync(on('checkpoint'))) {
      const again = await train([...training.always, '--resume', on('checkpoint')], cwd);
      must(
        again.code === 0 && hashIn(again.stdout) === hash,
        `resumes to ${hashIn(again.stdout)}: ${again.stderr}`,
        cwd,
      );
      resumed++;
    }
    for (const name of readdirSync(small)) rmSync(join(small, name));
    rmSync(cwd, { recursive: true });
    console.log(
      `${run + 1} of ${count} trainings on a small disk, which was full in ${full}; ${resumed} resumed to the same hash`,
    );
  }
}

function newFolder(): string {
  const folder = mkdtempSync(join(home, 'run-'));
  cpSync(data, folder, { recursive: true });
  return folder;
}

/** Ends all with what is wrong, and keeps the folder where it shows. */
function must(holds: boolean, what: string, cwd: string): asserts holds {
  if (holds) return;
  const kept = mkdtempSync(join(tmpdir(), 'relumax-killed-'));
  cpSync(cwd, kept, { recursive: true });
  console.log(`FAILED: ${what}\n  kept in ${kept}; again with --seed ${seed}`);
  process.exit(1);
}
