/** NumPy's arrays: those of a folder, and those of an .npz archive. */

import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { loadNpyFolder, loadNpz } from '../../../src/cli/files/arrays/arrays.ts';
import type { Dataset } from '../../../src/index.ts';
import { zip } from '../../cli/zip.ts';
import { npy } from '../../data/npy-file.ts';
import type { Dice } from '../dice.ts';
import { type Files, filesTarget, must } from '../files.ts';
import { namesIn } from './class-names.ts';

/** An array as the other reading finds it, in C's order. */
interface NpyArray {
  readonly kind: string;
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}

/** Numbers of a kind, such as "<i2" or ">f8", as an array's bytes. */
function numbers(kind: string, values: readonly number[]): Buffer {
  const size = Number(kind.slice(2));
  const bytes = Buffer.alloc(size * values.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const isLittle = kind[0] !== '>';
  for (const [i, value] of values.entries()) {
    const [at, type] = [size * i, kind.slice(1)];
    if (type === 'f4') view.setFloat32(at, value, isLittle);
    else if (type === 'f8') view.setFloat64(at, value, isLittle);
    else if (type === 'i8' || type === 'u8') view.setBigInt64(at, BigInt(value), isLittle);
    else if (size === 4) view.setUint32(at, value, isLittle);
    else if (size === 2) view.setUint16(at, value, isLittle);
    else view.setUint8(at, value);
  }
  return bytes;
}

const INTEGERS = [
  '|u1',
  '|i1',
  '|b1',
  '<u2',
  '>u2',
  '<i2',
  '>i2',
  '<u4',
  '<i4',
  '>i4',
  '>u8',
  '<i8',
];
/** float16 as well: any bits are a number, or not. */
const FLOATS = ['<f4', '>f4', '<f8', '>f8', '<f2', '>f2'];

function inputsArray(dice: Dice, length: number, sizes: readonly number[]): Uint8Array {
  const count = length * sizes.reduce((product, size) => product * size, 1);
  const kind = dice.pick([...INTEGERS, ...FLOATS]);
  const values = dice.pick([
    () => dice.list(count, () => dice.between(0, kind === '|b1' ? 1 : 100)),
    () =>
      dice.list(count, () =>
        kind.endsWith('f8') ? dice.double() : kind.endsWith('f4') ? dice.float() : 1,
      ),
  ])();
  const order = dice.pick(['True', 'False']);
  const header = { order, version: dice.pick([1, 2, 3]), descr: kind };
  return npy(new Uint8Array(numbers(kind, values)), [length, ...sizes], header);
}

/** Labels, one-hot rows or targets, of one kind in all parts. */
function answersArray(
  dice: Dice,
  length: number,
  kind: 'labels' | 'names' | 'one-hot' | 'targets',
  width: number,
) {
  if (kind === 'targets') {
    // With a fraction, so that they are no labels.
    const values = dice.list(length * width, (i) => (i === 0 ? 0.5 : dice.float()));
    return npy(Float64Array.from(values), width === 1 ? [length] : [length, width]);
  }
  const labels = dice.list(length, () => dice.between(0, width - 1));
  if (kind === 'labels') {
    const descr = dice.pick([...INTEGERS.filter((type) => type !== '|b1'), '<f4', '>f8']);
    // With negative ones, which then are names.
    const least = descr[1] === 'i' ? dice.pick([0, 0, -1, -100]) : 0;
    const values = numbers(
      descr,
      labels.map((label) => label + least),
    );
    return npy(new Uint8Array(values), dice.pick([[length], [length, 1]]), { descr });
  }
  if (kind === 'names') {
    const points = labels.map((label) => 'abcdé'.charCodeAt(label));
    return dice.pick([true, false])
      ? npy(new Uint8Array(numbers('>u4', points)), [length], { descr: '>U1' })
      : npy(
          new Uint8Array(
            numbers(
              '|u1',
              points.map((point) => point % 128),
            ),
          ),
          [length],
          {
            descr: '|S1',
          },
        );
  }
  const rows = labels.flatMap((label) => dice.list(width, (i) => Number(i === label)));
  return npy(Uint8Array.from(rows), [length, width]);
}

/** x and y, or x_train, y_train, x_test and y_test. */
function arrays(dice: Dice): Files {
  const sizes = dice.list(dice.small(1, 3), () => dice.small(1, 5));
  const kind = dice.pick(['labels', 'names', 'one-hot', 'targets'] as const);
  const width = dice.small(kind === 'one-hot' ? 2 : 1, 5);
  const files: Files = {};
  for (const part of dice.pick([[''], ['_train', '_test']])) {
    const length = dice.small(1, 12);
    files[`x${part}.npy`] = Buffer.from(inputsArray(dice, length, sizes));
    files[`y${part}.npy`] = Buffer.from(answersArray(dice, length, kind, width));
  }
  return files;
}

/** Of a value in big-endian order. */
const READ: Readonly<Record<string, (bytes: Buffer) => number>> = {
  b: (bytes) => bytes[0]!,
  u: (bytes) => exact(BigInt(`0x${bytes.toString('hex')}`)),
  i: (bytes) => exact(BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString('hex')}`))),
  f(bytes) {
    if (bytes.length === 4) return bytes.readFloatBE();
    if (bytes.length === 8) return bytes.readDoubleBE();
    const bits = bytes.readUInt16BE() % 32_768;
    const [exponent, fraction] = [bits >> 10, (bits % 1024) / 1024];
    must(exponent < 31, 'finite values');
    const size = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
    return bytes[0]! < 128 ? size : -size;
  },
};

function exact(value: bigint): number {
  must(BigInt(Number(value)) === value, 'integers that floats hold');
  return Number(value);
}

/** A text in big-endian order, without the zeros at its end. */
function textIn(bytes: Buffer, isBytes: boolean): string {
  const points = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32BE(4 * i));
  must(isBytes || points.every((point) => point <= 0x10ffff), 'code points');
  const text = isBytes
    ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    : points.map((point) => String.fromCodePoint(point)).join('');
  return text.replace(/\0*$/, '');
}

/** The other reading: the header as JSON, the values one after another. */
function parsed(bytes: Buffer): NpyArray {
  must(bytes.toString('latin1', 0, 6) === '\x93NUMPY', 'magic');
  const start = bytes[6] === 1 ? 10 : 12;
  const end = start + (bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  const field = (pattern: RegExp) =>
    pattern.exec(bytes.toString('latin1', start, end))?.at(-1) ?? '';
  const order = field(/.*'descr'\s*:\s*'([<>|])\w+'/s);
  const kind = field(/.*'descr'\s*:\s*'[<>|](\w+)'/s);
  const sizes = field(/.*'shape'\s*:\s*\(([^)]*)\)/s).match(/\d+/g) ?? [];
  const shape = sizes.map(Number);
  const isFortran = field(/.*'fortran_order'\s*:\s*(\w+)/s) === 'True';
  const size = Number(kind.slice(1)) * (kind[0] === 'U' ? 4 : 1);
  const count = shape.reduce((product, n) => product * n, 1);
  must(end + count * size === bytes.length, `${bytes.length} bytes`);
  const strides = shape.map((_, d) =>
    shape.slice(...(isFortran ? [0, d] : [d + 1])).reduce((product, n) => product * n, 1),
  );
  const inner = shape.map((_, d) => shape.slice(d + 1).reduce((product, n) => product * n, 1));
  const own = Array.from({ length: count }, (_, i) => {
    const place = shape.reduce(
      (sum, n, d) => sum + (Math.floor(i / inner[d]!) % n) * strides[d]!,
      0,
    );
    return Buffer.from(bytes.subarray(end + place * size, end + (place + 1) * size));
  });
  if (kind[0] === 'S') return { kind, shape, values: own.map((text) => textIn(text, true)) };
  const isBig = order === '>';
  if (kind[0] === 'U') {
    const swapped = own.map((text) => (isBig ? text : text.swap32()));
    return { kind, shape, values: swapped.map((text) => textIn(text, false)) };
  }
  const ordered = own.map((bytes) => (isBig ? bytes : bytes.reverse()));
  return { kind, shape, values: ordered.map((bytes) => READ[kind[0]!]!(bytes)) };
}

/** The names of the classes, if labels are those; whether labels are classes at all. */
function classesIn(values: readonly (number | string)[]): string[] | boolean {
  const distinct = [...new Set(values.map((value) => (value === 0 ? 0 : value)))];
  if (distinct.some((value) => typeof value === 'string')) {
    must(!distinct.includes(''), 'labels that are not empty');
    return (distinct as string[]).sort();
  }
  const numbers = (distinct as number[]).sort((a, b) => a - b);
  const isByte = numbers[0]! >= 0 && numbers.at(-1)! <= 255;
  const areFew = numbers.length <= 20;
  const areMany = values.length / numbers.length >= 5;
  if (isByte) return areFew || areMany;
  return ((areFew && areMany) || numbers.length === 2) && numbers.map(String);
}

/** What the arrays come to: examples, and labels or targets. */
function examplesIn(files: Files, classNames: string[] | undefined) {
  const partOf = (part: string) => {
    const found = files[`x${part}.npy`] && files[`y${part}.npy`];
    return found && { x: parsed(files[`x${part}.npy`]!), y: parsed(files[`y${part}.npy`]!) };
  };
  const train = partOf('') ?? partOf('_train')!;
  const test = partOf('_test');
  const parts = [train, ...(test ? [test] : [])];
  const all = parts.flatMap(({ y }) => y.values);
  const areTexts = all.some((value) => typeof value === 'string');
  must(!areTexts || all.every((value) => typeof value === 'string'), 'labels of one kind');
  must(areTexts || (all as number[]).every(Number.isFinite), 'finite values');
  const areSingle = parts.every(({ y }) => y.values.length === y.shape[0]);
  const areWhole = areSingle && (areTexts || all.every((value) => Number.isInteger(value)));
  must(areSingle || !areTexts, 'one text for each example');
  const classes = areWhole && classesIn(all);
  const named = Array.isArray(classes) ? (classNames ?? classes) : undefined;
  must(named === undefined || named.length <= 256, 'at most 256 classes');
  const widths = parts.map(({ x, y }) => y.values.length / x.shape[0]!);
  const isOneHot = ({ x, y }: typeof train, width: number) =>
    width > 1 &&
    width <= 256 &&
    x.values.length > 0 &&
    Array.from({ length: x.shape[0]! }, (_, i) => y.values.slice(i * width, (i + 1) * width)).every(
      (row) =>
        row.filter((value) => value === 1).length === 1 &&
        row.filter((value) => value === 0).length === width - 1,
    );
  const areOneHot = !areWhole && parts.every((part, i) => isOneHot(part, widths[i]!));
  const largest = all.reduce((most: number, value) => Math.max(most, Number(value)), 0);
  return parts.map(({ x, y }, i) => {
    const width = widths[i]!;
    must(x.shape.length > 1 && Number.isInteger(width) && width > 0, 'as many answers as examples');
    must(
      x.values.every((value) => Number.isFinite(value)),
      'finite values',
    );
    const values = x.values as readonly number[];
    const isSmall = x.kind[0] === 'f' ? x.kind !== 'f8' : Number(x.kind[1]) < 4;
    const Kind = x.kind === 'u1' ? Uint8Array : isSmall ? Float32Array : Float64Array;
    const inputs = Kind.from(values);
    const features = x.values.length / x.shape[0]!;
    const common = { inputs: [...inputs], kind: Kind.name, features, classNames };
    if (named !== undefined) {
      const labels = y.values.map((value) => named.indexOf(String(value === 0 ? 0 : value)));
      must(!labels.includes(-1), 'labels that are known');
      return { ...common, classNames: named, labels, classes: named.length, targets: undefined };
    }
    if (classes === true) {
      // As a byte has them, which knows no −0.
      const labels = (y.values as readonly number[]).map((value) => value + 0);
      const count = classNames?.length ?? largest + 1;
      return { ...common, labels, classes: count, targets: undefined };
    }
    if (areOneHot) {
      const labels = Array.from({ length: x.shape[0]! }, (_, i) =>
        y.values.slice(i * width, (i + 1) * width).indexOf(1),
      );
      return { ...common, labels, classes: width, targets: undefined };
    }
    const targets = (y.values as readonly number[]).map((value) => (areWhole ? value + 0 : value));
    return { ...common, labels: [], classes: 0, targets };
  });
}

function shown({ inputs, features, classNames, labels, classes, targets }: Dataset) {
  const kind = (
    Object.getPrototypeOf(inputs) === Buffer.prototype ? Uint8Array : inputs.constructor
  ).name;
  return {
    ...{ inputs: [...inputs], kind, features, classNames },
    ...{ labels: [...labels], classes, targets: targets && [...targets] },
  };
}

export const npyFolder = filesTarget({
  name: 'npy',
  onDisk: true,
  make(dice) {
    const files = arrays(dice);
    if (dice.chance(0.2))
      files['classes.txt'] = Buffer.from(dice.list(5, (i) => `class ${i}`).join('\n'));
    return { files, valid: files['classes.txt'] ? undefined : true };
  },
  async read(_, folder) {
    const { train, test } = await loadNpyFolder(folder);
    return [train, ...(test ? [test] : [])].map(shown);
  },
  expected: (files) => examplesIn(files, files['classes.txt'] && namesIn(files['classes.txt'])),
});

export const npz = filesTarget({
  name: 'npz',
  onDisk: true,
  make(dice) {
    const entries = Object.entries(arrays(dice)).map(([name, bytes]) => {
      const damaged = dice.chance(0.02);
      const claims = damaged
        ? { [dice.pick(['size', 'packed', 'crc'])]: dice.between(0, 2 ** 32 - 1) }
        : {};
      return { name, bytes, deflated: dice.chance(0.5), claims };
    });
    const isWhole = entries.every(({ claims }) => Object.keys(claims).length === 0);
    return { files: { 'data.npz': zip(entries) }, valid: isWhole || undefined };
  },
  async read(_, folder) {
    const { train, test } = await loadNpz(join(folder, 'data.npz'));
    return [train, ...(test ? [test] : [])].map(shown);
  },
  expected: (files) => examplesIn(unzipped(files['data.npz']!), undefined),
});

/** The entries of a zip archive, by its directory (APPNOTE 4.3.12). */
function unzipped(bytes: Buffer): Files {
  const files: Files = {};
  const directory = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  let at = bytes.readUInt32LE(directory + 16);
  for (let i = bytes.readUInt16LE(directory + 10); i > 0; i--) {
    const [crc, packed, size] = [16, 20, 24].map((offset) => bytes.readUInt32LE(at + offset));
    const end = at + 46 + bytes.readUInt16LE(at + 28);
    const isStored = bytes.readUInt16LE(at + 10) === 0;
    const local = bytes.readUInt32LE(at + 42);
    // Their case does not count.
    const name = bytes.toString('latin1', at + 46, end).toLowerCase();
    at = end + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    // Nothing else is read, so nothing else need be whole.
    if (!/^[xy](?:_train|_test)?\.npy$/.test(name)) continue;
    const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const data = bytes.subarray(begin, begin + packed!);
    const contents = isStored ? data : inflateRawSync(data);
    must(contents.length === size && crc32(contents) === crc, `${name} is damaged`);
    files[name] = contents;
  }
  return files;
}
