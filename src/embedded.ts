/**
 * What travels inside the JavaScript, gzipped, in base64 (RFC 4648 §4): the bundled digits.
 */
export interface Embedded {
  base64: string;
  /** How many bytes it is made of. */
  size: number;
}

/** The bytes again. */
export async function unpack({ base64, size }: Embedded): Promise<Uint8Array<ArrayBuffer>> {
  const characters = atob(base64);
  const compressed = new Uint8Array(characters.length);
  for (let i = 0; i < compressed.length; i++) compressed[i] = characters.charCodeAt(i);
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const reader = stream.getReader();
  const bytes = new Uint8Array(size);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes.set(value, length);
    length += value.length;
  }
}
