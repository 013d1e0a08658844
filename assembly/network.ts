/**
 * The passes of training over the L layers of a network: equations 1 to 14 and 16 to 22 of
 * docs/math.md, tile by tile of the batch. What is computed inside a layer is the kernels' affair.
 */
import { Activation, activate, activateBackward } from './kernels/activation';
import { adam } from './kernels/adam';
import { add } from './kernels/add';
import { argmax, countCorrect } from './kernels/argmax';
import { biasGradient } from './kernels/bias';
import { columnSgd, restoreColumns } from './kernels/column-sgd';
import { dropout } from './kernels/dropout';
import { allFinite } from './kernels/finite';
import { heUniform } from './kernels/he';
import { scaleBytes } from './kernels/input';
import { crossEntropy } from './kernels/loss';
import { affine, affineBackward, weightGradient } from './kernels/matmul';
import { momentum } from './kernels/momentum';
import {
  countBytes,
  countFloats,
  ENTRY_SHIFT,
  entriesOfFloats,
  entriesOfMarks,
  markBytes,
} from './kernels/nonzeros';
import { pack, unpack } from './kernels/pack';
import { f32Bytes, lanes4, panelFloats, panelWidth } from './kernels/panels';
import { prefetch } from './kernels/prefetch';
import { regularize, sumOfSquares } from './kernels/regularize';
import { relu, reluBackward } from './kernels/relu';
import { sgd } from './kernels/sgd';
import { softmax } from './kernels/softmax';
import { sparseAffine, sparseWeightGradient } from './kernels/sparse';
import { countSides, targetLoss } from './kernels/target-loss';
import { transpose } from './kernels/transpose';
import { Examples, Format, Kept, Layer, Network, Output, resetTally, Tally } from './memory';

/** What became of an update. */
export const enum Outcome {
  Updated = 0,
  /** The batch's loss is NaN or infinite: the parameters before the last update are back. */
  LossNotFinite = 1,
  /** The update would have made a parameter NaN or infinite, and was not made. */
  UpdateNotFinite = 2,
}

/**
 * The share of nonzero inputs up to which a tile is worked on as its nonzeros alone, and a training
 * set kept as them.
 */
export const SPARSE_SHARE: f32 = 0.4;

/**
 * A⁰ := the m examples from place `start` of their order on (eq. 1), or their nonzeros, whichever
 * makes the less work. Either gives the same bits in the end.
 */
function loadInputs(network: Network, examples: Examples, start: i32, m: i32): void {
  network.namesBatch = false;
  if (examples.order != 0) prefetchInputs(network, examples, start, m);
  network.sparse = examples.format == Format.Marks || areSparse(network, examples, start, m);
  const k = network.layer(0).inputs;
  let to = network.input;
  for (let i = 0; i < m; i++) {
    if (network.sparse) {
      store<u32>(network.starts + ((<usize>i) << 2), <u32>to);
      to = loadEntries(network, to, examples, start + i);
    } else {
      // Entries may have lain where the padding is.
      v128.store(to + f32Bytes(lanes4(k) - 4), f32x4.splat(0));
      const x = inputsAt(network, examples, start + i);
      if (examples.format == Format.Bytes) scaleBytes(to, x, k);
      else memory.copy(to, x, f32Bytes(k));
      to += f32Bytes(network.inputStride);
    }
  }
  store<u32>(network.starts + ((<usize>m) << 2), <u32>to);
}

/** Fetches a tile in random order ahead; what lies in order, the processor fetches by itself. */
function prefetchInputs(network: Network, examples: Examples, start: i32, m: i32): void {
  let sum: u32 = 0;
  for (let i = start; i < start + m; i++) {
    const x = inputsAt(network, examples, i);
    if (examples.format == Format.Marks) sum += prefetch(load<u32>(x), load<u32>(x, 4));
    else sum += prefetch(x, x + exampleBytes(network, examples));
  }
  // Overwritten with the starts of the entries: it only keeps the loads.
  store<u32>(network.starts, sum);
}

