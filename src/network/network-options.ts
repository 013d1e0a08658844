/** The options of `create`, and their checks. */
import { options, seedNumber } from '../base/arguments.ts';
import { onDemand } from '../base/on-demand.ts';
import { checkedFunctions, type Functions, type Hidden, type Output } from '../core/activations.ts';
import type { Initialization } from '../core/initialization.ts';
import {
  type Architecture,
  copiedList,
  denseArchitecture,
  type Image,
  type Layer,
  OR_OBJECTS,
} from '../core/layers.ts';
import type { GivenNormalization } from '../core/normalization.ts';
import { checkedThreads, type Threads } from '../core/thread-count.ts';
import type { Dataset } from '../data/dataset.ts';

/** The options of `create`. */
export interface NetworkOptions {
  /**
   * n⁰ … nᴸ: inputs, hidden units of each layer, outputs; at least two whole numbers from 1. A hidden layer may
   * have an activation function of its own: `[24, { dense: 16, activation: 'tanh' }, 3]`. With `input` the
   * layers alone: `{ conv: 8, kernel: 5 }` is a convolution of eight 5 × 5 filters, with `padding` (`valid`
   * or `same`; default: `valid`), `stride` (default: 1) and `activation`; `{ maxPool: 2 }` the maximum of each 2 × 2
   * window; a number a dense layer, and the last must be one. Behind an image a dense layer's inputs are all
   * its values.
   */
  layers: readonly Layer[];
  /**
   * Height, width and channels of the images that are the inputs, up to 512 × 512: `[28, 28, 1]`. Their
   * values come row by row, the channels of a pixel together. Default: none, for networks of dense layers.
   */
  input?: Image | undefined;
  /** Random seed of the initial weights, 0 to 2⁵³ − 1. Default: 0. */
  seed?: number;
  /**
   * Activation function of the hidden layers, convolutions included, that have none of their own. Default:
   * `relu`.
   */
  hidden?: Hidden;
  /**
   * How the weights begin, at random: uniform or normal, with the variance 2 / fan-in (He) or
   * 2 / (fan-in + fan-out) (Glorot). Default: Glorot uniform in layers with tanh or sigmoid, else He uniform;
   * in the last layer by `hidden`.
   */
  initialization?: Initialization | undefined;
  /**
   * Activation function of the output layer, and its loss: `softmax`, with the cross-entropy of a class;
   * `sigmoid`, with the binary cross-entropy of targets from 0 to 1; `linear`, with the mean squared
   * error of targets. The latter two are means over the outputs. Default: `softmax`.
   */
  output?: Output;
  /**
   * Standardises all inputs, and with a linear output all targets, by their mean and standard deviation
   * over these examples; or by those given here, `{ inputs: { mean, std }, targets: { mean, std } }`. The
   * network then takes raw numbers everywhere and predicts in the unit of the targets. Both are saved with
   * the network. Default: no standardisation.
   */
  normalize?: Dataset | GivenNormalization;
  /**
   * Names of the classes, or of the outputs, in order: nᴸ strings. Default: those of the first dataset with
   * names that `fit` is given. They are saved with the network.
   */
  classNames?: readonly string[] | undefined;
  /**
   * How many threads `fit`, `evaluate` and `predict` use, up to 64; `auto`: as many as the machine has cores.
   * The results are the same, bit for bit. Where threads are not possible the network has one, and
   * `threadsReason` says why. Default: 1.
   */
  threads?: Threads;
}

/** The options of `create`, checked and complete; whether `normalize` fits is not checked here. */
export interface NetworkSettings {
  architecture: Architecture;
  seed: number;
  functions: Functions;
  /** Checked where it is used; undefined: by the activations. */
  initialization: Initialization | undefined;
  normalize: Dataset | GivenNormalization | undefined;
  classNames: readonly string[] | undefined;
  threads: Threads;
}

/**
 * The options are read at once; the check of layers that are objects, and of images, is loaded on demand.
 *
 * @throws TypeError or RangeError that names the option
 */
export async function checkedNetwork(given: NetworkOptions): Promise<NetworkSettings> {
  const known = [
    'layers',
    'input',
    'seed',
    'hidden',
    'output',
    'initialization',
    'normalize',
    'classNames',
    'threads',
  ] as const;
  const {
    layers,
    input,
    seed = 0,
    hidden = 'relu',
    output = 'softmax',
    initialization,
    normalize,
    classNames,
    threads = 1,
  } = options('options', given, known);
  const own = {
    input: input && (copiedList('input', input) as unknown as Image),
    layers: copiedList('layers', layers, OR_OBJECTS),
  };
  const areSizes = input === undefined && own.layers.every((layer) => typeof layer === 'number');
  const settings = {
    seed: seedNumber('seed', seed),
    functions: checkedFunctions('', { hidden, output }),
    initialization,
    normalize,
    threads: checkedThreads(threads),
  };
  // Copied before others have their turn; not hole by hole, of which an array can have many.
  const names = Array.isArray(classNames) ? Object.values(classNames) : classNames;
  if (areSizes && names === undefined) {
    return { ...settings, architecture: denseArchitecture(own.layers), classNames: names };
  }
  const { named } = await onDemand(import('../core/architecture.ts'));
  return { ...settings, ...named(own, names) };
}
