import {
  checked,
  checkFinite,
  checkLength,
  countOf,
  integer,
  isTyped,
  options,
  outOfRange,
  seedNumber,
  typed,
  wrongType,
} from '../base/arguments.ts';
import { namesOf } from '../base/names.ts';
import {
  areBytes,
  areRows,
  flat,
  type Inputs,
  type LabelsOrTargets,
  labelsOf,
  type Numbers,
  targetsOf,
} from './numbers.ts';
import { heldOut, placesOf } from './split.ts';

export type { Inputs, LabelsOrTargets, Numbers } from './numbers.ts';

/** Outputs of a network: float64 if they are converted back to the unit of the targets. */
export type Outputs = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Examples as `Dataset.from` takes them. */
export interface Examples {
  /**
   * length × features finite numbers: a row for each example, or one example after another. Those of
   * Uint8Array and Uint8ClampedArray are bytes, which are divided by 255.
   */
  readonly inputs: Numbers;
  /** length: the class of each example, 0 to `classes` − 1; or a one-hot row for each. */
  readonly labels: Numbers;
  /**
   * Number of classes, 1 to 256, whether or not each of them occurs. Default: as many as a row of
   * `labels` has numbers, or as there are `classNames`.
   */
  readonly classes?: number | undefined;
  /** Names of the classes, in order. */
  readonly classNames?: readonly string[] | undefined;
}

/** Examples with targets instead of classes, as `Dataset.from` takes them. */
export interface TargetExamples {
  /** As in `Examples`. */
  readonly inputs: Numbers;
  /**
   * length × outputs finite numbers: a row for each example, or one example after another; for a sigmoid
   * output from 0 to 1.
   */
  readonly targets: Numbers;
  /**
   * Targets per example, from 1. Default: as many as a row of `targets` has numbers, or as there are
   * `classNames`, else 1.
   */
  readonly outputs?: number | undefined;
  /** Names of the targets, in order. */
  readonly classNames?: readonly string[] | undefined;
}

/** Examples with classes as one-hot targets, as `Dataset.from` takes them. */
export interface OneHotExamples {
  /** As in `Examples`. */
  readonly inputs: Numbers;
  /** length × classes: 1 for the class of the example, 0 for the others. */
  readonly targets: Numbers;
  /** Number of classes, 1 to 256. */
  readonly classes: number;
  /** Names of the classes, in order. */
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

