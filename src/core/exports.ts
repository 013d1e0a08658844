/** What the Wasm core exports, and how a network is described to it; core.ts exports the public part, with checks. */
import { forbidden } from './compilation.ts';
import { type MemoryPlan, planMemory } from './memory.ts';

/** What the module exports, as far as it is meant to be called from outside. */
export interface CoreExports {
  /** 64 KiB at first: grow it to what the plan says, and what is staged. */
  readonly memory: WebAssembly.Memory;
  /** The share of nonzero inputs up to which examples are worked on as their nonzeros alone. */
  readonly SPARSE_SHARE: WebAssembly.Global;
  /** The first byte of the memory that the module itself does not use. */
  heapBase(): number;
  /** Bytes of the tables of a network of `depth` layers. */
  describedBytes(depth: number): number;
  /** How many floats the weights of a layer take in the form that the products read. */
  panelFloats(units: number, inputs: number): number;
  /** Writes the table of a network: `describeNetwork` of this module calls it. */
  describeNetwork(
    network: number,
    depth: number,
    tile: number,
    parameters: number,
    parameterCount: number,
    previous: number,
    gradients: number,
    input: number,
    inputStride: number,
    starts: number,
    marks: number,
    scratch: number,
    packed: number,
    labels: number,
    classes: number,
    maxima: number,
    sums: number,
    batch: number,
  ): void;
  /** Writes the table of layer index l, likewise. */
  describeLayer(
    network: number,
    l: number,
    inputs: number,
    units: number,
    weights: number,
    biases: number,
    transposed: number,
    output: number,
    delta: number,
    stride: number,
  ): void;
  /**
   * Sets what hidden layers and the last one make of Z, before anything else is done with the network:
   * indices in HIDDEN and OUTPUTS. Without it they are ReLU and softmax.
   */
  setFunctions(network: number, hidden: number, output: number): void;
  /**
   * From now on each batch drops the share dropped / 2³² of the hidden units: which, is decided by the
   * key, any 32-bit number, and by the places of the examples in their order. 0 ends it.
   */
  setDropout(network: number, dropped: number, key: number): void;
  /**
   * Writes a record of examples, 16 bytes.
   *
   * @param format one of FORMATS
   * @param inputs one example after another, 16-byte aligned
   * @param labels u8, one an example, each less than nᴸ; where the output is not softmax, targets,
   *   f32[nᴸ] an example; 0 where nothing asks for either
   * @param order u32, the numbers of the examples in the order in which they are read; 0: as they
   *   lie
   */
  describeExamples(
    examples: number,
    format: number,
    inputs: number,
    labels: number,
    order: number,
  ): void;
  /**
   * Turns random words, u32[units × inputs], into He-uniform weights, f32[units × inputs], in
   * place.
   */
  initialWeights(network: number, l: number, words: number): void;
  /**
   * Copies parameters in: weights f32[units × inputs], row-major, and biases f32[units]. All
   * layers must be set before anything else is done with them.
   */
  setLayer(network: number, l: number, weights: number, biases: number): void;
  /** Copies parameters out, likewise. */
  getLayer(network: number, l: number, weights: number, biases: number): void;
  /**
   * Copies numbers of a layer, such as an optimizer's, into a block of `parameterCount` floats,
   * likewise.
   */
  packLayer(network: number, block: number, l: number, weights: number, biases: number): void;
  /** Copies them out, likewise. */
  unpackLayer(network: number, block: number, l: number, weights: number, biases: number): void;
  /** Writes the marks of bytes from `marks` on, and returns where they end. */
  markExamples(
    starts: number,
    marks: number,
    inputs: number,
    features: number,
    count: number,
  ): number;
  /** The index of the first NaN or infinity in f32[count], or −1. */
  firstNonFinite(x: number, count: number): number;
  /** Begins a batch. */
  begin(network: number): void;
  /**
   * Adds `count` examples, from place `start` of their order on, to the batch. Of several calls
   * each but the last must add a multiple of the plan's `tile`.
   */
  accumulate(network: number, examples: number, start: number, count: number): void;
  /**
   * Before the end of a batch: clips its mean gradient to a norm, Infinity for none, and adds
   * `decay` times each weight to it.
   */
  regularizeBatch(network: number, clipNorm: number, decay: number): void;
  /**
   * Ends the batch with one update, and returns the index of what became of it in OUTCOMES. `network`
   * and `learningRate` are all that plain gradient descent takes.
   *
   * @param optimizer index in OPTIMIZERS
   * @param state what the optimizer keeps, f32[parameterCount] for each value of a parameter, 16-byte
   *   aligned; before the first update what the optimizer begins with
   * @param keep what weights are multiplied by: 1, or 1 − αλ of decoupled weight decay λ
   * @param a the first of the numbers that the optimizer's row in src/core/optimizers.ts has after the
   *   learning rate, which it may change too; b, c and d: the others
   */
  update(
    network: number,
    learningRate: number,
    optimizer?: number,
    state?: number,
    keep?: number,
    a?: number,
    b?: number,
    c?: number,
    d?: number,
  ): number;
  /** Brings back the parameters before the last update. */
  rollback(network: number): void;
  /** Begins a tally anew. */
  resetTally(tally: number): void;
  /** The mean loss of what a tally has counted. */
  meanLoss(tally: number): number;
  /**
   * How many of the examples that a tally has counted were classified correctly, or how many of their
   * sigmoid outputs.
   */
  correct(tally: number): number;
  /**
   * Counts the first `count` examples, and writes the class of each, where the output is softmax, to
   * `classes`, i32[count].
   */
  evaluate(network: number, tally: number, classes: number, examples: number, count: number): void;
  /**
   * Writes Aᴸ of the first `count` examples, with softmax the probabilities, f32[count × nᴸ]. Returns
   * −1, or the number of the first example for which a layer gives NaN or an infinity, and then has
   * written those before it alone.
   */
  predict(network: number, probabilities: number, examples: number, count: number): number;
}

