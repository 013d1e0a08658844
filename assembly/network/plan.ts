/**
 * Where each buffer of a network begins, computed from the layer sizes alone before anything runs
 * (memory.ts draws it). The memory of a new instance is zero: so are flags and padding, which stays so.
 *
 * Sizes are added up in f64, which no network overflows: the host compares the end with what a memory
 * can hold before it writes anything.
 */
import { SLACK } from '../kernels/nonzeros';
import { lanes4, panelUnits } from '../kernels/panels';
import { Layer, Network, Workspace } from './memory';

/**
 * Every buffer begins at a multiple of this, a cache line, which is also what the widest load wants. It is
 * as many bytes as the record of examples, or a tally, may take, and as a kernel may read past what is
 * staged.
 */
export const ALIGNMENT: i32 = 64;

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

/** Adds a dense layer behind those that are there: `inputs` is n⁰, or the units of the last one. */
export function addLayer(network: Network, inputs: i32, units: i32): void {
  const layer = network.layer(network.depth);
  // Very many layers take more than the first page, which holds the workspace's record too.
  const end = changetype<usize>(layer) + offsetof<Layer>() + offsetof<Workspace>();
  if (end > (<usize>memory.size()) << 16 && memory.grow(1) < 0) {
    network.end = Infinity;
    return;
  }
  network.depth++;
  layer.inputs = inputs;
  layer.units = units;
  layer.stride = strideOf(units);
  // As many examples at a time, up to 128, as fit a second-level cache of 1 MiB with what enters and
  // leaves a layer; but at least 32. It fixes the order of the sums over a batch, so it depends on the
  // sizes alone, never on the machine.
  const most = (1 << 18) / (strideOf(inputs) + layer.stride);
  while (network.tile > 32 && network.tile > most) network.tile >>= 1;
  // Within a block of parameters, as long as no other buffer is planned.
  layer.weights = place(network, panelUnits(units), lanes4(inputs));
  layer.biases = place(network, units);
}

/**
 * Plans everything, and returns how many bytes of memory the network takes: no more may be done with
 * it before the memory holds them. What lies behind is the host's.
 */
export function layOut(network: Network): f64 {
  const block = network.end;
  const workspace = network.workspace();
  const start = aligned(changetype<usize>(workspace) + offsetof<Workspace>());
  network.end = <f64>start + 3 * block;
  network.parameterCount = <i32>(block / 4);
  network.parameters = start;
  network.previous = start + <usize>block;
  network.gradients = network.previous + <usize>block;
  for (let l = 1; l < network.depth; l++) {
    const layer = network.layer(l);
    layer.transposed = place(network, panelUnits(layer.inputs), lanes4(layer.units));
  }
  layOutWorkspace(network, workspace);
  return network.end;
}

function layOutWorkspace(network: Network, workspace: Workspace): void {
  const first = network.layer(0);
  const tile = network.tile;
  workspace.scratch = place(network, panelUnits(first.units), lanes4(first.inputs));
  workspace.inputStride = strideOf(first.inputs);
  // Either the inputs or, twice as large where none of them is zero, their pairs; and SLACK more.
  workspace.input = place(network, workspace.inputStride + 1, 2 * tile);
  workspace.activations = place(network, 0);
  let widest = 0;
  for (let l = 0; l < network.depth; l++) {
    const layer = network.layer(l);
    layer.output = place(network, layer.stride, tile) - workspace.activations;
    layer.delta = place(network, layer.stride, tile) - workspace.activations;
    widest = max(widest, layer.units);
  }
  workspace.encoded = place(network, first.inputs + SLACK);
  // Rows of dZ are packed 16 together, and 16 rows of A besides.
  workspace.packed = place(network, ((widest + 15) & ~15) + 16, tile);
  workspace.rowPointers = place(network, tile + 1);
  workspace.labels = place(network, tile);
  workspace.classes = place(network, tile);
  workspace.maxima = place(network, tile);
  workspace.sums = place(network, tile);
}

/**
 * Where the next buffer of a network is to be, of rows × columns words of four bytes. That it cannot be
 * so large shows at the end.
 */
function place(network: Network, rows: i32, columns: i32 = 1): usize {
  const start = network.end;
  network.end = start + ceil((<f64>rows * <f64>columns) / (ALIGNMENT / 4)) * ALIGNMENT;
  return <usize>start;
}

function aligned(address: usize): usize {
  return (address + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/**
 * The leading dimension of activations of n units: the least multiple of 4, and one cache line more
 * where columns would lie so many lines apart that they all compete for a few sets of the cache.
 */
function strideOf(n: i32): i32 {
  const lanes = lanes4(n);
  return lanes % 64 == 0 ? lanes + 16 : lanes;
}

/** The workspace of a network that is laid out. */
export function workspaceOf(network: Network): Workspace {
  return network.workspace();
}

/** How many examples go through its layers at a time. */
export function tileOf(network: Network): i32 {
  return network.tile;
}

/** How many floats a block of the parameters' form takes. */
export function parameterCountOf(network: Network): i32 {
  return network.parameterCount;
}
