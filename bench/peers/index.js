import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import writeFileAtomic from 'write-file-atomic';
import { buildIfStale, installIfStale } from '../../scripts/up-to-date.js';
import { describeMachine, progress } from '../terminal.js';
import { median } from '../timing.js';
import { tableOf, writePage } from './page.js';
import { PEERS, RELUMAX } from './peers.js';
import { imagesOf, WORKS } from './works.js';

/**
 * One peer at one work.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {string} label
 * @property {number} threads
 * @property {string} [version]
 * @property {string} [how] how it was run
 * @property {number} median ms, as `min` and `max`; NaN where it did not run
 * @property {number} min
 * @property {number} max
 * @property {number} repetitions
 * @property {number} [ratio] its median, divided by relumax's with as many threads
 * @property {number} [accuracy]
 * @property {string} [remark]
 * @property {string} [failure] why it did not run
 */

/**
 * @typedef {object} WorkResult
 * @property {import('./works.js').Work} work
 * @property {Row[]} rows relumax first
 * @property {number} [drift] relumax's median after the peers, divided by that before them; with the most
 *   threads, where there are several numbers of them
 */

/**
 * @typedef {object} Results
 * @property {string} date
 * @property {import('../terminal.js').Machine} machine
 * @property {string} data which images
 * @property {WorkResult[]} works
 */

const USAGE = `Compares relumax with other trainers, one thread each, and native ones also with several: in half an
hour, if all are installed. What is not up to date is built and installed first.

  --only NAMES   of the peers ${PEERS.map(({ name }) => name).join(', ')}
  --work IDS     of the works ${WORKS.map(({ id }) => id).join(', ')}
  --out DIR      where peers.json, peers.md and the charts go; by default docs/benchmarks,
                 where everything was measured, else nowhere
  --json FILE    write the results there too

RELUMAX_MNIST names a folder with MNIST's four files; without it the bundled digits are used.
RELUMAX_PYTHON names a Python; without it python3 and /usr/bin/python3 are tried.
`;

/** How often a work is repeated, and how long at most, in seconds; relumax in each of its turns. */
const REPETITIONS = { least: 3, most: 30, seconds: 6 };

/** Networks that are trained to an accuracy, each from a seed of its own. */
const SEEDS = [1, 2, 3, 4, 5];

const TIME_LIMIT = 15 * 60_000;

/** What says how many threads a native library may have. */
const THREADS = [
  'OMP_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'MKL_NUM_THREADS',
  'VECLIB_MAXIMUM_THREADS',
];

