/** The parts of `npm run bench`, one after another. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { benchAugmentation } from './augmentation.js';
import { benchCommand } from './command.js';
import { benchCrossover } from './crossover.js';
import { loadImages, mnistFolder } from './data.js';
import { checkEquality } from './equality.js';
import { benchGrowth } from './growth.js';
import { benchKernels } from './kernels.js';
import { NO_NUMPY, Numpy } from './numpy.js';
import { benchOptimizers } from './optimizers.js';
import { formatResults, writePage } from './page.js';
import { benchPrediction } from './prediction.js';
import { measureClock, measureProbe } from './probe.js';
import { benchRoofline } from './roofline.js';
import { benchSteps, listSteps } from './steps.js';
import { benchTarget } from './target.js';
import { describeMachine, progress, progressOf } from './terminal.js';
import { benchThreads } from './threads.js';
import { benchTraining } from './training.js';

/** @typedef {import('./index.js').Part} Part */

/**
 * All that a run found out. What was not asked for is missing.
 *
 * @typedef {object} Results
 * @property {string} date
 * @property {import('./terminal.js').Machine} machine
 * @property {string} numpy which, or that there is none
 * @property {string} data which images
 * @property {number} probe the probe's rate, in GFLOP/s (probe.js)
 * @property {import('./equality.js').Difference[]} [equality]
 * @property {import('./kernels.js').KernelRow[]} [kernels]
 * @property {import('./optimizers.js').OptimizerRow[]} [optimizers]
 * @property {Awaited<ReturnType<typeof benchTraining>>} [training]
 * @property {import('./prediction.js').PredictionRow[]} [prediction]
 * @property {import('./augmentation.js').AugmentationRow[]} [augmentation]
 * @property {import('./growth.js').Growth[]} [growth]
 * @property {import('./threads.js').ThreadRow[]} [threads]
 * @property {import('./target.js').Target} [target]
 * @property {import('./command.js').CommandResult} [command]
 * @property {Steps} [steps]
 */

/**
 * Why the kernels are as they are (docs/performance.md).
 *
 * @typedef {object} Steps
 * @property {number} clock of a core, in GHz
 * @property {import('./steps.js').Series[]} series
 * @property {import('./steps.js').Listings} listings
 * @property {import('./roofline.js').Roofline} roofline
 * @property {import('./crossover.js').Crossover[]} crossovers
 */

const DOCS = fileURLToPath(new URL('../docs/benchmarks', import.meta.url));

/**
 * @param {object} options
 * @param {readonly Part[]} options.parts
 * @param {boolean} options.whole whether these are all parts
 * @param {string} [options.out] a folder
 * @param {boolean} options.json
 */
export async function run({ parts, whole, out, json }) {
  /**
   * @template T
   * @param {string} name of a part
   * @param {() => Promise<T>} bench
   */
  const part = async (name, bench) => {
    const asked = parts.find((each) => each.name === name);
    if (!asked) return undefined;
    return progressOf(`${name} (${asked.takes})`, bench);
  };
  // First: once AssemblyScript's compiler had been loaded here, for the probe, the same command was
  // seen with up to 214 MB, for reasons not found out. A shell sees what is measured first.
  const command = await part('command', () => benchCommand(mnistFolder()));
  progress('loading');
  const { train, source, folder } = await loadImages();
  const numpy = await Numpy.find();
  let probe = 0;
  // Others may have the machine slow down, but not speed up: the best of all times counts.
  const probeAgain = async () => {
    progress('the probe');
    probe = Math.max(probe, await measureProbe());
  };
  await probeAgain();
  // The steps are held against float64 one by one.
  const trains = parts.some(({ name }) => name !== 'steps' && name !== 'command');
  const equality = trains
    ? await checkEquality(train, numpy, (work) => progress(`comparing: ${work}`))
    : undefined;
  const kernels = await part('kernels', () => benchKernels(train));
  const steps = await part('steps', () => measureSteps(train));
  const optimizers = await part('optimizers', benchOptimizers);
  await probeAgain();
  const training = await part('training', () => benchTraining(train, numpy, equality ?? []));
  const prediction = await part('prediction', () => benchPrediction(train));
  const augmentation = await part('augmentation', () => benchAugmentation(train));
  const growth = await part('growth', () => benchGrowth(train));
  const threads = await part('threads', () => benchThreads(train));
  const target = folder && (await part('target', () => benchTarget(folder)));
  await probeAgain();
  progress('');
  /** @type {Results} */
  const results = {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    numpy: numpy?.version ?? NO_NUMPY,
    data: source,
    probe,
    ...(equality && { equality }),
    ...(kernels && { kernels }),
    ...(optimizers && { optimizers }),
    ...(training && { training }),
    ...(prediction && { prediction }),
    ...(augmentation && { augmentation }),
    ...(growth && { growth }),
    ...(threads && { threads }),
    ...(target && { target }),
    ...(command && { command }),
    ...(steps && { steps }),
  };
  console.log(json ? JSON.stringify(results, undefined, 2) : formatResults(results));
  if (parts.some(({ name }) => name === 'target') && !folder) {
    console.error('Not measured: how soon 98 % are reached. RELUMAX_MNIST names no folder.');
  }
  const alone = parts.every(({ name }) => name === 'steps');
  const to = out ?? ((whole && folder !== undefined) || alone ? DOCS : undefined);
  if (to !== undefined) {
    mkdirSync(to, { recursive: true });
    await writePage(results, to);
  }
}

/** @param {import('relumax').Dataset} train */
async function measureSteps(train) {
  progress('the clock');
  const clock = await measureClock();
  const series = await benchSteps(Uint8Array.from(train.inputs.subarray(0, 128 * train.features)));
  const roofline = await benchRoofline(train);
  const crossovers = await benchCrossover();
  progress('what V8 makes of the steps');
  const listings = await listSteps();
  return { clock: Math.max(clock, await measureClock()), series, listings, roofline, crossovers };
}
