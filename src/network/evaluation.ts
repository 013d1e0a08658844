import { checked, describe, integer, options, outOfRange, wrongType } from '../base/arguments.ts';
import type { Output } from '../core/activations.ts';
import type { Core } from '../core/core.ts';
import { checkTargets } from '../core/inputs.ts';
import type { Dataset, Outputs } from '../data/dataset.ts';

/** The options of `evaluate`. */
export interface EvaluateOptions {
  /**
   * The probability above which a sigmoid output predicts its class; with a softmax of two classes, that
   * of class 1. From 0 to 1. Default: 0.5.
   */
  threshold?: number | undefined;
}

/** The result of `evaluate`. */
export interface Evaluation {
  /**
   * Mean over the examples: cross-entropy in nats; for linear outputs the mean squared error, of
   * standardised targets if the network standardises them.
   */
  loss: number;
  /**
   * Fraction of the examples whose class is predicted correctly, 0 to 1; with sigmoid outputs, of the
   * outputs. Absent with linear ones.
   */
  accuracy?: number;
  /** Number of examples. */
  examples: number;
  /**
   * `confusion[actual][predicted]`: the number of examples of one class that were predicted as the
   * other. With one sigmoid output the classes are 0 and 1, and a target above ½ counts as 1. Empty with
   * linear outputs, and with several sigmoid ones.
   */
  confusion: number[][];
  /** With several sigmoid outputs the confusion of each, 2 × 2. */
  confusions?: number[][][];
  /**
   * Precision of each class, or sigmoid output; 0 if it is never predicted. Empty with linear outputs, as
   * is `recall`.
   */
  precision: number[];
  /** Recall of each class, or sigmoid output; 0 if it has no examples. */
  recall: number[];
  /**
   * With linear outputs R² of each: the fraction of the targets' variance that is explained; 1 or 0 if
   * they are all equal.
   */
  r2?: number[];
  /** With linear outputs the root of the mean squared error of each, in the unit of its targets. */
  rmse?: number[];
}

/** The options of `classify`. */
export interface ClassifyOptions {
  /** How many classes of each example to return, from 1 to nᴸ. Default: all. */
  top?: number | undefined;
}

/** One class of an example, as `classify` returns it. */
export interface Classification {
  /** The number of the class, or of the sigmoid output. */
  class: number;
  /** Its name in the network's `classNames`; where there are none, its number as text. */
  name: string;
  /** From 0 to 1. Those of a softmax sum to 1. */
  probability: number;
}

/** The part of a network that a dataset must fit. */
export interface NetworkShape {
  /** n⁰. */
  readonly features: number;
  /** nᴸ. */
  readonly outputs: number;
  readonly output: Output;
  /** Names of the outputs, if they have any. */
  readonly classNames?: readonly string[] | undefined;
  holds?(dataset: Dataset): boolean;
}

/**
 * Returns `dataset` if it fits the network, and its memory is still there.
 *
 * @param network holds: whether it has its own copy of the examples already
 * @throws TypeError if it is not a Dataset; RangeError if features, classes, targets or names differ, or
 *   the memory of an array has been transferred or resized
 */
export function fittingDataset(argument: string, dataset: Dataset, network: NetworkShape): Dataset {
  // By its method, so that pages that train on batches of their own do not load the class.
  if (typeof dataset?.checkMemory !== 'function') throw wrongType(argument, dataset, 'a Dataset');
  const { targets, outputs, classNames } = dataset;
  const { features, output, classNames: own = classNames } = network;
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
  classNames?.forEach((name, i) => {
    const expected = own![i]!;
    if (name === expected) return;
    const found = `${describe(name)} for output ${i}`;
    throw outOfRange(`${argument}.classNames`, found, `${describe(expected)}, the network's`);
  });
  if (network.holds?.(dataset)) return dataset;
  dataset.checkMemory(`${argument}.`);
  if (targets) checkTargets(`${argument}.targets`, targets, output);
  return dataset;
}

/**
 * The threshold of `evaluate`.
 *
 * @throws TypeError or RangeError where it is not one, or the network's output takes none
 */
