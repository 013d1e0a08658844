/** Decodes the text of a table: UTF-8, or what spreadsheets and older programs write. */
import { outOfRange } from '../../base/arguments.ts';

/** Decodes bytes that come in pieces. */
export class TextBytes {
  /** A remark on the encoding, where it is not UTF-8. */
  note: string | undefined;
  readonly #name: string;
  #decoder: TextDecoder | undefined;
  /** Whether some bytes were other than ASCII, and so must have been UTF-8. */
  #isUtf8 = false;

  /** @param name the table's name in an error */
  constructor(name: string) {
    this.#name = name;
  }

  /**
   * @param bytes the first at least two, unless there are fewer; undefined: the text ends
   * @throws RangeError if they are neither UTF-8 nor text in another encoding that is known
   */
  decode(bytes: Uint8Array | undefined): string {
    if (this.note !== undefined) return bytes ? windows1252(bytes) : '';
    if (bytes !== undefined) this.#decoder ??= this.#decoderOf(bytes);
    const decoder = this.#decoder ?? new TextDecoder();
    let text: string;
    try {
      text = decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      return this.#other(bytes);
    }
    if (text.includes('\0')) throw outOfRange(this.#name, 'bytes that are 0', 'text');
    // A byte for each character is ASCII.
    this.#isUtf8 ||= bytes !== undefined && text.length !== bytes.length;
    return text;
  }

  /** By its first bytes: where it says so itself, or begins with a character of UTF-16 that is also one of ASCII. */
  #decoderOf([first, second, third]: Uint8Array): TextDecoder {
    const mark = first! * 256 + second!;
    const isAscii = first! + second! > 0 && first! + second! < 0x80;
    if (mark === 0xfffe || (isAscii && second === 0)) {
      return new TextDecoder('utf-16le', { fatal: true });
    }
    if (mark === 0xfeff || (isAscii && first === 0)) {
      return new TextDecoder('utf-16be', { fatal: true });
    }
    this.#isUtf8 = mark === 0xefbb && third === 0xbf;
    return new TextDecoder('utf-8', { fatal: true });
  }

  /** Where all before was ASCII, the text may be in Windows-1252, which has a character for nearly any byte. */
  #other(bytes: Uint8Array | undefined): string {
    const isUtf16 = this.#decoder!.encoding !== 'utf-8';
    const isText = bytes?.every((byte) => byte > 0x1f || (byte > 0x08 && byte < 0x0e));
    if (isUtf16 || this.#isUtf8 || !isText) {
      const what = isUtf16 ? 'UTF-16' : 'UTF-8';
      throw outOfRange(this.#name, `bytes that are not ${what}`, `text in ${what}`);
    }
    this.note = 'is not in UTF-8, and read as Windows-1252';
    return windows1252(bytes!);
  }
}

/** The characters of the bytes from 0x80 to 0x9f; of others the number is that of the character. */
const C1 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** By a table of our own, since releases of Node differ in the characters from 0x80 to 0x9f. */
function windows1252(bytes: Uint8Array): string {
  const codes = new Uint16Array(bytes.length);
  for (const [i, byte] of bytes.entries()) {
    codes[i] = byte > 0x7f && byte < 0xa0 ? C1.charCodeAt(byte - 0x80) : byte;
  }
  return new TextDecoder('utf-16le').decode(codes);
}
