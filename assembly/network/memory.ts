import { Activation } from '../kernels/activation';
import { Optimizer } from '../kernels/optimizers';
import { f32Bytes } from '../kernels/panels';

/**
 * The records of a network: what all threads share, and what each of them needs for itself. plan.ts
 * computes where everything lies, once; from then on nothing moves.
 *
 *     ┌──────────────────────────┐ 64-byte aligned, as each of the buffers
 *     │ Network                  │                begins with the tally of the batch
 *     │ Layer × depth            │
 *     │ Workspace × threads      │
 *     ├──────────────────────────┤ parameters     three blocks of one layout: for each layer
 *     │ W¹ b¹ W² b² …            │                W in panels (kernels/panels.ts), then b
 *     ├──────────────────────────┤ previous       the parameters before the last update: as a rule
 *     │ W¹ b¹ W² b² …            │                an update writes here, and the two swap
 *     ├──────────────────────────┤ gradients      Σ over the batch's examples so far
 *     │ dW¹ db¹ dW² db² …        │
 *     ├──────────────────────────┤
 *     │ Wᵀ of each layer but the │ transposed     in panels, made anew with each update; of a
 *     │ first                    │                convolution F, filter by filter and flipped
 *     ╞══════════════════════════╡ of the workspace:
 *     │ dW¹, or dF and db        │ scratch        of one sparse tile of examples; of a convolution
 *     ├──────────────────────────┤
 *     │ A⁰ or its nonzeros       │ input          of one tile, column-major: one column an
 *     ├──────────────────────────┤                example
 *     │ Z¹ → A¹, dZ¹ …           │ activations    likewise
 *     │ Zᴸ, Aᴸ → dZᴸ             │
 *     ├──────────────────────────┤
 *     │ y, ŷ, max z, Σ exp z, …  │ per example    of the tile
 *     ├──────────────────────────┤
 *     │ Team                     │                what the threads tell each other
 *     ├──────────────────────────┤
 *     │ dZ, some of A, …         │ packed, …      of one tile; of each thread its own
 *     └──────────────────────────┘
 *     the host's: examples, results, what an optimizer keeps
 */

/**
 * Whether the module is the one whose networks may have several threads (threads.ts). The other is smaller:
 * the compiler leaves out what only threads need.
 */
export const THREADS: bool = ASC_FEATURE_THREADS;

/**
 * Whether the module is one whose networks may have layers of images (convolution.ts in the folder above
 * declares the name). The compiler leaves out of the others what only these need.
 */
