/** Array files as NumPy writes them. */

type Values = Uint8Array | Float32Array | Float64Array | Int32Array | BigInt64Array | Int16Array;

const DESCR = new Map<unknown, string>([
  [Uint8Array, '|u1'],
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
  [Int16Array, '<i2'],
  [Int32Array, '<i4'],
  [BigInt64Array, '<i8'],
]);

/** The bytes of an .npy file; what `header` gives stands in place of what fits the values. */
export function npy(
  values: Values,
  shape: readonly number[] = [values.length],
  header: { descr?: string; order?: string; shape?: string; version?: number; whole?: string } = {},
): Uint8Array {
  const { version = 1 } = header;
  const descr = header.descr ?? DESCR.get(values.constructor)!;
  const sizes = header.shape ?? `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const order = header.order ?? 'False';
  const fields = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${sizes}, }`;
  const start = version === 1 ? 10 : 12;
  const text = header.whole ?? fields;
  const length = Math.ceil((start + text.length + 1) / 64) * 64 - start;
  const head = Buffer.alloc(start);
  head.write('\x93NUMPY', 'latin1');
  head[6] = version;
  if (version === 1) head.writeUInt16LE(length, 8);
  else head.writeUInt32LE(length, 8);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([head, Buffer.from(`${text.padEnd(length - 1)}\n`), bytes]);
}
