/**
 * The passes of training over the L layers of a network: equations 1 to 14, 16 to 22, 26, 27, 33 and 34 of
 * docs/math.md and docs/equations.md, tile by tile of the batch. What is computed inside a layer is the kernels' affair.
 */
import { Activation, activate, activateBackward, keepsSlope } from '../kernels/activation';
import { add } from '../kernels/add';
import { argmax, countCorrect } from '../kernels/argmax';
import { dropout } from '../kernels/dropout';
import { allFinite } from '../kernels/finite';
import { crossEntropy } from '../kernels/loss';
import { f32Bytes } from '../kernels/panels';
import { relu, reluBackward } from '../kernels/relu';
import { softmax } from '../kernels/softmax';
import { countSides, targetLoss } from '../kernels/target-loss';
import { weigh } from '../kernels/weigh';
import { convolution, convolutionBackward } from './convolution';
import { dense, denseBackward, denseGradient } from './dense';
import { loadInputs, loadLabels, numberAt, takeExamples, takeNextTile } from './examples';
import { IMAGES, Kind, Layer, Network, Output, THREADS, Workspace } from './memory';
import { pool, poolBackward } from './pooling';

/** Aˡ⁻¹ of the workspace's examples, of layer index l, and its leading dimension. */
function inputOf(network: Network, workspace: Workspace, l: i32): usize {
  if (l > 0) return workspace.output(network.layer(l - 1));
  return workspace.input + (THREADS ? f32Bytes(workspace.first * workspace.inputStride) : 0);
}

function inputStrideOf(network: Network, workspace: Workspace, l: i32): i32 {
  return l == 0 ? workspace.inputStride : network.layer(l - 1).stride;
}

function lastLayer(network: Network): Layer {
  return network.layer(network.depth - 1);
}

/**
 * Equations 1 to 4 for the workspace's examples. Leaves Aˡ in each hidden layer's output, the logits
 * Zᴸ in the last layer's, and Aᴸ in the last layer's delta.
 */
