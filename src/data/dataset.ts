import {
  checked,
  checkFinite,
  checkLength,
  countOf,
  FLOATS,
  INPUTS,
  integer,
  isTyped,
  options,
  outOfRange,
  seedNumber,
  typed,
} from '../base/arguments.ts';
import { namesOf } from '../base/names.ts';
import { Random } from '../base/random.ts';

/**
 * Inputs of examples: bytes, which are divided by 255, or floats. A network that does not standardise
 * rounds floats to 32 bits.
 */
export type Inputs = Uint8Array | Float32Array | Float64Array;

/** The label of each example, or its targets, one example after another. */
export type LabelsOrTargets = Uint8Array | Float32Array | Float64Array;

/** Outputs of a network: float64 if they are converted back to the unit of the targets. */
export type Outputs = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Examples as `Dataset.from` takes them. */
export interface Examples {
  /**
   * length × features, one example after another: bytes, which are divided by 255, or finite
   * floats.
   */
  readonly inputs: Inputs;
  /** length: the class of each example, 0 to `classes` − 1. */
  readonly labels: Uint8Array;
  /** Number of classes, 1 to 256, whether or not each of them occurs. */
  readonly classes: number;
  /** Names of the classes, in order. */
  readonly classNames?: readonly string[] | undefined;
}

/** Examples with targets instead of classes, as `Dataset.from` takes them. */
export interface TargetExamples {
  /** As in `Examples`. */
  readonly inputs: Inputs;
  /** length × outputs, one example after another; for a sigmoid output from 0 to 1. */
  readonly targets: Float32Array | Float64Array;
  /** Targets per example, from 1. */
  readonly outputs: number;
  /** Names of the targets, in order. */
  readonly classNames?: readonly string[] | undefined;
}

/** Examples with labels or targets, checked when the dataset is created. */
export class Dataset {
  /**
   * length × features, one example after another: bytes, which are divided by 255, or finite
   * floats.
   */
  declare readonly inputs: Inputs;
  /** length: the class of each example, 0 to `classes` − 1; empty if there are targets. */
  declare readonly labels: Uint8Array;
  /** Number of classes, 1 to 256; 0 if there are targets. */
  declare readonly classes: number;
  /** length × outputs: the targets, one example after another, instead of labels. */
  declare readonly targets: Float32Array | Float64Array | undefined;
  /** Number of outputs of a network for these examples: the classes, or the targets. */
  declare readonly outputs: number;
  /** Names of the classes or targets, if known. */
  declare readonly classNames: readonly string[] | undefined;
  /** Number of inputs of an example. */
  declare readonly features: number;
  /** Number of examples, at least 1. */
  declare readonly length: number;

  private constructor(examples: Examples | TargetExamples) {
    const { inputs, labels, classes, targets, outputs, classNames } = examples as Examples &
      TargetExamples;
    typed('inputs', inputs, ...INPUTS);
    if ('targets' in examples) {
      typed('targets', targets, ...FLOATS);
      integer('outputs', outputs, 1, 2 ** 24);
      this.length = countOf('targets', targets, outputs);
      checkFinite('targets', targets);
      this.labels = new Uint8Array();
      this.classes = 0;
      this.targets = targets;
      this.outputs = outputs;
    } else {
      typed('labels', labels, 'Uint8Array');
      integer('classes', classes, 1, 256);
      if (labels.length === 0) throw outOfRange('labels', labels, 'at least one label');
      checkLabels(labels, classes);
      this.length = labels.length;
      this.labels = labels;
      this.classes = classes;
      this.targets = undefined;
      this.outputs = classes;
    }
    this.classNames = classNames === undefined ? classNames : namesOf(classNames, this.outputs);
    const what = `, the number of ${this.targets ? 'examples' : 'labels'}`;
    this.features = countOf('inputs', inputs, this.length, what);
    if (isTyped(inputs, ...FLOATS)) checkFinite('inputs', inputs);
    this.inputs = inputs;
    // The checks hold from now on.
    Object.freeze(this);
  }

  /**
   * The labels, or the targets if there are any.
   *
   * @internal
   */
  get labelsOrTargets(): LabelsOrTargets {
    return this.targets ?? this.labels;
  }

  /**
   * Checks that the arrays still have their memory, before they are read.
   *
   * @param prefix of the arrays' names
   * @throws RangeError that names the array whose memory was transferred or resized
   * @internal
   */
  checkMemory(prefix = ''): void {
    const { inputs, labels, targets, length } = this;
    checkLength(`${prefix}inputs`, inputs, length * this.features);
    if (targets) checkLength(`${prefix}targets`, targets, length * this.outputs);
    else checkLength(`${prefix}labels`, labels, length);
  }

  /**
   * A dataset of your own examples, with labels or targets. The arrays are checked but not copied, so
   * they must not change afterwards. They may be in a SharedArrayBuffer, or in a resizable buffer. If
   * their memory is transferred or resized later, every use of the dataset throws.
   *
   * @throws TypeError if an argument is of the wrong type, or unknown
   * @throws RangeError if there is no label, the length of `inputs` is not a positive multiple of the
   *   number of labels, `classes` is not a whole number from 1 to 256, a label is not one of the
   *   classes, there is not one name for each class, the length of `targets` is not a positive
   *   multiple of `outputs`, or a float is NaN or infinite
   */
  static from(examples: Examples | TargetExamples): Dataset {
    const known =
      options('examples', examples) && 'targets' in examples
        ? ['inputs', 'targets', 'outputs', 'classNames']
        : ['inputs', 'labels', 'classes', 'classNames'];
    return new Dataset(options<object>('examples', examples, known as never[]) as Examples);
  }