export const IMAGES: bool = isDefined(CONVOLUTION);

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
  /** n⁰, the numbers of an example; and the Image that they are, or zeros. */
  features: i32;
  imageHeight: i32;
  imageWidth: i32;
  imageChannels: i32;
  imageLanes: i32;
  /** As `lowest` says. */
  firstWithParameters: i32;
  /** Where W and b of every layer are, and how many floats they take with their padding. */
  parameters: usize;
  parameterCount: i32;
  /** What `kept` says; else free to be written. */
  previous: usize;
  kept: Kept;
  /** How many columns of W¹ are kept. */
  logged: i32;
  gradients: usize;
  /** How many threads there may be, how many of them are used at present, and where they meet. */
  threads: i32;
  active: i32;
  team: Team;
  /** What the threads do at present, and in how many parts; read `parts`. */
  task: Task;
  divided: i32;
  /** The tile: m examples from place `start` of their order on; `byTiles`, all those of `parts` tiles or more. */
  source: Examples;
  start: i32;
  m: i32;
  wholeTiles: bool;
  /** Whether there are workspaces for tiles of their own. */
  hasTiles: bool;
  /** The workspace of the tile whose outputs may be looked at. */
  shown: Workspace;
  /** Whether they are part of an epoch, whose places dropout goes by. */
  isTraining: bool;
  /** Whether the tile is not the batch's first, so that its gradients are added to those so far. */
  accumulates: bool;
  /** In how many parts the inputs of the first layer are shared out by nonzeros (shares.ts); 0: not so. */
  sharedParts: i32;
  /** Where classes or outputs are to be written, as of `evaluate` and `predict`. */
  results: usize;
  /** How an update is to be made. */
  step: Step;
  /** Whether all of dW¹ is zero, for a batch to add to. */
  cleared: bool;
  /**
   * The batch's nonzeros, up to `pairsEnd`, where those of one tile are all that it has: no other
   * column of W¹ has a gradient then. Else 0.
   */
  pairs: usize;
  pairsEnd: usize;
  /** The activation of the hidden layers that have none of their own, and of the last one. */
  hidden: Activation;
  outputs: Output;
  /** A hidden unit is dropped where its word is below this, of a key for each epoch; 0: none is. */
  dropped: u32;
  dropoutKey: u32;

  get parts(): i32 {
    return THREADS ? this.divided : 1;
  }

  /** Whether each part is a tile, and not part of the inputs or examples of one tile. */
  get byTiles(): bool {
    return THREADS && this.wholeTiles;
  }

  /**
   * Whether each part has units of the first layer, whole panels of them, for all examples: its weights
   * are then a thread's own from one batch to the next.
   */
  get byUnits(): bool {
    return (
      THREADS && !this.wholeTiles && this.divided > 1 && this.layer(0).units >> 4 >= this.divided
    );
  }

  /** Whether a part has all inputs of each layer: it is the only one, or a tile. */
  get hasAllInputs(): bool {
    return this.parts == 1 || this.byTiles;
  }

  /** The workspace of a part of the phase. */
  workspaceOf(part: i32): Workspace {
    return this.workspace(this.byTiles ? this.threads + part : part);
  }

  /** The batch so far: its tally has the network's own address. */
  get batch(): Tally {
    return this;
  }

  /** Whether there are layers of images: threads then always take whole tiles. */
  get hasImages(): bool {
    return IMAGES && this.imageHeight != 0;
  }

  /** The index of the first layer that has parameters: no gradient is handed further down. */
  get lowest(): i32 {
    return IMAGES ? this.firstWithParameters : 0;
  }

  /** What enters layer index l. */
  below(l: i32): Image {
    if (l > 0) return this.layer(l - 1);
    return changetype<Image>(changetype<usize>(this) + offsetof<Network>('imageHeight'));
  }

  /** The record of layer l + 1 of the equations, l = 0 … depth − 1. */
  layer(l: i32): Layer {
    return changetype<Layer>(
      changetype<usize>(this) + offsetof<Network>() + <usize>l * offsetof<Layer>(),
    );
  }

  /** The activation of a hidden layer; of the last one that by which its weights begin. */
  activationOf(layer: Layer): Activation {
    const own = layer.own;
    return own == 0 ? this.hidden : own - 1;
  }

  /**
   * The record of a thread's workspace: they lie behind those of the layers. From `threads` on, those for
   * tiles of their own.
   */
  workspace(thread: i32): Workspace {
    const start = changetype<usize>(this.layer(this.depth));
    if (!THREADS) return changetype<Workspace>(start);
    return changetype<Workspace>(((start + 63) & ~63) + <usize>thread * WORKSPACE_BYTES);
  }
}

/** What a layer is. */
export const enum Kind {
  Dense,
  Convolution,
  MaxPool,
}

/** The form of an image, channels last. What a dense layer gives has none, and height 0. */
@unmanaged
export class Image {
  height: i32;
  width: i32;
  channels: i32;
  /** How many floats a pixel takes: behind a convolution a multiple of 4, of which the last are zero. */
  lanes: i32;
}

/** A layer, and the image that it gives. */
@unmanaged
export class Layer extends Image {
  kind: Kind;
  /** One more than the layer's own activation; 0: it has none. */
  own: i32;
  /**
   * The weights are W[units × inputs]: of a dense layer nˡ⁻¹ and nˡ; of a convolution the values of a window
   * and the filters; of a pool there are none.
   */
  inputs: i32;
  units: i32;
  /** How many floats the layer gives of an example. */
  size: i32;
  /** Of a convolution or a pool: the height and width of a window, and how far apart windows are. */
  kernel: i32;
  step: i32;
  /** How many rows and columns of zeros are put around the image, and how many of them before it. */
  rowsAround: i32;
  columnsAround: i32;
  rowsBefore: i32;
  columnsBefore: i32;
  /** W and b: bytes from the start of each block of parameters. */
  weights: usize;
  biases: usize;
  /**
   * Wᵀ in panels; of a convolution F filter by filter, and behind that F flipped, in panels of channels. 0 for
   * the first layer, whose inputs need no gradient.
   */
  transposed: usize;
  flipped: usize;
  /** Z, then A, and dZ: bytes from the start of a workspace's activations. */
  output: usize;
  delta: usize;
  /** The leading dimension of both. */
  stride: i32;
}

/** A multiple of a cache line, for each thread writes to its own. */
export const WORKSPACE_BYTES: usize = 128;

/**
 * What goes through the layers: a tile of examples, or a thread's part of it. The buffers of examples
 * are the same for all threads, and each begins with its own examples.
 */
