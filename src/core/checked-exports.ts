/**
 * relumax/core, the Wasm core as it is: what it exports, where a network lies in its memory, and how one
 * is described to it. For those who embed the module alone; `Network` needs none of this.
 * docs/core.md shows a page that trains with nothing else.
 *
 * Pointers are byte addresses in the exported memory. Nothing in the core checks its arguments; the
 * functions here do.
 */
import { callable, classOf, integer, options, outOfRange, wrongType } from '../base/arguments.ts';
import type { CoreExports } from './exports.ts';
import * as core from './exports.ts';
import { layerSizes, MOST_UNITS } from './layer-sizes.ts';
import type { MemoryPlan } from './memory.ts';

export { HIDDEN, OUTPUTS } from './activations.ts';
export {
  type CoreExports,
  FORMATS,
  OUTCOMES,
  type Outcome,
  READ_PAST,
} from './exports.ts';
export type { LayerPlan, MemoryPlan } from './memory.ts';

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
 * Where everything of a network is to be.
 *
 * @param sizes n⁰ … nᴸ
 * @throws TypeError or RangeError that names the argument
 */
export function planNetwork(exports: CoreExports, sizes: readonly number[]): MemoryPlan {
  checkExports(exports);
  return core.planNetwork(exports, layerSizes(sizes, 'sizes'));
}

/**
 * Tells the core of a network that is to be where the plan says; the memory must hold it.
 *
 * @throws TypeError or RangeError that names the argument
 */
export function describeNetwork(exports: CoreExports, plan: MemoryPlan): void {
  checkExports(exports);
  const { layers } = options('plan', plan);
  if (!Array.isArray(layers)) throw wrongType('plan.layers', layers, 'an array');
  const own = Array.from(layers, (layer, l) => {
    const places = { ...options(`plan.layers[${l}]`, layer) };
    integer(`plan.layers[${l}].inputs`, places.inputs, 1, MOST_UNITS);
    integer(`plan.layers[${l}].units`, places.units, 1, MOST_UNITS);
    return places;
  });
  if (own.length === 0) throw outOfRange('plan.layers', layers, 'at least one layer');
  const sizes = [own[0]!.inputs, ...own.map(({ units }) => units)];
  // Names every number that there must be.
  const { layers: places, ...rest } = core.planNetwork(exports, sizes);
  const checked = { ...numbersOf('plan', plan, rest), layers: own };
  for (const [l, place] of places.entries()) numbersOf(`plan.layers[${l}]`, own[l], place);
  const { byteLength } = exports.memory.buffer;
  if (byteLength < checked.staging) {
    throw outOfRange('exports.memory', `${byteLength} bytes`, `${checked.staging}, as planned`);
  }
  core.describeNetwork(exports, checked);
}

/** Checks that something exports what plans and describes a network. */
function checkExports(exports: CoreExports): void {
  const { describedBytes, heapBase, panelFloats, describeLayer, describeNetwork, memory } = options(
    'exports',
    exports,
  );
  const functions = { describedBytes, heapBase, panelFloats, describeLayer, describeNetwork };
  for (const [name, value] of Object.entries(functions)) callable(`exports.${name}`, value);
  if (classOf(memory) !== 'WebAssembly.Memory') {
    throw wrongType('exports.memory', memory, 'a WebAssembly.Memory');
  }
}

/** The numbers of a part of a plan, each read once: those that `names` has. */
function numbersOf<T extends object>(argument: string, part: object | undefined, names: T): T {
  const numbers = Object.keys(names).map((name) => {
    const { [name as never]: value } = options(argument, part ?? {});
    return [name, integer(`${argument}.${name}`, value, 0, 2 ** 32 - 1)];
  });
  return Object.fromEntries(numbers);
}