export function checkedThreshold(
  given: EvaluateOptions,
  { output, outputs }: NetworkShape,
): number {
  const { threshold } = options('options', given, ['threshold']);
  if (threshold === undefined) return 0.5;
  const takesOne = output === 'sigmoid' || (output === 'softmax' && outputs === 2);
  const expected = 'a number from 0 to 1, with sigmoid outputs or two classes';
  return checked('threshold', threshold, expected, (x) => takesOne && x >= 0 && x <= 1);
}

/** Evaluates a network on a dataset that fits it. */
export function evaluate(core: Core, dataset: Dataset, threshold: number): Evaluation {
  const { inputs, labels, length: examples, targets, outputs } = dataset;
  const { loss, classes } = core.evaluate(inputs, dataset.labelsOrTargets);
  // Of two classes the more probable one is the one above ½.
  const values = targets || threshold !== 0.5 ? core.predict(inputs) : undefined;
  const isLinear = core.functions.output === 'linear';
  // A table of all classes, or one of 0 and 1 for each sigmoid output.
  const [tables, size] = isLinear ? [0, 0] : targets ? [outputs, 2] : [1, outputs];
  const confusions = listOf(tables, () => listOf(size, () => listOf(size, () => 0)));
  let correct = 0;
  for (let i = 0; i < examples * tables; i++) {
    const actual = targets ? +(targets[i]! > 0.5) : labels[i]!;
    const predicted = values ? +(values[targets ? i : 2 * i + 1]! > threshold) : classes[i]!;
    confusions[i % tables]![actual]![predicted]!++;
    correct += +(actual === predicted);
  }
  /** The fraction on the diagonal of each row, or column; of a sigmoid output that of 1. */
  const rates = (ofColumn: boolean) =>
    confusions.flatMap((table) =>
      table
        .map((row, j) => {
          const all = (ofColumn ? table.map((other) => other[j]!) : row).reduce((a, b) => a + b);
          return all && row[j]! / all;
        })
        .slice(targets && 1),
    );
  return {
    loss,
    ...core.accuracy(correct, examples),
    examples,
    confusion: tables === 1 ? confusions[0]! : [],
    ...(tables > 1 && { confusions }),
    precision: rates(true),
    recall: rates(false),
    ...(isLinear && errorsOf(values!, targets!, outputs)),
  };
}

/** R² and the root of the mean squared error of each linear output. */
function errorsOf(predicted: Outputs, targets: Float32Array | Float64Array, outputs: number) {
  const length = targets.length / outputs;
  const fits = listOf(outputs, (j) => {
    // From the first on, since the mean of equal targets must not come out rounded.
    let mean = targets[j]!;
    for (let i = j; i < targets.length; i += outputs) mean += (targets[i]! - targets[j]!) / length;
    let [residual, total] = [0, 0];
    for (let i = j; i < targets.length; i += outputs) {
      residual += (targets[i]! - predicted[i]!) ** 2;
      total += (targets[i]! - mean) ** 2;
    }
    return [total > 0 ? 1 - residual / total : +!residual, Math.sqrt(residual / length)] as const;
  });
  return { r2: fits.map(([r2]) => r2), rmse: fits.map(([, rmse]) => rmse) };
}

/**
 * How many classes of each example `classify` is to return.
 *
 * @throws TypeError or RangeError that names the option, Error where the network has no classes
 */
export function checkedTop(given: ClassifyOptions, { output, outputs }: NetworkShape): number {
  const { top = outputs } = options('options', given, ['top']);
  if (output === 'linear') throw new Error('classify: a linear output has no classes');
  return integer('top', top, 1, outputs);
}

/** For each example the `top` most probable classes, the best first. */
export function ranked(
  probabilities: Outputs,
  top: number,
  { outputs, classNames }: NetworkShape,
): Classification[][] {
  return listOf(probabilities.length / outputs, (i) =>
    listOf(outputs, (j) => ({
      class: j,
      name: classNames?.[j] ?? `${j}`,
      probability: probabilities[i * outputs + j]!,
    }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, top),
  );
}

function listOf<T>(length: number, entry: (i: number) => T): T[] {
  return Array.from({ length }, (_, i) => entry(i));
}
