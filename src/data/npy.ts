/**
 * NumPy's array files (numpy/lib/format.py; NEP 1):
 *
 *   93 "NUMPY"   magic
 *   major minor  two bytes: version 1.0, 2.0 or 3.0
 *   length       of the header: u16 in version 1, else u32, little-endian
 *   header       a Python dictionary: {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }
 *   values       the last dimension varies fastest, or, in Fortran's order, the first
 *
 * and how the examples are found among several arrays by their names.
 */
import { describe, outOfRange } from '../base/arguments.ts';
import { Dataset, emptyLike, type Inputs, type LabelsOrTargets } from './dataset.ts';

/** An array file, and its name in errors. */
export interface NpyFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An array in a file; its values are not read yet. */
interface NpyArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** Whether the first dimension varies fastest. */
  readonly isFortran: boolean;
  readonly values: DataView;
}

interface ElementType {
  readonly bytes: number;
  readonly text: string;
  read(values: DataView, at: number): number;
}

const LITTLE = true;
/** By NumPy's letter and size. 64-bit integers beyond 2⁵³ are rounded. */
const TYPES: Readonly<Record<string, ElementType>> = {
  b1: { bytes: 1, text: 'bool', read: (values, at) => values.getUint8(at) },
  u1: { bytes: 1, text: 'uint8', read: (values, at) => values.getUint8(at) },
  i1: { bytes: 1, text: 'int8', read: (values, at) => values.getInt8(at) },
  u2: { bytes: 2, text: 'uint16', read: (values, at) => values.getUint16(at, LITTLE) },
  i2: { bytes: 2, text: 'int16', read: (values, at) => values.getInt16(at, LITTLE) },
  u4: { bytes: 4, text: 'uint32', read: (values, at) => values.getUint32(at, LITTLE) },
  i4: { bytes: 4, text: 'int32', read: (values, at) => values.getInt32(at, LITTLE) },
  u8: { bytes: 8, text: 'uint64', read: (values, at) => Number(values.getBigUint64(at, LITTLE)) },
  i8: { bytes: 8, text: 'int64', read: (values, at) => Number(values.getBigInt64(at, LITTLE)) },
  f4: { bytes: 4, text: 'float32', read: (values, at) => values.getFloat32(at, LITTLE) },
  f8: { bytes: 8, text: 'float64', read: (values, at) => values.getFloat64(at, LITTLE) },
};

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

/**
 * Finds the examples among arrays by name. Inputs: x, images, inputs, data or features. Labels: y, labels or
 * targets. With the prefix or suffix `train`, or none, they are training examples; with `test`, or else
 * `val`, test examples. Arrays with other names are ignored.
 *
 * The first dimension of inputs is the examples; uint8 is divided by 255, float32 and float64 are not.
 * Labels are whole numbers, 0 to 255, in one dimension, or in further ones of size 1; or one-hot, one
 * column per class. Other arrays with fractions, or several numbers per example, are targets.
 *
 * @param source name of all of them in an error
 * @param classNames names of the classes. Default: none, and as many classes as the largest label + 1
 * @returns also the sizes of an example of the training inputs
 * @throws RangeError that names the array, what was found and what was expected
 */
export function datasetsFromNpy(
  source: string,
  files: readonly NpyFile[],
  classNames?: readonly string[],
): { train: Dataset; test: Dataset | undefined; sizes: readonly number[] } {
  const roles = rolesOf(
    source,
    files.map(({ name }) => name),
  );
  const read = (role: string) => parseNpy(files.find(({ name }) => name === role)!);
  const pairs = [roles.train, ...(roles.test ? [roles.test] : [])].map(
    ({ x, y }) => [read(x), read(y)] as const,
  );
  const areTargets = pairs.some(([, y]) => holdsTargets(y));
  const parts = pairs.map(([x, y]) => examplesOf(x, y, areTargets));
  const [, ...sizes] = pairs[0]![0].shape;
  const [train, test] = parts as [Part, Part | undefined];
  if (test !== undefined && test.features !== train.features) {
    const expected = `${train.features}, as in ${roles.train.x}`;
    throw outOfRange(roles.test!.x, `${test.features} values per example`, expected);
  }
  if (test !== undefined && test.outputs !== train.outputs) {
    const expected = `${train.outputs}, as in ${roles.train.y}`;
    throw outOfRange(roles.test!.y, `${test.outputs} numbers per example`, expected);
  }
  if (areTargets) {
    const labels = parts.map(oneHotClasses);
    const isOneHot = !labels.includes(undefined);
    const datasets = parts.map(({ inputs, labelsOrTargets, outputs }, i) =>
      isOneHot
        ? Dataset.from({ inputs, labels: labels[i]!, classes: outputs, classNames })
        : Dataset.from({ inputs, targets: labelsOrTargets as Float64Array, outputs, classNames }),
    );
    return { train: datasets[0]!, test: datasets[1], sizes };
  }
  const largest = parts.flatMap(({ labelsOrTargets }) => [...new Set(labelsOrTargets)]);
  const needed = Math.max(...largest) + 1;
  if (classNames !== undefined && classNames.length < needed) {
    const found = `${classNames.length} names of classes`;
    throw outOfRange(source, found, `at least ${needed}, as the labels need`);
  }
  const classes = classNames?.length ?? needed;
  const datasetOf = ({ inputs, labelsOrTargets }: Part) =>
    Dataset.from({ inputs, labels: labelsOrTargets as Uint8Array, classes, classNames });
  return { train: datasetOf(train), test: test && datasetOf(test), sizes };
}

