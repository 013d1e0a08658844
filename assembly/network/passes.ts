/**
 * The passes of training over the L layers of a network: equations 1 to 14 and 16 to 22 of
 * docs/math.md, tile by tile of the batch. What is computed inside a layer is the kernels' affair.
 */
import { Activation, activate, activateBackward, keepsSlope } from '../kernels/activation';
import { add } from '../kernels/add';
import { argmax, countCorrect } from '../kernels/argmax';
import { biasGradient } from '../kernels/bias';
import { dropout } from '../kernels/dropout';
import { allFinite } from '../kernels/finite';
import { crossEntropy } from '../kernels/loss';
import { affine, affineBackward, weightGradient } from '../kernels/matmul';
import { f32Bytes, panelFloats } from '../kernels/panels';
import { relu, reluBackward } from '../kernels/relu';
import { softmax } from '../kernels/softmax';
import { sparseAffine, sparseWeightGradient } from '../kernels/sparse';
import { countSides, targetLoss } from '../kernels/target-loss';
import { loadInputs, loadLabels, numberAt } from './examples';
import { Examples, Layer, Network, Output, resetTally, Tally, Workspace } from './memory';

/** Aˡ⁻¹ of layer index l, and its leading dimension. */
function inputOf(network: Network, workspace: Workspace, l: i32): usize {
  return l == 0 ? workspace.input : workspace.output(network.layer(l - 1));
}

function inputStrideOf(network: Network, workspace: Workspace, l: i32): i32 {
  return l == 0 ? workspace.inputStride : network.layer(l - 1).stride;
}

function lastLayer(network: Network): Layer {
  return network.layer(network.depth - 1);
}

/**
 * Equations 2 to 4 for the m examples in A⁰. Leaves Aˡ in each hidden layer's output, the logits
 * Zᴸ in the last layer's, and Aᴸ in the last layer's delta.
 *
 * @param place of the first example in its epoch; −1: not part of one, as in an evaluation
 */
function forward(network: Network, workspace: Workspace, m: i32, place: i32): void {
  const depth = network.depth;
  for (let l = 0; l < depth; l++) {
    const layer = network.layer(l);
    const w = network.parameters + layer.weights;
    const b = network.parameters + layer.biases;
    const n = layer.units;
    const k = layer.inputs;
    const z = workspace.output(layer);
    if (l == 0 && workspace.sparse) {
      sparseAffine(z, w, workspace.rowPointers, b, n, k, m, layer.stride);
    } else {
      const a = inputOf(network, workspace, l);
      affine(z, w, a, b, n, k, m, layer.stride, inputStrideOf(network, workspace, l));
    }
    if (l == depth - 1) break;
    applyHidden(network, workspace, layer, m);
    if (place >= 0) drop(network, z, l, place, m);
  }
  const last = lastLayer(network);
  const z = workspace.output(last);
  const a = workspace.delta(last);
  if (network.outputs == Output.Softmax) {
    softmax(a, workspace.maxima, workspace.sums, z, last.units, m, last.stride);
    argmax(workspace.classes, z, workspace.maxima, last.units, m, last.stride);
    return;
  }
  memory.copy(a, z, f32Bytes(last.stride * m));
  if (network.outputs == Output.Sigmoid) {
    activate(a, a, Activation.Sigmoid, last.units, m, last.stride);
  }
}

/** A := g(Z) of a hidden layer; g′(Z), where A does not tell it, is left in its delta. */
function applyHidden(network: Network, workspace: Workspace, layer: Layer, m: i32): void {
  const kind = network.hidden;
  const z = workspace.output(layer);
  if (kind == Activation.Relu) relu(z, layer.units, m, layer.stride);
  else activate(z, workspace.delta(layer), kind, layer.units, m, layer.stride);
}

/** A := A ∘ D of layer index l (eq. 22), or dA, of the examples from a place of their epoch on. */
function drop(network: Network, a: usize, l: i32, place: i32, m: i32): void {
  if (network.dropped == 0) return;
  const layer = network.layer(l);
  const scale: f32 = <f32>1 / keepOf(network);
  const key: u32 = network.dropoutKey + l;
  dropout(a, key, place, network.dropped, scale, layer.units, m, layer.stride);
}

