/**
 * `node bench/million-rows.js`: how long relumax takes to read and prepare a table of a million rows with ten
 * input columns, two of them text, and what memory; beside pandas and scikit-learn, where Python has them.
 */
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROWS = 1_000_000;
const RUNS = 5;
const LABEL = 'label';
const PYTHON = fileURLToPath(new URL('./pandas_reference.py', import.meta.url));

/**
 * @typedef {object} Run
 * @property {string} version
 * @property {number} read in ms
 * @property {number} prepare split, fit, and inputs of both parts, in ms
 * @property {number} megabytes the most memory resident, in 10⁶ bytes
 * @property {number} inputs of an example
 */

const run = promisify(execFile);
const [, , path] = process.argv;
if (path === undefined) await compare();
else console.log(JSON.stringify(await prepare(path)));

/** Each run is a process of its own, in turns. */
async function compare() {
  const folder = await mkdtemp(join(tmpdir(), 'relumax-bench-'));
  try {
    const path = join(folder, 'million.csv');
    await writeTable(path);
    const own = [process.execPath, fileURLToPath(import.meta.url), path];
    const python = await findPython();
    if (python === undefined) {
      console.error(
        'pandas and scikit-learn were not found (Debian: apt install python3-sklearn python3-pandas)',
      );
    }
    const commands = [own, ...(python ? [[python, '-W', 'ignore', PYTHON, path, LABEL]] : [])];
    /** @type {Run[][]} */
    const runs = commands.map(() => []);
    for (let i = 0; i < RUNS; i++) {
      for (const [j, command] of commands.entries()) runs[j]?.push(await output(command));
    }
    for (const own of runs) console.log(summary(own));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @param {Run[]} runs */
function summary(runs) {
  const median = (/** @type {'read' | 'prepare' | 'megabytes'} */ key) =>
    runs.map((run) => run[key]).sort((a, b) => a - b)[runs.length >> 1] ?? NaN;
  const seconds = (/** @type {'read' | 'prepare'} */ key) => `${(median(key) / 1000).toFixed(2)} s`;
  const [first] = runs;
  return (
    `${first?.version}: read ${seconds('read')}, prepare ${seconds('prepare')}, ` +
    `${median('megabytes').toFixed(0)} MB, ${first?.inputs} inputs (medians of ${runs.length} runs)`
  );
}

/**
 * What a process says.
 *
 * @param {readonly string[]} command
 * @returns {Promise<Run>}
 */
async function output([file = '', ...args]) {
  const { stdout } = await run(file, args);
  return JSON.parse(stdout);
}

/** The first Python that has what is compared, or undefined. */
async function findPython() {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      await run(python, ['-c', 'import pandas, sklearn']);
      return python;
    } catch {
      // This Python is not there, or has them not.
    }
  }
  return undefined;
}

/** A table of ROWS rows: eight columns of numbers, one with missing cells, two of text, and classes. */
async function writeTable(/** @type {string} */ path) {
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const number = () => (random() + random() + random() - 1.5).toFixed(4);
  const colours = ['red', 'green', 'blue', 'black'];
  function* lines() {
    yield 'a,b,c,d,e,f,g,h,city,colour,label\n';
    for (let row = 0; row < ROWS; row++) {
      const numbers = Array.from({ length: 8 }, number);
      const label = Number(numbers[0]) + Number(numbers[1]) > 0 ? 'yes' : 'no';
      if (random() < 0.01) numbers[3] = '';
      const texts = [`city ${Math.floor(40 * random())}`, colours[Math.floor(4 * random())]];
      yield `${[...numbers, ...texts, label].join()}\n`;
    }
  }
  await writeFile(path, lines());
}

/**
 * @param {string} path
 * @returns {Promise<Run>}
 */
async function prepare(path) {
  const { Preprocessing, Table } = await import('relumax/table');
  const began = performance.now();
  const table = await Table.read(createReadStream(path), { label: LABEL });
  const read = performance.now();
  const { train, test } = table.split({ test: 0.2, seed: 1 });
  const preprocessing = Preprocessing.fit(table, train);
  const datasets = [train, test].map((rows) => preprocessing.dataset(table, rows));
  return {
    version: `relumax, Node.js ${process.versions.node}`,
    read: read - began,
    prepare: performance.now() - read,
    inputs: datasets[0]?.features ?? NaN,
    megabytes: process.resourceUsage().maxRSS * 1.024e-3,
  };
}
