/** What the Wasm core exports, and how a network is laid out in its memory. */
import { outOfRange } from '../base/arguments.ts';
import type { Addition, Architecture } from './layers.ts';
import { failureOf } from './modules/compilation.ts';

/** What the module exports, as far as it is meant to be called from outside. */
export interface CoreExports {
  /** 64 KiB at first: `layOutNetwork` grows it to what the network takes; grow it for what you stage. */
  readonly memory: WebAssembly.Memory;
  /**
   * 64: the record of examples, or a tally, takes as many bytes at most, and so many after what is
   * staged last may be read, though they are not used.
   */
  readonly ALIGNMENT: WebAssembly.Global;
  /** The instance's network, which has no layers yet. */
  newNetwork(): number;
  /** Adds a dense layer behind those that are there: `inputs` is n⁰, or the units of the last one. */
  addLayer(network: number, inputs: number, units: number): void;
  /**
   * Plans where everything of the network is to be, and returns how many bytes of memory it takes: the
   * memory must hold them before anything else is done with it. What lies behind is yours.
   *
   * @param threads how many there may be, up to 64; default: 1
   */
  layOut(network: number, threads?: number): number;
  /** How many examples go through the layers at a time. */
  tileOf(network: number): number;
  /** How many floats a block takes in the form in which the core keeps parameters. */
  parameterCountOf(network: number): number;
  /**
   * Sets the activations of the hidden layers and of the last one, before anything else is done with the
   * network: indices in HIDDEN and OUTPUTS. Without it they are ReLU and softmax.
   */
  setFunctions(network: number, hidden: number, output: number): void;
  /** Gives the hidden layer with index l, which is there, an activation of its own: an index in HIDDEN. */
  setActivation(network: number, l: number, activation: number): void;
  /**
   * From now on each batch drops the fraction dropped / 2³² of the hidden units: which, is decided by the
   * key, any 32-bit number, and by the places of the examples in their order. 0 ends it.
   */
  setDropout(network: number, dropped: number, key: number): void;
  /**
   * Writes a record of examples, 4-byte aligned.
   *
   * @param format bytes of an input: 1, u8, which count as x / 255; 4, f32; 2, encoded nonzeros of u8
   * @param inputs one example after another, 16-byte aligned
   * @param labels u8, one an example, each less than nᴸ; where the output is not softmax, targets,
   *   f32[nᴸ] an example; 0 where nothing asks for either
   * @param order u32, the numbers of the examples in the order in which they are read; 0: as they
   *   lie
   * @param weights f32, one an example: what `accumulate` multiplies its loss and gradient by; 0: nothing
   */
  describeExamples(
    examples: number,
    format: number,
    inputs: number,
    labels: number,
    order: number,
    weights?: number,
  ): void;
  /**
   * Turns random words, u32[units × inputs], into initial weights, f32[units × inputs], in place:
   * Glorot-uniform where the layer's activation is tanh or sigmoid, else He-uniform. The last layer
   * goes by `hidden` of `setFunctions`.
   */
  initialWeights(network: number, l: number, words: number): void;
  /**
   * Copies the parameters of layer index l in, or numbers for them that an optimizer keeps: weights
   * f32[units × inputs], row-major, and biases f32[units]. All layers must be set before anything
   * else is done with them.
   *
   * @param block f32[parameterCountOf], as given to `updateMomentum`; 0: the parameters
   */
  setLayer(network: number, block: number, l: number, weights: number, biases: number): void;
  /** Copies them out, likewise. */
  getLayer(network: number, block: number, l: number, weights: number, biases: number): void;
  /** Bytes of the encoded nonzeros of so many inputs, at most. */
  encodedBytes(count: number): number;
  /**
   * Encodes the nonzeros of `count` examples of bytes to `encoded`, and writes the address of each
   * example's to `rowPointers`, u32[from + count + 1], after those of `from` others. Returns their end,
   * or 0 if so many inputs are nonzero that the dense products are less work.
   */
  encodeExamples(
    rowPointers: number,
    from: number,
    encoded: number,
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
   * each but the last must add a multiple of `tileOf`.
   */
  accumulate(network: number, examples: number, start: number, count: number): void;
  /**
   * Before the end of a batch: clips its mean gradient to a norm, Infinity for none, and adds
   * `decay` times each weight to it.
   */
  regularizeBatch(network: number, clipNorm: number, decay: number): void;
  /**
   * Ends the batch with one update, and returns 1; or 0 where there was none: because the batch's loss
   * is not finite, and then the parameters before the last update are back; or because it would have
   * made a parameter so. `network` and `learningRate` are all that plain gradient descent takes.
   *
   * @param optimizer index in OPTIMIZERS
   * @param state what the optimizer keeps, f32[parameterCount] for each value of a parameter, 16-byte
   *   aligned; before the first update what the optimizer begins with
   * @param keep what weights are multiplied by: 1, or 1 − αλ of decoupled weight decay λ
   * @param t how many updates there have been, this one included
   * @param at the first hyperparameter to the power of t, and the second
   * @param a the hyperparameters, in the order of the optimizer's row (src/core/optimizers.ts)
   */
  update(
    network: number,
    learningRate: number,
    optimizer?: number,
    state?: number,
    keep?: number,
    t?: number,
    at?: number,
    bt?: number,
    a?: number,
    b?: number,
    c?: number,
    d?: number,
  ): number;
  /** Brings back the parameters before the last update. */
  rollback(network: number): void;
  /**
   * The layer index where an update went wrong: where the loss is not finite, the first layer whose
   * output of the last tile is not either; else that with the largest gradient.
   */
  divergedLayer(network: number, lossIsFinite: boolean): number;
  /** Begins a tally anew, 8-byte aligned. That of a batch is where its network is. */
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
   * −1, or the number of the first example for which a layer gives NaN or an infinity; what is written is of
   * no use then.
   */
  predict(network: number, probabilities: number, examples: number, count: number): number;
  /** Where Aˡ of example i of the last tile lies, f32[nˡ], of layer index l; of the last layer Zᴸ. */
  outputOf(network: number, l: number, i: number): number;
}

/**
 * What a module with convolution exports besides. Layer index l counts all layers; pooling has no parameters,
 * and no function takes its index but `sizeOf` and `outputOf`. Weights of convolutions are
 * f32[filters × channels × kernel × kernel]; those of a dense layer behind an image come channel by channel.
 */
export interface ConvolutionExports extends CoreExports {
  /** Says, before there are layers, that the inputs are an image, channels last. */
  addImage(network: number, height: number, width: number, channels: number): void;
  /** Adds a convolution. @param same 1: padding as of `same`; 0: none */
  addConvolution(
    network: number,
    filters: number,
    kernel: number,
    stride: number,
    same: number,
  ): void;
  /** Adds max pooling of windows of size × size. */
  addPooling(network: number, size: number): void;
  /**
   * How many floats there are where `outputOf` says. Behind a convolution the channels of each pixel are
   * padded: the rest are zeros.
   */
  sizeOf(network: number, l: number): number;
}

/**
 * What the module with threads exports besides. Each thread has an instance of its own, all on the same
 * memory. The one that calls `accumulate`, `evaluate`, `predict` and `update` is the leader; the others are
 * helpers, of which none is needed: what no helper does, the leader does.
 */
export interface ThreadedExports extends CoreExports {
  /** The most threads that `layOut` takes: 64. */
  readonly MOST_THREADS: WebAssembly.Global;
  /**
   * What a helper calls, on its own instance: it does its parts of what the leader has to do, until
   * `dismiss`, or for as long as there is anything to do, and 0.2 s more.
   *
   * @param thread its number, from 1 to one less than there are threads; each helper has another
   * @param session what `sessionOf` gave the leader
   */
  serve(network: number, thread: number, session: number): void;
  /**
   * Before there are helpers: says how many are worth waking, one less than the machine has cores, and for
   * how many tenths of a second the leader waits for a helper's part until it traps.
   */
  setTeam(network: number, awake: number, patience: number): void;
  /** Says how many threads are to be used from now on: 1, or all that there are. */
  setActive(network: number, threads: number): void;
  /** What helpers that are wanted now give to `serve`. */
  sessionOf(network: number): number;
  /** Whether the helper of that number is in `serve`. */
  isPresent(network: number, thread: number): number;
  /** How many helpers are. */
  presentCount(network: number): number;
  /** Lets the helpers go: they return from `serve`, and the session is another one. */
  dismiss(network: number): void;
  /** Says that a helper has ended in the middle of its part. The leader, where it waits for that, traps. */
  fail(network: number): void;
}

/** A network that is laid out in the memory of its instance. */
export interface NetworkLayout {
  /** The first argument of every export but a few. */
  network: number;
  /** The first byte that is yours. */
  staging: number;
}

const PAGE = 2 ** 16;

/** What one memory can hold: 2¹⁶ pages, the whole range of a 32-bit address. */
const MOST_BYTES = PAGE * 2 ** 16;

/**
 * An instance of the module. Each network has one of its own.
 *
 * @param imports the memory, where the module is the one with threads
 * @throws Error where the processor is big-endian, or a policy of the page forbids WebAssembly
 */
export async function instantiateCore(
  module: WebAssembly.Module,
  imports?: WebAssembly.Imports,
): Promise<CoreExports> {
  // A Wasm memory is little-endian; the typed arrays that the host sees it through are as the processor.
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 0) {
    throw await failureOf('big-endian');
  }
  return (await instanceOf(module, imports)).exports as unknown as CoreExports;
}

