/** A dense layer: each unit is connected with all inputs (docs/math.md, eq. 2 and 7 to 9). */
import { add } from '../kernels/add';
import { biasGradient } from '../kernels/bias';
import { affine, affineBackward, weightGradient } from '../kernels/matmul';
import { f32Bytes, lanes4, panelFloats, panelUnits, panelWidth } from '../kernels/panels';
import { sparseAffine, sparseWeightGradient } from '../kernels/sparse';
import { newLayer, place, placeParameters, strideOf } from './layers';
import { Layer, Network, THREADS, Workspace } from './memory';
import { inputsFrom, pairsBetween, tileExamples, unitsFrom, unitsOf } from './shares';

/**
 * Adds a dense layer behind those that are there: `inputs` is n⁰, or the units of the last one; behind an
 * image its floats, whatever is said.
 */
export function addLayer(network: Network, inputs: i32, units: i32): void {
  const layer = newLayer(network);
  if (changetype<usize>(layer) == 0) return;
  if (network.depth == 1) network.features = inputs;
  else if (network.hasImages) inputs = network.layer(network.depth - 2).size;
  layer.size = units;
  layer.stride = strideOf(units);
  // As many examples at a time, up to 128, as fit a second-level cache of 1 MiB with what enters and
  // leaves a layer; but at least 32. It fixes the order of the sums over a batch, so it depends on the
  // sizes alone, never on the machine.
  const most = (1 << 18) / (strideOf(inputs) + layer.stride);
  while (network.tile > 32 && network.tile > most) network.tile >>= 1;
  placeParameters(network, layer, inputs, units);
}

/** Places what the backward pass reads, where the layer hands a gradient down: Wᵀ. */
export function placeTransposed(network: Network, layer: Layer): void {
  layer.transposed = place(network, panelUnits(layer.inputs), lanes4(layer.units));
}

/** Z := W·A + b, for the workspace's examples; `stride` floats from one example's A to the next. */
export function dense(
  network: Network,
  workspace: Workspace,
  l: i32,
  z: usize,
  a: usize,
  stride: i32,
): void {
  const layer = network.layer(l);
  const w = network.parameters + layer.weights;
  const b = network.parameters + layer.biases;
  const n = layer.units;
  const k = layer.inputs;
  const m = workspace.m;
  if (l == 0 && workspace.sparse) {
    sparseAffine(z, w, workspace.rowPointers, b, n, k, m, layer.stride);
  } else {
    affine(z, w, a, b, n, k, m, layer.stride, stride);
  }
}

/** Z := W·A + b of part of the first layer's units, for all of the tile's examples. */
export function affineUnits(network: Network, part: i32): void {
  const tile = network.workspace(0);
  const layer = network.layer(0);
  const k = layer.inputs;
  const m = network.m;
  const from = unitsFrom(network, part);
  const n = unitsOf(network, part);
  const z = tile.activations + layer.output + f32Bytes(from);
  const w = network.parameters + layer.weights + f32Bytes(from * lanes4(k));
  const b = network.parameters + layer.biases + f32Bytes(from);
  if (tile.sparse) sparseAffine(z, w, tile.rowPointers, b, n, k, m, layer.stride);
  else affine(z, w, tile.input, b, n, k, m, layer.stride, tile.inputStride);
}

/** dA := Wᵀ·dZ, for m examples, `stride` floats from one's dA to the next. */
export function denseBackward(layer: Layer, da: usize, dz: usize, m: i32, stride: i32): void {
  const k = layer.inputs;
  affineBackward(da, layer.transposed, dz, layer.units, k, m, stride, layer.stride);
}

/**
 * dW and db of the examples of `tile`, for part of the inputs, or of the first layer's units; added to those so
 * far where `accumulate` is true.
 */
export function denseGradient(
  network: Network,
  tile: Workspace,
  workspace: Workspace,
  l: i32,
  a: usize,
  stride: i32,
  accumulate: bool,
  part: i32,
): void {
  const layer = network.layer(l);
  const m = tileExamples(network, tile);
  const k = layer.inputs;
  const byUnits = THREADS && l == 0 && network.byUnits;
  const unit = byUnits ? unitsFrom(network, part) : 0;
  const n = byUnits ? unitsOf(network, part) : layer.units;
  const from = byUnits ? 0 : inputsFrom(network, l, part);
  const to = byUnits ? lanes4(k) : inputsFrom(network, l, part + 1);
  const dw = layer.weights + f32Bytes(unit * lanes4(k));
  const dz = tile.delta(layer);
  const unitDz = dz + f32Bytes(unit);
  if (l == 0 && tile.sparse) {
    sparseGradient(network, tile, workspace, dw, unitDz, n, accumulate, from, to);
  } else {
    const sum = tile.gradients + dw;
    const packed = workspace.packed;
    weightGradient(sum, packed, unitDz, a, n, k, m, layer.stride, stride, accumulate, from, to);
  }
  if (part > 0) return;
  const db = tile.gradients + layer.biases;
  if (!accumulate) memory.fill(db, 0, f32Bytes(lanes4(layer.units)));
  biasGradient(db, dz, layer.units, m, layer.stride);
}

/**
 * dW¹ of a sparse tile, at `dw` bytes of the gradients, for n units and the inputs `from` … `to` − 1. A tile's
 * sum begins with zero and is added to the batch's last, as in the dense product, so that both give the
 * same bits: after the first tile it needs room of its own.
 */
function sparseGradient(
  network: Network,
  tile: Workspace,
  workspace: Workspace,
  dw: usize,
  dz: usize,
  n: i32,
  accumulate: bool,
  from: i32,
  to: i32,
): void {
  const layer = network.layer(0);
  const k = layer.inputs;
  const gradients = tile.gradients + dw;
  const sum = accumulate ? workspace.scratch + dw - layer.weights : gradients;
  const rowPointers = pairsBetween(network, tile, workspace, from, to);
  // What belongs to these inputs in each panel; all panels are one where they are all inputs.
  const whole = network.hasAllInputs || network.byUnits;
  const bytes = f32Bytes(panelFloats(n, k));
  const panel = whole ? bytes : f32Bytes(panelWidth(n) * lanes4(k));
  const first: usize = whole ? 0 : f32Bytes(panelWidth(n) * from);
  const part = whole ? bytes : f32Bytes(panelWidth(n) * (to - from));
  let at = first;
  if (accumulate || network.byTiles || !network.cleared) {
    do {
      memory.fill(sum + at, 0, part);
      at += panel;
    } while (THREADS && at < bytes);
  }
  sparseWeightGradient(sum, dz, rowPointers, n, k, tileExamples(network, tile), layer.stride);
  if (!accumulate) return;
  at = first;
  do {
    add(gradients + at, sum + at, <i32>(part >> 2));
    at += panel;
  } while (THREADS && at < bytes);
}
