/** Examples in NumPy's arrays. */
import { outOfRange } from '../../base/arguments.ts';
import { Dataset, type Inputs } from '../dataset.ts';
import {
  bytesOf,
  isNumbers,
  type NpyArray,
  type NpyFile,
  numbersOf,
  parseNpy,
  product,
  shapeText,
} from './file.ts';
import { type LabelsReading, labelsOrTargetsOf } from './labels.ts';
import { rolesOf } from './roles.ts';

/** What arrays have. */
export interface ArrayExamples {
  readonly train: Dataset;
  readonly test: Dataset | undefined;
  /** Of an example of the training inputs. */
  readonly sizes: readonly number[];
  /** Whether labels are the names of their classes, and not their numbers. */
  readonly areNames: boolean;
  /** How labels were taken, where another way is possible. */
  readonly note: string | undefined;
}

/**
 * Finds the examples among arrays by name. Inputs: x, images, inputs, data or features. Labels: y, labels or
 * targets. With the prefix or suffix `train`, or none, they are training examples; with `test`, or else
 * `val`, test examples. Arrays with other names are ignored.
 *
 * The first dimension of inputs is the examples; uint8 is divided by 255, other numbers are not. Labels are
 * whole numbers or text, in one dimension, or in further ones of size 1; or one-hot, one column per class.
 * Other arrays with fractions, with many different numbers, or with several per example, are targets.
 *
 * @param source name of all of them in an error
 * @throws RangeError that names the array, what was found and what was expected
 */
export function datasetsFromNpy(
  source: string,
  files: readonly NpyFile[],
  reading: LabelsReading = {},
): ArrayExamples {
  const roles = rolesOf(
    source,
    files.map(({ name }) => name),
  );
  const read = (role: string) => parseNpy(files.find(({ name }) => name === role)!);
  const parts = [roles.train, ...(roles.test ? [roles.test] : [])].map(({ x, y }) =>
    partOf(read(x), read(y)),
  );
  const [train, test] = parts;
  if (test !== undefined && test.features !== train!.features) {
    const expected = `${train!.features}, as in ${roles.train.x}`;
    throw outOfRange(roles.test!.x, `${test.features} values per example`, expected);
  }
  const found = labelsOrTargetsOf(source, parts, reading);
  const datasets = parts.map(({ x }, i) => {
    const inputs = inputsOf(x);
    if ('targets' in found) {
      const { outputs } = found;
      const { classNames } = reading;
      return Dataset.from({ inputs, targets: found.targets[i]!, outputs, classNames });
    }
    const { classes, classNames } = found;
    return Dataset.from({ inputs, labels: found.labels[i]!, classes, classNames });
  });
  return {
    ...{ train: datasets[0]!, test: datasets[1], sizes: train!.x.shape.slice(1) },
    areNames: 'labels' in found && found.areNames,
    note: 'targets' in found ? found.note : undefined,
  };
}

function partOf(x: NpyArray, y: NpyArray) {
  const [length = 0, ...sizes] = x.shape;
  const features = product(sizes);
  if (sizes.length === 0 || length === 0 || features === 0) {
    throw outOfRange(
      x.name,
      `the shape ${shapeText(x)}`,
      'examples × values, at least one of each',
    );
  }
  return { x, y, length, features };
}

function inputsOf(array: NpyArray): Inputs {
  if (!isNumbers(array)) throw outOfRange(array.name, 'text', 'inputs that are numbers');
  return array.type.text === 'uint8' ? bytesOf(array) : numbersOf(array);
}