/** The share of hidden units that is not dropped. */
function keepOf(network: Network): f32 {
  return <f32>(1 - <f64>network.dropped / 4294967296.0);
}

/**
 * Equations 5 and 6 for the tile, or those of targets: counts losses and correct predictions, and turns Aᴸ
 * into dZᴸ. The examples are those from place `start` on.
 */
function lossAndOutputGradient(
  network: Network,
  workspace: Workspace,
  tally: Tally,
  examples: Examples,
  start: i32,
  m: i32,
): void {
  const last = lastLayer(network);
  const output = workspace.output(last);
  const delta = workspace.delta(last);
  tally.examples += m;
  if (network.outputs != Output.Softmax) {
    const column = f32Bytes(last.stride);
    const row = f32Bytes(last.units);
    const binary = network.outputs == Output.Sigmoid;
    for (let i = 0; i < m; i++) {
      const dz = delta + column * i;
      const targets = examples.labels + row * numberAt(examples, start + i);
      const z = output + column * i;
      tally.loss += targetLoss(dz, z, targets, last.units, binary);
      if (binary) tally.correct += countSides(z, targets, last.units);
    }
    return;
  }
  loadLabels(workspace, examples, start, m);
  tally.loss += crossEntropy(
    delta,
    output,
    workspace.maxima,
    workspace.sums,
    workspace.labels,
    m,
    last.stride,
  );
  tally.correct += countCorrect(workspace.classes, workspace.labels, m);
}

/**
 * Equations 7 to 9 for the tile, from dZᴸ down; gradients are added to those so far, if any.
 *
 * @param place as of `forward`
 */
function backward(
  network: Network,
  workspace: Workspace,
  m: i32,
  place: i32,
  accumulate: bool,
): void {
  for (let l = network.depth - 1; l >= 0; l--) {
    const layer = network.layer(l);
    const dw = network.gradients + layer.weights;
    const db = network.gradients + layer.biases;
    const dz = workspace.delta(layer);
    const n = layer.units;
    const k = layer.inputs;
    if (l == 0 && workspace.sparse) {
      sparseGradient(network, workspace, dw, dz, m, accumulate);
    } else {
      const a = inputOf(network, workspace, l);
      if (l == 0) network.cleared = false;
      const ldA = inputStrideOf(network, workspace, l);
      weightGradient(dw, workspace.packed, dz, a, n, k, m, layer.stride, ldA, accumulate);
    }
    biasGradient(db, dz, n, m, layer.stride, accumulate);
    if (l > 0) {
      const below = network.layer(l - 1);
      const kind = network.hidden;
      // g′(Z) may be in the delta; what was packed for dW is not needed any more.
      const delta = workspace.delta(below);
      const da = keepsSlope(kind) ? workspace.packed : delta;
      affineBackward(da, layer.transposed, dz, n, k, m, below.stride, layer.stride);
      drop(network, da, l - 1, place, m);
      const a = workspace.output(below);
      if (kind == Activation.Relu) reluBackward(da, a, k, m, below.stride);
      else activateBackward(delta, da, a, kind, keepOf(network), k, m, below.stride);
    }
  }
}

/**
 * dW¹ of a sparse tile. A tile's sum begins with zero and is added to the batch's last, as in the
 * dense product, so that both give the same bits: after the first tile it needs room of its own.
 */
function sparseGradient(
  network: Network,
  workspace: Workspace,
  dw: usize,
  dz: usize,
  m: i32,
  accumulate: bool,
): void {
  const layer = network.layer(0);
  const n = layer.units;
  const k = layer.inputs;
  const count = panelFloats(n, k);
  const sum = accumulate ? workspace.scratch : dw;
  if (accumulate || !network.cleared) memory.fill(sum, 0, f32Bytes(count));
  network.cleared = false;
  sparseWeightGradient(sum, dz, workspace.rowPointers, n, k, m, layer.stride);
  if (accumulate) add(dw, sum, count);
}

/** Begins a batch: no example yet. */
export function begin(network: Network): void {
  resetTally(network.batch);
}

/**
 * Adds the `count` examples from place `start` on to the batch: their loss, correct predictions and
 * gradients, at the present parameters. After a tile whose loss is NaN or infinite nothing is added,
 * and what the layers gave for it stays to be looked at.
 */
