/** Numbers in the forms that programs have them in, made what the core takes: typed arrays, flat. */
import { checkAttached, checkFinite, outOfRange, typeOf, wrongType } from '../base/arguments.ts';

/**
 * Inputs of examples: bytes, which are divided by 255, or floats. A network that does not standardise
 * rounds floats to 32 bits.
 */
export type Inputs = Uint8Array | Float32Array | Float64Array;

/** The types of `Inputs`. */
export const INPUTS = ['Uint8Array', 'Float32Array', 'Float64Array'] as const;

/** The label of each example, or its targets, one example after another. */
export type LabelsOrTargets = Inputs;

/**
 * Numbers one after another, or in rows of one length: a row is an example, and may have rows itself, as
 * those of an image. Arrays of any type but Uint8Array, Float32Array and Float64Array are converted,
 * which makes copies.
 */
export type Numbers =
  | Inputs
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | readonly number[]
  | readonly Numbers[];

/** Whether numbers are in rows. */
export function areRows(numbers: Numbers): numbers is readonly Numbers[] {
  return Array.isArray(numbers) && typeof numbers[0] === 'object';
}

/**
 * The numbers one after another: the array itself if it is of a type of `Inputs`, else a new one. Bytes
 * stay bytes.
 *
 * @param width of a row; by default that of the first
 * @throws TypeError if they are no numbers; RangeError if they are in rows of other lengths, one in an
 *   Array or a row is not finite, or their memory was transferred elsewhere
 */
export function flat(argument: string, numbers: Numbers, width?: number): Inputs {
  const type = typeOf.call(numbers);
  if (!type && !Array.isArray(numbers)) throw wrongType(argument, numbers, 'an array of numbers');
  if (!numbers.length) checkAttached(argument, numbers);
  if (INPUTS.includes(type as never)) return numbers as Inputs;
  if (!areRows(numbers)) {
    const values = numbers as readonly number[];
    checkFinite(argument, values);
    return new (/^Uint8/.test(`${type}`) ? Uint8Array : Float64Array)(values);
  }
  let all: Inputs | undefined;
  let expected: string | undefined;
  // By index, for what is missing must not be passed over.
  for (let i = 0; i < numbers.length; i++) {
    const name = `${argument}[${i}]`;
    const row = flat(name, numbers[i]!);
    const unit = areBytes(row) ? ' bytes' : '';
    const found = row.length + unit;
    expected ??= (width ?? row.length) + unit;
    if (found !== expected) throw outOfRange(name, `a row of ${found}`, expected);
    checkFinite(name, row);
    all ??= new (unit ? Uint8Array : Float64Array)(numbers.length * row.length);
    all.set(row, i * row.length);
  }
  return all!;
}

/**
 * The class of each example.
 *
 * @param labels whole numbers, or one-hot rows: one of the numbers for each class is 1, the others 0
 * @param examples how many there are
 * @returns the array itself if it is a Uint8Array: its labels are not checked
 * @throws TypeError or RangeError if they are anything else
 */
export function labelsOf(
  argument: string,
  labels: Numbers,
  classes: number,
  examples: number,
): Uint8Array {
  const values = flat(argument, labels, classes);
  const width = values.length / examples;
  if (width !== 1 && width !== classes) {
    throw outOfRange(argument, labels, `${examples} labels, one for each example`);
  }
  if (width === 1 && areBytes(values)) return values;
  const found = new Uint8Array(examples);
  for (const i of found.keys()) {
    const row = values.subarray(i * width, (i + 1) * width);
    const label = width > 1 ? row.indexOf(1) : row[0]!;
    found[i] = label;
    if (found[i] !== label || row.filter((value) => value !== 0).length > 1) {
      const expected = `a class from 0 to ${classes - 1}, or a one-hot row`;
      throw outOfRange(`${argument}[${i}]`, `${row}`.slice(0, 40), expected);
    }
  }
  return found;
}

/** The targets one after another; bytes are numbers as any other here. */
export function targetsOf(targets: Numbers, outputs?: number): Float32Array | Float64Array {
  const values = flat('targets', targets, outputs);
  return areBytes(values) ? new Float32Array(values) : values;
}

/** Of arrays that have been checked: `instanceof` does not know those of another realm. */
export function areBytes(array: Inputs): array is Uint8Array {
  return array.BYTES_PER_ELEMENT === 1;
}
