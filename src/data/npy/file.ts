/**
 * NumPy's array files (numpy/lib/format.py; NEP 1):
 *
 *   93 "NUMPY"   magic
 *   major minor  two bytes: version 1.0, 2.0 or 3.0
 *   length       of the header: u16 in version 1, else u32, little-endian
 *   header       a Python dictionary: {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }
 *   values       the last dimension varies fastest, or, in Fortran's order, the first
 */
import { describe, outOfRange } from '../../base/arguments.ts';
import { emptyLike, type Inputs } from '../dataset.ts';
import { type ElementType, type NumberType, typeOf } from './types.ts';

/** An array file, and its name in errors. */
export interface NpyFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An array in a file; its values are not read yet. */
export interface NpyArray<Type extends ElementType = ElementType> {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: Type;
  readonly isLittle: boolean;
  /** Whether the first dimension varies fastest. */
  readonly isFortran: boolean;
  readonly values: DataView;
}

const LITTLE = true;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy's own limit, in bytes. */
const LONGEST_HEADER = 10_000;
/** The bytes before the values, at most. */
export const LONGEST_HEAD = 12 + LONGEST_HEADER;
const ENTRY =
  /\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([\d\s,]*\))\s*(?:,|(?=\}))/y;
/** NumPy has none with more. */
const MOST_DIMENSIONS = 64;

/** The contents of the dictionary. */
interface Header {
  readonly descr: string;
  readonly isFortran: boolean;
  readonly shape: number[];
}

/** Whether an array has numbers. */
export function isNumbers(array: NpyArray): array is NpyArray<NumberType> {
  return array.type.text !== 'text';
}

/**
 * Numbers of any type, in C order.
 *
 * @throws RangeError where one is not finite, or an integer that 64-bit floats do not hold
 */
export function numbersOf(array: NpyArray<NumberType>): Float32Array | Float64Array {
  const { name, type, values, isLittle, shape } = array;
  const floats = new type.Array(product(shape));
  for (let i = 0; i < floats.length; i++) floats[i] = type.read(values, i * type.bytes, isLittle);
  const numbers = array.isFortran ? inCOrder(floats, shape) : floats;
  const wrong = numbers.findIndex((value: number) => !Number.isFinite(value));
  if (wrong < 0) return numbers;
  const example = Math.floor(wrong / (numbers.length / shape[0]!));
  throw type.isLarge
    ? outOfRange(
        name,
        `a number beyond 2⁵³ in example ${example}`,
        'integers that 64-bit floats hold',
      )
    : outOfRange(name, `${numbers[wrong]} in example ${example}`, 'finite numbers');
}

/** The values of uint8, in C order. */
export function bytesOf({ values, shape, isFortran }: NpyArray): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return isFortran ? inCOrder(bytes, shape) : bytes;
}

/** Converts values from Fortran order to C order. */
function inCOrder<T extends Inputs>(from: T, shape: readonly number[]): T {
  const to = emptyLike(from, from.length);
  const strides = shape.map((_, d) => product(shape.slice(d + 1)));
  const place = shape.map(() => 0);
  let at = 0;
  for (const value of from) {
    to[at] = value;
    // The next index: the first dimension varies fastest.
    for (let d = 0; d < shape.length; d++) {
      at += strides[d]!;
      if (++place[d]! < shape[d]!) break;
      at -= strides[d]! * shape[d]!;
      place[d] = 0;
    }
  }
  return to;
}

export function parseNpy({ name, bytes }: NpyFile): NpyArray {
  const { start, ...array } = parseNpyHead(name, bytes.subarray(0, LONGEST_HEAD), bytes.length);
  const values = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  return { name, ...array, values };
}

/**
 * Reads the header, and checks it against the size of the file.
 *
 * @param bytes the first `LONGEST_HEAD` of the file, or all
 * @param size of the file in bytes
 * @returns also where the values start
 * @throws RangeError that names the array
 */
export function parseNpyHead(
  name: string,
  bytes: Uint8Array,
  size: number,
): Omit<NpyArray, 'name' | 'values'> & { readonly start: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw outOfRange(name, 'other bytes at the start', 'a .npy file: 93 and NUMPY');
  }
  const version = bytes[6]!;
  if (version < 1 || version > 3) {
    throw outOfRange(name, `version ${version}.${bytes[7]}`, 'version 1, 2 or 3');
  }
  const before = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, LITTLE) : view.getUint32(8, LITTLE);
  const start = before + length;
  if (length > LONGEST_HEADER || start > bytes.length) {
    const expected = `at most ${Math.min(LONGEST_HEADER, bytes.length - before)}`;
    throw outOfRange(name, `a header of ${length} bytes`, expected);
  }
  const text = new TextDecoder().decode(bytes.subarray(before, start));
  const { descr, isFortran, shape } = parseHeader(name, text);
  const { type, isLittle } = checkedType(name, descr);
  const found = size - start;
  const expected = shape.reduce((product, size) => product * BigInt(size), BigInt(type.bytes));
  if (BigInt(found) !== expected) {
    const claimed = `${expected}, ${type.bytes} each for ${shapeText({ shape })}`;
    throw outOfRange(name, `${found} bytes of values`, claimed);
  }
  return { shape, type, isLittle, isFortran, start };
}

function parseHeader(name: string, text: string): Header {
  const fields = new Map<string, string>();
  const body = text.trim();
  ENTRY.lastIndex = 1;
  let end = 1;
  for (let entry = ENTRY.exec(body); entry !== null; entry = ENTRY.exec(body)) {
    fields.set(entry[1]!, entry[2]!);
    end = ENTRY.lastIndex;
  }
  const [descr, order, shape] = [
    fields.get('descr'),
    fields.get('fortran_order'),
    fields.get('shape'),
  ];
  const isWhole =
    body.startsWith('{') &&
    body.slice(end).trim() === '}' &&
    descr?.startsWith("'") &&
    /^(?:True|False)$/.test(order ?? '') &&
    shape !== undefined &&
    /^\((?:\s*\d{1,15}\s*,)*(?:\s*\d{1,15})?\s*\)$/.test(shape);
  if (!isWhole) {
    const expected = 'a dictionary of descr, fortran_order and shape, descr a single type';
    throw outOfRange(name, `the header ${describe(body)}`, expected);
  }
  const sizes = [...shape.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  if (sizes.length > MOST_DIMENSIONS) {
    throw outOfRange(name, `${sizes.length} dimensions`, `at most ${MOST_DIMENSIONS}`);
  }
  return { descr: descr!.slice(1, -1), isFortran: order === 'True', shape: sizes };
}

function checkedType(name: string, descr: string) {
  const found = typeOf(descr);
  if (found !== undefined) return found;
  const isPickled = descr.endsWith('O');
  throw outOfRange(
    name,
    isPickled ? 'Python objects' : `values of type ${describe(descr)}`,
    `integers, floats of 16 to 64 bits, bool, or text for labels${isPickled ? ', as astype(str) makes' : ''}`,
  );
}

export function shapeText({ shape }: Pick<NpyArray, 'shape'>): string {
  return `(${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : ''})`;
}

export function product(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}
