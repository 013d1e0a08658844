/**
 * The safetensors file format (https://github.com/huggingface/safetensors, README.md and
 * safetensors/src/tensor.rs). relumax itself has two element types, F32 and F64:
 *
 *   u64        length of the header, little-endian, at most 100,000,000
 *   header     UTF-8 JSON that begins with {, padded with spaces to a multiple of 8:
 *              {"__metadata__": {key: string, …},
 *               name: {"dtype": "F32", "shape": [sizes], "data_offsets": [begin, end]}, …}
 *   data       little-endian, row-major; the tensors cover it without holes or overlaps, and
 *              offsets count from its first byte
 */

import { describe, outOfRange, wrongType } from '../base/arguments.ts';

/** A tensor: `data` holds the product of `shape` values, row-major. A scalar has the shape []. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** What a safetensors file holds. */
export interface TensorFile {
  /** The tensors by name, in the order of their data. */
  tensors: Map<string, { shape: number[]; data: Float32Array | Float64Array }>;
  /** Free text by key; the object has no prototype, so any key is only a key. */
  metadata: Record<string, string>;
}

export const LENGTH_BYTES = 8;
export const LARGEST_HEADER = 100_000_000;
/** Tensors and texts of metadata that a file may have: in memory each is far larger than in the file. */
export const MOST_ENTRIES = 2 ** 16;
export const METADATA = '__metadata__';
export const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * Writes a safetensors file. The tensors' data is in the order given.
 *
 * @param tensors names, each once, with their tensors, whose data fits their shape
 * @param metadata free text by key, somebody else's too
 * @returns the bytes of the file
 * @throws TypeError where a text of metadata is none
 * @throws RangeError where one is not well-formed Unicode, or the header grows too long or has too many
 *   entries
 */
export function encodeSafetensors(
  tensors: Iterable<readonly [string, Tensor]>,
  metadata: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  const entries: string[] = [];
  const texts = Object.entries(metadata).map(
    ([key, text]) =>
      `${quote('a key of metadata', key)}:${quote(`metadata[${describe(key)}]`, text)}`,
  );
  if (texts.length > 0) entries.push(`"${METADATA}":{${texts.join(',')}}`);

  const arrays: Tensor['data'][] = [];
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const begin = end;
    end += data.byteLength;
    arrays.push(data);
    const dtype = `F${8 * data.BYTES_PER_ELEMENT}`;
    entries.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`,
    );
  }

  const header = utf8(`{${entries.join(',')}}`);
  const headerLength = Math.ceil(header.length / 8) * 8;
  const count = arrays.length + texts.length;
  if (headerLength > LARGEST_HEADER || count > MOST_ENTRIES) {
    const most = `at most ${MOST_ENTRIES} in ${LARGEST_HEADER} bytes`;
    throw outOfRange('tensors', `${count} with texts in ${headerLength} bytes`, most);
  }
  const bytes = new Uint8Array(LENGTH_BYTES + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(' '.charCodeAt(0), LENGTH_BYTES, LENGTH_BYTES + headerLength);
  bytes.set(header, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerLength;
  for (const data of arrays) {
    // As words, since a float that passes through a number may lose the bits of a NaN.
    for (const word of new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4)) {
      view.setUint32(at, word, true);
      at += 4;
    }
  }
  return bytes;
}

/** The bytes of a text, whose surrogates all are pairs. Not by TextEncoder, which Jest's jsdom hides. */
function utf8(text: string): Uint8Array {
  // A character for each byte. An old function, but one that every engine has.
  const characters = unescape(encodeURIComponent(text));
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** `text` as a JSON string. */
function quote(argument: string, text: unknown): string {
  if (typeof text !== 'string') throw wrongType(argument, text, 'a string');
  if (LONE_SURROGATE.test(text)) {
    throw outOfRange(argument, JSON.stringify(text), 'text without lone surrogates');
  }
  return JSON.stringify(text);
}