/** So many arrays with a role include a duplicate: inputs and labels of three parts are six. */
export const TOO_MANY_ARRAYS = 7;

/** Whether an array's name is one for inputs or labels. */
export function hasRole(name: string): boolean {
  return roleOf(name) !== undefined;
}

/**
 * The names of the arrays that `datasetsFromNpy` needs.
 *
 * @throws RangeError as `datasetsFromNpy`
 */
export function arraysToRead(source: string, names: readonly string[]): string[] {
  const { train, test } = rolesOf(source, names.filter(hasRole));
  return [train, ...(test ? [test] : [])].flatMap(({ x, y }) => [x, y]);
}

interface Pair {
  x: string;
  y: string;
}

const PART = '(train(?:ing)?|test(?:ing)?|val(?:id(?:ation)?)?)';
const ROLE = new RegExp(
  `^(?:${PART}[-_. ]?)?(?:(x|images?|inputs?|data|features?)|(y|labels?|targets?))(?:[-_. ]?${PART})?$`,
  'i',
);

/** The part and the kind of array that a name stands for. */
function roleOf(name: string): { part: string; kind: keyof Pair } | undefined {
  const match = ROLE.exec(name.replace(/\.npy$/i, '').replace(/^.*[/\\]/, ''));
  if (match === null) return undefined;
  const [, before, inputs, , after] = match;
  if (before !== undefined && after !== undefined) return undefined;
  const part = (before ?? after ?? 'train').slice(0, 2).toLowerCase();
  return { part, kind: inputs === undefined ? 'y' : 'x' };
}

function rolesOf(source: string, names: readonly string[]): { train: Pair; test?: Pair } {
  const parts = new Map<string, Partial<Pair>>();
  for (const name of names) {
    const role = roleOf(name);
    if (role === undefined) continue;
    const part = parts.get(role.part) ?? {};
    if (part[role.kind] !== undefined) {
      const found = `both ${describe(part[role.kind])} and ${describe(name)}`;
      throw outOfRange(source, found, 'one array of each kind');
    }
    parts.set(role.part, { ...part, [role.kind]: name });
  }
  const train = parts.get('tr');
  const test = parts.get('te') ?? parts.get('va');
  const isWhole = (part: Partial<Pair> | undefined): part is Pair =>
    part?.x !== undefined && part.y !== undefined;
  if (!isWhole(train) || !(test === undefined || isWhole(test))) {
    const found = names.length === 0 ? 'no arrays' : names.map((name) => describe(name)).join(', ');
    throw outOfRange(source, found, 'x_train and y_train (and x_test and y_test), or x and y');
  }
  return { train, ...(test && { test }) };
}

/** Examples to train on or to evaluate on. */
interface Part {
  readonly inputs: Inputs;
  /** Labels, or targets, `outputs` per example. */
  readonly labelsOrTargets: LabelsOrTargets;
  readonly outputs: number;
  readonly features: number;
}

/** Whether an array has targets: some are not whole, or there are several per example. */
function holdsTargets({ shape, type, values }: NpyArray): boolean {
  const count = product(shape);
  if (count !== (shape[0] ?? count)) return true;
  for (let at = 0; at < count * type.bytes; at += type.bytes) {
    const value = type.read(values, at);
    if (Number.isFinite(value) && !Number.isInteger(value)) return true;
  }
  return false;
}

