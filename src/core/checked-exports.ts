/**
 * relumax/core, the Wasm core as it is: what it exports, and how a network is laid out in its memory. For
 * those who embed the module alone; `Network` needs none of this. docs/core.md shows a page that trains
 * with nothing else.
 *
 * Pointers are byte addresses in the exported memory. Nothing in the core checks its arguments; the
 * functions here do.
 */
import { callable, classOf, options, outOfRange, wrongType } from '../base/arguments.ts';
import type { CoreExports, NetworkLayout } from './exports.ts';
import * as core from './exports.ts';
import { layerSizes } from './layer-sizes.ts';

export { HIDDEN, OUTPUTS } from './activations.ts';
export type { CoreExports, NetworkLayout } from './exports.ts';

/**
 * An instance of the module. Each network has one of its own.
 *
 * @throws TypeError where it is no module; Error where the processor is big-endian, or a policy of the
 *   page forbids WebAssembly
 */
export async function instantiateCore(module: WebAssembly.Module): Promise<CoreExports> {
  if (classOf(module) !== 'WebAssembly.Module') {
    throw wrongType('module', module, 'a WebAssembly.Module');
  }
  return core.instantiateCore(module);
}

/**
 * Lays out a network with zero parameters in the memory of a new instance, and makes that large enough
 * for it.
 *
 * @param sizes n⁰ … nᴸ
 * @throws TypeError or RangeError that names the argument
 */
export function layOutNetwork(exports: CoreExports, sizes: readonly number[]): NetworkLayout {
  const own = { ...options('exports', exports) };
  const { newNetwork, addLayer, layOut, workspaceOf, parameterCountOf, memory, ALIGNMENT } = own;
  const functions = { newNetwork, addLayer, layOut, workspaceOf, parameterCountOf };
  for (const [name, value] of Object.entries(functions)) callable(`exports.${name}`, value);
  for (const [name, value] of Object.entries({ memory, ALIGNMENT })) {
    const type = name === 'memory' ? 'WebAssembly.Memory' : 'WebAssembly.Global';
    if (classOf(value) !== type) throw wrongType(`exports.${name}`, value, `a ${type}`);
  }
  if (parameterCountOf(newNetwork()) !== 0) {
    throw outOfRange('exports', 'an instance that has a network', 'a new one');
  }
  return core.layOutNetwork(own, layerSizes(sizes, 'sizes'), 'sizes');
}
