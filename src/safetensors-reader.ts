/** Reads safetensors files: nothing that they claim is believed before it has been checked. */
import { describe, outOfRange, wrongType } from './arguments.ts';
import {
  elements,
  LARGEST_HEADER,
  LENGTH_BYTES,
  LONE_SURROGATE,
  METADATA,
  sizeOf,
  type TensorFile,
} from './safetensors.ts';

const WHOLE_NUMBER = /(?:0|[1-9][0-9]{0,15})(?![0-9])/y;
const SPACE = new Set<string | undefined>([' ', '\t', '\n', '\r']);

/**
 * Reads a safetensors file whose tensors are all F32. Nothing that the file claims is believed, or
 * allocated, before it is checked against the bytes that are there. Values may be NaN or infinite.
 *
 * @param bytes the whole file
 * @returns the tensors, their data copied, and the metadata
 * @throws TypeError where `bytes` is not a Uint8Array
 * @throws RangeError where the file breaks a rule of the format or holds another element type; the
 *   message names the tensor
 */
export function decodeSafetensors(bytes: Uint8Array): TensorFile {
  if (!(bytes instanceof Uint8Array)) throw wrongType('bytes', bytes, 'a Uint8Array');
  const { text, dataStart } = headerText(bytes);
  const { entries, metadata } = parseHeader(text);

  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, shape, begin, end } of entries) {
    const subject = tensorInFile(name);
    if (begin !== covered) {
      throw outOfRange(subject, `data from byte ${begin}`, `${covered}, where the last data ends`);
    }
    if (end - begin !== 4 * elements(shape)) {
      const found = `data_offsets ${begin} to ${end}`;
      throw outOfRange(subject, found, `4 bytes each for ${sizeOf(shape)}`);
    }
    covered = end;
  }
  const present = bytes.length - dataStart;
  if (covered !== present) {
    throw outOfRange('model file', `${present} bytes of data`, `${covered}, as its tensors need`);
  }

  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart, present);
  const tensors: TensorFile['tensors'] = new Map();
  for (const { name, shape, begin, end } of entries) {
    const data = new Float32Array((end - begin) / 4);
    const words = new Uint32Array(data.buffer);
    for (let i = 0; i < words.length; i++) words[i] = view.getUint32(begin + 4 * i, true);
    tensors.set(name, { shape, data });
  }
  return { tensors, metadata };
}

interface Entry {
  name: string;
  shape: number[];
  begin: number;
  end: number;
}

function tensorInFile(name: string): string {
  return `model file, tensor ${describe(name)}`;
}

/** The header's text, and where in the file the data starts. */
function headerText(bytes: Uint8Array): { text: string; dataStart: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw outOfRange('model file', `${bytes.length} bytes`, 'a safetensors file: at least 8');
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > LARGEST_HEADER) {
    const expected = `at most ${LARGEST_HEADER} (is it a safetensors file?)`;
    throw outOfRange('model file', `a header of ${length} bytes`, expected);
  }
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > bytes.length) {
    const found = `${bytes.length - LENGTH_BYTES} bytes after the header's length`;
    throw outOfRange('model file', found, `a header of ${length}`);
  }
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return { text: decoder.decode(bytes.subarray(LENGTH_BYTES, dataStart)), dataStart };
  } catch {
    throw outOfRange('model file', 'a header that is not UTF-8', 'UTF-8');
  }
}

function parseHeader(text: string): { entries: Entry[]; metadata: Record<string, string> } {
  const header = new HeaderReader(text);
  const metadata: Record<string, string> = Object.create(null);
  const entries: Entry[] = [];
  if (!text.startsWith('{')) header.fail('"{"');
  header.object((name) => {
    if (name === METADATA) {
      header.subject = `model file, ${METADATA}`;
      header.object((key) => {
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
  if (dtype !== 'F32') throw outOfRange(header.subject, `dtype ${describe(dtype)}`, '"F32"');
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length !== 2) {
    throw outOfRange(header.subject, `${offsets.length} data_offsets`, '2');
  }
  return { name, shape, begin, end };
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
    do numbers.push(this.#wholeNumber());
    while (this.#take(','));
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
    while (SPACE.has(this.#text[this.#at])) this.#at++;
  }
}
