import { Activation } from '../kernels/activation';

/**
 * Where a network lies in memory. The host plans it (src/core/memory.ts) and describes it to the core
 * once; from then on the core reads these tables and moves nothing.
 *
 *     ┌──────────────────────────┐ network, 64-byte aligned
 *     │ Network                  │
 *     │ Layer × depth            │
 *     ├──────────────────────────┤ parameters     three blocks of one layout: for each layer
 *     │ W¹ b¹ W² b² …            │                W in panels (kernels/panels.ts), then b
 *     ├──────────────────────────┤ previous       the parameters before the last update: as a rule
 *     │ W¹ b¹ W² b² …            │                an update writes here, and the two swap
 *     ├──────────────────────────┤ gradients      Σ over the batch's examples so far
 *     │ dW¹ db¹ dW² db² …        │
 *     ├──────────────────────────┤
 *     │ Wᵀ of each layer but the │ transposed     in panels, made anew with each update
 *     │ first                    │
 *     ├──────────────────────────┤
 *     │ dW¹                      │ scratch        of one sparse tile of examples
 *     ├──────────────────────────┤
 *     │ dZ, some of A            │ packed         of one tile
 *     ├──────────────────────────┤
 *     │ A⁰ or its nonzeros       │ activations    of one tile, column-major: one column an
 *     │ Z¹ → A¹, dZ¹ …           │                example
 *     │ Zᴸ, Aᴸ → dZᴸ             │
 *     ├──────────────────────────┤
 *     │ y, ŷ, max z, Σ exp z     │ per example    of the tile
 *     ├──────────────────────────┤
 *     │ Tally × 2                │ tallies        of a batch; of an evaluation
 *     │ Examples × 2             │ examples       of a training set; of what is asked for once
 *     ├──────────────────────────┤ staging
 *     │ examples, labels, …      │ the host's, as large as what it hands in
 *     └──────────────────────────┘
 */
@unmanaged
export class Network {
  /** How many dense layers, L. */
  depth: i32;
  /** How many examples go through the layers at a time; a multiple of 4. */
  tile: i32;
  /** Where W and b of every layer are, and how many floats they take with their padding. */
  parameters: usize;
  parameterCount: i32;
  /** What `kept` says; else free to be written. */
  previous: usize;
  kept: Kept;
  /** How many columns of W¹ are kept. */
  logged: i32;
  gradients: usize;
  /** Whether all of dW¹ is zero, for a batch to add to. */
  cleared: bool;
  /**
   * A⁰ of a tile, f32[n⁰ × tile], leading dimension `inputStride`; or, where that is sparse, the
   * entries of its nonzeros (kernels/nonzeros.ts) and, in u32[tile + 1], where each example's
   * begin.
   */
  input: usize;
  inputStride: i32;
  starts: usize;
  sparse: bool;
  /** Whether those entries are all that the batch has. */
  namesBatch: bool;
  /** The marks of one example. */
  marks: usize;
  /** dW¹ of a sparse tile, where it cannot be added to the gradients' at once. */
  scratch: usize;
  /** dZ of a tile, and 16 rows of A, in the order in which dW is summed (kernels/matmul.ts). */
  packed: usize;
  /** Labels y, u8[tile], and predicted classes ŷ, i32[tile]. */
  labels: usize;
  classes: usize;
  /** The largest logit of each example and Σ exp(z − max z), f32[tile]. */
  maxima: usize;
  sums: usize;
  /** The batch so far. */
  batch: Tally;
  /** What hidden layers make of Z, and the last layer. */
  hidden: Activation;
  outputs: Output;
  /** A hidden unit is dropped where its word is below this, of a key for each epoch; 0: none is. */
  dropped: u32;
  dropoutKey: u32;

  /** The record of layer l + 1 of the equations, l = 0 … depth − 1. */
  layer(l: i32): Layer {
    return changetype<Layer>(
      changetype<usize>(this) + offsetof<Network>() + <usize>l * offsetof<Layer>(),
    );
  }
}

/** What the last layer makes of Z, and which loss goes with it. */
export const enum Output {
  /** Softmax; the cross-entropy of a class. */
  Classes = 0,
  /** σ of each by itself; the binary cross-entropy of targets. */
  Binary = 1,
  /** Z; the mean squared difference from targets. */
  Linear = 2,
}

/** What is kept of the parameters before the last update. */
export const enum Kept {
  Nothing = 0,
  /** All of them. */
  Whole = 1,
  /** The columns of W¹ that the update changed (kernels/column-sgd.ts), and all that is not W¹. */
  Columns = 2,
}

