/** The core with threads on memory of its own, without helpers. */
import type { CoreExports } from '../../src/core/exports.ts';
import { compiledOnce } from '../../src/core/modules/convolution.ts';
import { threadedModule } from '../../src/core/modules/threaded.ts';

/** An instance whose `layOut` plans for so many threads. */
export async function threadedInstance(threads: number): Promise<CoreExports> {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 ** 16, shared: true });
  const instance = new WebAssembly.Instance(await threadedModule(false, compiledOnce), {
    env: { memory },
  });
  const exports = instance.exports as unknown as CoreExports;
  return { ...exports, memory, layOut: (network) => exports.layOut(network, threads) };
}
