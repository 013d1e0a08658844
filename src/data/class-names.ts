/** Class names: reading them, and renumbering the classes of a dataset by them. */
import { describe, outOfRange } from '../base/arguments.ts';
import { textOf } from '../base/utf8.ts';
import { Dataset } from './dataset.ts';

/** The file with the names of the classes, in a folder of data. */
export const CLASSES_FILE = 'classes.txt';

/** Bytes of a file of class names, at most. */
export const LARGEST_CLASS_FILE = 2 ** 20;

/**
 * The dataset with its classes numbered as in `classNames`. If its own classes have no names, they are
 * assumed to be numbered so already.
 *
 * @param argument the dataset's name in an error
 * @param placeOf an example's name in an error
 * @throws RangeError if an example has a class that is not in `classNames`
 */
export function withClassNames(
  argument: string,
  dataset: Dataset,
  classNames: readonly string[],
  placeOf = (example: number) => `example ${example}`,
): Dataset {
  const { inputs, classNames: own = [] } = dataset;
  const numbers = own.map((name) => classNames.indexOf(name));
  const labels = dataset.labels.map((label, i) => {
    const number = own.length === 0 ? label : numbers[label]!;
    if (number < 0 || number >= classNames.length) {
      const found = own.length === 0 ? `class ${label}` : `the class ${describe(own[label])}`;
      throw outOfRange(`${argument}, ${placeOf(i)}`, found, expectedOf(classNames));
    }
    return number;
  });
  return Dataset.from({ inputs, labels, classes: classNames.length, classNames });
}

function expectedOf(classNames: readonly string[]): string {
  const shown = classNames.slice(0, 10).map((name) => describe(name));
  if (shown.length < classNames.length) shown.push('…');
  return `one of ${classNames.length} classes: ${shown.join(', ')}`;
}

/**
 * The class names in a text file, one per line, in the order of the classes' numbers.
 *
 * @param file the file's name in an error
 * @throws RangeError if it is not UTF-8 or too long, a line is empty, or a name occurs twice
 */
export function parseClassNames(bytes: Uint8Array, file: string): string[] {
  if (bytes.length > LARGEST_CLASS_FILE) {
    throw outOfRange(file, `${bytes.length} bytes`, `class names of at most ${LARGEST_CLASS_FILE}`);
  }
  const names = decoded(bytes, file)
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  const lines = new Map<string, number>();
  for (const [i, name] of names.entries()) {
    if (name.trim() === '') throw outOfRange(file, `line ${i + 1} empty`, 'the name of a class');
    const first = lines.get(name);
    if (first !== undefined) {
      const found = `${describe(name)} on lines ${first + 1} and ${i + 1}`;
      throw outOfRange(file, found, 'each name once');
    }
    lines.set(name, i);
  }
  return names;
}

function decoded(bytes: Uint8Array, file: string): string {
  try {
    return textOf(bytes).replace(/^\ufeff/, '');
  } catch {
    throw outOfRange(file, 'bytes that are not UTF-8', 'class names in UTF-8, one per line');
  }
}
