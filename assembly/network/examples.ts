/** Examples in the memory: how a tile of them becomes A⁰ (eq. 1), or its nonzeros. */
import { scaleBytes } from '../kernels/input';
import {
  countBytes,
  countFloats,
  encodeBytes,
  encodedBetween,
  pairsOfEncoded,
  pairsOfFloats,
} from '../kernels/nonzeros';
import { f32Bytes, lanes4, panelWidth } from '../kernels/panels';
import { prefetch } from '../kernels/prefetch';
import { Examples, Format, IMAGES, Kind, Layer, Network, THREADS, Workspace } from './memory';

/**
 * The fraction of nonzero inputs up to which a tile is worked on as its nonzeros alone, and a training
 * set kept as them.
 */
const SPARSE_FRACTION: f32 = 0.4;

/** Gives a part of the tile's examples to its workspace: whole columns of four, but for the last; or its first tile. */
export function takeExamples(network: Network, workspace: Workspace, part: i32): void {
  workspace.start = network.start;
  workspace.m = network.m;
  if (!THREADS) return;
  if (network.byTiles) {
    workspace.start += startOfTiles(network, part);
    workspace.m = 0;
    takeNextTile(network, workspace, part);
    return;
  }
  const common = network.workspace(0);
  const first = startOfPart(network, part);
  workspace.begin = first;
  workspace.start += first;
  workspace.m = startOfPart(network, part + 1) - first;
  workspace.rowPointers = common.rowPointers + ((<usize>first) << 3);
  workspace.labels = common.labels + first;
  workspace.classes = common.classes + f32Bytes(first);
  workspace.maxima = common.maxima + f32Bytes(first);
  workspace.sums = common.sums + f32Bytes(first);
  workspace.losses = common.losses + ((<usize>first) << 3);
}

/** Goes to the next tile of a part that has several. Returns false where there is no other. */
export function takeNextTile(network: Network, workspace: Workspace, part: i32): bool {
  if (!network.byTiles) return false;
  workspace.start += workspace.m;
  const left = network.start + startOfTiles(network, part + 1) - workspace.start;
  if (left == 0) return false;
  workspace.m = min(left, network.tile);
  workspace.sparse = areSparse(network, countNonzeros(network, workspace), workspace.m);
  return true;
}

/** The first example of a part that has whole tiles. */
function startOfTiles(network: Network, part: i32): i32 {
  const tiles = (network.m + network.tile - 1) / network.tile;
  return min(((tiles * part) / network.parts) * network.tile, network.m);
}

function startOfPart(network: Network, part: i32): i32 {
  if (part == 0) return 0;
  if (part == network.parts) return network.m;
  return ((network.m * part) / network.parts) & ~3;
}

/** Counts the inputs that are not zero in part of a tile's examples. */
export function countPart(network: Network, workspace: Workspace, part: i32): void {
  takeExamples(network, workspace, part);
  workspace.nonzeros = countNonzeros(network, workspace);
}

/** A⁰ of part of a tile's examples. */
export function loadPart(network: Network, workspace: Workspace, part: i32): void {
  takeExamples(network, workspace, part);
  loadInputs(network, workspace);
}

/** How many inputs of the workspace's examples are not zero; 0 where that is known not to matter. */
function countNonzeros(network: Network, workspace: Workspace): i32 {
  const examples = network.source;
  if (examples.format == Format.Encoded) return 0;
  prefetchInputs(network, workspace);
  const k = network.features;
  let nonzeros = 0;
  const start = workspace.start;
  for (let i = start; i < start + workspace.m; i++) {
    const x = inputsAt(examples, k, i);
    nonzeros += examples.format == Format.Bytes ? countBytes(x, k) : countFloats(x, k);
  }
  return nonzeros;
}

/** Whether so many nonzeros of m examples make less work than all inputs. Either gives the same bits. */
export function areSparse(network: Network, nonzeros: i32, m: i32): bool {
  if (IMAGES && network.layer(0).kind != Kind.Dense) return false;
  return <f32>nonzeros <= SPARSE_FRACTION * <f32>(network.features * m);
}

