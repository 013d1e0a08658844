import { outOfRange, wrongType } from '../base/arguments.ts';
import type { Output } from '../core/activations.ts';
import type { Core } from '../core/core.ts';
import { checkTargets } from '../core/inputs.ts';
import type { Dataset, Outputs } from '../data/dataset.ts';

/** The result of `evaluate`. */
export interface Evaluation {
  /**
   * Mean over the examples: cross-entropy in nats; for linear outputs the mean squared error, of
   * standardised targets if the network standardises them.
   */
  loss: number;
  /**
   * Fraction of the examples whose most probable class is correct, 0 to 1; with sigmoid outputs, of the
   * outputs on their target's side of ½; with linear ones NaN.
   */
  accuracy: number;
  /** Number of examples. */
  examples: number;
  /**
   * `confusion[actual][predicted]`: the number of examples of one class that were predicted as the
   * other. Empty with targets.
   */
  confusion: number[][];
  /**
   * Precision of each class, 0 if it is never predicted. A sigmoid output predicts its class above ½.
   * Empty with linear outputs, as is `recall`.
   */
  precision: number[];
  /** Recall of each class, 0 if it has no examples. */
  recall: number[];
  /**
   * With linear outputs R² of each: the fraction of the targets' variance that is explained; 1 or 0 if
   * they are all equal.
   */
  r2?: number[];
  /** With linear outputs the root of the mean squared error of each, in the unit of its targets. */
  rmse?: number[];
}

/** The part of a network that a dataset must fit. */
export interface NetworkShape {
  /** n⁰. */
  readonly features: number;
  /** nᴸ. */
  readonly outputs: number;
  readonly output: Output;
  holds?(dataset: Dataset): boolean;
}

/**
 * Returns `dataset` if it fits the network, and its memory is still there.
 *
 * @param network holds: whether it has its own copy of the examples already
 * @throws TypeError if it is not a Dataset; RangeError if features, classes or targets differ, or
 *   the memory of an array has been transferred or resized
 */
export function fittingDataset(argument: string, dataset: Dataset, network: NetworkShape): Dataset {
  // By its method, so that pages that train on batches of their own do not load the class.
  if (typeof dataset?.checkMemory !== 'function') throw wrongType(argument, dataset, 'a Dataset');
  const { targets, outputs } = dataset;
  const { features, output } = network;
  if ((targets === undefined) !== (output === 'softmax')) {
    const [found, expected] = targets ? ['targets', 'labels'] : ['labels', 'targets'];
    throw outOfRange(argument, found!, `${expected}, for the network's output is ${output}`);
  }
  const of = (what: string) => `, the number of the network's ${what}`;
  if (dataset.features !== features) {
    throw outOfRange(`${argument}.features`, dataset.features, features + of('inputs'));
  }
  if (outputs !== network.outputs) {
    const name = `${argument}.${targets ? 'outputs' : 'classes'}`;
    throw outOfRange(name, outputs, network.outputs + of('outputs'));
  }
  if (network.holds?.(dataset)) return dataset;
  dataset.checkMemory(`${argument}.`);
  if (targets) checkTargets(`${argument}.targets`, targets, output);
  return dataset;
}

/** Evaluates a network on a dataset that fits it. */
export function evaluate(core: Core, dataset: Dataset): Evaluation {
  const { inputs, labels, length: examples, targets, outputs } = dataset;
  const { loss, correct, classes } = core.evaluate(inputs, dataset.labelsOrTargets);
  const common = { loss, accuracy: core.accuracy(correct, examples), examples };
  if (targets) return { ...common, ...ofTargets(core, core.predict(inputs), targets, outputs) };
  const confusion = Array.from({ length: outputs }, () => new Array<number>(outputs).fill(0));
  for (let i = 0; i < examples; i++) {
    const actual = confusion[labels[i]!]!;
    actual[classes[i]!]!++;
  }
  const actual = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const taken = confusion.map((_, j) => confusion.reduce((sum, row) => sum + row[j]!, 0));
  return {
    ...common,
    confusion,
    precision: confusion.map((row, j) => share(row[j]!, taken[j]!)),
    recall: confusion.map((row, j) => share(row[j]!, actual[j]!)),
  };
}

/** The measures of outputs with targets, for each output. */
function ofTargets(
  core: Core,
  predicted: Outputs,
  targets: Float32Array | Float64Array,
  outputs: number,
): Pick<Evaluation, 'confusion' | 'precision' | 'recall' | 'r2' | 'rmse'> {
  const length = targets.length / outputs;
  const sums = Array.from({ length: outputs }, (_, j) => {
    // From the first on, since the mean of equal targets must not come out rounded.
    let mean = targets[j]!;
    for (let i = j; i < targets.length; i += outputs) mean += (targets[i]! - targets[j]!) / length;
    let [residual, total, taken, actual, both] = [0, 0, 0, 0, 0];
    for (let i = j; i < targets.length; i += outputs) {
      const [y, t] = [predicted[i]!, targets[i]!];
      residual += (t - y) ** 2;
      total += (t - mean) ** 2;
      const [isTaken, isActual] = [+(y > 0.5), +(t > 0.5)];
      taken += isTaken;
      actual += isActual;
      both += isTaken & isActual;
    }
    return { residual, total, taken, actual, both };
  });
  if (core.functions.output === 'linear') {
    const r2 = sums.map(({ residual, total }) => (total > 0 ? 1 - residual / total : +!residual));
    const rmse = sums.map(({ residual }) => Math.sqrt(residual / length));
    return { confusion: [], precision: [], recall: [], r2, rmse };
  }
  return {
    confusion: [],
    precision: sums.map(({ both, taken }) => share(both, taken)),
    recall: sums.map(({ both, actual }) => share(both, actual)),
  };
}

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
