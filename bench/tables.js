import { formatNumber } from './terminal.js';

/**
 * The results as tables, which the terminal and the page (page.js) both show.
 *
 * @typedef {object} Table
 * @property {string} name of the part, in a word
 * @property {string} title
 * @property {string} note what the figures mean
 * @property {string[]} head
 * @property {number} firstNumber the first column of numbers
 * @property {string[][]} rows
 */

/** @typedef {import('./parts.js').Results} Results */

/** What the columns of rates mean. */
const RATES =
  'GFLOP/s are counted as for dense products; “done” is the share of these operations that is carried ' +
  'out, for products that skip zeros leave the others out; “GFLOP/s done” is the rate of those, and “of ' +
  'probe” its share of the probe’s rate.';

/** What each trainer is called. */
export const TRAINERS = {
  relumax: 'relumax',
  skipping: 'JavaScript, skipping zeros',
  twin: 'JavaScript',
  numpy: 'NumPy',
};

/**
 * @param {Results} results
 * @returns {Table[]}
 */
export function tablesOf(results) {
  return [
    trainingTable(results),
    kernelTable(results),
    optimizerTable(results),
    predictionTable(results),
    augmentationTable(results),
    growthTable(results),
    threadsTable(results),
    targetTable(results),
    commandTable(results),
    equalityTable(results),
  ].filter((table) => table !== undefined);
}

/** @param {Results} results */
function trainingTable({ training, probe }) {
  if (!training) return undefined;
  let previous = '';
  const rows = training.rows.map((row) => {
    const { work, trainer, timing, images, imagesPerSecond, difference, slower } = row;
    const first = work === previous ? '' : work;
    previous = work;
    return [
      first,
      TRAINERS[trainer],
      images.toLocaleString('en'),
      ...timeCells(timing, 1),
      Math.round(imagesPerSecond).toLocaleString('en'),
      ...rateCells(row, probe),
      difference === undefined ? '–' : difference.toExponential(1),
      trainer === 'relumax' ? '' : `${slower.toFixed(2)} ×`,
    ];
  });
  const copying = training.copying.map(({ work, ms }) => `${work}: ${ms.toFixed(1)} ms`).join('; ');
  return {
    name: 'training',
    title: 'Training, an epoch',
    note:
      `${RATES} “From float64”: ` +
      'the greatest difference of a parameter from the float64 oracle’s ' +
      `after three updates, by the greatest parameter. Besides, \`fit\` takes once, mostly to copy the images in: ${copying}.`,
    head: [
      '',
      '',
      'images',
      'ms',
      'min–max',
      'images/s',
      'GFLOP/s',
      'done',
      'GFLOP/s done',
      'of probe',
      'from float64',
      'relumax’s time',
    ],
    firstNumber: 2,
    rows,
  };
}

/** @param {Results} results */
function kernelTable({ kernels, probe }) {
  if (!kernels) return undefined;
  let previous = '';
  const rows = kernels.map(
    ({ kernel, trainer, timing, rate, product, executed, difference, speedOfTwin }) => {
      const first = kernel === previous ? '' : kernel;
      previous = kernel;
      return [
        first,
        TRAINERS[trainer],
        ...timeCells(timing, 1e3),
        ...(product
          ? rateCells({ gflops: rate, executed }, probe)
          : [`${rate.toFixed(2)} · 10⁹/s`, '–', '–', '–']),
        difference === undefined ? '' : difference.toExponential(1),
        speedOfTwin === undefined ? '' : `${speedOfTwin.toFixed(1)} ×`,
      ];
    },
  );
  return {
    name: 'kernels',
    title: 'Kernels, a tile of 128 examples',
    note:
      `Products in GFLOP/s; the others in elements a second. ${RATES} “From float64”: the ` +
      'greatest difference of an element, by the greatest element. On nonzeros of images, the ' +
      'JavaScript is the one that skips zeros.',
    head: [
      '',
      '',
      'µs',
      'min–max',
      'GFLOP/s',
      'done',
      'GFLOP/s done',
      'of probe',
      'from float64',
      'as fast',
    ],
    firstNumber: 2,
    rows,
  };
}

/** @param {Results} results */
function optimizerTable({ optimizers }) {
  if (!optimizers) return undefined;
  return {
    name: 'optimizers',
    title: 'One update of all parameters',
    note:
      'The first size is that of 784-128-10, which the cache holds; the second has to come from memory. ' +
      'GB/s: of what is read and written.',
    head: ['', 'parameters', 'ms', 'min–max', 'ns a parameter', 'GB/s'],
    firstNumber: 1,
    rows: optimizers.map(({ optimizer, parameters, timing, ns, bytes }) => [
      optimizer,
      parameters.toLocaleString('en'),
      ...timeCells(timing, 1),
      ns.toFixed(2),
      (bytes / ns).toFixed(1),
    ]),
  };
}

/** @param {Results} results */
function predictionTable({ prediction }) {
  if (!prediction) return undefined;
  return {
    name: 'prediction',
    title: 'Prediction',
    note: 'A call of `predict`, from pixels to probabilities.',
    head: ['', 'µs', 'min–max', 'images/s'],
    firstNumber: 1,
    rows: prediction.map((row) => imageCells(row, 1e3)),
  };
}

