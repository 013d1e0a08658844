/** The container of models and checkpoints, and another reading of it, for those too. */
import fc from 'fast-check';
import { decodeSafetensors } from '../../../src/model/safetensors-reader.ts';
import { type Dice, TEXT } from '../dice.ts';
import { filesTarget, must } from '../files.ts';

export const SIZES: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

export interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

export interface RawFile {
  readonly tensors: Readonly<Record<string, RawTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const METADATA = '__metadata__';

/** A safetensors file, its header as JSON may be: in any order, with spaces. */
export function encode({ tensors, metadata }: RawFile, dice: Dice): Buffer {
  const entries: [string, object][] =
    Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    const begin = end;
    end += bytes.length;
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const order = dice.chance(0.5) ? entries : entries.reverse();
  // Not Object.fromEntries, which would put a name such as 1 first; it may well be one.
  const fields = order.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const separator = dice.pick([',', ', ', ',\n  ']);
  const json = Buffer.from(`{${fields.join(separator)}}${' '.repeat(dice.between(0, 8))}`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...Object.values(tensors).map(({ bytes }) => bytes)]);
}

/** The same read back by JSON.parse. */
export function decode(file: Buffer): RawFile {
  const end = 8 + Number(file.readBigUInt64LE());
  const header: Record<string, unknown> = JSON.parse(file.toString('utf8', 8, end));
  const data = file.subarray(end);
  const { [METADATA]: metadata = {}, ...entries } = header;
  let covered = 0;
  const tensors = Object.entries(entries).map(([name, value]) => {
    const { dtype, shape, data_offsets } = value as RawTensor & { data_offsets: [number, number] };
    const bytes = data.subarray(...data_offsets);
    covered += bytes.length;
    const size = shape.reduce((product, n) => product * BigInt(n), BigInt(SIZES[dtype] ?? 0));
    must(BigInt(bytes.length) === size, `${name} has ${bytes.length} bytes`);
    return [name, { dtype, shape, bytes }] as const;
  });
  must(covered === data.length, `tensors of ${covered} bytes in ${data.length}`);
  return { tensors: Object.fromEntries(tensors), metadata: metadata as Record<string, string> };
}

/** Numbers as the bytes of a tensor. */
export function tensor(
  data: Float32Array | Float64Array,
  shape: readonly number[] = [data.length],
): RawTensor {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { dtype: data instanceof Float64Array ? 'F64' : 'F32', shape, bytes };
}

const NAME = fc.oneof(TEXT, fc.constantFrom('a', 'b', '1', 'constructor', 'layers.0.weight', ''));

export const safetensors = filesTarget({
  name: 'safetensors',
  make(dice) {
    const tensors: Record<string, RawTensor> = {};
    for (let i = dice.small(0, 6); i > 0; i--) {
      const dtype = dice.pick(['F32', 'F64']);
      const shape = dice.list(dice.small(0, 4), () => dice.small(0, 6));
      const count = shape.reduce((product, n) => product * n, 1);
      const name = dice.of(NAME.filter((text) => text !== METADATA && text !== '__proto__'));
      tensors[name] = { dtype, shape, bytes: dice.bytes(count * SIZES[dtype]!) };
    }
    const key = TEXT.filter((text) => text !== '__proto__');
    const metadata = dice.of(fc.dictionary(key, TEXT, { maxKeys: 4, noNullPrototype: true }));
    return { files: { file: encode({ tensors, metadata }, dice) }, valid: true };
  },
  read: ({ file }) => {
    const { tensors, metadata } = decodeSafetensors(file!);
    const raw = [...tensors].map(([name, { data, shape }]) => [name, tensor(data, shape)]);
    return { tensors: Object.fromEntries(raw), metadata: { ...metadata } } as RawFile;
  },
  expected: ({ file }) => decode(file!),
});
