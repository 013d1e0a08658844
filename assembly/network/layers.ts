/**
 * The layers of a network as they are added one after another: their records, and where their parameters lie.
 *
 * Sizes are added up in f64, which no network overflows: the host compares the end with what a memory
 * can hold before it writes anything.
 */
import { lanes4, panelUnits } from '../kernels/panels';
import { Layer, Network, WORKSPACE_BYTES } from './memory';

/**
 * Every buffer begins at a multiple of this, a cache line, which is also what the widest load wants. It is
 * as many bytes as the record of examples, or a tally, may take, and as a kernel may read past what is
 * staged.
 */
export const ALIGNMENT: i32 = 64;

/** The most threads that a network may have. */
export const MOST_THREADS: i32 = 64;

/** The first byte of the memory that the module itself does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** The network of a new instance, which has no layers yet. */
export function newNetwork(): Network {
  const network = changetype<Network>(aligned(__heap_base));
  network.tile = 128;
  return network;
}

/** The record of one more layer; 0 where there is no memory for it. */
export function newLayer(network: Network): Layer {
  const layer = network.layer(network.depth);
  // Very many layers take more than the first page, which holds the workspaces' records too.
  const end =
    changetype<usize>(layer) + offsetof<Layer>() + <usize>(2 * MOST_THREADS + 1) * WORKSPACE_BYTES;
  if (end > (<usize>memory.size()) << 16 && memory.grow(1) < 0) {
    network.end = Infinity;
    return changetype<Layer>(0);
  }
  network.depth++;
  return layer;
}

/** Places W[units × inputs] and b within a block of parameters, as long as no other buffer is planned. */
export function placeParameters(network: Network, layer: Layer, inputs: i32, units: i32): void {
  layer.inputs = inputs;
  layer.units = units;
  layer.weights = place(network, panelUnits(units), lanes4(inputs));
  layer.biases = place(network, units);
}

/**
 * Where the next buffer of a network is to be, of rows × columns words of four bytes. That it cannot be
 * so large shows at the end.
 */
export function place(network: Network, rows: i32, columns: i32 = 1): usize {
  const start = network.end;
  network.end = start + ceil((<f64>rows * <f64>columns) / (ALIGNMENT / 4)) * ALIGNMENT;
  return <usize>start;
}

export function aligned(address: usize): usize {
  return (address + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/**
 * The leading dimension of activations of n units: the least multiple of 4, and one cache line more
 * where columns would lie so many lines apart that they all compete for a few sets of the cache.
 */
export function strideOf(n: i32): i32 {
  const lanes = lanes4(n);
  return lanes % 64 == 0 ? lanes + 16 : lanes;
}
