import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** @typedef {import('relumax').Dataset} Dataset */

/**
 * One network that NumPy trained.
 *
 * @typedef {object} NumpyRun
 * @property {number} seed
 * @property {{ seconds: number, loss: number, accuracy: number }[]} epochs
 * @property {number} [testAccuracy]
 */

const run = promisify(execFile);

const SCRIPT = fileURLToPath(new URL('./numpy_reference.py', import.meta.url));

/** One thread, whichever BLAS NumPy was built with. */
const ONE_THREAD = {
  OPENBLAS_NUM_THREADS: '1',
  OMP_NUM_THREADS: '1',
  MKL_NUM_THREADS: '1',
  VECLIB_MAXIMUM_THREADS: '1',
};

/** What to say where there is no NumPy. */
export const NO_NUMPY =
  'NumPy was not found, so it is not measured (Debian: apt install python3-numpy)';

/** NumPy on one thread, running numpy_reference.py. */
export class Numpy {
  #python;
  /** Which NumPy it is, in words. */
  version;

  /**
   * @param {string} python
   * @param {string} version
   */
  constructor(python, version) {
    this.#python = python;
    this.version = version;
  }

  /** NumPy in the first Python that has it, or undefined. */
  static async find() {
    for (const python of ['python3', '/usr/bin/python3']) {
      try {
        const { stdout } = await run(python, ['-c', VERSION]);
        return new Numpy(python, stdout.trim());
      } catch {
        // This Python is not there, or has no NumPy.
      }
    }
    return undefined;
  }

  /**
   * Trains networks.
   *
   * @param {{ folder: string, layers: readonly number[], batchSize: number, learningRate: number,
   *   epochs: number }} job `folder` holds IDX files
   * @param {string[]} options more of the script's options
   * @returns {Promise<NumpyRun[]>} one for each seed
   */
  async train({ folder, layers, batchSize, learningRate, epochs }, options = []) {
    const given = [
      ['--data', folder],
      ['--layers', layers.join('-')],
      ['--batch', batchSize === Infinity ? 'full' : `${batchSize}`],
      ['--learning-rate', `${learningRate}`],
      ['--epochs', `${epochs}`],
    ].flat();
    const { stdout } = await run(this.#python, [SCRIPT, ...given, '--json', ...options], {
      env: { ...process.env, ...ONE_THREAD },
      maxBuffer: 2 ** 26,
    });
    return JSON.parse(stdout).runs;
  }
}

/** Python that prints NumPy's version and its BLAS, where NumPy tells. */
const VERSION = `
import numpy
try:
    blas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
    print("NumPy", numpy.__version__, "with", blas["name"], blas["version"])
except Exception:
    print("NumPy", numpy.__version__)
`;

/**
 * Calls `use` with a folder that holds a training set as IDX files, and besides what it likes to put
 * there; the folder is gone afterwards.
 *
 * @template T
 * @param {Dataset} dataset inputs are bytes
 * @param {(folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withIdxFolder({ inputs, labels, length, features }, use) {
  if (!(inputs instanceof Uint8Array)) throw new TypeError('an IDX file of images holds bytes');
  const folder = await mkdtemp(join(tmpdir(), 'relumax-bench-'));
  try {
    const images = idxHeader([length, 1, features]);
    await writeFile(join(folder, 'train-images-idx3-ubyte'), Buffer.concat([images, inputs]));
    await writeFile(
      join(folder, 'train-labels-idx1-ubyte'),
      Buffer.concat([idxHeader([length]), labels]),
    );
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * What an IDX file of bytes begins with.
 *
 * @param {number[]} dimensions
 */
function idxHeader(dimensions) {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 0x08, dimensions.length]);
  for (const [i, dimension] of dimensions.entries()) header.writeUInt32BE(dimension, 4 + 4 * i);
  return header;
}
