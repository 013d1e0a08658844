/**
 * `npm run bench`: how fast relumax is, kernel by kernel and as a whole, beside its twin in plain
 * JavaScript and NumPy, on one thread, and on several threads. Before the timing it shows that they compute the same.
 */
import { parseArgs } from 'node:util';
import { buildIfStale } from '../scripts/up-to-date.js';

/**
 * A part of the benchmark.
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {string} what it measures
 * @property {string} takes how long on an idle machine, about
 */

/** @type {readonly Part[]} */
const PARTS = [
  { name: 'kernels', what: 'each kernel, beside plain JavaScript', takes: '15 s' },
  {
    name: 'steps',
    what: 'from the naive loop to the kernels: docs/performance.md',
    takes: '1 min',
  },
  { name: 'optimizers', what: 'an update of all parameters', takes: '5 s' },
  { name: 'training', what: 'an epoch, beside plain JavaScript and NumPy', takes: '1 min' },
  { name: 'prediction', what: 'predict', takes: '2 s' },
  { name: 'augmentation', what: 'what shifting, rotating and scaling cost', takes: '5 s' },
  { name: 'growth', what: 'the time of an image as the data grow', takes: '20 s' },
  { name: 'threads', what: 'one thread and several', takes: '2 min' },
  { name: 'target', what: 'the time to 98 % on MNIST', takes: '15 s' },
  { name: 'command', what: 'relumax train as a process', takes: '5 s' },
];

const NAMES = PARTS.map(({ name }) => name);

const USAGE = `Times relumax beside its twin in plain JavaScript and NumPy, one thread each, and relumax on
several threads. What is not up to date is built first, in about a minute.

  --only PARTS   of these, with commas between:
${PARTS.map(({ name, what, takes }) => `                   ${name.padEnd(13)}${takes.padEnd(7)}${what}`).join('\n')}
  --out DIR      where bench.json, bench.md, steps.json, steps.md and the charts go; by default
                 docs/benchmarks, where everything was measured on MNIST, or the steps alone; else nowhere
  --json         print the results as JSON

Besides, it takes 20 s to show that all trainers compute the same; not for steps and command alone.
RELUMAX_MNIST names a folder with MNIST's four files; without it the bundled digits are used, and
the time to 98 % is not measured.
`;

const options = commandLine();
if (options) {
  buildIfStale();
  // What it times is in dist/.
  const { run } = await import('./parts.js');
  await run(options);
}

function commandLine() {
  /** @type {import('node:util').ParseArgsConfig['options'] & {}} */
  const known = {
    only: { type: 'string' },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  };
  try {
    const { values } = parseArgs({ options: known });
    if (values.help) {
      process.stdout.write(USAGE);
      return undefined;
    }
    const names = typeof values.only === 'string' ? values.only.split(',') : NAMES;
    const wrong = names.find((name) => !NAMES.includes(name));
    if (wrong !== undefined) throw new Error(`--only: ${wrong} is none of ${NAMES.join(', ')}`);
    const parts = PARTS.filter(({ name }) => names.includes(name));
    return {
      parts,
      whole: parts.length === PARTS.length,
      ...(typeof values.out === 'string' && { out: values.out }),
      json: values.json === true,
    };
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 2;
    return undefined;
  }
}
