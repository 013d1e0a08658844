/**
 * From three loops to the core's kernels, step by step (docs/performance.md): each step runs, is held against
 * float64, and is timed in turns with the others.
 */
import { readFile } from 'node:fs/promises';
import { instantiate } from '@assemblyscript/loader';
import { compileAssembly } from './compile.js';
import { greatestDifference } from './equality.js';
import { BOUND } from './kernels.js';
import { listingsOf } from './listing.js';
import { at, Operands, table } from './operands.js';
import { NaiveThread } from './steps/naive-thread.js';
import { progress } from './terminal.js';
import { sampler, timeInTurns } from './timing.js';

/**
 * A step: what is timed, and how far its result is from that of float64.
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {string} code where it is
 * @property {() => number | Promise<number>} sample ms for one
 * @property {number} difference
 * @property {number} [executed] the share of the operations of a dense product that it does; default: 1
 * @property {string} [after] the name of the step that it is compared with; default: the one before
 */

/**
 * @typedef {object} StepRow
 * @property {string} name
 * @property {string} code
 * @property {import('./timing.js').Timing} timing
 * @property {number} difference the greatest from float64, by the greatest element
 * @property {number} rate GFLOP/s at the median, counted densely
 * @property {number} executed the share of these operations that it does
 * @property {string} [after] the step that it is compared with
 * @property {number} [gain] how many times as fast as that it is
 */

/**
 * Steps to one kernel.
 *
 * @typedef {object} Series
 * @property {string} title
 * @property {StepRow[]} rows
 */

/** How often each step has its turn, and how long a sample is to be, in ms. */
const ROUNDS = 11;
const SAMPLE = 8;

/** Examples of a tile, as in the core. */
const M = 128;

/**
 * The layers. Column by column the weights of the second are 4 KiB apart from one input to the next: in another
 * page each, and all in the same set of the first-level cache.
 *
 * @type {readonly [k: number, n: number][]}
 */
const DENSE = [
  [784, 128],
  [1024, 1024],
];

/** The files of AssemblyScript that the steps are in. */
const FILES = ['dense', 'more', 'sparse'].map((name) => `bench/steps/${name}.ts`);

const KERNELS = new URL('../build/kernels.wasm', import.meta.url);

/** What a step does with the addresses of its operands. @typedef {(...operands: number[]) => void} Product */

/**
 * The module with the steps, for memory that others share. Its constants lie at an address of its own.
 *
 * @param {number} [memoryBase] of them
 */
export function compileSteps(memoryBase = 0) {
  const pages = Math.floor(memoryBase / 65_536) + 1;
  const place = ['--memoryBase', `${memoryBase}`, '--initialMemory', `${pages}`];
  return compileAssembly(FILES, ['--importMemory', '--noExportMemory', ...place]);
}

/**
 * @param {Operands} operands
 * @returns {Promise<Record<string, Product>>} the steps, on the memory of the core's kernels
 */
export async function loadSteps({ core }) {
  const bytes = await compileSteps(core.room(256));
  const { exports } = await instantiate(bytes, { env: { memory: core.kernels.memory } });
  return /** @type {any} */ (exports);
}

/**
 * @param {Uint8Array} images u8[128 × 784] at least, of which most are zero
 * @returns {Promise<Series[]>}
 * @throws Error where a step computes wrongly
 */
export async function benchSteps(images) {
  const series = [];
  for (const [k, n] of DENSE) {
    const operands = await Operands.create({ n, k, m: M });
    const { steps, end } = await denseSteps(operands);
    series.push(await timeSeries(`Z = W·A + b, ${k} → ${n}`, steps, 2 * n * k * M));
    await end();
  }
  const [[k, n] = [0, 0]] = DENSE;
  const operands = await Operands.create({ n, k, m: M, bytes: images });
  const sparse = await sparseSteps(operands);
  series.push(await timeSeries(`Z = W·A + b, ${k} → ${n}, images`, sparse, 2 * n * k * M));
  const single = await Operands.create({ n, k, m: 1, bytes: images });
  const update = updateSteps(single);
  series.push(await timeSeries(`dW and W − α·dW, ${k} → ${n}, one image`, update, 4 * n * k));
  return series;
}

/**
 * @param {string} title
 * @param {Step[]} steps
 * @param {number} flop of a dense product
 * @returns {Promise<Series>}
 */