  /**
   * Splits the examples at random into a training and a test part. `test` gets
   * `Math.round(fraction × length)` examples, `train` the rest, both in their original order. With
   * labels the split is stratified: `test` has the same fraction of each class, to within one example
   * (largest remainder method; of equal remainders the lower class first). The same dataset, fraction
   * and seed give the same split everywhere. Both parts are copies.
   *
   * @param splitOptions.test fraction of the examples for `test`, between 0 and 1
   * @param splitOptions.seed random seed: whole number, 0 to 2⁵³ − 1
   * @throws TypeError if an argument is not a number, or an option is unknown
   * @throws RangeError if `test` is not between 0 and 1 or leaves either part empty, `seed` is not
   *   such a number, or the memory of an array has been transferred or resized
   */
  split(splitOptions: { test: number; seed: number }): { train: Dataset; test: Dataset } {
    const { test, seed } = options('options', splitOptions, ['test', 'seed']);
    checked('test', test, 'a number between 0 and 1', (x) => x > 0 && x < 1);
    seedNumber('seed', seed);
    this.checkMemory();
    const total = Math.round(test * this.length);
    if (total === 0 || total === this.length) {
      const both = `a fraction that leaves some of the ${this.length} examples in both parts`;
      throw outOfRange('test', test, both);
    }

    checkLabels(this.labels, this.classes);
    // With targets, all examples count as one class.
    const isTest = new Uint8Array(this.length);
    const members = placesOf(this.targets ? isTest : this.labels, this.classes || 1);
    const counts = largestRemainders(
      members.map((examples) => test * examples.length),
      total,
    );
    for (const [label, examples] of members.entries()) {
      new Random(seed, 'split', label).shuffle(examples);
      for (const example of examples.subarray(0, counts[label])) isTest[example] = 1;
    }
    const [train, held] = placesOf(isTest, 2);
    return { train: this.subset(train!), test: this.subset(held!) };
  }

  /**
   * A dataset of the examples with the given indices, in the given order; an index may occur more
   * than once. The examples are copied.
   *
   * @param examples at least one index, each 0 to `length` − 1
   * @throws TypeError if `examples` is not a Uint32Array
   * @throws RangeError if it is empty or has an index out of range, or the memory of an array has been
   *   transferred or resized
   */
  subset(examples: Uint32Array): Dataset {
    typed('examples', examples, 'Uint32Array');
    this.checkMemory();
    if (examples.length === 0) throw outOfRange('examples', examples, 'at least one index');
    const { features, outputs, classes, classNames } = this;
    const inputs = emptyLike(this.inputs, examples.length * features);
    const labels = new Uint8Array(this.labels.length && examples.length);
    const targets = this.targets && emptyLike(this.targets, examples.length * outputs);
    for (const [i, example] of examples.entries()) {
      if (example >= this.length) {
        throw outOfRange(`examples[${i}]`, example, `an index from 0 to ${this.length - 1}`);
      }
      const begin = example * features;
      inputs.set(this.inputs.subarray(begin, begin + features), i * features);
      labels[i] = this.labels[example]!;
      targets?.set(this.targets!.subarray(example * outputs, (example + 1) * outputs), i * outputs);
    }
    const common = { inputs, classNames };
    return new Dataset(targets ? { ...common, targets, outputs } : { ...common, labels, classes });
  }
}

/** For each number from 0 to `count` − 1 its indices in an array, ascending. */
function placesOf(numbers: Uint8Array, count: number): Uint32Array[] {
  const counts = new Uint32Array(count);
  for (const number of numbers) counts[number]!++;
  const places = Array.from(counts, (count) => new Uint32Array(count));
  for (let i = numbers.length - 1; i >= 0; i--) places[numbers[i]!]![--counts[numbers[i]!]!] = i;
  return places;
}

/** @throws RangeError if a label is not less than `classes` */
function checkLabels(labels: Uint8Array, classes: number): void {
  const i = labels.findIndex((label) => label >= classes);
  if (i >= 0) throw outOfRange(`labels[${i}]`, labels[i], `a class from 0 to ${classes - 1}`);
}

/**
 * Rounds numbers so that they add up to `total`, by the largest remainder method (Hamilton's): each is
 * rounded down, and the largest remainders are rounded up; of equal ones the first.
 *
 * @param shares not negative; their sum rounds to `total`
 */
function largestRemainders(shares: number[], total: number): number[] {
  const counts = shares.map(Math.floor);
  const missing = total - counts.reduce((sum, count) => sum + count, 0);
  const remainder = (i: number) => shares[i]! - counts[i]!;
  const largestFirst = [...shares.keys()].sort((a, b) => remainder(b) - remainder(a));
  for (const i of largestFirst.slice(0, missing)) counts[i]!++;
  return counts;
}

/** A new array of the same type, of zeros. */
export function emptyLike<T extends Inputs>(array: T, length: number): T {
  if (isTyped(array, 'Uint8Array')) return new Uint8Array(length) as Inputs as T;
  return new (isTyped(array, 'Float64Array') ? Float64Array : Float32Array)(length) as Inputs as T;
}
