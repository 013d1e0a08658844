/** A layer of filters that are moved over an image (docs/equations.md, eq. 28 to 30). */
import { Activation } from '../kernels/activation';
import { add } from '../kernels/add';
import { biasGradient } from '../kernels/bias';
import { convolve } from '../kernels/convolve';
import { filterGradient } from '../kernels/filter-gradient';
import { clear, copyRows } from '../kernels/pad';
import {
  f32Bytes,
  lanes4,
  panelFloats,
  panelOffset,
  panelUnits,
  panelWidth,
} from '../kernels/panels';
import { findSpans, Span, wholeSpans } from '../kernels/spans';
import {
  countNonzeros,
  gatherFilters,
  listNonzeros,
  scatterGradient,
  sortNonzeros,
  sparseFilterGradient,
} from '../kernels/sparse-convolve';
import { newImageLayer } from './images';
import { place, placeParameters } from './layers';
import { Image, Kind, Layer, Network, Workspace } from './memory';

/** The fraction of nonzero gradients up to which they are worked on one by one. Either gives the same bits. */
const SPARSE_GRADIENTS: f32 = 0.25;

/** The fraction of nonzero inputs up to which rows of windows that are zero are searched for, likewise. */
const SPARSE_INPUTS: f32 = 0.5;

/**
 * Adds a convolution of so many filters of kernel × kernel × channels, `step` apart. Where `same` is not 0,
 * zeros are put around the image, so that each `step`-th pixel has a window; one more behind than before it
 * where they are odd in number.
 */
export function addConvolution(
  network: Network,
  filters: i32,
  kernel: i32,
  step: i32,
  same: i32,
): void {
  const below = network.below(network.depth);
  const height = same != 0 ? (below.height + step - 1) / step : (below.height - kernel) / step + 1;
  const width = same != 0 ? (below.width + step - 1) / step : (below.width - kernel) / step + 1;
  const lanes = lanes4(filters);
  const layer = newImageLayer(network, Kind.Convolution, height, width, filters, lanes);
  if (changetype<usize>(layer) == 0) return;
  layer.kernel = kernel;
  layer.step = step;
  if (same != 0) {
    layer.rowsAround = max((height - 1) * step + kernel - below.height, 0);
    layer.columnsAround = max((width - 1) * step + kernel - below.width, 0);
    layer.rowsBefore = layer.rowsAround >> 1;
    layer.columnsBefore = layer.columnsAround >> 1;
  }
  placeParameters(network, layer, kernel * kernel * below.lanes, filters);
}

/** Places what the backward pass reads, where the layer hands a gradient down: F filter by filter, and flipped. */
export function placeFlipped(network: Network, l: i32): void {
  const layer = network.layer(l);
  const window = layer.kernel * layer.kernel;
  layer.transposed = place(network, layer.lanes, layer.inputs);
  layer.flipped = place(network, panelUnits(network.below(l).lanes), window * layer.lanes);
}

/** Places what convolutions need of one example, and the sums over a tile. */
export function placePadded(network: Network, workspace: Workspace): void {
  let sums: f64 = 0;
  let image: f64 = 0;
  let delta: f64 = 0;
  let lists: f64 = 0;
  for (let l = 0; l < network.depth; l++) {
    const layer = network.layer(l);
    if (layer.kind != Kind.Convolution) continue;
    const below = network.below(l);
    const kernel = layer.kernel;
    // dF filter by filter, whose rows are padded, or in panels; and db.
    const byFilter = <f64>layer.lanes * (kernel * lanes4(kernel * below.lanes));
    sums = max(sums, max(byFilter, panelFloats(layer.units, layer.inputs)) + layer.lanes);
    const rows = below.height + layer.rowsAround;
    image = max(image, <f64>rows * (below.width + layer.columnsAround) * below.lanes);
    lists = max(lists, 5 * <f64>layer.size + layer.lanes + 12);
    const all = <f64>(below.height + kernel - 1) * (below.width + kernel - 1) * layer.lanes;
    delta = max(delta, all);
  }
  workspace.scratch = place(network, <i32>sums);
  // Up to three floats behind a window are read.
  workspace.padded = place(network, <i32>image + 4);
  workspace.paddedDelta = place(network, <i32>max(image, delta) + 4);
  workspace.lists = place(network, <i32>lists);
  const first = network.layer(0);
  if (first.kind == Kind.Convolution) {
    workspace.spans = place(network, first.height * (offsetof<Span>() >> 2), network.tile);
  }
}

/** Bytes from a row to the next of the image with its zeros. */
function paddedRow(layer: Layer, below: Image): usize {
  return f32Bytes((below.width + layer.columnsAround) * below.lanes);
}