const here = dirname(fileURLToPath(import.meta.url));
const options = commandLine();
buildIfStale();
installIfStale(here);
// It reads dist/.
const { architectureOf, writeData } = await import('./data.js');
const folder = mkdtempSync(join(tmpdir(), 'relumax-peers-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
const results = await measure();
if (options.json) {
  await writeFileAtomic(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
}
if (options.out) await writePage(results, options.out);

function commandLine() {
  /** @type {import('node:util').ParseArgsConfig['options'] & {}} */
  const known = {
    only: { type: 'string' },
    work: { type: 'string' },
    out: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  };
  /** @type {Record<string, any>} */
  let values = {};
  try {
    ({ values } = parseArgs({ options: known }));
  } catch (error) {
    process.stderr.write(`${/** @type {Error} */ (error).message}\n`);
    process.exit(2);
  }
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit();
  }
  /** @type {string[] | undefined} */
  const names = values.only?.split(',');
  /** @type {string[] | undefined} */
  const ids = values.work?.split(',');
  const knownNames = [RELUMAX, ...PEERS].map(({ name }) => name);
  const knownIds = WORKS.map(({ id }) => String(id));
  fail('only', names, knownNames);
  fail('work', ids, knownIds);
  const whole = !names && !ids;
  const out = values.out ?? (whole ? join(here, '../../docs/benchmarks') : undefined);
  if (out) mkdirSync(out, { recursive: true });
  return {
    peers: PEERS.filter(({ name }) => !names || names.includes(name)),
    works: WORKS.filter(({ id }) => !ids || ids.includes(String(id))),
    out: out && resolve(out),
    json: values.json,
  };
}

/**
 * @param {string} option
 * @param {string[] | undefined} given
 * @param {string[]} known
 */
function fail(option, given, known) {
  const wrong = given?.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  process.stderr.write(`--${option}: ${wrong} is none of ${known.join(', ')}\n`);
  process.exit(2);
}

/** @returns {Promise<Results>} */
async function measure() {
  progress('preparing the data');
  const data = await writeData(folder, options.works);
  const works = [];
  for (const work of options.works) {
    const result = await measureWork(work);
    works.push(result);
    progress('');
    process.stdout.write(`${tableOf(result)}\n${driftOf(result)}\n\n`);
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    data,
    works,
  };
}

/** @param {WorkResult} result */
function driftOf({ drift }) {
  if (drift === undefined) return '';
  const percent = (100 * (drift - 1)).toFixed(1);
  return `relumax after the peers took ${drift < 1 ? '' : '+'}${percent} % of its time before them`;
}

/**
 * Relumax, every peer, and relumax again; with one number of threads after another.
 *
 * @param {import('./works.js').Work} work
 * @returns {Promise<WorkResult>}
 */
async function measureWork(work) {
  /** @type {Row[]} */
  const rows = [];
  let drift;
  for (const threads of work.threads ?? [1]) {
    const result = await measureWith(threads, work);
    rows.push(...result.rows);
    drift = result.drift;
  }
  return { work, rows, ...(drift !== undefined && { drift }) };
}

/**
 * @param {number} threads
 * @param {import('./works.js').Work} work
 * @returns {Promise<{ rows: Row[], drift?: number }>}
 */
async function measureWith(threads, work) {
  const peers = options.peers.filter(({ works }) => works.includes(work.id));
  const before = await measurePeer(RELUMAX, work, threads);
  const outcomes = [];
  for (const peer of peers) outcomes.push(await measurePeer(peer, work, threads));
  const rows = outcomes.map(({ row }) => row);
  if (peers.length === 0 || before.times.length === 0) return { rows: [before.row, ...rows] };
  const after = await measurePeer(RELUMAX, work, threads);
  const times = [...before.times, ...after.times];
  const relumax = { ...before.row, ...summary(times) };
  for (const row of rows) if (row.repetitions > 0) row.ratio = row.median / relumax.median;
  const drift = median(after.times) / median(before.times);
  return { rows: [relumax, ...rows], drift };
}

/**
 * @param {import('./peers.js').Entry} peer
 * @param {import('./works.js').Work} work
 * @param {number} threads
 * @returns {Promise<{ row: Row, times: number[] }>}
 */
async function measurePeer(peer, work, threads) {
  progress(`work ${work.id}: ${peer.label}, ${threads} threads`);
  const { name, label } = peer;
  const share = peer.shares?.[work.id];
  const all = imagesOf(work);
  const images = share?.images ?? all;
  const job = {
    work,
    architecture: await architectureOf(work),
    folder,
    images,
    warmUpImages: share?.warmUp ? all : images,
    ...REPETITIONS,
    variant: peer.variant,
    threads,
  };
  try {
    const answers = [];
    for (const seed of work.kind === 'accuracy' ? SEEDS : SEEDS.slice(0, 1)) {
      answers.push(await run(peer, { ...job, seed }));
    }
    const times = answers.flatMap((answer) => answer.times);
    const [{ version, how }] = answers;
    const accuracies = answers.flatMap(({ accuracy }) => accuracy ?? []);
    const accuracy = accuracies.length > 0 ? median(accuracies) : undefined;
    const remark = remarkOf(images, all, answers);
    const row = { name, label, threads, version, how, ...summary(times), accuracy, remark };
    return { row, times };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    const none = { median: NaN, min: NaN, max: NaN, repetitions: 0 };
    return { row: { name, label, threads, ...none, failure }, times: [] };
  }
}

/**
 * @param {number} images that were taken
 * @param {number} all that the work has
 * @param {any[]} answers
 */
function remarkOf(images, all, answers) {
  const [some, whole] = [images, all].map((count) => count.toLocaleString('en'));
  if (images < all) return `${some} images, scaled up to ${whole}`;
  const epochs = answers.flatMap((answer) => answer.epochs ?? []);
  return epochs.length > 0 ? `${epochs.join(', ')} epochs` : undefined;
}

/** @param {number[]} times */
function summary(times) {
  return {
    median: median(times),
    min: times.reduce((a, b) => Math.min(a, b)),
    max: times.reduce((a, b) => Math.max(a, b)),
    repetitions: times.length,
  };
}

/**
 * Runs a peer in a process of its own.
 *
 * @param {import('./peers.js').Entry} peer
 * @param {{ threads: number, [more: string]: unknown }} job
 * @returns {Promise<any>} its answer
 */
async function run(peer, job) {
  const program = peer.python ? await pythonWith(peer.python) : process.execPath;
  if (!program) throw new Error(`no Python with ${peer.python} here`);
  const args = [join(here, peer.file), JSON.stringify(job)];
  const text = await output(program, args, job.threads);
  return JSON.parse(text);
}

/**
 * The first Python that has a package.
 *
 * @param {string} name
 */
async function pythonWith(name) {
  const given = process.env.RELUMAX_PYTHON;
  for (const program of given ? [given] : ['python3', '/usr/bin/python3']) {
    try {
      await output(program, ['-c', `import ${name}`], 1);
      return program;
    } catch {}
  }
  return undefined;
}

/**
 * What a program prints.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {number} threads
 * @returns {Promise<string>}
 * @throws Error with the last line that it complained with
 */
function output(program, args, threads) {
  return new Promise((fulfil, reject) => {
    const given = Object.fromEntries(THREADS.map((name) => [name, `${threads}`]));
    const env = { ...process.env, ...given, PYTHONDONTWRITEBYTECODE: '1' };
    const signal = AbortSignal.timeout(TIME_LIMIT);
    const child = spawn(program, args, { cwd: here, env, signal });
    let out = '';
    let complaint = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    child.on('error', (error) => {
      reject(signal.aborted ? new Error(`ended after ${TIME_LIMIT / 60_000} minutes`) : error);
    });
    child.on('close', (code) => {
      if (code === 0) fulfil(out);
      else reject(new Error(reasonIn(complaint)));
    });
  });
}

/**
 * The error in what a program wrote to stderr.
 *
 * @param {string} text
 */
function reasonIn(text) {
  const lines = text.split('\n').map((line) => line.trim());
  const error = lines.find((line) => /^(\w*Error|Error \[\w+\])\b/.test(line));
  return (error ?? lines.findLast((line) => line !== '') ?? 'no reason given')
    .replace(/^(Uncaught )?Error: /, '')
    .slice(0, 200);
}
