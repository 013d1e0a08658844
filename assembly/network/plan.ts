/**
 * Where each buffer of a network begins, computed from the layer sizes alone before anything runs
 * (memory.ts draws it). The memory of a new instance is zero: so are flags and padding, which stays so.
 */
import { SLACK } from '../kernels/nonzeros';
import { lanes4, panelUnits } from '../kernels/panels';
import { placeFlipped, placePadded } from './convolution';
import { placeTransposed } from './dense';
import { aligned, place, strideOf } from './layers';
import { IMAGES, Kind, Network, Step, Team, THREADS, Workspace } from './memory';
import { teamBytes } from './threads';

/** The most parameters of a network whose threads each have room for the gradients of a tile. */
const MOST_TILE_GRADIENTS: i32 = 1 << 17;

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
  while (IMAGES && network.layer(network.lowest).kind == Kind.MaxPool) {
    network.firstWithParameters++;
  }
  for (let l = network.lowest + 1; l < network.depth; l++) {
    const layer = network.layer(l);
    if (IMAGES && layer.kind == Kind.MaxPool) continue;
    if (IMAGES && layer.kind == Kind.Convolution) placeFlipped(network, l);
    else placeTransposed(network, layer);
  }
  network.shown = workspace;
  layOutWorkspace(network, workspace);
  workspace.gradients = network.gradients;
  let thread = 0;
  do {
    layOutOwn(network, network.workspace(thread), workspace);
  } while (THREADS && ++thread < network.threads);
  if (!THREADS || network.threads == 1) return network.end;
  network.hasTiles = network.hasImages || network.parameterCount <= MOST_TILE_GRADIENTS;
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
  const tile = network.tile;
  if (network.hasImages) placePadded(network, workspace);
  if (!IMAGES || network.layer(0).kind == Kind.Dense) {
    const first = network.layer(0);
    workspace.scratch = place(network, panelUnits(first.units), lanes4(first.inputs));
  }
  workspace.inputStride = strideOf(network.features);
  // Either the inputs or, twice as large where none of them is zero, their pairs; with room behind
  // the pairs of each thread's examples, at least four, for the SLACK that may be written there.
  workspace.input = place(network, workspace.inputStride + 4, 2 * tile);
  workspace.activations = place(network, 0);
  for (let l = 0; l < network.depth; l++) {
    const layer = network.layer(l);
    layer.output = place(network, layer.stride, tile) - workspace.activations;
    // A convolution writes up to three pixels behind the last one.
    if (IMAGES) place(network, 3 * layer.lanes);
    layer.delta = place(network, layer.stride, tile) - workspace.activations;
    if (IMAGES) place(network, 3 * layer.lanes);
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
  for (let l = 0; l < network.depth; l++) widest = max(widest, network.layer(l).size);
  workspace.encoded = place(network, network.features + SLACK);
  // Rows of dZ are packed 16 together, and 16 rows of A besides.
  workspace.packed = place(network, ((widest + 15) & ~15) + 16, tile);
  if (THREADS) workspace.bounds = place(network, 2 * tile);
}

/** How many examples go through its layers at a time. */
export function tileOf(network: Network): i32 {
  return network.tile;
}

/** How many floats a block of the parameters' form takes. */
export function parameterCountOf(network: Network): i32 {
  return network.parameterCount;
}