function isPadded(layer: Layer): bool {
  return layer.rowsAround + layer.columnsAround > 0;
}

/** Where the image itself begins, in bytes from the start of that with its zeros. */
function insidePadded(layer: Layer, below: Image): usize {
  const before = layer.columnsBefore * below.lanes;
  return paddedRow(layer, below) * layer.rowsBefore + f32Bytes(before);
}

/** The image with zeros around it, where the layer puts any. */
function padded(workspace: Workspace, layer: Layer, below: Image, x: usize): usize {
  if (!isPadded(layer)) return x;
  const out = workspace.padded;
  clearPadded(out, layer, below);
  const row = f32Bytes(below.width * below.lanes);
  const inside = out + insidePadded(layer, below);
  copyRows(inside, paddedRow(layer, below), x, row, below.height, below.width * below.lanes);
  return out;
}

function clearPadded(x: usize, layer: Layer, below: Image): void {
  const rows = below.height + layer.rowsAround;
  clear(x, lanes4(rows * (below.width + layer.columnsAround) * below.lanes));
}

/** Whether the layer gives ReLU(Z), and not Z. */
function isRectified(network: Network, l: i32): bool {
  return l < network.depth - 1 && network.activationOf(network.layer(l)) == Activation.Relu;
}

/** Where what is known of the zeros of the workspace's example i begins; 0 behind the first layer. */
function spansOf(workspace: Workspace, layer: Layer, l: i32, i: i32): usize {
  return l == 0 ? workspace.spans + <usize>(i * layer.height) * offsetof<Span>() : 0;
}

/** Finds what is not zero of example a; x is a with the zeros around it. */
function findSpansOf(network: Network, spans: usize, a: usize, x: usize): void {
  const layer = network.layer(0);
  const below = network.below(0);
  const height = layer.height;
  const width = layer.width;
  const kernel = layer.kernel;
  const most = <i32>(SPARSE_INPUTS * <f32>network.features);
  if (countNonzeros(a, network.features & ~3) > most) {
    wholeSpans(spans, height, width, kernel);
    return;
  }
  const step = layer.step;
  const across = step * below.lanes;
  const row = paddedRow(layer, below);
  findSpans(spans, x, across, row, step, height, width, kernel, kernel * below.lanes);
}

/** Z := F ∗ A + b, or ReLU(Z), for the workspace's examples; `stride` floats from one example's A to the next. */
export function convolution(
  network: Network,
  workspace: Workspace,
  l: i32,
  z: usize,
  a: usize,
  stride: i32,
): void {
  const layer = network.layer(l);
  const below = network.below(l);
  const across = f32Bytes(layer.step * below.lanes);
  const row = paddedRow(layer, below);
  const steps = layer.kernel * below.lanes;
  const f = network.parameters + layer.weights;
  const b = network.parameters + layer.biases;
  const height = layer.height;
  const width = layer.width;
  const n = layer.units;
  const least: f32 = isRectified(network, l) ? 0 : -Infinity;
  for (let i = 0; i < workspace.m; i++) {
    const x = padded(workspace, layer, below, a);
    const spans = spansOf(workspace, layer, l, i);
    if (l == 0) findSpansOf(network, spans, a, x);
    convolve(
      z,
      b,
      f,
      x,
      across,
      row * layer.step,
      row,
      height,
      width,
      n,
      layer.kernel,
      steps,
      spans,
      least,
    );
    z += f32Bytes(layer.stride);
    a += f32Bytes(stride);
  }
}

/**
 * dF and db of the workspace's examples; and, where `da` is not 0, dA. Where `accumulate` is true dF and db are
 * added to what is there: their sums over a tile begin with zero and are added last, as those of dense layers.
 */
