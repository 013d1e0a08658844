/**
 * What every engine is asked to do: the published trainings in its own thread, in a worker and with two
 * threads, and a training that is broken off and resumed from the file of its checkpoint. It runs as it is in
 * Node, Bun, Deno and pages.
 */
import { RECIPES } from '../recipes.js';

/**
 * @typedef {'recipes' | 'worker' | 'threads' | 'checkpoint'} Part
 *
 * @typedef {object} Finding the outcome of one training
 * @property {Part | 'command'} part
 * @property {string} name
 * @property {string} expected the SHA-256 that the parameters must have
 * @property {string} [hash] what they have
 * @property {string} [error] why there are none
 * @property {string} [file] of the checkpoint that was written, in hexadecimal digits
 */

/** @typedef {Awaited<ReturnType<typeof loadLibrary>>} Library */

/** The images of the bundled digits. */
const SIZE = { width: 28, height: 28 };

/** The recipe with the most to keep: two moments a parameter, dropout, images moved about. */
const INTERRUPTED = /** @type {import('../recipes.js').Recipe} */ (RECIPES.at(-1));
/** It has 125 updates an epoch: here it breaks off amid the second of two. */
const UPDATES = 150;

/** A worker takes no augmentation. */
export const WORKER_RECIPES = RECIPES.filter(({ moves }) => moves === undefined);

/** Whose checkpoint is resumed, and by whom: `taken` falls to who runs all this. */
export const CHECKPOINTS = {
  own: 'its own',
  given: 'that of Node here, resumed there',
  taken: 'its own, resumed by Node here',
};

/** @param {string} dist the address of the built package's folder, with a slash at the end */
export async function loadLibrary(dist) {
  const [index, worker, checkpoint, augmentation] = await Promise.all([
    /** @type {Promise<typeof import('relumax')>} */ (import(`${dist}index.js`)),
    /** @type {Promise<typeof import('relumax/worker')>} */ (import(`${dist}worker.js`)),
    /** @type {Promise<typeof import('relumax/checkpoint')>} */ (import(`${dist}checkpoint.js`)),
    /** @type {Promise<typeof import('relumax/augmentation')>} */ (
      import(`${dist}augmentation.js`)
    ),
  ]);
  return { index, worker, checkpoint, augmentation };
}

/**
 * @param {Library} library
 * @param {Uint8Array} given the file of a checkpoint that another engine wrote
 * @param {(finding: Finding) => void | Promise<void>} report is told of each training as it ends
 */
export async function checkEngine(library, given, report) {
  for (const recipe of RECIPES) {
    await report(await findingOf('recipes', recipe, recipe.command, () => train(library, recipe)));
  }
  for (const recipe of WORKER_RECIPES) {
    const trained = () => trainInWorker(library, recipe);
    await report(await findingOf('worker', recipe, recipe.command, trained));
  }
  for (const recipe of WORKER_RECIPES) {
    const trained = () => trainWithThreads(library, recipe);
    await report(await findingOf('threads', recipe, recipe.command, trained));
  }
  /** @type {Uint8Array | undefined} */
  let file;
  const own = await findingOf('checkpoint', INTERRUPTED, CHECKPOINTS.own, async () => {
    file = await interrupt(library);
    return resume(library, file);
  });
  await report({ ...own, ...(file && { file: hexadecimal(file) }) });
  await report(await resumeGiven(library, CHECKPOINTS.given, given));
}

/**
 * Ends a training that another engine broke off.
 *
 * @param {Library} library
 * @param {string} name of the finding
 * @param {Uint8Array} file
 */
export function resumeGiven(library, name, file) {
  return findingOf('checkpoint', INTERRUPTED, name, () => resume(library, file));
}

/**
 * A training by its hash, or its error.
 *
 * @param {Finding['part']} part
 * @param {import('../recipes.js').Recipe} recipe
 * @param {string} name
 * @param {() => Promise<string>} trained
 * @returns {Promise<Finding>}
 */
