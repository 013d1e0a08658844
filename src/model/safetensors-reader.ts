/** Reads safetensors files: nothing that they claim is believed before it has been checked. */
import { describe, outOfRange, typed } from '../base/arguments.ts';
import { textOf } from '../base/utf8.ts';
import {
  LARGEST_HEADER,
  LENGTH_BYTES,
  LONE_SURROGATE,
  METADATA,
  MOST_ENTRIES,
  type TensorFile,
} from './safetensors.ts';

const WHOLE_NUMBER = /(?:0|[1-9][0-9]{0,15})(?![0-9])/y;
const SPACE = ' \t\n\r';

/** Sizes that a shape may have: as many as NumPy and PyTorch allow. */
const MOST_SIZES = 64;

/** A tensor as the header has it. */
interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  /** Where its data stands, counted from the first byte of all data. */
  begin: number;
  end: number;
}

/** What a header says; each of its claims has been held against the bytes that are there. */
export interface Layout {
  /** In the order of their data. */
  entries: Entry[];
  metadata: Record<string, string>;
  /** All data. */
  data: DataView;
}

const DTYPES = new Map([
  ['F32', 4],
  ['F64', 8],
]);

/**
 * Reads a safetensors file whose tensors are all F32 or F64. Nothing that the file claims is believed, or
 * allocated, before it is checked against the bytes that are there. Values may be NaN or infinite.
 *
 * @param bytes the whole file
 * @returns the tensors, their data copied, and the metadata
 * @throws TypeError where `bytes` is not a Uint8Array
 * @throws RangeError where the file breaks a rule of the format or holds another element type; the
 *   message names the tensor
 */
export function decodeSafetensors(bytes: Uint8Array): TensorFile {
  const { entries, metadata, data: view } = layoutOf(bytes, DTYPES);
  const tensors: TensorFile['tensors'] = new Map();
  for (const { name, dtype, shape, begin, end } of entries) {
    const words = new Uint32Array((end - begin) / 4);
    const data = new (dtype === 'F64' ? Float64Array : Float32Array)(words.buffer);
    for (let i = 0; i < words.length; i++) words[i] = view.getUint32(begin + 4 * i, true);
    tensors.set(name, { shape, data });
  }
  return { tensors, metadata };
}

/**
 * Where in a safetensors file everything stands.
 *
 * @param bytes the whole file
 * @param dtypes the element types that there may be, with the bytes that each takes
 * @throws TypeError or RangeError as `decodeSafetensors`
 */
export function layoutOf(bytes: Uint8Array, dtypes: ReadonlyMap<string, number>): Layout {
  typed('bytes', bytes, 'Uint8Array');
  const header = headerOf(bytes);
  const { entries, metadata } = parseHeader(header);

  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, dtype, shape, begin, end } of entries) {
    const subject = tensorInFile(name);
    const size = dtypes.get(dtype);
    if (size === undefined) {
      throw outOfRange(subject, `dtype ${describe(dtype)}`, [...dtypes.keys()].join(' or '));
    }
    const begun = covered;
    covered += size * elements(shape);
    if (begin !== begun || end !== covered) {
      const expected = `${begun} to ${covered}: ${sizeOf(shape)}`;
      throw outOfRange(subject, `data_offsets ${begin} to ${end}`, expected);
    }
  }
  const data = bytes.subarray(LENGTH_BYTES + header.length);
  if (covered !== data.length) {
    throw damaged(`${data.length} bytes of data`, `${covered}, as its tensors need`);
  }
  return { entries, metadata, data: new DataView(data.buffer, data.byteOffset, covered) };
}

/**
 * How many values a tensor of this shape holds. From 2⁶⁴ on it is NaN, as the format's own reader
 * overflows there, even where a zero follows; past 2⁵³ it is rounded, but never to less than that.
 * So neither equals a length that exists.
 */
function elements(shape: readonly number[]): number {
  let product = 1;
  for (const size of shape) product = product * size < 2 ** 64 ? product * size : Number.NaN;
  return product;
}

function sizeOf(shape: readonly number[]): string {
  const text = shape.length > 8 ? `${shape.slice(0, 8)},…` : `${shape}`;
  return `${elements(shape)} values, as the shape [${text}] says`;
}

/** The error for a file that breaks a rule. */
export function damaged(found: string, expected: string): RangeError {
  return outOfRange('model file', found, expected);
}

/** What an error calls a tensor of a file. */
export function tensorInFile(name: string): string {
  return `model file, tensor ${describe(name)}`;
}