/** The classes of one-hot targets; undefined if they are not one-hot. */
function oneHotClasses({ labelsOrTargets, outputs }: Part): Uint8Array | undefined {
  if (outputs === 1 || outputs > 256) return undefined;
  const labels = new Uint8Array(labelsOrTargets.length / outputs);
  for (let i = 0; i < labels.length; i++) {
    const row = [...labelsOrTargets.subarray(i * outputs, (i + 1) * outputs)];
    const one = row.indexOf(1);
    if (one < 0 || row.some((value, j) => value !== Number(j === one))) return undefined;
    labels[i] = one;
  }
  return labels;
}

function examplesOf(x: NpyArray, y: NpyArray, areTargets: boolean): Part {
  const [length = 0, ...sizes] = x.shape;
  const features = product(sizes);
  if (sizes.length === 0 || length === 0 || features === 0) {
    throw outOfRange(
      x.name,
      `the shape ${shapeText(x)}`,
      'examples × values, at least one of each',
    );
  }
  if (areTargets && (y.shape[0] !== length || product(y.shape) === 0)) {
    const expected = `${length} × numbers, those of each example of ${x.name}`;
    throw outOfRange(y.name, `the shape ${shapeText(y)}`, expected);
  }
  const labelsOrTargets = areTargets ? floatsOf(y) : labelsOf(y);
  const outputs = areTargets ? labelsOrTargets.length / length : 1;
  if (labelsOrTargets.length !== length * outputs) {
    const expected = `${length}, one for each example of ${x.name}`;
    throw outOfRange(y.name, `${labelsOrTargets.length} labels`, expected);
  }
  return { inputs: inputsOf(x), labelsOrTargets, outputs, features };
}

function inputsOf(array: NpyArray): Inputs {
  const { name, type, values } = array;
  if (type === TYPES.u1) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return array.isFortran ? inCOrder(bytes, array.shape) : bytes;
  }
  if (type !== TYPES.f4 && type !== TYPES.f8) {
    throw outOfRange(name, type.text, 'inputs of uint8 (0 to 255), float32 or float64');
  }
  return floatsOf(array);
}

/** Numbers of any type as floats, in C order, checked to be finite. */
function floatsOf(array: NpyArray): Float32Array | Float64Array {
  const { name, type, values } = array;
  const count = product(array.shape);
  const floats = new (type === TYPES.f4 ? Float32Array : Float64Array)(count);
  for (let i = 0; i < count; i++) floats[i] = type.read(values, i * type.bytes);
  const inputs = array.isFortran ? inCOrder(floats, array.shape) : floats;
  const wrong = inputs.findIndex((value: number) => !Number.isFinite(value));
  if (wrong >= 0) {
    const example = Math.floor(wrong / (count / array.shape[0]!));
    throw outOfRange(name, `${inputs[wrong]} in example ${example}`, 'finite numbers');
  }
  return inputs;
}

function labelsOf(array: NpyArray): Uint8Array {
  const { name, shape, type, values } = array;
  const count = product(shape);
  if (shape.length === 0 || count !== shape[0]) {
    throw outOfRange(name, `the shape ${shapeText(array)}`, 'one label for each example');
  }
  return Uint8Array.from({ length: count }, (_, i) => {
    const label = type.read(values, i * type.bytes);
    if (!(Number.isInteger(label) && label >= 0 && label <= 255)) {
      throw outOfRange(name, `label ${label} at example ${i}`, 'a whole number from 0 to 255');
    }
    return label;
  });
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

function parseNpy({ name, bytes }: NpyFile): NpyArray {
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
): Pick<NpyArray, 'shape' | 'type' | 'isFortran'> & { readonly start: number } {
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
  const type = typeOf(name, descr);
  const found = size - start;
  const expected = shape.reduce((product, size) => product * BigInt(size), BigInt(type.bytes));
  if (BigInt(found) !== expected) {
    const claimed = `${expected}, ${type.bytes} each for ${shapeText({ shape })}`;
    throw outOfRange(name, `${found} bytes of values`, claimed);
  }
  return { shape, type, isFortran, start };
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

function typeOf(name: string, descr: string): ElementType {
  const [order, letter] = [descr.slice(0, 1), descr.slice(1)];
  const type = Object.hasOwn(TYPES, letter) ? TYPES[letter]! : undefined;
  const isLittle = order === '<' || (order === '|' && type?.bytes === 1);
  if (type !== undefined && isLittle) return type;
  const expected = 'little-endian numbers: uint8, float32, float64, or for labels integers';
  throw outOfRange(name, `values of type ${describe(descr)}`, expected);
}

function shapeText({ shape }: Pick<NpyArray, 'shape'>): string {
  return `(${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', …' : ''})`;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}