export function convolutionBackward(
  network: Network,
  workspace: Workspace,
  l: i32,
  da: usize,
  dz: usize,
  a: usize,
  stride: i32,
  accumulate: bool,
): void {
  const layer = network.layer(l);
  const below = network.below(l);
  const n = layer.units;
  const k = layer.inputs;
  const kernel = layer.kernel;
  const steps = kernel * below.lanes;
  const pixels = layer.height * layer.width;
  const across = f32Bytes(layer.step * below.lanes);
  const row = paddedRow(layer, below);
  const down = row * layer.step;
  const m = workspace.m;
  // The first example stands for the others.
  const sparse = <f32>countNonzeros(dz, layer.size) <= SPARSE_GRADIENTS * <f32>layer.size;
  // Convolving with flipped filters takes windows that are one pixel apart.
  const scatters = sparse || layer.step > 1;
  const df = workspace.scratch;
  const floats = sparse ? lanes4(n) * kernel * lanes4(steps) : panelFloats(n, k);
  const db = df + f32Bytes(floats);
  clear(df, floats + lanes4(n));
  const ends = workspace.lists;
  const lists = ends + f32Bytes(layer.lanes);
  const values = lists + f32Bytes(2 * layer.size);
  const filters = values + f32Bytes(layer.size + 4);
  const windows = filters + f32Bytes(layer.size + 4);
  let count = 0;
  for (let i = 0; i < m; i++) {
    const x = padded(workspace, layer, below, a);
    let dx = da;
    if (da != 0 && scatters) {
      if (isPadded(layer)) dx = workspace.paddedDelta;
      clearPadded(dx, layer, below);
    }
    if (sparse || (da != 0 && scatters)) {
      count = listNonzeros(
        values,
        filters,
        windows,
        dz,
        across,
        down,
        layer.height,
        layer.width,
        n,
        spansOf(workspace, layer, l, i),
      );
    }
    if (sparse) {
      sortNonzeros(lists, ends, pixels, values, filters, windows, count, x, n);
      sparseFilterGradient(df, lists, ends, pixels, row, n, kernel, steps);
    } else {
      filterGradient(df, dz, x, across, down, row, layer.height, layer.width, n, kernel, steps);
    }
    if (da != 0 && scatters) {
      const f = layer.transposed;
      scatterGradient(dx, values, filters, windows, count, row, f, kernel, steps);
    }
    if (da != 0) {
      if (!scatters) gradientBelow(workspace, layer, below, da, dz);
      else if (isPadded(layer)) crop(da, dx, layer, below);
    }
    biasGradient(db, dz, n, pixels, layer.lanes);
    dz += f32Bytes(layer.stride);
    a += f32Bytes(stride);
    if (da != 0) da += f32Bytes(stride);
  }
  const dw = workspace.gradients + layer.weights;
  if (sparse) gatherFilters(dw, df, n, kernel, steps, accumulate);
  else addTo(dw, df, floats, accumulate);
  addTo(workspace.gradients + layer.biases, db, lanes4(n), accumulate);
}

/** to := x, or to + x. */
function addTo(to: usize, x: usize, count: i32, accumulate: bool): void {
  if (accumulate) add(to, x, count);
  else memory.copy(to, x, f32Bytes(count));
}

/** Takes the image out of the middle of that with zeros around it. */
function crop(x: usize, from: usize, layer: Layer, below: Image): void {
  const row = f32Bytes(below.width * below.lanes);
  const inside = from + insidePadded(layer, below);
  copyRows(x, row, inside, paddedRow(layer, below), below.height, below.width * below.lanes);
}

/** dA := dZ convolved with the flipped filters, for one example and windows that are one pixel apart. */
function gradientBelow(
  workspace: Workspace,
  layer: Layer,
  below: Image,
  da: usize,
  dz: usize,
): void {
  const kernel = layer.kernel;
  const lanes = layer.lanes;
  const columns = below.width + kernel - 1;
  const row = f32Bytes(columns * lanes);
  const x = workspace.paddedDelta;
  clear(x, (below.height + kernel - 1) * columns * lanes);
  const inside =
    x +
    row * (kernel - 1 - layer.rowsBefore) +
    f32Bytes((kernel - 1 - layer.columnsBefore) * lanes);
  const width = layer.width * lanes;
  copyRows(inside, row, dz, f32Bytes(width), layer.height, width);
  const across = f32Bytes(lanes);
  const n = below.lanes;
  convolve(
    da,
    0,
    layer.flipped,
    x,
    across,
    row,
    row,
    below.height,
    below.width,
    n,
    kernel,
    kernel * lanes,
    0,
    -Infinity,
  );
}

/**
 * Makes anew what backward passes read: F filter by filter, and flipped; of the window's values `from` … `to` − 1.
 */
export function flipFilters(network: Network, parameters: usize, l: i32, from: i32, to: i32): void {
  const layer = network.layer(l);
  const below = network.below(l);
  const n = layer.units;
  const k = layer.inputs;
  const steps = below.lanes;
  const window = layer.kernel * layer.kernel;
  const w = parameters + layer.weights;
  const turned = window * layer.lanes;
  const step = f32Bytes(panelWidth(steps));
  for (let i = from; i < to; i++) {
    const channel = i % steps;
    const opposite = (window - 1 - i / steps) * layer.lanes;
    let byFilter = layer.transposed + f32Bytes(i);
    let flipped = layer.flipped + panelOffset(channel, opposite, steps, turned);
    for (let j = 0; j < n; j++) {
      const value = load<f32>(w + panelOffset(j, i, n, k));
      store<f32>(byFilter, value);
      byFilter += f32Bytes(k);
      store<f32>(flipped, value);
      flipped += step;
    }
  }
}
