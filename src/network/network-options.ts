/** The options of `create`, and their checks. */
import { options, seedNumber } from '../base/arguments.ts';
import { checkedFunctions, type Functions, type Hidden, type Output } from '../core/activations.ts';
import { layerSizes } from '../core/layer-sizes.ts';
import { checkedThreads, type Threads } from '../core/thread-count.ts';
import type { Dataset } from '../data/dataset.ts';

/** The options of `create`. */
export interface NetworkOptions {
  /** n⁰ … nᴸ: inputs, hidden units of each layer, outputs; at least two whole numbers from 1. */
  layers: readonly number[];
  /** Random seed of the initial weights, 0 to 2⁵³ − 1. Default: 0. */
  seed?: number;
  /** Activation function of the hidden layers. Default: `relu`. */
  hidden?: Hidden;
  /**
   * Activation function of the output layer, and its loss: `softmax`, with the cross-entropy of a class;
   * `sigmoid`, with the binary cross-entropy of targets from 0 to 1; `linear`, with the mean squared
   * error of targets. The latter two are means over the outputs. Default: `softmax`.
   */
  output?: Output;
  /**
   * Standardises all inputs, and with a linear output all targets, by their mean and standard deviation
   * over these examples. The network then takes raw numbers everywhere and predicts in the unit of the
   * targets. Both are saved with the network. Default: no standardisation.
   */
  normalize?: Dataset;
  /**
   * How many threads `fit`, `evaluate` and `predict` use, up to 64; `auto`: as many as the machine has cores.
   * The results are the same, bit for bit. Where threads are not possible the network has one, and
   * `threadsReason` says why. Default: 1.
   */
  threads?: Threads;
}

/** The options of `create`, checked and complete; whether `normalize` fits is not checked here. */
export interface NetworkSettings {
  layers: readonly number[];
  seed: number;
  functions: Functions;
  normalize: Dataset | undefined;
  threads: Threads;
}

/** @throws TypeError or RangeError that names the option */
export function checkedNetwork(given: NetworkOptions): NetworkSettings {
  const known = ['layers', 'seed', 'hidden', 'output', 'normalize', 'threads'] as const;
  const {
    layers,
    seed = 0,
    hidden = 'relu',
    output = 'softmax',
    normalize,
    threads = 1,
  } = options('options', given, known);
  return {
    layers: layerSizes(layers),
    seed: seedNumber('seed', seed),
    functions: checkedFunctions('', { hidden, output }),
    normalize,
    threads: checkedThreads(threads),
  };
}