/** The bytes of the header: a copy, for browsers decode no text from memory that is shared or can grow. */
function headerOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length < LENGTH_BYTES) {
    throw damaged(`${bytes.length} bytes`, 'a safetensors file: at least 8');
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > LARGEST_HEADER) {
    const expected = `at most ${LARGEST_HEADER} (is it a safetensors file?)`;
    throw damaged(`a header of ${length} bytes`, expected);
  }
  const header = new Uint8Array(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + Number(length)));
  if (header.length < length) {
    throw damaged(`${bytes.length} bytes`, `a header of ${length} after the first 8`);
  }
  return header;
}

function parseHeader(bytes: Uint8Array): { entries: Entry[]; metadata: Record<string, string> } {
  let text: string;
  try {
    text = textOf(bytes);
  } catch {
    throw damaged('a header that is not UTF-8', 'UTF-8');
  }
  const header = new HeaderReader(text);
  const metadata: Record<string, string> = Object.create(null);
  const entries: Entry[] = [];
  let count = 0;
  /** Before memory is taken for one more. */
  const counted = () => {
    if (++count > MOST_ENTRIES) {
      throw damaged(`more than ${MOST_ENTRIES} tensors and texts`, 'no more');
    }
  };
  if (!text.startsWith('{')) header.fail('"{"');
  header.object((name) => {
    counted();
    if (name === METADATA) {
      header.subject = `model file, ${METADATA}`;
      header.object((key) => {
        counted();
        metadata[key] = header.string();
      });
    } else {
      header.subject = tensorInFile(name);
      entries.push(readEntry(header, name));
    }
    header.subject = 'model file';
  });
  header.end();
  return { entries, metadata };
}

function readEntry(header: HeaderReader, name: string): Entry {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  header.object((field) => {
    if (field === 'dtype') dtype = header.string();
    else if (field === 'shape') shape = header.wholeNumbers();
    else if (field === 'data_offsets') offsets = header.wholeNumbers();
    else throw outOfRange(header.subject, describe(field), 'dtype, shape and data_offsets alone');
  });
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    throw outOfRange(header.subject, 'too few fields', 'dtype, shape and data_offsets');
  }
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length !== 2) {
    throw outOfRange(header.subject, `${offsets.length} data_offsets`, '2');
  }
  return { name, dtype, shape, begin, end };
}

/**
 * Reads the subset of JSON that a header may hold. JSON.parse would keep the last of two equal
 * names in silence, take 1.5e1 for a size, and build whatever else stands there.
 */
class HeaderReader {
  /** What an error is about. */
  subject = 'model file';
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** An object: `readValue` is called after each name and reads the value. */
  object(readValue: (name: string) => void): void {
    this.#expect('{');
    if (this.#take('}')) return;
    const names = new Set<string>();
    do {
      const name = this.string();
      if (names.has(name)) throw outOfRange(this.subject, `${describe(name)} twice`, 'it once');
      names.add(name);
      this.#expect(':');
      readValue(name);
    } while (this.#take(','));
    this.#expect('}');
  }

  string(): string {
    this.#skipSpace();
    const text = this.#text;
    const begin = this.#at;
    if (text[begin] !== '"') this.fail('a string');
    let end = begin + 1;
    while (text[end] !== '"' && end < text.length) end += text[end] === '\\' ? 2 : 1;
    let value: string;
    try {
      value = JSON.parse(text.slice(begin, end + 1));
    } catch {
      this.fail('a string that is valid JSON');
    }
    if (LONE_SURROGATE.test(value)) this.fail('a string that is valid Unicode');
    this.#at = end + 1;
    return value;
  }

  wholeNumbers(): number[] {
    this.#expect('[');
    const numbers: number[] = [];
    if (this.#take(']')) return numbers;
    do {
      if (numbers.length === MOST_SIZES) this.fail(`at most ${MOST_SIZES} numbers`);
      numbers.push(this.#wholeNumber());
    } while (this.#take(','));
    this.#expect(']');
    return numbers;
  }

  /** Nothing but space is left. */
  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) this.fail('nothing more');
  }

  fail(expected: string): never {
    const character = this.#text[this.#at];
    const found =
      character === undefined
        ? 'the end of the header'
        : `${describe(character)} at character ${this.#at} of the header`;
    throw outOfRange(this.subject, found, expected);
  }

  #wholeNumber(): number {
    this.#skipSpace();
    WHOLE_NUMBER.lastIndex = this.#at;
    const number = Number(WHOLE_NUMBER.exec(this.#text)?.[0]);
    if (!Number.isSafeInteger(number)) this.fail('a whole number from 0 to 2⁵³ − 1');
    this.#at = WHOLE_NUMBER.lastIndex;
    return number;
  }

  #expect(character: string): void {
    if (!this.#take(character)) this.fail(`"${character}"`);
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    while (SPACE.includes(this.#text[this.#at]!)) this.#at++;
  }
}