function instanceOf(
  module: WebAssembly.Module,
  imports?: WebAssembly.Imports,
): WebAssembly.Instance | Promise<WebAssembly.Instance> {
  try {
    // At once: `instantiate` waits for V8's compiler threads, and in Node 20 may wait forever.
    return new WebAssembly.Instance(module, imports);
  } catch {
    // Up to version 113 Chrome makes large instances in a page by `instantiate` alone; what else is
    // wrong, that says too.
    return WebAssembly.instantiate(module, imports).catch(async (cause) => {
      throw cause?.name === 'CompileError' ? await failureOf(cause) : cause;
    });
  }
}

type Adders = Record<Addition[0], (network: number, ...given: readonly number[]) => void>;

/**
 * Lays out a network with zero parameters, and makes the memory large enough for it.
 *
 * @param exports of a module with convolution, where the input is an image
 * @throws RangeError where it does not fit the memory
 */
export function layOutNetwork(
  exports: CoreExports,
  { additions }: Architecture,
  argument: string,
): NetworkLayout {
  const network = exports.newNetwork();
  for (const [add, ...given] of additions) {
    (exports as unknown as Adders)[add](network, ...given);
  }
  const staging = exports.layOut(network);
  reserve(exports, staging, argument);
  return { network, staging };
}

/**
 * Grows the memory, where it must, to hold `end` bytes. Views made before are then detached.
 *
 * @throws RangeError where it cannot
 */
export function reserve({ memory, ALIGNMENT }: CoreExports, end: number, argument: string): void {
  const missing = end + ALIGNMENT.value - memory.buffer.byteLength;
  if (missing <= 0) return;
  const wanted = `what takes ${(end / 2 ** 30).toFixed(1)} GiB in all`;
  if (end > MOST_BYTES) {
    throw outOfRange(argument, wanted, 'at most the 4 GiB of a WebAssembly memory');
  }
  try {
    memory.grow(Math.ceil(missing / PAGE));
  } catch {
    throw outOfRange(argument, wanted, 'as much as this machine can give');
  }
}
