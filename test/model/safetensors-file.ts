/** A file of this header, followed by data: bytes, or so many zeros. */
export function safetensors(
  header: string | Uint8Array,
  data: Uint8Array | number = 0,
): Uint8Array {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const tail = typeof data === 'number' ? Buffer.alloc(data) : data;
  return new Uint8Array(Buffer.concat([length, json, tail]));
}
