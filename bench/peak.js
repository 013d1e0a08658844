import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import asc from 'assemblyscript/asc';

/**
 * The most arithmetic that the cores of this machine do on 128-bit vectors: the best that either form of
 * the probe (probe/peak.ts) reached. Several threads share cores, their clock and their heat, so theirs
 * is the sum of what each reached while the others ran too.
 *
 * @param {number} [threads]
 * @returns {Promise<number>} GFLOP/s
 */
export async function measurePeak(threads = 1) {
  const workerData = {
    module: await compileProbe(),
    // How many have come to a meeting of all of them.
    arrived: new Int32Array(new SharedArrayBuffer(4)),
    threads,
  };
  const script = new URL('./peak-worker.js', import.meta.url);
  const rates = Array.from({ length: threads }, async () => {
    const [rate] = await once(new Worker(script, { workerData }), 'message');
    return rate;
  });
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
}

/** As the core is compiled (asconfig.json). */
const OPTIONS = ['-O3', '--enable', 'simd', '--runtime', 'stub'];

/** @returns {Promise<WebAssembly.Module>} */
async function compileProbe() {
  const folder = fileURLToPath(new URL('./probe', import.meta.url));
  /** @type {Uint8Array<ArrayBuffer> | undefined} */
  let bytes;
  const { error, stderr } = await asc.main(
    ['peak.ts', '--baseDir', folder, '--outFile', 'peak.wasm', ...OPTIONS],
    {
      writeFile(_, contents) {
        bytes = /** @type {Uint8Array<ArrayBuffer>} */ (contents);
      },
    },
  );
  if (error || bytes === undefined) throw new Error(`the probe did not compile: ${stderr}`);
  return new WebAssembly.Module(bytes);
}