/** @param {Results} results */
function augmentationTable({ augmentation }) {
  if (!augmentation) return undefined;
  return {
    name: 'augmentation',
    title: 'Augmentation',
    note: 'What shifting, rotating and scaling add to an epoch, for each image.',
    head: ['', 'µs an image', 'min–max', 'images/s'],
    firstNumber: 1,
    rows: augmentation.map((row) => imageCells(row, 1e3 / row.images)),
  };
}

/** @param {Results} results */
function growthTable({ growth }) {
  if (!growth) return undefined;
  const sizes = growth[0]?.costs.map(({ images }) => `${images.toLocaleString('en')} images`) ?? [];
  return {
    name: 'growth',
    title: 'What an image costs as the data grow',
    note: 'Nanoseconds of an epoch for each image; spread: the dearest by the cheapest, less 1.',
    head: ['', ...sizes, 'spread'],
    firstNumber: 1,
    rows: growth.map(({ work, costs, spread }) => [
      work,
      ...costs.map(({ ns }) => ns.toFixed(0)),
      percent(spread),
    ]),
  };
}

/** @param {Results} results */
function threadsTable({ threads }) {
  if (!threads) return undefined;
  let previous = '';
  const rows = threads.map((row) => {
    const { work, threads, timing, images, speedup, probe } = row;
    const first = work === previous ? '' : work;
    previous = work;
    return [
      first,
      `${threads}`,
      images.toLocaleString('en'),
      ...timeCells(timing, 1),
      `${speedup.toFixed(2)} ×`,
      ...rateCells(row, probe),
    ];
  });
  return {
    name: 'threads',
    title: 'Several threads',
    note:
      'An epoch, or a call of `predict`, in alternation with the other numbers of threads; the outcome was ' +
      `the same, bit for bit. The probe ran on as many threads at once. ${RATES}`,
    head: [
      '',
      'threads',
      'images',
      'ms',
      'min–max',
      'as fast as one',
      'GFLOP/s',
      'done',
      'GFLOP/s done',
      'of probe',
    ],
    firstNumber: 1,
    rows,
  };
}

/** @param {Results} results */
function targetTable({ target }) {
  if (!target) return undefined;
  const { recipe, accuracy, runs } = target;
  return {
    name: 'target',
    title: `From the files to ${100 * accuracy} % of MNIST’s test images`,
    note: `${recipe}; reading and decompressing the files and every look at the test images included.`,
    head: ['seed', 'threads', 'epochs', 'seconds', 'accuracy'],
    firstNumber: 0,
    rows: runs.map((run) => [
      `${run.seed}`,
      `${run.threads}`,
      `${run.epochs}`,
      run.seconds.toFixed(2),
      `${(100 * run.accuracy).toFixed(2)} %`,
    ]),
  };
}

/** @param {Results} results */
function commandTable({ command }) {
  if (!command) return undefined;
  const { start, firstEpoch, megabytes } = command;
  const rows = [
    ['start of the process to the first epoch, ms', ...timeCells(start, 1)],
    ['… to its end, ms', ...timeCells(firstEpoch, 1)],
  ];
  if (megabytes) rows.push(['most memory resident, all of MNIST, MB', megabytes.toFixed(0), '']);
  return {
    name: 'command',
    title: 'The command as a process',
    note: '`relumax train` on the bundled digits, and `relumax train --data` on all of MNIST.',
    head: ['', 'median', 'min–max'],
    firstNumber: 1,
    rows,
  };
}

/** @param {Results} results */
function equalityTable({ equality }) {
  if (!equality) return undefined;
  return {
    name: 'equality',
    title: 'Before the timing: that all train the same',
    note:
      'From the same parameters, by the same updates: how far relumax’s parameters are from those ' +
      'of JavaScript (the norm of the difference by the norm; the greatest of W¹, b¹, W² …), and ' +
      'its losses from NumPy’s.',
    head: ['', 'updates', 'JavaScript', 'skipping zeros', 'NumPy: loss'],
    firstNumber: 1,
    rows: equality.map(({ work, updates, twin, skipping, numpy }) => [
      work,
      `${updates}`,
      twin.toExponential(1),
      skipping.toExponential(1),
      numpy?.toExponential(1) ?? '–',
    ]),
  };
}

/**
 * Times and images a second.
 *
 * @param {import('./prediction.js').PredictionRow} row
 * @param {number} scale of the times
 */
function imageCells({ what, timing, images }, scale) {
  const rate = Math.round((images / timing.ms) * 1e3).toLocaleString('en');
  return [what, ...timeCells(timing, scale), rate];
}

/**
 * What is counted, what of it is done, and its share of the probe's rate.
 *
 * @param {{ gflops: number, executed?: number | undefined }} row
 * @param {number} probe GFLOP/s
 */
function rateCells({ gflops, executed }, probe) {
  if (executed === undefined) return [gflops.toFixed(1), '–', '–', '–'];
  const done = gflops * executed;
  return [gflops.toFixed(1), percent(executed), done.toFixed(1), percent(done / probe)];
}

/**
 * Median and range.
 *
 * @param {import('./timing.js').Timing} timing in ms
 * @param {number} scale
 */
export function timeCells({ ms, fastest, slowest }, scale) {
  const digits = (/** @type {number} */ value) => formatNumber(value * scale);
  return [digits(ms), `${digits(fastest)}–${digits(slowest)}`];
}

/** @param {number} share */
export function percent(share) {
  return `${(100 * share).toFixed(0)} %`;
}
