/**
 * The bundled digits as bytes: labels, then images. They travel inside the JavaScript, gzipped, in
 * base64 (RFC 4648 §4), in a file of their own with what unpacks them: who uses none loads neither.
 */
import { base64, size } from '#digits';

/** The bytes, unpacked anew with each call. */
export async function digitBytes(): Promise<Uint8Array<ArrayBuffer>> {
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