async function timeSeries(title, steps, flop) {
  for (const { name, difference } of steps) {
    if (!(difference <= BOUND)) throw new Error(`${title}, ${name}: ${difference} from float64`);
  }
  progress(title);
  const samples = Object.fromEntries(steps.map(({ name, sample }) => [name, sample]));
  const timings = await timeInTurns(samples, ROUNDS);
  const timingOf = (/** @type {string} */ name) => {
    const timing = timings[name];
    if (!timing) throw new Error(`${title}: there is no step ${name}`);
    return timing;
  };
  const rows = steps.map(({ name, code, difference, executed = 1, after }, i) => {
    const timing = timingOf(name);
    const before = after ?? steps[i - 1]?.name;
    const gain = before === undefined ? undefined : timingOf(before).ms / timing.ms;
    return {
      name,
      code,
      timing,
      difference,
      rate: flop / timing.ms / 1e6,
      executed,
      ...(before !== undefined && { after: before, gain: gain ?? NaN }),
    };
  });
  return { title, rows };
}

/**
 * Makes steps to Z.
 *
 * @param {Operands} operands
 * @param {Float64Array} want their Z in float64
 */
function stepOf(operands, want) {
  const { core, m, ldZ, z } = operands;
  /**
   * @param {string} name
   * @param {string} code
   * @param {() => void} run
   * @param {number} [executed]
   * @returns {Step}
   */
  return (name, code, run, executed = 1) => {
    core.readFloats(z, ldZ * m).fill(NaN);
    run();
    const difference = greatestDifference(operands.columns(z), want);
    return { name, code, sample: sampler(run, SAMPLE), difference, executed };
  };
}

/**
 * The steps to `affine`; and two further ones, which are slower.
 *
 * @param {Operands} operands
 * @returns {Promise<{ steps: Step[], end: () => Promise<unknown> }>}
 */
export async function denseSteps(operands) {
  const { core, kernels, n, k, m, ldZ, ldA, w, weights, inputs, biases, z } = operands;
  const variants = await loadSteps(operands);
  const byRows = core.floats(w);
  const byColumns = core.columns(n, k, ldZ, (j, i) => at(w, j * k + i));
  const want = operands.affine();
  const step = stepOf(operands, want);
  const thread = new NaiveThread(operands);
  const first = await thread.repeat(1);
  const times = Math.max(1, Math.round(SAMPLE / first.ms));
  /** @param {string} name @param {string} file @param {string} variant @param {number} weights */
  const variant = (name, file, variant, weights) =>
    step(name, `bench/steps/${file}.ts: ${variant}`, () =>
      variants[variant]?.(z, weights, inputs, biases, n, k, m, ldZ, ldA),
    );
  const shipped = 'panels: the core’s kernel';
  /** @type {Step[]} */
  const steps = [
    {
      name: 'JavaScript, three loops',
      code: 'bench/steps/naive.js',
      sample: async () => (await thread.repeat(times)).ms,
      difference: greatestDifference(first.z, want),
    },
    variant('AssemblyScript, the same', 'dense', 'scalar', byRows),
    variant('SIMD: four units at a time', 'dense', 'simd', byColumns),
    variant('tile of 4 × 4', 'dense', 'tiles4x4', byColumns),
    variant('tile of 4 × 8', 'dense', 'tiles4x8', byColumns),
    step(shipped, 'assembly/kernels/matmul.ts: affine', () =>
      kernels.affine(z, weights, inputs, biases, n, k, m, ldZ, ldA),
    ),
  ];
  // They have no tails.
  if (n % 16 === 0 && k % 4 === 0 && m % 4 === 0 && m >= 8) {
    steps.push(
      { ...variant('… with four steps unrolled', 'more', 'unrolled', weights), after: shipped },
      { ...variant('… a tile of 6 × 8', 'more', 'tiles6x8', weights), after: shipped },
    );
  }
  return { steps, end: () => thread.end() };
}

/**
 * The steps from bytes that are mostly zero to Z: from the dense product to what `fit` does.
 *
 * @param {Operands} operands made of bytes; n is a multiple of 16, k one of 4
 * @returns {Promise<Step[]>}
 */