function forward(network: Network, workspace: Workspace): void {
  const hasFirst = THREADS && network.isTraining && network.byUnits;
  if (!hasFirst) loadInputs(network, workspace);
  const m = workspace.m;
  const depth = network.depth;
  for (let l = 0; l < depth; l++) {
    const layer = network.layer(l);
    const z = workspace.output(layer);
    const a = inputOf(network, workspace, l);
    const stride = inputStrideOf(network, workspace, l);
    if (IMAGES && layer.kind == Kind.MaxPool) {
      pool(network, l, z, a, stride, m);
      continue;
    }
    if (IMAGES && layer.kind == Kind.Convolution) convolution(network, workspace, l, z, a, stride);
    else if (l > 0 || !hasFirst) dense(network, workspace, l, z, a, stride);
    if (l == depth - 1) break;
    applyHidden(network, workspace, layer);
    if (network.isTraining) drop(network, workspace, z, l);
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
function applyHidden(network: Network, workspace: Workspace, layer: Layer): void {
  const kind = network.activationOf(layer);
  const z = workspace.output(layer);
  const m = workspace.m;
  if (kind == Activation.Linear) return;
  if (kind == Activation.Relu) {
    // A convolution has done so.
    if (IMAGES && layer.kind == Kind.Convolution) return;
    relu(z, layer.size, m, layer.stride);
  } else if (IMAGES && layer.kind == Kind.Convolution) {
    // Pixel by pixel, for the padding of each is to stay zero.
    const pixels = layer.height * layer.width;
    for (let i = 0; i < m; i++) {
      const column = f32Bytes(i * layer.stride);
      const slope = workspace.delta(layer) + column;
      activate(z + column, slope, kind, layer.units, pixels, layer.lanes);
    }
  } else {
    activate(z, workspace.delta(layer), kind, layer.units, m, layer.stride);
  }
}

/** A := A ∘ D of layer index l (eq. 22), or dA. */
function drop(network: Network, workspace: Workspace, a: usize, l: i32): void {
  if (network.dropped == 0) return;
  const layer = network.layer(l);
  const place = workspace.start;
  const m = workspace.m;
  const scale: f32 = <f32>1 / keepOf(network);
  const key: u32 = network.dropoutKey + l;
  dropout(a, key, place, network.dropped, scale, layer.size, m, layer.stride);
}

/** The share of hidden units that is not dropped. */
function keepOf(network: Network): f32 {
  return <f32>(1 - <f64>network.dropped / 4294967296.0);
}

/**
 * Equations 5 and 6 for the workspace's examples, or those of targets: the loss of each, how many predictions
 * are correct, and dZᴸ in the place of Aᴸ.
 */
function lossAndOutputGradient(network: Network, workspace: Workspace): void {
  const examples = network.source;
  const last = lastLayer(network);
  const output = workspace.output(last);
  const delta = workspace.delta(last);
  const m = workspace.m;
  if (network.outputs != Output.Softmax) {
    const column = f32Bytes(last.stride);
    const row = f32Bytes(last.units);
    const binary = network.outputs == Output.Sigmoid;
    const start = workspace.start;
    let correct = 0;
    for (let i = 0; i < m; i++) {
      const dz = delta + column * i;
      const targets = examples.labels + row * numberAt(examples, start + i);
      const z = output + column * i;
      const loss = targetLoss(dz, z, targets, last.units, binary);
      store<f64>(workspace.losses + ((<usize>i) << 3), loss);
      if (binary) correct += countSides(z, targets, last.units);
    }
    workspace.correct = correct;
    return;
  }
  loadLabels(network, workspace);
  crossEntropy(
    workspace.losses,
    delta,
    output,
    workspace.maxima,
    workspace.sums,
    workspace.labels,
    m,
    last.stride,
  );
  workspace.correct = countCorrect(workspace.classes, workspace.labels, m);
}

/** Equation 33 for the workspace's examples, where they have weights. */
function weighExamples(network: Network, workspace: Workspace): void {
  const examples = network.source;
  if (examples.weights == 0) return;
  const last = lastLayer(network);
  let loss = workspace.losses;
  let dz = workspace.delta(last);
  const end = workspace.start + workspace.m;
  for (let i = workspace.start; i < end; i++) {
    const weight = load<f32>(examples.weights + (numberAt(examples, i) << 2));
    weigh(loss, dz, weight, last.units);
    loss += 8;
    dz += f32Bytes(last.stride);
  }
}

/**
 * Equation 9 for the workspace's examples, from dZᴸ down: dZˡ of every layer that has parameters. Of
 * convolutions dF and db too, for both read the same windows.
 */
function backward(network: Network, workspace: Workspace): void {
  const m = workspace.m;
  for (let l = network.depth - 1; l >= network.lowest; l--) {
    const layer = network.layer(l);
    const isLowest = l == network.lowest;
    if (isLowest && (!IMAGES || layer.kind != Kind.Convolution)) break;
    const below = changetype<Layer>(network.below(l));
    const kind = network.activationOf(below);
    // g′(Z) may be in the delta; nothing is packed yet.
    const isPool = IMAGES && !isLowest && below.kind == Kind.MaxPool;
    const delta = isLowest ? <usize>0 : workspace.delta(below);
    const da = keepsSlope(kind) && !isPool && !isLowest ? workspace.packed : delta;
    const dz = workspace.delta(layer);
    if (IMAGES && layer.kind == Kind.MaxPool) {
      const p = workspace.output(layer);
      const a = workspace.output(below);
      // A maximum is positive where its Z is, and there are fewer of them.
      const behindRelu = !isPool && kind == Activation.Relu;
      if (behindRelu) reluBackward(dz, p, layer.size, m, layer.stride);
      poolBackward(network, l, da, dz, p, a, m);
      if (behindRelu) {
        drop(network, workspace, da, l - 1);
        continue;
      }
    } else if (IMAGES && layer.kind == Kind.Convolution) {
      const a = inputOf(network, workspace, l);
      const stride = inputStrideOf(network, workspace, l);
      const accumulate = accumulates(network);
      convolutionBackward(network, workspace, l, da, dz, a, stride, accumulate);
    } else {
      denseBackward(layer, da, dz, m, below.stride);
    }
    if (isPool || isLowest) continue;
    drop(network, workspace, da, l - 1);
    if (kind == Activation.Linear) continue;
    const a = workspace.output(below);
    const n = below.size;
    if (kind == Activation.Relu) reluBackward(da, a, n, m, below.stride);
    else activateBackward(delta, da, a, kind, keepOf(network), n, m, below.stride);
  }
}

/** Of part of a tile's examples: what comes before the gradients. Of a tile: these too. */
export function trainExamples(network: Network, workspace: Workspace, part: i32): void {
  takeExamples(network, workspace, part);
  forward(network, workspace);
  lossAndOutputGradient(network, workspace);
  weighExamples(network, workspace);
  backward(network, workspace);
  if (network.byTiles) gradientsOf(network, workspace, workspace, 0);
}

/** Equations 7 and 8 for all of the tile's examples and, in every layer, part of the inputs or units. */
export function sumGradients(network: Network, workspace: Workspace, part: i32): void {
  gradientsOf(network, network.workspace(0), workspace, part);
}

/** Adds the gradients of tiles to those so far, if any, tile by tile: part of all that there are. */
export function addGradients(network: Network, part: i32): void {
  const parts = network.parts;
  const lines = (network.parameterCount + 15) >> 4;
  const from = ((lines * part) / parts) << 4;
  const count = min(((lines * (part + 1)) / parts) << 4, network.parameterCount) - from;
  const to = network.gradients + f32Bytes(from);
  for (let i = 0; i < parts; i++) {
    const sum = network.workspace(network.threads + i).gradients + f32Bytes(from);
    if (i == 0 && !network.accumulates) memory.copy(to, sum, f32Bytes(count));
    else add(to, sum, count);
  }
}

/**
 * Equations 7 and 8 for the examples of `tile`, in every dense layer for part of the inputs or units; gradients
 * are added to those so far, if any.
 */
function gradientsOf(network: Network, tile: Workspace, workspace: Workspace, part: i32): void {
  const accumulate = accumulates(network);
  for (let l = network.depth - 1; l >= network.lowest; l--) {
    if (IMAGES && network.layer(l).kind != Kind.Dense) continue;
    const a = inputOf(network, tile, l);
    const stride = inputStrideOf(network, tile, l);
    denseGradient(network, tile, workspace, l, a, stride, accumulate, part);
  }
}

/** Whether a tile's gradients are added to those of the tiles before; its own begin anew. */
function accumulates(network: Network): bool {
  return network.accumulates && !network.byTiles;
}

/** Of part of a tile's examples: what `evaluate` gives of them. */
export function evaluateExamples(network: Network, workspace: Workspace, part: i32): void {
  takeExamples(network, workspace, part);
  forward(network, workspace);
  lossAndOutputGradient(network, workspace);
  memory.copy(
    network.results + f32Bytes(workspace.start),
    workspace.classes,
    f32Bytes(workspace.m),
  );
}

/** Of part of a tile's examples: what `predict` gives of them, and whether all of that is finite. */
export function predictExamples(network: Network, workspace: Workspace, part: i32): void {
  takeExamples(network, workspace, part);
  const last = lastLayer(network);
  const width = f32Bytes(last.units);
  do {
    forward(network, workspace);
    const m = workspace.m;
    workspace.finite = firstNonFiniteExample(network, workspace) == m;
    let to = network.results + width * workspace.start;
    for (let i = 0; i < m; i++) {
      memory.copy(to, workspace.delta(last) + f32Bytes(i * last.stride), width);
      to += width;
    }
  } while (THREADS && workspace.finite && takeNextTile(network, workspace, part));
}

/** The first of the workspace's examples for which a layer's Aˡ, or Zᴸ, is not finite; m: none. */
export function firstNonFiniteExample(network: Network, workspace: Workspace): i32 {
  let first = workspace.m;
  for (let l = 0; l < network.depth; l++) {
    // What is not finite in the last hidden layer makes all of Zᴸ so: no weight times ∞ is finite.
    if (l == network.depth - 2) continue;
    const layer = network.layer(l);
    // A maximum is one of what is below it.
    if (IMAGES && layer.kind == Kind.MaxPool && l > 0) continue;
    const column = f32Bytes(layer.stride);
    // All that the layer gave so far, and only then example by example.
    while (first > 0 && !allFinite(workspace.output(layer), column * first)) first--;
  }
  return first;
}

/** Where Aˡ, or Zᴸ, of example i of the last tile lies, f32[nˡ]; of layer index l. */
export function outputOf(network: Network, l: i32, i: i32): usize {
  const layer = network.layer(l);
  return network.shown.output(layer) + f32Bytes(i * layer.stride);
}

/**
 * The layer index where an update went wrong: where the loss is not finite, the first layer whose output
 * of the last tile is not either; else that with the largest gradient, the upper one of equals.
 */
export function divergedLayer(network: Network, lossIsFinite: bool): i32 {
  let found = network.depth - 1;
  let largest: f32 = 0;
  for (let l = 0; l < network.depth; l++) {
    const layer = network.layer(l);
    if (!lossIsFinite) {
      const bytes = f32Bytes(layer.stride * network.tile);
      if (!allFinite(network.shown.output(layer), bytes)) return l;
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
