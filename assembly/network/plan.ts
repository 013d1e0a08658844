/**
 * Where each buffer of a network begins, computed from the layer sizes alone before anything runs
 * (memory.ts draws it). The memory of a new instance is zero: so are flags and padding, which stays so.
 *
 * Sizes are added up in f64, which no network overflows: the host compares the end with what a memory
 * can hold before it writes anything.
 */
import { SLACK } from '../kernels/nonzeros';
import { lanes4, panelUnits } from '../kernels/panels';
import { Layer, Network, Step, Team, THREADS, WORKSPACE_BYTES, Workspace } from './memory';
import { teamBytes } from './threads';

/**
 * Every buffer begins at a multiple of this, a cache line, which is also what the widest load wants. It is
 * as many bytes as the record of examples, or a tally, may take, and as a kernel may read past what is
 * staged.
 */
export const ALIGNMENT: i32 = 64;

/** The most threads that a network may have. */
export const MOST_THREADS: i32 = 64;

/** The most parameters of a network whose threads each have room for the gradients of a tile. */
const MOST_TILE_GRADIENTS: i32 = 1 << 17;

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
  // Very many layers take more than the first page, which holds the workspaces' records too.
  const end =
    changetype<usize>(layer) + offsetof<Layer>() + <usize>(2 * MOST_THREADS + 1) * WORKSPACE_BYTES;
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
 *
 * @param threads how many there may be, up to MOST_THREADS; 0: one
 */
export function layOut(network: Network, threads: i32): f64 {
  const block = network.end;
  network.threads = THREADS ? max(threads, 1) : 1;
  if (THREADS) network.active = network.threads;
  const workspace = network.workspace(0);
  const records = THREADS ? 2 * network.threads : 1;
  const start = aligned(changetype<usize>(network.workspace(records - 1)) + offsetof<Workspace>());
  network.end = <f64>start + 3 * block;
  network.parameterCount = <i32>(block / 4);
  network.parameters = start;
  network.previous = start + <usize>block;
  network.gradients = network.previous + <usize>block;
  network.step = changetype<Step>(place(network, offsetof<Step>() / 4));
  if (THREADS) network.team = changetype<Team>(place(network, teamBytes(network.threads) / 4));
  for (let l = 1; l < network.depth; l++) {
    const layer = network.layer(l);
    layer.transposed = place(network, panelUnits(layer.inputs), lanes4(layer.units));
  }
  network.shown = workspace;
  layOutWorkspace(network, workspace);
  workspace.gradients = network.gradients;
  let thread = 0;
  do {
    layOutOwn(network, network.workspace(thread), workspace);
  } while (THREADS && ++thread < network.threads);
  if (!THREADS || network.threads == 1) return network.end;
  network.hasTiles = network.parameterCount <= MOST_TILE_GRADIENTS;
  for (let i = 0; network.hasTiles && i < network.threads; i++) {
    const own = network.workspace(network.threads + i);
    layOutWorkspace(network, own);
    own.gradients = place(network, network.parameterCount);
    layOutOwn(network, own, own);
  }
  return network.end;
}

/** Places what the threads' workspaces have in common. */
function layOutWorkspace(network: Network, workspace: Workspace): void {
  const first = network.layer(0);
  const tile = network.tile;
  workspace.scratch = place(network, panelUnits(first.units), lanes4(first.inputs));
  workspace.inputStride = strideOf(first.inputs);
  // Either the inputs or, twice as large where none of them is zero, their pairs; with room behind
  // the pairs of each thread's examples, at least four, for the SLACK that may be written there.
  workspace.input = place(network, workspace.inputStride + 4, 2 * tile);
  workspace.activations = place(network, 0);
  for (let l = 0; l < network.depth; l++) {
    const layer = network.layer(l);
    layer.output = place(network, layer.stride, tile) - workspace.activations;
    layer.delta = place(network, layer.stride, tile) - workspace.activations;
  }
  workspace.rowPointers = place(network, 2 * tile);
  workspace.labels = place(network, tile);
  workspace.classes = place(network, tile);
  workspace.maxima = place(network, tile);
  workspace.sums = place(network, tile);
  workspace.losses = place(network, 2 * tile);
}

/** Gives a thread's workspace what all have in common, and places what is its own. */
function layOutOwn(network: Network, workspace: Workspace, common: Workspace): void {
  const tile = network.tile;
  if (THREADS) {
    memory.copy(changetype<usize>(workspace), changetype<usize>(common), offsetof<Workspace>());
  }
  let widest = 0;
  for (let l = 0; l < network.depth; l++) widest = max(widest, network.layer(l).units);
  workspace.encoded = place(network, network.layer(0).inputs + SLACK);
  // Rows of dZ are packed 16 together, and 16 rows of A besides.
  workspace.packed = place(network, ((widest + 15) & ~15) + 16, tile);
  if (THREADS) workspace.bounds = place(network, 2 * tile);
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

/** How many examples go through its layers at a time. */
export function tileOf(network: Network): i32 {
  return network.tile;
}

/** How many floats a block of the parameters' form takes. */
export function parameterCountOf(network: Network): i32 {
  return network.parameterCount;
}