export async function sparseSteps(operands) {
  const { kernels, n, k, m, ldZ, ldA, weights, inputs, biases, z } = operands;
  const step = stepOf(operands, operands.affine());
  const { skipZeros } = await loadSteps(operands);
  const nonzeros = operands.nonzeros();
  const { rowPointers } = nonzeros;
  const executed = nonzeros.count / (k * m);
  const product = () => kernels.sparseAffine(z, weights, rowPointers, biases, n, k, m, ldZ);
  return [
    step('dense', 'assembly/kernels: scaleBytes, affine', () => {
      nonzeros.scale();
      kernels.affine(z, weights, inputs, biases, n, k, m, ldZ, ldA);
    }),
    step(
      'zeros skipped, each input tested',
      'bench/steps/sparse.ts: skipZeros',
      () => {
        nonzeros.scale();
        skipZeros?.(z, weights, inputs, biases, n, k, m, ldZ, ldA);
      },
      executed,
    ),
    step(
      'nonzeros listed first, one by one',
      'assembly/kernels: scaleBytes, pairsOfFloats, sparseAffine',
      () => {
        nonzeros.scale();
        nonzeros.list();
        product();
      },
      executed,
    ),
    step(
      'nonzeros found by bit masks',
      'assembly/kernels: encodeBytes, pairsOfEncoded, sparseAffine',
      () => {
        nonzeros.encode();
        nonzeros.decode();
        product();
      },
      executed,
    ),
    step(
      'nonzeros kept: the core’s way',
      'assembly/kernels: pairsOfEncoded, sparseAffine',
      () => {
        nonzeros.decode();
        product();
      },
      executed,
    ),
  ];
}

/** α/m of the steps of an update: W must not run away while it is timed. */
const RATE = 2 ** -20;

/**
 * The steps of an update after one image: of all weights, and of the columns that the image names.
 *
 * @param {Operands} operands of one example, made of bytes
 * @returns {Step[]}
 */
export function updateSteps(operands) {
  const { core, kernels, n, k, m, ldZ, w, a, dz, weights, deltas } = operands;
  const nonzeros = operands.nonzeros();
  const { rowPointers } = nonzeros;
  const count = kernels.panelFloats(n, k);
  const executed = nonzeros.count / (k * m);
  const want = table(n, k, (j, i) => at(w, j * k + i) - RATE * at(dz, j) * at(a, i));
  const [dw, next] = [operands.gradientRoom(), operands.gradientRoom()];
  const log = core.room((nonzeros.count + 8) * 4 * (n + 24));
  const gradient = () => kernels.sparseWeightGradient(dw, deltas, rowPointers, n, k, m, ldZ);
  const all = () => {
    kernels.clear(dw, count);
    gradient();
    core.sgd(next, weights, dw, RATE, count);
  };
  const columns = () => {
    gradient();
    kernels.columnSgd(log, weights, dw, nonzeros.pairs, nonzeros.end, n, k, RATE);
  };
  all();
  const ofAll = greatestDifference(core.readPanels(next, n, k), want);
  kernels.clear(dw, count);
  columns();
  const ofColumns = greatestDifference(core.readPanels(weights, n, k), want);
  return [
    {
      name: 'all of W',
      code: 'assembly/kernels: clear, sparseWeightGradient, step',
      sample: sampler(all, SAMPLE),
      difference: ofAll,
      // dW skips zeros already.
      executed: (1 + executed) / 2,
    },
    {
      name: 'columns in place: the core’s way',
      code: 'assembly/kernels: sparseWeightGradient, columnSgd',
      // The other step leaves dW behind, which is zero where this one begins.
      sample: cleared(sampler(columns, SAMPLE)),
      difference: ofColumns,
      executed,
    },
  ];

  /** @param {() => number} sample */
  function cleared(sample) {
    return () => {
      kernels.clear(dw, count);
      return sample();
    };
  }
}

/**
 * What V8 makes of the loops of steps (listing.js), by the steps' names; or why that is not known.
 *
 * @typedef {{ loops: Record<string, import('./listing.js').Listing> } | { missing: string }} Listings
 */

/** @returns {Promise<Listings>} */
export async function listSteps() {
  try {
    const variants = [
      'scalar',
      'simd',
      'tiles4x4',
      'tiles4x8',
      'unrolled',
      'tiles6x8',
      'skipZeros',
    ];
    const kernels = ['affine', 'sparseAffine', 'sparseWeightGradient'];
    const loops = {
      ...(await listingsOf(await compileSteps(), variants)),
      ...(await listingsOf(await readFile(KERNELS), kernels)),
    };
    return { loops };
  } catch (error) {
    // Another processor, or another Node: the times are worth as much without.
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}