@unmanaged
export class Workspace {
  /** Its examples: m of them, from example `begin` of the tile, read `first`, and place `start` of their order. */
  begin: i32;
  start: i32;
  m: i32;
  /** Whether they are worked on as their nonzeros alone. */
  sparse: bool;
  /**
   * A⁰, f32[n⁰ × tile], leading dimension `inputStride`; or, where that is sparse, the pairs of its
   * nonzeros (kernels/nonzeros.ts) and, in u32[2 × tile], where each example's begin and end.
   */
  input: usize;
  inputStride: i32;
  rowPointers: usize;
  /** Encoded nonzeros of one example. */
  encoded: usize;
  /** f32[nˡ × tile] twice for each layer, where its record says. */
  activations: usize;
  /** dW¹ of a sparse tile, where it cannot be added to the gradients' at once; dF and db of a tile. */
  scratch: usize;
  /** An image of a layer with zeros around it, and its gradient, or one with more zeros around it. */
  padded: usize;
  paddedDelta: usize;
  /** The nonzeros of an example's dZ, filter by filter (kernels/sparse-convolve.ts). */
  lists: usize;
  /** For each example where the rows of its image are not zero (kernels/spans.ts), where convolution is first. */
  spans: usize;
  /** Σ over a tile of its own: in the form of the parameters; else the network's. */
  gradients: usize;
  /** dZ of a tile, and 16 rows of A, in the order in which dW is summed (kernels/matmul.ts). */
  packed: usize;
  /** As `rowPointers`, of the inputs alone whose dW¹ the thread sums; and the first of these. */
  bounds: usize;
  from: i32;
  /** Labels y, u8[tile], and predicted classes ŷ, i32[tile]. */
  labels: usize;
  classes: usize;
  /** The largest logit of each example and Σ exp(z − max z), f32[tile]. */
  maxima: usize;
  sums: usize;
  /** The loss of each example, f64[tile]. */
  losses: usize;
  /** What the thread has counted: correct predictions, nonzero inputs. */
  correct: i32;
  nonzeros: i32;
  /** Whether all that it computed is finite. */
  finite: bool;

  get first(): i32 {
    return THREADS ? this.begin : 0;
  }

  /** Z of a layer, then A. */
  output(layer: Layer): usize {
    return this.activations + layer.output + this.offset(layer);
  }

  /** dZ of a layer. */
  delta(layer: Layer): usize {
    return this.activations + layer.delta + this.offset(layer);
  }

  private offset(layer: Layer): usize {
    return THREADS ? f32Bytes(this.first * layer.stride) : 0;
  }
}

/** What threads do together, each its part, before any of them goes on (threads.ts). */
export const enum Task {
  /** The nonzero inputs of a tile are counted. */
  Count,
  /** Equation 1, where the next is shared by units. */
  Load,
  /** Equation 2 of the first layer, by units. */
  Units,
  /** Equations 1 to 6 for a tile. */
  Evaluate,
  /** Equations 1 to 4. */
  Predict,
  /** Equations 1 to 6 and 9. */
  Train,
  /** Equations 7 and 8. */
  Gradients,
  /** The gradients of tiles are added. */
  Add,
  /** Equation 10, 13 or 14. */
  Update,
}

/** Where threads meet (threads.ts). */
@unmanaged
export class Team {
  /** The number of the phase; helpers wait for it to change. */
  phase: u32;
  /** Helpers of another session leave. */
  session: u32;
  /** How many helpers there are, and how many of them sleep until the phase changes. */
  present: i32;
  sleepers: i32;
  /** How many are worth waking: one less than there are cores. */
  awake: i32;
  /** Whether a helper has ended in the middle of its part. */
  failed: u32;
  /** How long the leader waits for a part, in tenths of a second, until it takes that for granted. */
  patience: i32;
}

/** How an update is to be made: as of `update`. */
@unmanaged
export class Step {
  learningRate: f64;
  t: f64;
  at: f64;
  bt: f64;
  optimizer: Optimizer;
  state: usize;
  keep: f32;
  a: f32;
  b: f32;
  c: f32;
  d: f32;
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
  /** f32, one an example: how much each counts where a network learns; 0: all the same. */
  weights: usize;
}

/** Sets the activations of the layers; without it, they are ReLU and softmax. */
export function setFunctions(network: Network, hidden: Activation, outputs: Output): void {
  network.hidden = hidden;
  network.outputs = outputs;
}

/** Gives layer index l an activation of its own. */
export function setActivation(network: Network, l: i32, activation: Activation): void {
  network.layer(l).own = activation + 1;
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
  weights: usize,
): void {
  examples.format = format;
  examples.inputs = inputs;
  examples.labels = labels;
  examples.order = order;
  examples.weights = weights;
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
