/** AssemblyScript that only the benchmarks run: the probes, and the steps to the core's kernels. */
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** As the core's kernels are compiled; the rest is in asconfig.json, which `asc` finds in the root. */
const OPTIONS = ['--optimizeLevel', '3', '--shrinkLevel', '0', '--noAssert'];

/**
 * A module that exports what the files export.
 *
 * @param {string[]} files paths from the root of the repository
 * @param {string[]} [options] further ones of `asc`
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function compileAssembly(files, options = []) {
  /** @type {Uint8Array<ArrayBuffer> | undefined} */
  let bytes;
  const { error, stderr } = await asc.main(
    [...files, '--baseDir', ROOT, '--outFile', 'bench.wasm', ...OPTIONS, ...options],
    {
      writeFile(_, contents) {
        bytes = /** @type {Uint8Array<ArrayBuffer>} */ (contents);
      },
    },
  );
  if (error || bytes === undefined) throw new Error(`${files} did not compile: ${stderr}`);
  return bytes;
}
