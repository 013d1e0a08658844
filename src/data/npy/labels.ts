/** What arrays of labels or targets are: classes, or numbers to predict. */
import { describe, outOfRange } from '../../base/arguments.ts';
import { EXAMPLES_OF_A_CLASS, FEW_CLASSES, MOST_CLASSES } from '../classes.ts';
import { isNumbers, type NpyArray, numbersOf, product, shapeText } from './file.ts';
import type { NumberType } from './types.ts';

/** How labels are to be understood. */
export interface LabelsReading {
  /** What labels are. Default: what they look like */
  readonly as?: 'classes' | 'numbers' | undefined;
  /** Names of the classes, in the order of their numbers. */
  readonly classNames?: readonly string[] | undefined;
  /** Whether labels are these names, and not their numbers. */
  readonly areNames?: boolean | undefined;
}

/** The labels or targets of each part of the examples. */
export type LabelsOrTargets =
  | {
      readonly labels: readonly Uint8Array[];
      readonly classes: number;
      readonly classNames: readonly string[] | undefined;
      /** Whether labels are the names of their classes. */
      readonly areNames: boolean;
    }
  | {
      readonly targets: readonly (Float32Array | Float64Array)[];
      readonly outputs: number;
      /** Why they are none of classes, where they could be. */
      readonly note?: string;
    };

/** An array of labels or targets, and the inputs that they belong to. */
export interface Labeled<Array extends NpyArray = NpyArray> {
  readonly y: Array;
  readonly x: Pick<NpyArray, 'name'>;
  readonly length: number;
}

/** @throws RangeError that names the array, and the example where it is to blame */
export function labelsOrTargetsOf(
  source: string,
  parts: readonly Labeled[],
  reading: LabelsReading,
): LabelsOrTargets {
  const areNumbers = (all: readonly Labeled[]): all is Labeled<NpyArray<NumberType>>[] =>
    all.every(({ y }) => isNumbers(y));
  if (!areNumbers(parts)) return namedClasses(parts, parts.map(textsOf), reading);
  const areWanted = reading.as === 'numbers';
  if (areWanted || parts.some(({ y }) => holdsTargets(y))) {
    const targets = parts.map(targetsOf);
    const outputs = parts.map(({ length }, i) => targets[i]!.length / length);
    if (outputs.some((width) => width !== outputs[0])) {
      const [train, test] = parts;
      const expected = `${outputs[0]}, as in ${train!.y.name}`;
      throw outOfRange(test!.y.name, `${outputs[1]} numbers per example`, expected);
    }
    const labels = areWanted
      ? []
      : targets.flatMap((rows) => oneHotClasses(rows, outputs[0]!) ?? []);
    if (labels.length < parts.length) return { targets, outputs: outputs[0]! };
    const { classNames } = reading;
    return { labels, classes: outputs[0]!, classNames, areNames: false };
  }
  const numbers = parts.map(labelsOf);
  const distinct = new Set(numbers.flatMap((values) => [...new Set(values)]));
  const examples = parts.reduce((sum, { length }) => sum + length, 0);
  const isByte = [...distinct].every((value) => value >= 0 && value < MOST_CLASSES);
  const isFew = distinct.size <= FEW_CLASSES;
  const areMany = examples >= EXAMPLES_OF_A_CLASS * distinct.size;
  const areClasses = isByte ? isFew || areMany : (isFew && areMany) || distinct.size === 2;
  if (reading.as !== 'classes' && !areClasses) {
    const note = `${distinct.size} different whole numbers in ${parts[0]!.y.name} are numbers to predict; --output softmax takes them for classes`;
    return { targets: numbers, outputs: 1, note };
  }
  if (isByte && !reading.areNames) {
    const labels = numbers.map((values) => Uint8Array.from(values));
    return classesOf(source, labels, reading.classNames);
  }
  // Such as −1 and 1. Named by what stands in the file.
  const names = [...distinct].sort((a, b) => a - b).map(String);
  const { classNames, areNames } = reading;
  return namedClasses(
    parts,
    numbers.map((values) => Array.from(values, String)),
    { classNames: areNames || classNames ? classNames : names },
  );
}

