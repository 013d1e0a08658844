/**
 * `npm run bench`: how fast relumax is, kernel by kernel and as a whole, beside its twin in plain
 * JavaScript and NumPy, on one thread, and on several threads. Before the timing it shows that they compute the same.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchAugmentation } from './augmentation.js';
import { benchCommand } from './command.js';
import { loadImages, mnistFolder } from './data.js';
import { checkEquality } from './equality.js';
import { benchGrowth } from './growth.js';
import { benchKernels } from './kernels.js';
import { NO_NUMPY, Numpy } from './numpy.js';
import { benchOptimizers } from './optimizers.js';
import { formatResults, writePage } from './page.js';
import { measurePeak } from './peak.js';
import { benchPrediction } from './prediction.js';
import { benchTarget } from './target.js';
import { describeMachine, progress } from './terminal.js';
import { benchThreads } from './threads.js';
import { benchTraining } from './training.js';

/**
 * All that a run found out. What was not asked for is missing.
 *
 * @typedef {object} Results
 * @property {string} date
 * @property {import('./terminal.js').Machine} machine
 * @property {string} numpy which, or that there is none
 * @property {string} data which images
 * @property {number} peak the machine's on 128-bit vectors, in GFLOP/s
 * @property {import('./equality.js').Difference[]} equality
 * @property {import('./kernels.js').KernelRow[]} [kernels]
 * @property {import('./optimizers.js').OptimizerRow[]} [optimizers]
 * @property {Awaited<ReturnType<typeof benchTraining>>} [training]
 * @property {import('./prediction.js').PredictionRow[]} [prediction]
 * @property {import('./augmentation.js').AugmentationRow[]} [augmentation]
 * @property {import('./growth.js').Growth[]} [growth]
 * @property {import('./threads.js').ThreadRow[]} [threads]
 * @property {import('./target.js').Target} [target]
 * @property {import('./command.js').CommandResult} [command]
 */

const PARTS = [
  'kernels',
  'optimizers',
  'training',
  'prediction',
  'augmentation',
  'growth',
  'threads',
  'target',
  'command',
];

const USAGE = `Times relumax beside its twin in plain JavaScript and NumPy, one thread each, and relumax on
several threads.

  --only PARTS   of ${PARTS.join(', ')}
  --out DIR      where bench.json, bench.md and the charts go; by default docs/benchmarks,
                 where everything was measured on MNIST, else nowhere
  --json         print the results as JSON

RELUMAX_MNIST names a folder with MNIST's four files; without it the bundled digits are used, and
the time to 98 % is not measured.
`;

const options = commandLine();
if (options) await run(options);

/** @param {{ parts: readonly string[], out: string | undefined, json: boolean }} options */
async function run({ parts, out, json }) {
  const has = (/** @type {string} */ part) => parts.includes(part);
  // First: once AssemblyScript's compiler had been loaded here, for the probe, the same command was
  // seen with up to 214 MB, for reasons not found out. A shell sees what is measured first.
  const command = has('command') ? await benchCommand(mnistFolder()) : undefined;
  progress('loading');
  const { train, source, folder } = await loadImages();
  const numpy = await Numpy.find();
  let peak = 0;
  // Others may have the machine slow down, but not speed up: the best of all times counts.
  const measurePeakAgain = async () => {
    progress('the peak of the machine');
    peak = Math.max(peak, await measurePeak());
  };
  await measurePeakAgain();
  const equality = await checkEquality(train, numpy, (work) => progress(`comparing: ${work}`));
  const kernels = has('kernels') ? await benchKernels(train) : undefined;
  const optimizers = has('optimizers') ? await benchOptimizers() : undefined;
  await measurePeakAgain();
  const training = has('training') ? await benchTraining(train, numpy, equality) : undefined;
  const prediction = has('prediction') ? await benchPrediction(train) : undefined;
  const augmentation = has('augmentation') ? await benchAugmentation(train) : undefined;
  const growth = has('growth') ? await benchGrowth(train) : undefined;
  const threads = has('threads') ? await benchThreads(train) : undefined;
  const target = has('target') && folder ? await benchTarget(folder) : undefined;
  await measurePeakAgain();
  progress('');
  /** @type {Results} */
  const results = {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    numpy: numpy?.version ?? NO_NUMPY,
    data: source,
    peak,
    equality,
    ...(kernels && { kernels }),
    ...(optimizers && { optimizers }),
    ...(training && { training }),
    ...(prediction && { prediction }),
    ...(augmentation && { augmentation }),
    ...(growth && { growth }),
    ...(threads && { threads }),
    ...(target && { target }),
    ...(command && { command }),
  };
  console.log(json ? JSON.stringify(results, undefined, 2) : formatResults(results));
  if (has('target') && !folder) {
    console.error('Not measured: how soon 98 % are reached. RELUMAX_MNIST names no folder.');
  }
  const whole = parts.length === PARTS.length && folder !== undefined;
  const to = out ?? (whole ? fileURLToPath(new URL('../docs/benchmarks', import.meta.url)) : out);
  if (to !== undefined) {
    mkdirSync(to, { recursive: true });
    await writePage(results, to);
  }
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
    const parts = typeof values.only === 'string' ? values.only.split(',') : PARTS;
    const wrong = parts.find((part) => !PARTS.includes(part));
    if (wrong !== undefined) throw new Error(`--only: ${wrong} is none of ${PARTS.join(', ')}`);
    const out = typeof values.out === 'string' ? values.out : undefined;
    return { parts, out, json: values.json === true };
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 2;
    return undefined;
  }
}
