import { Activation } from '../kernels/activation';

/**
 * The records of a network: what all threads share, and what each of them needs for itself. plan.ts
 * computes where everything lies, once; from then on nothing moves.
 *
 *     ┌──────────────────────────┐ 64-byte aligned, as each of the buffers
 *     │ Network                  │                begins with the tally of the batch
 *     │ Layer × depth            │
 *     │ Workspace                │
 *     ├──────────────────────────┤ parameters     three blocks of one layout: for each layer
 *     │ W¹ b¹ W² b² …            │                W in panels (kernels/panels.ts), then b
 *     ├──────────────────────────┤ previous       the parameters before the last update: as a rule
 *     │ W¹ b¹ W² b² …            │                an update writes here, and the two swap
 *     ├──────────────────────────┤ gradients      Σ over the batch's examples so far
 *     │ dW¹ db¹ dW² db² …        │
 *     ├──────────────────────────┤
 *     │ Wᵀ of each layer but the │ transposed     in panels, made anew with each update
 *     │ first                    │
 *     ╞══════════════════════════╡ of the workspace:
 *     │ dW¹                      │ scratch        of one sparse tile of examples
 *     ├──────────────────────────┤
 *     │ A⁰ or its nonzeros       │ input          of one tile, column-major: one column an
 *     ├──────────────────────────┤                example
 *     │ Z¹ → A¹, dZ¹ …           │ activations    likewise
 *     │ Zᴸ, Aᴸ → dZᴸ             │
 *     ├──────────────────────────┤
 *     │ dZ, some of A            │ packed         of one tile
 *     ├──────────────────────────┤
 *     │ y, ŷ, max z, Σ exp z     │ per example    of the tile
 *     └──────────────────────────┘
 *     the host's: examples, results, what an optimizer keeps
 */

/** What is counted over examples; 8-byte aligned. */
@unmanaged
export class Tally {
  /** Their losses, summed, in nats. */
  loss: f64;
  examples: i32;
  /** How many were classified correctly. */
  correct: i32;
}

@unmanaged
export class Network extends Tally {
  /** Where what is planned so far ends, in bytes; Infinity where there was no memory for a layer. */
  end: f64;
  /** How many layers, L. */
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
   * The batch's nonzeros, up to `pairsEnd`, where those of one tile are all that it has: no other
   * column of W¹ has a gradient then. Else 0.
   */
  pairs: usize;
  pairsEnd: usize;
  /** The activation of the hidden layers, and of the last one. */
  hidden: Activation;
  outputs: Output;
  /** A hidden unit is dropped where its word is below this, of a key for each epoch; 0: none is. */
  dropped: u32;
  dropoutKey: u32;

  /** The batch so far: its tally has the network's own address. */
  get batch(): Tally {
    return this;
  }

  /** The record of layer l + 1 of the equations, l = 0 … depth − 1. */
  layer(l: i32): Layer {
    return changetype<Layer>(
      changetype<usize>(this) + offsetof<Network>() + <usize>l * offsetof<Layer>(),
    );
  }

  /** The record of the workspace, behind those of the layers. */
  workspace(): Workspace {
    return changetype<Workspace>(changetype<usize>(this.layer(this.depth)));
  }
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
  /** Z, then A, and dZ: bytes from the start of a workspace's activations. */
  output: usize;
  delta: usize;
  /** The leading dimension of both. */
  stride: i32;
}

/** What goes through the layers: a tile of examples. */
@unmanaged
export class Workspace {
  /**
   * A⁰, f32[n⁰ × tile], leading dimension `inputStride`; or, where that is sparse, the pairs of its
   * nonzeros (kernels/nonzeros.ts) and, in u32[tile + 1], where each example's begin.
   */
  input: usize;
  inputStride: i32;
  rowPointers: usize;
  sparse: bool;
  /** Encoded nonzeros of one example. */
  encoded: usize;
  /** f32[nˡ × tile] twice for each layer, where its record says. */
  activations: usize;
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

  /** Z of a layer, then A. */
  output(layer: Layer): usize {
    return this.activations + layer.output;
  }

  /** dZ of a layer. */
  delta(layer: Layer): usize {
    return this.activations + layer.delta;
  }
}

/** The activation of the last layer, and the loss that goes with it. */
export enum Output {
  /** Of all units; the cross-entropy of a class. */
  Softmax,
  /** Of each unit by itself; the binary cross-entropy of targets. */
  Sigmoid,
  /** Z; the mean squared error. */
  Linear,
}

/** What is kept of the parameters before the last update. */
export const enum Kept {
  Nothing = 0,
  /** All of them. */
  Whole = 1,
  /** The columns of W¹ that the update changed (kernels/column-sgd.ts), and all that is not W¹. */
  Columns = 2,
}

/** What the inputs of examples are made of, by the bytes of one. */
export const enum Format {
  /** u8, which count as x / 255. */
  Bytes = 1,
  /** u16, of nonzeros alone (kernels/nonzeros.ts); named by u32, where each example's begin, and end. */
  Encoded = 2,
  /** f32. */
  Floats = 4,
}

/** Examples that the host has put into the memory; so is their record, 4-byte aligned. */
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

/** Sets the activations of the layers; without it, they are ReLU and softmax. */
export function setFunctions(network: Network, hidden: Activation, outputs: Output): void {
  network.hidden = hidden;
  network.outputs = outputs;
}

/**
 * From now on each batch drops the fraction dropped / 2³² of the hidden units (eq. 22): which, is decided
 * by the key and by the places of the examples in their order.
 */
export function setDropout(network: Network, dropped: u32, key: u32): void {
  network.dropped = dropped;
  network.dropoutKey = key;
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

/** How many of the examples counted were classified correctly. */
export function correct(tally: Tally): i32 {
  return tally.correct;
}