function areSparse(network: Network, examples: Examples, start: i32, m: i32): bool {
  const k = network.layer(0).inputs;
  let nonzeros = 0;
  for (let i = start; i < start + m; i++) {
    const x = inputsAt(network, examples, i);
    nonzeros += examples.format == Format.Bytes ? countBytes(x, k) : countFloats(x, k);
  }
  return <f32>nonzeros <= SPARSE_SHARE * <f32>(k * m);
}

/** Writes the entries of the example at place i, and returns where they end. */
function loadEntries(network: Network, entries: usize, examples: Examples, i: i32): usize {
  const x = inputsAt(network, examples, i);
  const layer = network.layer(0);
  const k = layer.inputs;
  const width = panelWidth(layer.units);
  if (examples.format == Format.Marks) {
    return entriesOfMarks(entries, load<u32>(x), load<u32>(x, 4), width);
  }
  if (examples.format == Format.Floats) return entriesOfFloats(entries, x, k, width);
  return entriesOfMarks(entries, network.marks, markBytes(network.marks, x, k), width);
}

function loadLabels(network: Network, examples: Examples, start: i32, m: i32): void {
  for (let i = 0; i < m; i++) {
    store<u8>(network.labels + i, load<u8>(examples.labels + numberAt(examples, start + i)));
  }
}

/** Where the inputs of the example at place i are; of marks, where their bounds are. */
function inputsAt(network: Network, examples: Examples, i: i32): usize {
  return examples.inputs + numberAt(examples, i) * exampleBytes(network, examples);
}

/** The number of the example at place i. */
function numberAt(examples: Examples, i: i32): usize {
  return examples.order == 0 ? i : load<u32>(examples.order + ((<usize>i) << 2));
}

/** Bytes from one example's inputs to the next one's. */
function exampleBytes(network: Network, examples: Examples): usize {
  if (examples.format == Format.Marks) return 4;
  const k = network.layer(0).inputs;
  return examples.format == Format.Bytes ? <usize>k : f32Bytes(k);
}

/**
 * Writes the marks of `count` examples of bytes after one another from `marks` on, and where each
 * example's begin to `starts`, u32[count + 1]; returns where the last one's end.
 */
export function markExamples(
  starts: usize,
  marks: usize,
  inputs: usize,
  k: i32,
  count: i32,
): usize {
  for (let i = 0; i < count; i++) {
    store<u32>(starts + ((<usize>i) << 2), <u32>marks);
    marks = markBytes(marks, inputs, k);
    inputs += k;
  }
  store<u32>(starts + ((<usize>count) << 2), <u32>marks);
  return marks;
}

/** Aˡ⁻¹ of layer index l, and its leading dimension. */
function inputOf(network: Network, l: i32): usize {
  return l == 0 ? network.input : network.layer(l - 1).output;
}

function inputStrideOf(network: Network, l: i32): i32 {
  return l == 0 ? network.inputStride : network.layer(l - 1).stride;
}

function lastLayer(network: Network): Layer {
  return network.layer(network.depth - 1);
}

/**
 * Equations 2 to 4 for the m examples in A⁰. Leaves Aˡ in each hidden layer's output, the logits
 * Zᴸ in the last layer's, and Aᴸ in the last layer's delta.
 *
 * @param place of the first example in its epoch, where they are there to be learnt from
 */
function forward(network: Network, m: i32, place: i32 = -1): void {
  const depth = network.depth;
  for (let l = 0; l < depth; l++) {
    const layer = network.layer(l);
    const w = network.parameters + layer.weights;
    const b = network.parameters + layer.biases;
    const n = layer.units;
    const k = layer.inputs;
    if (l == 0 && network.sparse) {
      sparseAffine(layer.output, w, network.starts, b, n, k, m, layer.stride);
    } else {
      const a = inputOf(network, l);
      affine(layer.output, w, a, b, n, k, m, layer.stride, inputStrideOf(network, l));
    }
    if (l == depth - 1) break;
    applyHidden(network, layer, m);
    if (place >= 0) drop(network, layer.output, l, place, m);
  }
  const last = lastLayer(network);
  if (network.outputs == Output.Classes) {
    softmax(last.delta, network.maxima, network.sums, last.output, last.units, m, last.stride);
    argmax(network.classes, last.output, network.maxima, last.units, m, last.stride);
    return;
  }
  memory.copy(last.delta, last.output, f32Bytes(last.stride * m));
  if (network.outputs == Output.Binary) {
    activate(last.delta, last.delta, Activation.Sigmoid, last.units, m, last.stride);
  }
}

