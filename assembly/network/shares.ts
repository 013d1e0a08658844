/** Which inputs or units of a layer, and so which weights, are a thread's own when gradients are summed and applied. */
import { boundPairs, PAIR_SHIFT } from '../kernels/nonzeros';
import { lanes4, panelWidth } from '../kernels/panels';
import { Network, THREADS, Workspace } from './memory';

/** The first input of a part in layer index l; of part `parts`, where the inputs end with their padding. */
export function inputsFrom(network: Network, l: i32, part: i32): i32 {
  const inputs = lanes4(network.layer(l).inputs);
  if (part == 0) return 0;
  if (!THREADS || network.byTiles || part == network.parts) return inputs;
  if (l == 0 && network.sharedParts == network.parts) return network.workspace(part).from;
  // A panel of Wᵀ is never two threads'.
  return min((inputs * part) / network.parts + 8, inputs) & ~15;
}

/** The first unit of a part in the first layer, where these are shared: that of a panel. */
export function unitsFrom(network: Network, part: i32): i32 {
  const units = network.layer(0).units;
  return part == network.parts ? units : (((units >> 4) * part) / network.parts) << 4;
}

/** How many of the first layer's units are a part's, where these are shared. */
export function unitsOf(network: Network, part: i32): i32 {
  return unitsFrom(network, part + 1) - unitsFrom(network, part);
}

/** Shares the inputs of the first layer out so that each part has as many nonzeros of the tile, about. */
export function shareInputs(network: Network): void {
  if (!THREADS) return;
  network.sharedParts = 0;
  const parts = network.parts;
  if (!network.workspace(0).sparse || parts == 1 || network.byUnits) return;
  const layer = network.layer(0);
  const pointers = network.workspace(0).rowPointers;
  for (let part = 1; part < parts; part++) {
    let sum: u64 = 0;
    for (let i = 0; i < network.m; i++) {
      const at = pointers + ((<usize>i) << 3);
      const pairs = <usize>load<u32>(at);
      const count = (<usize>load<u32>(at, 4) - pairs) >> PAIR_SHIFT;
      if (count > 0) sum += load<u32>(pairs + (((count * part) / parts) << PAIR_SHIFT), 4);
    }
    const mean = <i32>(sum / (<u64>network.m * panelWidth(layer.units)));
    // There is no Wᵀ, so a panel may be two threads'.
    network.workspace(part).from = (mean + 2) & ~3;
  }
  network.sharedParts = parts;
}

/** How many examples there are in a tile, which may be in parts. */
export function tileExamples(network: Network, tile: Workspace): i32 {
  return network.byTiles ? tile.m : network.m;
}

/** The bounds of each example's pairs whose inputs are `from` … `to` − 1. */
export function pairsBetween(
  network: Network,
  tile: Workspace,
  workspace: Workspace,
  from: i32,
  to: i32,
): usize {
  const rowPointers = tile.rowPointers;
  if (network.hasAllInputs || network.byUnits) return rowPointers;
  const width = panelWidth(network.layer(0).units);
  const isLast = to == lanes4(network.layer(0).inputs);
  boundPairs(workspace.bounds, rowPointers, network.m, from * width, isLast ? -1 : to * width);
  return workspace.bounds;
}

/** Keeps the pairs of the batch's first tile for its update, one after another, where they are few. */
export function keepPairs(network: Network): void {
  const pairs = <usize>load<u32>(network.workspace(0).rowPointers);
  let end = pairs;
  let part = 0;
  do {
    const workspace = network.workspace(part);
    if (THREADS && workspace.m == 0) continue;
    const from = <usize>load<u32>(workspace.rowPointers);
    const bytes = <usize>load<u32>(workspace.rowPointers + ((<usize>workspace.m) << 3) - 4) - from;
    if (<i32>((end + bytes - pairs) >> (PAIR_SHIFT - 1)) > network.layer(0).inputs) return;
    if (THREADS && from != end) memory.copy(end, from, bytes);
    end += bytes;
  } while (THREADS && ++part < network.parts);
  network.pairs = pairs;
  network.pairsEnd = end;
}