/** The forms of examples that the core reads: u8, which count as x / 255; f32; marks of u8. */
export const FORMATS = { bytes: 0, floats: 1, marks: 2 } as const;

/** What became of an update. */
export type Outcome = 'updated' | 'loss not finite' | 'update not finite';

/** What the numbers mean that `update` gives. */
export const OUTCOMES: readonly Outcome[] = ['updated', 'loss not finite', 'update not finite'];

/** How many bytes after what is staged a kernel may read, though not use. */
export const READ_PAST = 32;

/**
 * An instance of the module. Each network has one of its own.
 *
 * @throws Error where the processor is big-endian, or a policy of the page forbids WebAssembly
 */
export async function instantiateCore(module: WebAssembly.Module): Promise<CoreExports> {
  // A Wasm memory is little-endian; the typed arrays that the host sees it through are as the processor.
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 0) {
    throw new Error('relumax does not run on big-endian processors');
  }
  return (await instanceOf(module)).exports as unknown as CoreExports;
}

function instanceOf(
  module: WebAssembly.Module,
): WebAssembly.Instance | Promise<WebAssembly.Instance> {
  try {
    // At once: `instantiate` waits for V8's compiler threads, and in Node 20 may wait forever.
    return new WebAssembly.Instance(module);
  } catch {
    // Up to version 113 Chrome makes large instances in a page by `instantiate` alone; what else is
    // wrong, that says too.
    return WebAssembly.instantiate(module).catch((cause) => {
      throw cause?.name === 'CompileError' ? forbidden(cause) : cause;
    });
  }
}

/**
 * Where everything of a network is to be.
 *
 * @param sizes n⁰ … nᴸ
 */
export function planNetwork(exports: CoreExports, sizes: readonly number[]): MemoryPlan {
  const tables = exports.describedBytes(sizes.length - 1);
  return planMemory(sizes, exports.heapBase(), tables, exports.panelFloats);
}

/** Tells the core of a network that is to be where the plan says; the memory must hold it. */
export function describeNetwork(exports: CoreExports, plan: MemoryPlan): void {
  exports.describeNetwork(
    plan.network,
    plan.layers.length,
    plan.tile,
    plan.parameters,
    plan.parameterCount,
    plan.previous,
    plan.gradients,
    plan.input,
    plan.inputStride,
    plan.starts,
    plan.marks,
    plan.scratch,
    plan.packed,
    plan.labels,
    plan.classes,
    plan.maxima,
    plan.sums,
    plan.batch,
  );
  for (const [l, layer] of plan.layers.entries()) {
    exports.describeLayer(
      plan.network,
      l,
      layer.inputs,
      layer.units,
      layer.weights,
      layer.biases,
      layer.transposed,
      layer.output,
      layer.delta,
      layer.stride,
    );
  }
}