export async function findingOf(part, { hash: expected }, name, trained) {
  try {
    return { part, name, expected, hash: await trained() };
  } catch (error) {
    return { part, name, expected, error: String(error) };
  }
}

/**
 * @param {Library} library
 * @param {import('../recipes.js').Recipe} recipe
 */
async function train(library, { network: options, fit, moves }) {
  const network = await library.index.Network.create(options);
  await network.fit(await trainingSet(library, options.seed), {
    ...fit,
    ...augmented(library, moves),
  });
  return hashOf(network.parameters());
}

/**
 * @param {Library} library
 * @param {import('../recipes.js').Recipe} recipe
 */
async function trainInWorker(library, { network: options, fit }) {
  const network = await library.worker.Network.create(options);
  try {
    await network.fit(await trainingSet(library, options.seed), fit);
    return await hashOf(await network.parameters());
  } finally {
    network.dispose();
  }
}

/**
 * In a page, in a worker: its main thread may have no others.
 *
 * @param {Library} library
 * @param {import('../recipes.js').Recipe} recipe
 */
async function trainWithThreads(library, { network: options, fit }) {
  const { Network } = typeof document === 'undefined' ? library.index : library.worker;
  const network = await Network.create({ ...options, threads: 2 });
  try {
    if (network.threads !== 2) throw new Error(network.threadsReason);
    await network.fit(await trainingSet(library, options.seed), fit);
    return await hashOf(await network.parameters());
  } finally {
    network.dispose();
  }
}

/**
 * Begins a training and breaks it off.
 *
 * @param {Library} library
 * @returns {Promise<Uint8Array>} the file of its checkpoint
 */
export async function interrupt(library) {
  const { Checkpoints, encodeCheckpoint } = library.checkpoint;
  const { network: options, fit, moves } = INTERRUPTED;
  const network = await library.index.Network.create(options);
  const abortion = new AbortController();
  /** @type {Uint8Array | undefined} */
  let file;
  const checkpoints = new Checkpoints({
    every: UPDATES,
    onCheckpoint(checkpoint) {
      file ??= encodeCheckpoint(checkpoint);
      abortion.abort();
    },
  });
  const { aborted } = await network.fit(await trainingSet(library, options.seed), {
    ...fit,
    ...augmented(library, moves),
    checkpoints,
    signal: abortion.signal,
  });
  if (file === undefined || !aborted) throw new Error('the training was not broken off');
  return file;
}

/**
 * Ends a training that was broken off.
 *
 * @param {Library} library
 * @param {Uint8Array} file
 */
async function resume(library, file) {
  const { Checkpoints, decodeCheckpoint } = library.checkpoint;
  const { network: options, fit, moves } = INTERRUPTED;
  // Of another seed, so that the parameters can only be those of the file.
  const network = await library.index.Network.create({ ...options, seed: 99 });
  await network.fit(await trainingSet(library, options.seed), {
    ...fit,
    ...augmented(library, moves),
    checkpoints: new Checkpoints({ resume: decodeCheckpoint(file).checkpoint }),
  });
  return hashOf(network.parameters());
}

/**
 * @param {Library} library
 * @param {number} [seed]
 */
async function trainingSet({ index }, seed = 1) {
  return (await index.loadDigits()).split({ test: 0.2, seed }).train;
}

/**
 * @param {Library} library
 * @param {import('../recipes.js').Recipe['moves']} moves
 */
function augmented({ augmentation: { ImageAugmentation } }, moves) {
  return moves && { augmentation: new ImageAugmentation({ ...SIZE, ...moves }) };
}

/** @param {import('relumax').LayerParameters[]} parameters */
async function hashOf(parameters) {
  const arrays = parameters.flatMap(({ weights, biases }) => [weights, biases]);
  const bytes = await new Blob(/** @type {BlobPart[]} */ (arrays)).arrayBuffer();
  return hexadecimal(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** @param {Uint8Array} bytes */
function hexadecimal(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
