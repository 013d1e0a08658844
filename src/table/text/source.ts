/** The text of a table, wherever it comes from: gzipped or not, in pieces. */
import { checkAttached, classOf, isTyped, outOfRange, wrongType } from '../../base/arguments.ts';
import type { TableSource } from '../options.ts';
import { TextBytes } from './encoding.ts';

/** Characters that are taken at once. */
const PIECE = 2 ** 20;

/**
 * @param name the table's name in an error
 * @param notes get remarks on the text, at its end
 * @throws TypeError if the source is none, RangeError if its bytes are no text
 */
export async function* piecesOf(
  source: TableSource,
  name: string,
  notes: string[],
): AsyncGenerator<string> {
  if (typeof source === 'string') {
    const begin = source.startsWith('\ufeff') ? 1 : 0;
    for (let at = begin; at < source.length; at += PIECE) yield source.slice(at, at + PIECE);
    return;
  }
  const text = new TextBytes(name);
  for await (const bytes of unzipped(chunksOf(source), name)) yield text.decode(bytes);
  yield text.decode(undefined);
  if (text.note !== undefined) notes.push(text.note);
}

async function* chunksOf(source: Exclude<TableSource, string>): AsyncGenerator<Uint8Array> {
  if (classOf(source) === 'Blob' || classOf(source) === 'File') {
    yield* streamed((source as Blob).stream());
  } else if (classOf(source) === 'ArrayBuffer' || isTyped(source, 'Uint8Array')) {
    checkAttached('source', source);
    const all = isTyped(source, 'Uint8Array') ? source : new Uint8Array(source as ArrayBuffer);
    for (let at = 0; at < all.length; at += PIECE) yield all.subarray(at, at + PIECE);
  } else if (classOf(source) === 'ReadableStream') {
    yield* streamed(source as ReadableStream<Uint8Array>);
  } else if (typeof (source as AsyncIterable<Uint8Array>)?.[Symbol.asyncIterator] === 'function') {
    yield* source as AsyncIterable<Uint8Array>;
  } else {
    throw wrongType('source', source, 'text, bytes, a Blob or a stream of bytes');
  }
}

/** Not every browser can iterate over a stream. */
async function* streamed(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // It may have failed, which is known then.
    reader.cancel().catch(() => {});
  }
}

/** The bytes, unzipped where they begin as gzip does. */
async function* unzipped(
  chunks: AsyncGenerator<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  let first = new Uint8Array();
  while (first.length < 2) {
    const { done, value } = await chunks.next();
    if (done) break;
    first = joined(first, value);
  }
  async function* all() {
    yield first;
    yield* chunks;
  }
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    yield* all();
    return;
  }
  const source = all();
  let failure: { readonly cause: unknown } | undefined;
  const zipped = new ReadableStream<BufferSource>({
    async pull(controller) {
      try {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (cause) {
        failure = { cause };
        throw cause;
      }
    },
    async cancel() {
      await source.return(undefined);
    },
  });
  try {
    yield* streamed(zipped.pipeThrough(new DecompressionStream('gzip')));
  } catch {
    if (failure) throw failure.cause;
    throw outOfRange(name, 'damaged gzip data', 'all bytes of a gzipped table');
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
