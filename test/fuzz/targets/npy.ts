/** NumPy's arrays: those of a folder, and those of an .npz archive. */

import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { loadNpyFolder, loadNpz } from '../../../src/cli/files/arrays.ts';
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
  readonly values: readonly number[];
}

function inputsArray(dice: Dice, length: number, sizes: readonly number[]): Uint8Array {
  const count = length * sizes.reduce((product, size) => product * size, 1);
  const values = dice.pick([
    () => new Uint8Array(dice.bytes(count)),
    () => Float32Array.from(dice.list(count, () => dice.float())),
    () => Float64Array.from(dice.list(count, () => dice.double())),
  ])();
  const order = dice.pick(['True', 'False']);
  return npy(values, [length, ...sizes], { order, version: dice.pick([1, 2, 3]) });
}

/** Labels, one-hot rows or targets, of one kind in all parts. */
function answersArray(
  dice: Dice,
  length: number,
  kind: 'labels' | 'one-hot' | 'targets',
  width: number,
) {
  if (kind === 'targets') {
    // With a fraction, so that they are no labels.
    const values = dice.list(length * width, (i) => (i === 0 ? 0.5 : dice.float()));
    return npy(Float64Array.from(values), width === 1 ? [length] : [length, width]);
  }
  const labels = dice.list(length, () => dice.between(0, width - 1));
  if (kind === 'labels') {
    const values = dice.pick([
      () => Uint8Array.from(labels),
      () => Int16Array.from(labels),
      () => Int32Array.from(labels),
      () => BigInt64Array.from(labels, BigInt),
      () => Float32Array.from(labels),
    ])();
    return npy(values, dice.pick([[length], [length, 1]]));
  }
  const rows = labels.flatMap((label) => dice.list(width, (i) => Number(i === label)));
  return npy(Uint8Array.from(rows), [length, width]);
}

/** x and y, or x_train, y_train, x_test and y_test. */
function arrays(dice: Dice): Files {
  const sizes = dice.list(dice.small(1, 3), () => dice.small(1, 5));
  const kind = dice.pick(['labels', 'one-hot', 'targets'] as const);
  const width = dice.small(kind === 'one-hot' ? 2 : 1, 5);
  const files: Files = {};
  for (const part of dice.pick([[''], ['_train', '_test']])) {
    const length = dice.small(1, 12);
    files[`x${part}.npy`] = Buffer.from(inputsArray(dice, length, sizes));
    files[`y${part}.npy`] = Buffer.from(answersArray(dice, length, kind, width));
  }
  return files;
}

const READ: Readonly<Record<string, (bytes: Buffer, at: number) => number>> = {
  b1: (bytes, at) => bytes.readUInt8(at),
  u1: (bytes, at) => bytes.readUInt8(at),
  i1: (bytes, at) => bytes.readInt8(at),
  u2: (bytes, at) => bytes.readUInt16LE(at),
  i2: (bytes, at) => bytes.readInt16LE(at),
  u4: (bytes, at) => bytes.readUInt32LE(at),
  i4: (bytes, at) => bytes.readInt32LE(at),
  u8: (bytes, at) => Number(bytes.readBigUInt64LE(at)),
  i8: (bytes, at) => Number(bytes.readBigInt64LE(at)),
  f4: (bytes, at) => bytes.readFloatLE(at),
  f8: (bytes, at) => bytes.readDoubleLE(at),
};

/** The other reading: the header as JSON, the values one after another. */
function parsed(bytes: Buffer): NpyArray {
  must(bytes.toString('latin1', 0, 6) === '\x93NUMPY', 'magic');
  const start = bytes[6] === 1 ? 10 : 12;
  const end = start + (bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8));
  const field = (pattern: RegExp) =>
    pattern.exec(bytes.toString('latin1', start, end))?.at(-1) ?? '';
  const kind = field(/.*'descr'\s*:\s*'[<|](\w+)'/s);
  const sizes = field(/.*'shape'\s*:\s*\(([^)]*)\)/s).match(/\d+/g) ?? [];
  const shape = sizes.map(Number);
  const isFortran = field(/.*'fortran_order'\s*:\s*(\w+)/s) === 'True';
  const size = Number(kind.slice(1));
  const count = shape.reduce((product, n) => product * n, 1);
  must(end + count * size === bytes.length, `${bytes.length} bytes`);
  const strides = shape.map((_, d) =>
    shape.slice(...(isFortran ? [0, d] : [d + 1])).reduce((product, n) => product * n, 1),
  );
  const inner = shape.map((_, d) => shape.slice(d + 1).reduce((product, n) => product * n, 1));
  const values = Array.from({ length: count }, (_, i) => {
    const place = shape.reduce(
      (sum, n, d) => sum + (Math.floor(i / inner[d]!) % n) * strides[d]!,
      0,
    );
    return READ[kind]!(bytes, end + place * size);
  });
  return { kind, shape, values };
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
  const areLabels = parts.every(
    ({ y }) =>
      y.values.length === y.shape[0] &&
      y.values.every((value) => Number.isInteger(value) || !Number.isFinite(value)),
  );
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
  const areOneHot = !areLabels && parts.every((part, i) => isOneHot(part, widths[i]!));
  const largest = Math.max(...parts.flatMap(({ y }) => y.values));
  return parts.map(({ x, y }, i) => {
    const width = widths[i]!;
    must(x.shape.length > 1 && Number.isInteger(width) && width > 0, 'as many answers as examples');
    must(x.values.every(Number.isFinite) && y.values.every(Number.isFinite), 'finite values');
    const inputs = ({ u1: Uint8Array, f4: Float32Array, f8: Float64Array } as const)[
      x.kind as 'u1'
    ]!.from(x.values);
    const features = x.values.length / x.shape[0]!;
    const common = { inputs: [...inputs], kind: inputs.constructor.name, features, classNames };
    if (areLabels) {
      must(
        y.values.every((value) => value >= 0 && value <= 255),
        'labels of a byte',
      );
      return {
        ...common,
        // As a byte has them, which knows no −0.
        labels: y.values.map((value) => value + 0),
        classes: classNames?.length ?? largest + 1,
        targets: undefined,
      };
    }
    if (areOneHot) {
      const labels = Array.from({ length: x.shape[0]! }, (_, i) =>
        y.values.slice(i * width, (i + 1) * width).indexOf(1),
      );
      return { ...common, labels, classes: width, targets: undefined };
    }
    return { ...common, labels: [], classes: 0, targets: y.values };
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