  private constructor(examples: Examples | TargetExamples | OneHotExamples) {
    const { inputs, labels, targets, classes, outputs, classNames } = examples as Examples &
      TargetExamples;
    const values = flat('inputs', inputs);
    const haveTargets = 'targets' in examples;
    if (haveTargets && classes === undefined) {
      const width = rowOf('targets', targets) || classNames?.length || 1;
      this.outputs = integer('outputs', outputs === undefined ? width : outputs, 1, 2 ** 24);
      this.targets = narrowed(targetsOf(targets, this.outputs), targets);
      this.length = countOf('targets', this.targets, this.outputs, '', targets);
      checkFinite('targets', this.targets);
      this.labels = new Uint8Array();
      this.classes = 0;
    } else {
      const [name, expected] = haveTargets ? ['targets', targets] : ['labels', labels];
      const width = rowOf(name, expected) || classNames?.length;
      this.outputs = this.classes = integer(
        'classes',
        classes === undefined ? width : classes,
        1,
        256,
      );
      const all = flat(name, expected, this.classes);
      this.length = areRows(expected)
        ? expected.length
        : all.length / (haveTargets ? this.classes : 1);
      if (all.length === 0) throw outOfRange(name, expected, 'at least one label');
      if (haveTargets) countOf(name, all, this.classes, '', expected);
      this.labels = labelsOf(name, all, this.classes, this.length);
      checkLabels(this.labels, this.classes);
      this.targets = undefined;
    }
    this.classNames = classNames === undefined ? classNames : namesOf(classNames, this.outputs);
    const what = `, the number of ${haveTargets ? 'examples' : 'labels'}`;
    if (areRows(inputs) && inputs.length !== this.length) {
      throw outOfRange('inputs', inputs, `${this.length} rows${what}`);
    }
    this.features = countOf('inputs', values, this.length, what, inputs);
    if (!areBytes(values)) checkFinite('inputs', values);
    this.inputs = narrowed(values, inputs);
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
   * A dataset of your own examples, with labels or targets. Inputs and targets in a Float32Array or a
   * Float64Array, bytes in a Uint8Array, and labels in a Uint8Array are checked but not copied, so they
   * must not change afterwards. They may be in a SharedArrayBuffer, or in a resizable buffer. If their
   * memory is transferred or resized later, every use of the dataset throws. Of anything else the dataset
   * has a copy: rows, plain arrays and other typed arrays. Its numbers are 32-bit floats if these are
   * exact, else 64-bit floats.
   *
   * @throws TypeError if an argument is of the wrong type, or unknown
   * @throws RangeError if there is no label, the length of `inputs` is not a positive multiple of the
   *   number of labels, `classes` is not a whole number from 1 to 256, a label is not one of the
   *   classes, a row is not as long as the first, or is to be one-hot and is not, there is not one name
   *   for each class, the length of `targets` is not a positive multiple of `outputs`, or a float is NaN
   *   or infinite
   */
  static from(examples: Examples | TargetExamples | OneHotExamples): Dataset {
    // Read once; what is undefined is not there, except for targets that should be.
    const entries = Object.entries(options('examples', examples));
    const there = entries.filter(([, value]) => value !== undefined);
    const areMissing = !there.some(([name]) => name === 'labels');
    const given = Object.fromEntries(
      entries.filter((entry) => there.includes(entry) || (areMissing && entry[0] === 'targets')),
    );
    const known =
      'targets' in given
        ? ['inputs', 'targets', 'classes' in given ? 'classes' : 'outputs', 'classNames']
        : ['inputs', 'labels', 'classes', 'classNames'];
    return new Dataset(options<object>('examples', given, known as never[]) as Examples);
  }

  /**
   * A dataset of the examples of all these, one dataset after another: copies. Of float32 and float64
   * it has float64.
   *
   * @param datasets at least one; with as many features each, and as many classes, or targets
   * @returns with the names of the first that has any
   * @throws TypeError if one is not a Dataset, RangeError if one does not fit the first, has bytes and
   *   the first has not, or the reverse, or has other names; or the memory of an array has been
   *   transferred or resized
   */
  static concat(...datasets: readonly Dataset[]): Dataset {
    if (datasets.length === 0) throw outOfRange('datasets', datasets, 'at least one');
    for (const [i, dataset] of datasets.entries()) {
      // By its method, which that of another copy of this module has too.
      if (!(typeof dataset?.checkMemory === 'function' && dataset.length)) {
        throw wrongType(`datasets[${i}]`, dataset, 'a Dataset');
      }
      checkAlike(`datasets[${i}].`, dataset, datasets[0]!, 'datasets[0]');
    }
    return joined(datasets);
  }

  /**
   * A dataset of these examples, then others: copies.
   *
   * @param inputs of the others, as of `from`: bytes if these are
   * @param labelsOrTargets theirs: labels if these have labels, else targets, as of `from`
   * @throws TypeError or RangeError as `from`; RangeError if they do not fit these, or the memory of an
   *   array has been transferred or resized
   */
  with(inputs: Numbers, labelsOrTargets: Numbers): Dataset {
    const { targets, outputs, classes } = this;
    const added = Dataset.from(
      targets
        ? { inputs, targets: labelsOrTargets, outputs }
        : { inputs, labels: labelsOrTargets, classes },
    );
    this.checkMemory();
    if (added.features !== this.features) {
      throw areRows(inputs)
        ? outOfRange('inputs[0]', `a row of ${added.features}`, `${this.features}`)
        : outOfRange('inputs', inputs, `${added.length} × ${this.features} numbers`);
    }
    checkAlike('', added, this, 'the dataset');
    return joined([this, added]);
  }

  /**
   * Splits the examples at random into a training and a test part. `test` gets
   * `Math.round(fraction × length)` examples, `train` the rest, both in their original order. With
   * labels the split is stratified: `test` has the same fraction of each class, to within one example
   * (largest remainder method; of equal remainders the lower class first). The same dataset, fraction
   * and seed give the same split everywhere. Both parts are copies.
   *
   * @param splitOptions.test fraction of the examples for `test`, between 0 and 1
   * @param splitOptions.seed random seed: whole number, 0 to 2⁵³ − 1 (default: 0)
   * @throws TypeError if an argument is not a number, or an option is unknown
   * @throws RangeError if `test` is not between 0 and 1 or leaves either part empty, `seed` is not
   *   such a number, or the memory of an array has been transferred or resized
   */
  split(splitOptions: { test: number; seed?: number }): { train: Dataset; test: Dataset } {
    const { test, seed = 0 } = options('options', splitOptions, ['test', 'seed']);
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
    const labels = this.targets ? new Uint8Array(this.length) : this.labels;
    const isTest = heldOut(labels, this.classes || 1, test, total, seed);
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

/** The length of the first row, or 0 if there are no rows. */
function rowOf(argument: string, numbers: Numbers): number {
  return areRows(numbers) ? flat(`${argument}[0]`, numbers[0]!).length : 0;
}

/** Numbers that were converted in 32 bits, if these hold each of them. */
function narrowed<T extends Inputs>(values: T, given: unknown): T | Float32Array {
  if (values === given || areBytes(values)) return values;
  const floats = new Float32Array(values);
  return floats.every((value, i) => value === values[i]) ? floats : values;
}

/** What datasets must have in common to be joined. */
const SHARED: readonly (readonly [string, (dataset: Dataset) => unknown])[] = [
  ['labelsOrTargets', ({ targets }) => (targets ? 'targets' : 'labels')],
  ['features', ({ features }) => features],
  ['outputs', ({ outputs }) => outputs],
  ['inputs', ({ inputs }) => (areBytes(inputs) ? 'bytes' : 'floats')],
];

/** @throws RangeError if a dataset cannot be joined with the first one, or its memory is gone */
function checkAlike(prefix: string, dataset: Dataset, first: Dataset, whose: string): void {
  dataset.checkMemory(prefix);
  const check = (name: string, found: unknown, expected: unknown) => {
    if (found === expected) return;
    throw outOfRange(prefix + name, `${found}`, `${expected}, as ${whose} has`);
  };
  for (const [name, of] of SHARED) check(name, of(dataset), of(first));
  const [found, expected] = [dataset.classNames, first.classNames];
  if (found && expected) check('classNames', JSON.stringify(found), JSON.stringify(expected));
}

/** A dataset of the examples of several that are alike. */
function joined(datasets: readonly Dataset[]): Dataset {
  const { targets, outputs, classes } = datasets[0]!;
  const inputs = joinedArrays(datasets.map((dataset) => dataset.inputs));
  const expected = joinedArrays(datasets.map((dataset) => dataset.labelsOrTargets));
  const { classNames } = datasets.find((dataset) => dataset.classNames) ?? datasets[0]!;
  return Dataset.from(
    targets
      ? { inputs, targets: expected, outputs, classNames }
      : { inputs, labels: expected, classes, classNames },
  );
}

/** One array after another, in 64 bits if one of them is. */
function joinedArrays(arrays: readonly Inputs[]): Inputs {
  const widest = arrays.find((array) => isTyped(array, 'Float64Array')) ?? arrays[0]!;
  const all = emptyLike(
    widest,
    arrays.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** @throws RangeError if a label is not less than `classes` */
function checkLabels(labels: Uint8Array, classes: number): void {
  const i = labels.findIndex((label) => label >= classes);
  if (i >= 0) throw outOfRange(`labels[${i}]`, labels[i], `a class from 0 to ${classes - 1}`);
}

/** A new array of the same type, of zeros. */
export function emptyLike<T extends Inputs>(array: T, length: number): T {
  if (isTyped(array, 'Uint8Array')) return new Uint8Array(length) as Inputs as T;
  return new (isTyped(array, 'Float64Array') ? Float64Array : Float32Array)(length) as Inputs as T;
}
