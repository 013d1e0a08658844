/**
 * The bundled digits as bytes: labels, then images. They are inside the JavaScript, gzipped and in base64
 * (RFC 4648 §4), in a file that is loaded on demand.
 */
import { base64, size } from '#digits';
import { nodeModule } from '../base/builtins-node.ts';

/**
 * The bytes, decompressed by each call.
 *
 * @throws Error if the engine cannot decompress them
 */
export async function digitBytes(): Promise<Uint8Array<ArrayBuffer>> {
  const zlib = nodeModule('node:zlib');
  // In a quarter of the time of Node's streams, and also where a test environment hides what pages have.
  if (zlib !== undefined) {
    const compressed = Buffer.from(base64, 'base64');
    return new Promise((resolve, reject) => {
      zlib.gunzip(compressed, { chunkSize: size + 1 }, (error, bytes) => {
        if (error) reject(error);
        else resolve(new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, size));
      });
    });
  }
  if (typeof DecompressionStream === 'undefined') {
    const needed = 'Chrome 80, Firefox 113, Safari 16.4 or Node';
    throw new Error(`loadDigits: found no DecompressionStream here, expected one, as in ${needed}`);
  }
  const compressed = fromBase64(base64);
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(compressed);
      controller.close();
    },
  });
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
  const bytes = new Uint8Array(size);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes.set(value, length);
    length += value.length;
  }
}

function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  // Of ES2026: browsers that have it take a third of the time.
  const { fromBase64: native } = Uint8Array as { fromBase64?: typeof fromBase64 };
  if (native !== undefined) return native.call(Uint8Array, base64);
  const characters = atob(base64);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