/** Classes with names, or with numbers alone. */
function classesOf(
  source: string,
  labels: readonly Uint8Array[],
  classNames: readonly string[] | undefined,
): LabelsOrTargets {
  const needed =
    labels.flatMap((values) => [...new Set(values)]).reduce((a, b) => Math.max(a, b)) + 1;
  if (classNames !== undefined && classNames.length < needed) {
    const found = `${classNames.length} names of classes`;
    throw outOfRange(source, found, `at least ${needed}, as the labels need`);
  }
  return { labels, classes: classNames?.length ?? needed, classNames, areNames: false };
}

/** The classes of labels that are their names. */
function namedClasses(
  parts: readonly Labeled[],
  texts: readonly (readonly string[])[],
  { classNames = [...new Set(texts.flat())].sort() }: LabelsReading,
): LabelsOrTargets {
  if (classNames.length > MOST_CLASSES) {
    const found = `${classNames.length} different labels`;
    throw outOfRange(parts[0]!.y.name, found, `at most ${MOST_CLASSES} classes`);
  }
  const numbers = new Map(classNames.map((name, number) => [name, number]));
  const labels = texts.map((names, part) =>
    Uint8Array.from(names, (name, i) => {
      const number = numbers.get(name);
      if (number !== undefined) return number;
      const shown = classNames.slice(0, 10).map((known) => describe(known));
      const expected = `one of ${shown.join(', ')}${shown.length < classNames.length ? ', …' : ''}`;
      throw outOfRange(parts[part]!.y.name, `label ${describe(name)} at example ${i}`, expected);
    }),
  );
  return { labels, classes: classNames.length, classNames, areNames: true };
}

/** Whether an array has targets: some are not whole, or there are several per example. */
function holdsTargets({ shape, type, values, isLittle }: NpyArray<NumberType>): boolean {
  const count = product(shape);
  if (count !== (shape[0] ?? count)) return true;
  for (let at = 0; at < count * type.bytes; at += type.bytes) {
    const value = type.read(values, at, isLittle);
    if (Number.isFinite(value) && !Number.isInteger(value)) return true;
  }
  return false;
}

function targetsOf({ y, x, length }: Labeled<NpyArray<NumberType>>) {
  if (y.shape[0] !== length || product(y.shape) === 0) {
    const expected = `${length} × numbers, those of each example of ${x.name}`;
    throw outOfRange(y.name, `the shape ${shapeText(y)}`, expected);
  }
  return numbersOf(y);
}

/** Labels that are whole numbers, one for each example. */
function labelsOf(part: Labeled<NpyArray<NumberType>>): Float64Array {
  checkOneEach(part);
  const { y, length } = part;
  return Float64Array.from({ length }, (_, i) => {
    const label = y.type.read(y.values, i * y.type.bytes, y.isLittle);
    // −0 is no class of its own.
    if (Number.isInteger(label)) return label + 0;
    const found = y.type.isLarge ? 'label beyond 2⁵³' : `label ${label}`;
    throw outOfRange(y.name, `${found} at example ${i}`, 'a whole number');
  });
}

function textsOf(part: Labeled): string[] {
  checkOneEach(part);
  const { y, length } = part;
  const { name, type, values, isLittle } = y;
  if (isNumbers(y) || !('readText' in type)) {
    throw outOfRange(name, `labels of ${type.text}`, 'text, as in the other part');
  }
  return Array.from({ length }, (_, i) => {
    let text = '';
    try {
      text = type.readText(values, i * type.bytes, isLittle);
    } catch {
      throw outOfRange(name, `bytes that are no text at example ${i}`, 'labels in Unicode');
    }
    if (text !== '') return text;
    throw outOfRange(name, `no label at example ${i}`, 'the name of its class');
  });
}

function checkOneEach({ y, x, length }: Labeled): void {
  const count = product(y.shape);
  if (y.shape.length === 0 || count !== y.shape[0]) {
    throw outOfRange(y.name, `the shape ${shapeText(y)}`, 'one label for each example');
  }
  if (count === length) return;
  throw outOfRange(y.name, `${count} labels`, `${length}, one for each example of ${x.name}`);
}

/** The classes of one-hot targets; undefined if they are not one-hot. */
function oneHotClasses(targets: Float32Array | Float64Array, outputs: number) {
  if (outputs === 1 || outputs > MOST_CLASSES) return undefined;
  const labels = new Uint8Array(targets.length / outputs);
  for (let i = 0; i < labels.length; i++) {
    const row = [...targets.subarray(i * outputs, (i + 1) * outputs)];
    const one = row.indexOf(1);
    if (one < 0 || row.some((value, j) => value !== Number(j === one))) return undefined;
    labels[i] = one;
  }
  return labels;
}