/** A⁰ := the workspace's examples (eq. 1), or their nonzeros. */
export function loadInputs(network: Network, workspace: Workspace): void {
  const layer = network.layer(0);
  const examples = network.source;
  const k = network.features;
  const m = workspace.m;
  const start = workspace.start;
  const sparse = workspace.sparse;
  // Other formats have been fetched where their nonzeros were counted.
  if (examples.format == Format.Encoded) prefetchInputs(network, workspace);
  const column = f32Bytes(sparse ? 2 * (workspace.inputStride + 4) : workspace.inputStride);
  let to = workspace.input + column * workspace.first;
  for (let i = 0; i < m; i++) {
    if (sparse) {
      const pointers = workspace.rowPointers + ((<usize>i) << 3);
      store<u32>(pointers, <u32>to);
      to = loadPairs(workspace, to, layer, examples, start + i);
      store<u32>(pointers, <u32>to, 4);
    } else {
      // Pairs may have been where the padding is.
      v128.store(to + f32Bytes(lanes4(k) - 4), f32x4.splat(0));
      const x = inputsAt(examples, k, start + i);
      if (examples.format == Format.Bytes) scaleBytes(to, x, k);
      else memory.copy(to, x, f32Bytes(k));
      to += column;
    }
  }
}

/** Fetches a tile in random order ahead; what lies in order, the processor fetches by itself. */
function prefetchInputs(network: Network, workspace: Workspace): void {
  const examples = network.source;
  const k = network.features;
  const start = workspace.start;
  const m = workspace.m;
  if (examples.order == 0 || m == 0) return;
  let sum: u32 = 0;
  for (let i = start; i < start + m; i++) {
    const x = inputsAt(examples, k, i);
    if (examples.format == Format.Encoded) sum += prefetch(load<u32>(x), load<u32>(x, 4));
    else sum += prefetch(x, x + exampleBytes(examples, k));
  }
  // Overwritten with the pointers of the first example: storing the sum only keeps the loads.
  store<u32>(workspace.rowPointers, sum);
}

/** Writes the pairs of the example at place i, and returns their end. */
function loadPairs(
  workspace: Workspace,
  pairs: usize,
  first: Layer,
  examples: Examples,
  i: i32,
): usize {
  const k = first.inputs;
  const x = inputsAt(examples, k, i);
  const width = panelWidth(first.units);
  if (examples.format == Format.Encoded) {
    return pairsOfEncoded(pairs, load<u32>(x), load<u32>(x, 4), width);
  }
  if (examples.format == Format.Floats) return pairsOfFloats(pairs, x, k, width);
  const encoded = workspace.encoded;
  return pairsOfEncoded(pairs, encoded, encodeBytes(encoded, x, k), width);
}

export function loadLabels(network: Network, workspace: Workspace): void {
  const examples = network.source;
  const start = workspace.start;
  for (let i = 0; i < workspace.m; i++) {
    store<u8>(workspace.labels + i, load<u8>(examples.labels + numberAt(examples, start + i)));
  }
}

/** Address of the k inputs of the example at place i, or of the bounds of its encoded nonzeros. */
function inputsAt(examples: Examples, k: i32, i: i32): usize {
  return examples.inputs + numberAt(examples, i) * exampleBytes(examples, k);
}

/** The number of the example at place i. */
export function numberAt(examples: Examples, i: i32): usize {
  return examples.order == 0 ? i : load<u32>(examples.order + ((<usize>i) << 2));
}

/** Bytes from one example's inputs, or bounds of encoded nonzeros, to the next one's. */
function exampleBytes(examples: Examples, k: i32): usize {
  return examples.format == Format.Encoded ? 4 : <usize>(k * examples.format);
}

/**
 * Encodes the nonzeros of `count` examples of bytes to `encoded`, and writes the address of each example's
 * to `rowPointers`, u32[from + count + 1], after those of `from` others. Returns their end, or 0 if so many
 * inputs of all these examples are nonzero that the dense products are less work.
 */
export function encodeExamples(
  rowPointers: usize,
  from: i32,
  encoded: usize,
  inputs: usize,
  k: i32,
  count: i32,
): usize {
  for (let i = from; i < from + count; i++) {
    store<u32>(rowPointers + ((<usize>i) << 2), <u32>encoded);
    encoded = encodeBytes(encoded, inputs, k);
    inputs += k;
  }
  store<u32>(rowPointers + ((<usize>(from + count)) << 2), <u32>encoded);
  const most = <f64>SPARSE_FRACTION * <f64>(from + count) * k;
  return <f64>encodedBetween(load<u32>(rowPointers), encoded) > most ? 0 : encoded;
}