/** A := g(Z) of a hidden layer; gelu, whose A does not tell g′(Z), leaves it in its delta. */
function applyHidden(network: Network, layer: Layer, m: i32): void {
  const kind = network.hidden;
  if (kind == Activation.Relu) relu(layer.output, layer.units, m, layer.stride);
  else activate(layer.output, layer.delta, kind, layer.units, m, layer.stride);
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
 * Equations 5 and 6 for the tile, or those of targets: counts losses and right answers, and turns Aᴸ
 * into dZᴸ. The examples are those from place `start` on.
 */
function compare(network: Network, tally: Tally, examples: Examples, start: i32, m: i32): void {
  const last = lastLayer(network);
  tally.examples += m;
  if (network.outputs != Output.Classes) {
    const column = f32Bytes(last.stride);
    const row = f32Bytes(last.units);
    const binary = network.outputs == Output.Binary;
    for (let i = 0; i < m; i++) {
      const dz = last.delta + column * i;
      const targets = examples.labels + row * numberAt(examples, start + i);
      const z = last.output + column * i;
      tally.loss += targetLoss(dz, z, targets, last.units, binary);
      if (binary) tally.correct += countSides(z, targets, last.units);
    }
    return;
  }
  loadLabels(network, examples, start, m);
  tally.loss += crossEntropy(
    last.delta,
    last.output,
    network.maxima,
    network.sums,
    network.labels,
    m,
    last.stride,
  );
  tally.correct += countCorrect(network.classes, network.labels, m);
}

/**
 * Equations 7 to 9 for the tile, from dZᴸ down; gradients are added to those so far, if any.
 *
 * @param place as of `forward`
 */
function backward(network: Network, m: i32, place: i32, accumulate: bool): void {
  for (let l = network.depth - 1; l >= 0; l--) {
    const layer = network.layer(l);
    const dw = network.gradients + layer.weights;
    const db = network.gradients + layer.biases;
    const dz = layer.delta;
    const n = layer.units;
    const k = layer.inputs;
    if (l == 0 && network.sparse) {
      sparseGradient(network, dw, dz, m, accumulate);
    } else {
      const a = inputOf(network, l);
      if (l == 0) network.cleared = false;
      const ldA = inputStrideOf(network, l);
      weightGradient(dw, network.packed, dz, a, n, k, m, layer.stride, ldA, accumulate);
    }
    biasGradient(db, dz, n, m, layer.stride, accumulate);
    if (l > 0) {
      const below = network.layer(l - 1);
      const kind = network.hidden;
      // Gelu has g′(Z) in the delta; what was packed for dW is not needed any more.
      const da = kind == Activation.Gelu ? network.packed : below.delta;
      affineBackward(da, layer.transposed, dz, n, k, m, below.stride, layer.stride);
      drop(network, da, l - 1, place, m);
      const a = below.output;
      if (kind == Activation.Relu) reluBackward(da, a, k, m, below.stride);
      else activateBackward(below.delta, da, a, kind, keepOf(network), k, m, below.stride);
    }
  }
}

/**
 * dW¹ of a sparse tile. A tile's sum begins with zero and is added to the batch's last, as in the
 * dense product, so that both give the same bits: after the first tile it needs room of its own.
 */
function sparseGradient(network: Network, dw: usize, dz: usize, m: i32, accumulate: bool): void {
  const layer = network.layer(0);
  const n = layer.units;
  const k = layer.inputs;
  const count = panelFloats(n, k);
  const sum = accumulate ? network.scratch : dw;
  if (accumulate || !network.cleared) memory.fill(sum, 0, f32Bytes(count));
  network.cleared = false;
  sparseWeightGradient(sum, dz, network.starts, n, k, m, layer.stride);
  if (accumulate) add(dw, sum, count);
}

/** Begins a batch: no example yet. */
export function begin(network: Network): void {
  resetTally(network.batch);
}

/**
 * Adds the `count` examples from place `start` on to the batch: their loss, right answers and
 * gradients, at the present parameters. After a tile whose loss is NaN or infinite nothing is added,
 * and what the layers gave for it stays to be looked at.
 */
export function accumulate(network: Network, examples: Examples, start: i32, count: i32): void {
  if (!isFinite(network.batch.loss)) return;
  for (let from = start; from < start + count; from += network.tile) {
    const m = min(network.tile, start + count - from);
    const first = network.batch.examples == 0;
    loadInputs(network, examples, from, m);
    forward(network, m, from);
    compare(network, network.batch, examples, from, m);
    if (!isFinite(network.batch.loss)) return;
    backward(network, m, from, !first);
    network.namesBatch = first && network.sparse;
  }
}

/**
 * Before the end of a batch: its mean gradient is clipped to a norm of `clipNorm`, and `decay` times
 * each weight, though no bias, is added to it (eq. 11 and 12). Infinity and 0 leave it as it is.
 */
export function regularizeBatch(network: Network, clipNorm: f64, decay: f64): void {
  const m = <f64>network.batch.examples;
  // The update must read all of the gradients, not the columns alone that the batch names.
  network.namesBatch = false;
  const g = network.gradients;
  const p = network.parameters;
  const count = network.parameterCount;
  if (clipNorm < Infinity) {
    const norm = Math.sqrt(sumOfSquares(g, count)) / m;
    if (norm > clipNorm) regularize(g, p, <f32>(clipNorm / norm), 0, count);
  }
  for (let l = 0; l < network.depth && decay > 0; l++) {
    const layer = network.layer(l);
    const weights = <i32>((layer.biases - layer.weights) >> 2);
    regularize(g + layer.weights, p + layer.weights, 1, <f32>(decay * m), weights);
  }
}

/** Ends a batch: one update of every parameter (eq. 10), unless it cannot be a good one. */
export function update(network: Network, learningRate: f64): Outcome {
  if (!isFinite(network.batch.loss)) return lossNotFinite(network);
  const rate = <f32>(learningRate / <f64>network.batch.examples);
  if (touchesFewColumns(network)) return updateColumns(network, rate);
  const count = network.parameterCount;
  return updated(
    network,
    sgd(network.previous, network.parameters, network.gradients, rate, count),
  );
}

/** The same with a velocity, f32[parameterCount], zero before the first update (eq. 13). */
export function updateMomentum(
  network: Network,
  learningRate: f64,
  velocity: usize,
  mu: f64,
  nesterov: bool,
): Outcome {
  if (!isFinite(network.batch.loss)) return lossNotFinite(network);
  return updated(
    network,
    momentum(
      network.previous,
      velocity,
      network.parameters,
      network.gradients,
      <f32>(1 / <f64>network.batch.examples),
      <f32>learningRate,
      <f32>mu,
      nesterov,
      network.parameterCount,
    ),
  );
}

/**
 * The same by Adam (eq. 14).
 *
 * @param moments f32[2 × parameterCount], zero before the first update
 * @param decay λ of the weights, which no bias has
 * @param power1 β₁ᵗ and β₂ᵗ, for the update t = 1, 2, …
 */
export function updateAdam(
  network: Network,
  learningRate: f64,
  moments: usize,
  beta1: f64,
  beta2: f64,
  power1: f64,
  power2: f64,
  epsilon: f64,
  decay: f64,
): Outcome {
  if (!isFinite(network.batch.loss)) return lossNotFinite(network);
  const s = <f32>(1 / <f64>network.batch.examples);
  const rate = <f32>(learningRate / (1 - power1));
  const c = <f32>(1 / Math.sqrt(1 - power2));
  const squares = moments + f32Bytes(network.parameterCount);
  let finite = true;
  // W and b of each layer, alternately: only weights decay.
  for (let i = 0; i < 2 * network.depth; i++) {
    const layer = network.layer(i >> 1);
    const isBias = i & 1;
    const to = isBias ? layer.biases + f32Bytes(lanes4(layer.units)) : layer.biases;
    const from = isBias ? layer.biases : layer.weights;
    const good = adam(
      network.previous + from,
      moments + from,
      squares + from,
      network.parameters + from,
      network.gradients + from,
      s,
      rate,
      c,
      <f32>beta1,
      <f32>beta2,
      <f32>epsilon,
      isBias ? 1 : <f32>(1 - learningRate * decay),
      <i32>((to - from) >> 2),
    );
    finite = good && finite;
  }
  return updated(network, finite);
}

function lossNotFinite(network: Network): Outcome {
  rollback(network);
  return Outcome.LossNotFinite;
}

/** Takes the parameters that an update has written to `previous`, where all of them are finite. */
function updated(network: Network, finite: bool): Outcome {
  if (!finite) {
    // What was kept there is overwritten.
    network.kept = Kept.Nothing;
    return Outcome.UpdateNotFinite;
  }
  swapParameters(network);
  network.kept = Kept.Whole;
  parametersChanged(network);
  return Outcome.Updated;
}

/** Whether the batch's entries are at hand, and name so few inputs that the rest is worth sparing. */
function touchesFewColumns(network: Network): bool {
  return network.namesBatch && 2 * entriesOfBatch(network) <= network.layer(0).inputs;
}

/** How many entries the batch has, where it is one tile, and the last that was loaded. */
function entriesOfBatch(network: Network): i32 {
  const end = load<u32>(network.starts + ((<usize>network.batch.examples) << 2));
  return <i32>((end - load<u32>(network.starts)) >> ENTRY_SHIFT);
}

/**
 * The update in place, with the columns of W¹ that the batch names and all other parameters. What
 * they were is kept in `previous`: those columns where W¹ would be, the others in their own places.
 */
function updateColumns(network: Network, rate: f32): Outcome {
  const layer = network.layer(0);
  const w = network.parameters + layer.weights;
  const dw = network.gradients + layer.weights;
  const log = network.previous + layer.weights;
  const entries = <usize>load<u32>(network.starts);
  network.kept = Kept.Columns;
  network.logged = entriesOfBatch(network);
  const end = entries + ((<usize>network.logged) << ENTRY_SHIFT);
  let finite = columnSgd(log, w, dw, entries, end, layer.units, layer.inputs, rate);
  network.cleared = true;
  const others = network.parameters + layer.biases;
  const count = network.parameterCount - <i32>(layer.biases >> 2);
  memory.copy(network.previous + layer.biases, others, f32Bytes(count));
  finite = sgd(others, others, network.gradients + layer.biases, rate, count) && finite;
  if (!finite) {
    rollback(network);
    return Outcome.UpdateNotFinite;
  }
  parametersChanged(network);
  return Outcome.Updated;
}

/** Brings back the parameters before the last update, where they are still there. */
export function rollback(network: Network): void {
  if (network.kept == Kept.Nothing) return;
  if (network.kept == Kept.Whole) swapParameters(network);
  else restore(network);
  network.kept = Kept.Nothing;
  parametersChanged(network);
}

/** Undoes `updateColumns`. */
function restore(network: Network): void {
  const layer = network.layer(0);
  const w = network.parameters + layer.weights;
  const log = network.previous + layer.weights;
  restoreColumns(w, log, network.logged, layer.units, layer.inputs);
  const bytes = f32Bytes(network.parameterCount) - layer.biases;
  memory.copy(network.parameters + layer.biases, network.previous + layer.biases, bytes);
}

function swapParameters(network: Network): void {
  const parameters = network.parameters;
  network.parameters = network.previous;
  network.previous = parameters;
}

/** Makes anew what is derived from the parameters. */
function parametersChanged(network: Network): void {
  for (let l = 0; l < network.depth; l++) weightsChanged(network, l);
}

/** Makes Wᵀ anew, where the layer hands a gradient down. */
function weightsChanged(network: Network, l: i32): void {
  if (l == 0) return;
  const layer = network.layer(l);
  const w = network.parameters + layer.weights;
  transpose(layer.transposed, w, layer.units, layer.inputs);
}

/** Counts `count` examples, and gives to `classes`, i32[count], the class of each. */
export function evaluate(
  network: Network,
  tally: Tally,
  classes: usize,
  examples: Examples,
  count: i32,
): void {
  for (let from = 0; from < count; from += network.tile) {
    const m = min(network.tile, count - from);
    loadInputs(network, examples, from, m);
    forward(network, m);
    compare(network, tally, examples, from, m);
    memory.copy(classes + ((<usize>from) << 2), network.classes, (<usize>m) << 2);
  }
}

/**
 * To `probabilities` f32[nᴸ × count], without padding: Aᴸ of `count` examples. Returns −1, or the number
 * of the first example for which a layer gives NaN or an infinity: nothing more is written then, and
 * what the layers gave for its tile stays to be looked at.
 */
export function predict(
  network: Network,
  probabilities: usize,
  examples: Examples,
  count: i32,
): i32 {
  const last = lastLayer(network);
  const width = f32Bytes(last.units);
  for (let from = 0; from < count; from += network.tile) {
    const m = min(network.tile, count - from);
    loadInputs(network, examples, from, m);
    forward(network, m);
    const bad = firstNonFiniteExample(network, m);
    for (let i = 0; i < m; i++) {
      if (i == bad) return from + i;
      memory.copy(probabilities, last.delta + f32Bytes(i * last.stride), width);
      probabilities += width;
    }
  }
  return -1;
}

/** The first of the tile's m examples for which a layer's Aˡ, or Zᴸ, is not finite; m: none. */
function firstNonFiniteExample(network: Network, m: i32): i32 {
  let first = m;
  for (let l = 0; l < network.depth; l++) {
    // What is not finite in the last hidden layer makes all of Zᴸ so: no weight times ∞ is finite.
    if (l == network.depth - 2) continue;
    const layer = network.layer(l);
    const column = f32Bytes(layer.stride);
    // All that the layer gave so far, and only then example by example.
    while (first > 0 && !allFinite(layer.output, column * first)) first--;
  }
  return first;
}

/** Turns words of the generator, u32[nˡ × nˡ⁻¹], into a layer's initial weights, in place. */
export function initialWeights(network: Network, l: i32, words: usize): void {
  const layer = network.layer(l);
  const kind = network.hidden;
  // X. Glorot's and Y. Bengio's (2010) for what is nearly linear around 0, K. He's for the others.
  const glorot = kind == Activation.Tanh || kind == Activation.Sigmoid;
  const fan = <f32>(glorot ? layer.inputs + layer.units : layer.inputs);
  heUniform(words, layer.units * layer.inputs, Mathf.sqrt(<f32>6 / fan));
}

/** Sets the parameters of a layer: weights f32[nˡ × nˡ⁻¹] row-major, biases f32[nˡ]. */
export function setLayer(network: Network, l: i32, weights: usize, biases: usize): void {
  packLayer(network, network.parameters, l, weights, biases);
  network.kept = Kept.Nothing;
  weightsChanged(network, l);
}

/** Copies the parameters of a layer: weights f32[nˡ × nˡ⁻¹] row-major, biases f32[nˡ]. */
export function getLayer(network: Network, l: i32, weights: usize, biases: usize): void {
  unpackLayer(network, network.parameters, l, weights, biases);
}

/**
 * Puts numbers of a layer, such as an optimizer's, into a block of the parameters' form:
 * weights f32[nˡ × nˡ⁻¹] row-major, biases f32[nˡ]. Padding is left as it is.
 */
export function packLayer(
  network: Network,
  block: usize,
  l: i32,
  weights: usize,
  biases: usize,
): void {
  const layer = network.layer(l);
  pack(block + layer.weights, weights, layer.units, layer.inputs);
  memory.copy(block + layer.biases, biases, f32Bytes(layer.units));
}

/** Copies numbers of a layer out of a block of the parameters' form, likewise. */
export function unpackLayer(
  network: Network,
  block: usize,
  l: i32,
  weights: usize,
  biases: usize,
): void {
  const layer = network.layer(l);
  unpack(weights, block + layer.weights, layer.units, layer.inputs);
  memory.copy(biases, block + layer.biases, f32Bytes(layer.units));
}
