/**
 * relumax/core, the Wasm core as it is: what it exports, and how a network is laid out in its memory. For
 * those who embed the module alone; `Network` needs none of this. docs/core.md shows a page that trains
 * with nothing else.
 *
 * Pointers are byte addresses in the memory. Nothing in the core checks its arguments; the
 * functions here do.
 */
import { callable, classOf, integer, options, outOfRange, wrongType } from '../base/arguments.ts';
import type { CoreExports, NetworkLayout, ThreadedExports } from './exports.ts';
import * as core from './exports.ts';
import { denseArchitecture } from './layers.ts';

export { HIDDEN, OUTPUTS } from './activations.ts';
export type { ConvolutionExports, CoreExports, NetworkLayout, ThreadedExports } from './exports.ts';

/** An instance of `core.wasm`. Each network has one of its own. */
export function instantiateCore(module: WebAssembly.Module): Promise<CoreExports>;
/**
 * An instance of `core-threads.wasm`. Each thread of a network has one of its own, all on one memory.
 *
 * @param memory shared, and large enough or able to grow: 64 KiB at least
 */
export function instantiateCore(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<ThreadedExports>;
/**
 * An instance of the module.
 *
 * @throws TypeError where it is no module, or the memory is missing, not shared, or not imported; Error
 *   where the processor is big-endian, or a policy of the page forbids WebAssembly
 */
export async function instantiateCore(
  module: WebAssembly.Module,
  memory?: WebAssembly.Memory,
): Promise<CoreExports> {
  if (classOf(module) !== 'WebAssembly.Module') {
    throw wrongType('module', module, 'a WebAssembly.Module');
  }
  const { imports } = module.constructor as typeof WebAssembly.Module;
  const [imported] = imports(module);
  if (imported === undefined) {
    if (memory === undefined) return core.instantiateCore(module);
    throw wrongType('memory', memory, 'none, for the module has its own');
  }
  const isShared =
    classOf(memory) === 'WebAssembly.Memory' && classOf(memory!.buffer) === 'SharedArrayBuffer';
  if (!isShared) throw wrongType('memory', memory, 'a shared WebAssembly.Memory, for threads');
  const exports = await core.instantiateCore(module, { [imported.module]: { memory: memory! } });
  return { ...exports, memory: memory! };
}

/**
 * Lays out a network with zero parameters in the memory of a new instance, and makes that large enough
 * for it.
 *
 * @param sizes n⁰ … nᴸ
 * @param threads how many there may be, up to 64: more than one only in an instance of
 *   `core-threads.wasm`. Default: 1
 * @throws TypeError or RangeError that names the argument
 */
export function layOutNetwork(
  exports: CoreExports,
  sizes: readonly number[],
  threads = 1,
): NetworkLayout {
  const own = { ...options('exports', exports) };
  const { newNetwork, addLayer, layOut, parameterCountOf, memory, ALIGNMENT } = own;
  const functions = { newNetwork, addLayer, layOut, parameterCountOf };
  for (const [name, value] of Object.entries(functions)) callable(`exports.${name}`, value);
  for (const [name, value] of Object.entries({ memory, ALIGNMENT })) {
    const type = name === 'memory' ? 'WebAssembly.Memory' : 'WebAssembly.Global';
    if (classOf(value) !== type) throw wrongType(`exports.${name}`, value, `a ${type}`);
  }
  if (parameterCountOf(newNetwork()) !== 0) {
    throw outOfRange('exports', 'an instance that has a network', 'a new one');
  }
  const { MOST_THREADS } = own as Partial<ThreadedExports>;
  const most = classOf(MOST_THREADS) === 'WebAssembly.Global' ? MOST_THREADS!.value : 1;
  integer('threads', threads, 1, most);
  const planned = { ...own, layOut: (network: number) => layOut(network, threads) };
  return core.layOutNetwork(planned, denseArchitecture(sizes, 'sizes'), 'sizes');
}