export function accumulate(
  network: Network,
  workspace: Workspace,
  examples: Examples,
  start: i32,
  count: i32,
): void {
  const batch = network.batch;
  if (!isFinite(batch.loss)) return;
  for (let from = start; from < start + count; from += network.tile) {
    const m = min(network.tile, start + count - from);
    const first = batch.examples == 0;
    loadInputs(network, workspace, examples, from, m);
    forward(network, workspace, m, from);
    lossAndOutputGradient(network, workspace, batch, examples, from, m);
    if (!isFinite(batch.loss)) return;
    backward(network, workspace, m, from, !first);
    if (!first || !workspace.sparse) continue;
    network.pairs = load<u32>(workspace.rowPointers);
    network.pairsEnd = load<u32>(workspace.rowPointers + ((<usize>m) << 2));
  }
}

/** Counts `count` examples, and gives to `classes`, i32[count], the class of each. */
export function evaluate(
  network: Network,
  workspace: Workspace,
  tally: Tally,
  classes: usize,
  examples: Examples,
  count: i32,
): void {
  for (let from = 0; from < count; from += network.tile) {
    const m = min(network.tile, count - from);
    loadInputs(network, workspace, examples, from, m);
    forward(network, workspace, m, -1);
    lossAndOutputGradient(network, workspace, tally, examples, from, m);
    memory.copy(classes + ((<usize>from) << 2), workspace.classes, (<usize>m) << 2);
  }
}

/**
 * To `probabilities` f32[nᴸ × count], without padding: Aᴸ of `count` examples. Returns −1, or the number
 * of the first example for which a layer gives NaN or an infinity: nothing more is written then, and
 * what the layers gave for its tile stays to be looked at.
 */
export function predict(
  network: Network,
  workspace: Workspace,
  probabilities: usize,
  examples: Examples,
  count: i32,
): i32 {
  const last = lastLayer(network);
  const width = f32Bytes(last.units);
  for (let from = 0; from < count; from += network.tile) {
    const m = min(network.tile, count - from);
    loadInputs(network, workspace, examples, from, m);
    forward(network, workspace, m, -1);
    const bad = firstNonFiniteExample(network, workspace, m);
    for (let i = 0; i < m; i++) {
      if (i == bad) return from + i;
      memory.copy(probabilities, workspace.delta(last) + f32Bytes(i * last.stride), width);
      probabilities += width;
    }
  }
  return -1;
}

/** The first of the tile's m examples for which a layer's Aˡ, or Zᴸ, is not finite; m: none. */
function firstNonFiniteExample(network: Network, workspace: Workspace, m: i32): i32 {
  let first = m;
  for (let l = 0; l < network.depth; l++) {
    // What is not finite in the last hidden layer makes all of Zᴸ so: no weight times ∞ is finite.
    if (l == network.depth - 2) continue;
    const layer = network.layer(l);
    const column = f32Bytes(layer.stride);
    // All that the layer gave so far, and only then example by example.
    while (first > 0 && !allFinite(workspace.output(layer), column * first)) first--;
  }
  return first;
}

/** Where Aˡ, or Zᴸ, of example i of the last tile lies, f32[nˡ]; of layer index l. */
export function outputOf(network: Network, workspace: Workspace, l: i32, i: i32): usize {
  const layer = network.layer(l);
  return workspace.output(layer) + f32Bytes(i * layer.stride);
}

/**
 * The layer index where an update went wrong: where the loss is not finite, the first layer whose output
 * of the last tile is not either; else that with the largest gradient, the upper one of equals.
 */
export function divergedLayer(network: Network, workspace: Workspace, lossIsFinite: bool): i32 {
  let found = network.depth - 1;
  let largest: f32 = 0;
  for (let l = 0; l < network.depth; l++) {
    const layer = network.layer(l);
    if (!lossIsFinite) {
      const bytes = f32Bytes(layer.stride * network.tile);
      if (!allFinite(workspace.output(layer), bytes)) return l;
      continue;
    }
    const end = network.gradients + layer.biases + f32Bytes(layer.units);
    for (let at = network.gradients + layer.weights; at < end; at += 4) {
      const g = abs(load<f32>(at));
      if (g < largest) continue;
      largest = isFinite(g) ? g : Infinity;
      found = l;
    }
  }
  return found;
}