/** What the inputs of examples are made of. */
export const enum Format {
  /** u8, which count as x / 255. */
  Bytes = 0,
  /** f32. */
  Floats = 1,
  /** u32: where each example's marks begin, and where the last one's end (kernels/nonzeros.ts). */
  Marks = 2,
}

/** Examples that the host has put into the memory. */
@unmanaged
export class Examples {
  format: Format;
  /** As `format` says, one example after another. */
  inputs: usize;
  /**
   * u8, one an example, each less than nᴸ; where the output is not of classes, targets,
   * f32[nᴸ] an example; 0 where nothing asks for either.
   */
  labels: usize;
  /** u32, the numbers of the examples in the order in which they are read; 0: as they lie. */
  order: usize;
}

/** What is counted over examples; 8-byte aligned. */
@unmanaged
export class Tally {
  /** Their losses, summed, in nats. */
  loss: f64;
  examples: i32;
  /** How many were classified rightly. */
  correct: i32;
}

@unmanaged
export class Layer {
  /** nˡ⁻¹ and nˡ. */
  inputs: i32;
  units: i32;
  /** W and b: bytes from the start of each block of parameters. */
  weights: usize;
  biases: usize;
  /** Wᵀ in panels; 0 for the first layer, whose inputs need no gradient. */
  transposed: usize;
  /** f32[nˡ × tile], both with leading dimension `stride`: Z, then A; dZ. */
  output: usize;
  delta: usize;
  stride: i32;
}

/** The first byte of the memory that the module itself does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Bytes of the tables of a network of `depth` layers. */
export function describedBytes(depth: i32): usize {
  return offsetof<Network>() + <usize>depth * offsetof<Layer>();
}

/** Writes the table of a network that has no batch and no previous parameters yet. */
export function describeNetwork(
  network: Network,
  depth: i32,
  tile: i32,
  parameters: usize,
  parameterCount: i32,
  previous: usize,
  gradients: usize,
  input: usize,
  inputStride: i32,
  starts: usize,
  marks: usize,
  scratch: usize,
  packed: usize,
  labels: usize,
  classes: usize,
  maxima: usize,
  sums: usize,
  batch: Tally,
): void {
  network.depth = depth;
  network.tile = tile;
  network.parameters = parameters;
  network.parameterCount = parameterCount;
  network.previous = previous;
  network.kept = Kept.Nothing;
  network.gradients = gradients;
  network.cleared = false;
  network.namesBatch = false;
  network.input = input;
  network.inputStride = inputStride;
  network.starts = starts;
  network.marks = marks;
  network.scratch = scratch;
  network.packed = packed;
  network.labels = labels;
  network.classes = classes;
  network.maxima = maxima;
  network.sums = sums;
  network.batch = batch;
  network.hidden = Activation.Relu;
  network.outputs = Output.Classes;
  network.dropped = 0;
}

/** Sets what the layers make of Z; without it, they are ReLU and softmax. */
export function setFunctions(network: Network, hidden: Activation, outputs: Output): void {
  network.hidden = hidden;
  network.outputs = outputs;
}

/**
 * From now on each batch drops the share dropped / 2³² of the hidden units (eq. 22): which, is decided
 * by the key and by the places of the examples in their order.
 */
export function setDropout(network: Network, dropped: u32, key: u32): void {
  network.dropped = dropped;
  network.dropoutKey = key;
}

/** Writes the table of layer index l. */
export function describeLayer(
  network: Network,
  l: i32,
  inputs: i32,
  units: i32,
  weights: usize,
  biases: usize,
  transposed: usize,
  output: usize,
  delta: usize,
  stride: i32,
): void {
  const layer = network.layer(l);
  layer.inputs = inputs;
  layer.units = units;
  layer.weights = weights;
  layer.biases = biases;
  layer.transposed = transposed;
  layer.output = output;
  layer.delta = delta;
  layer.stride = stride;
}

/** Writes the record of examples. */
export function describeExamples(
  examples: Examples,
  format: Format,
  inputs: usize,
  labels: usize,
  order: usize,
): void {
  examples.format = format;
  examples.inputs = inputs;
  examples.labels = labels;
  examples.order = order;
}

/** Begins to count anew. */
export function resetTally(tally: Tally): void {
  tally.loss = 0;
  tally.examples = 0;
  tally.correct = 0;
}

/** The mean loss of the examples counted, in nats. */
export function meanLoss(tally: Tally): f64 {
  return tally.loss / <f64>tally.examples;
}

/** How many of the examples counted were classified rightly. */
export function correct(tally: Tally): i32 {
  return tally.correct;
}
