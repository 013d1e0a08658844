/**
 * Bytes as text: printable ASCII that nothing needs to escape, a character or two a byte. Unlike
 * base64 it keeps what is alike alike, so that it compresses as well as the bytes themselves do.
 *
 * With v = byte + 8 modulo 256, whose low values are a module's most frequent bytes, it has the
 * character number v mod 86 of the 86 between # and |, without $, <, \ and `; and before it } where v
 * is from 86 on, or ~ where it is from 172 on.
 */

const CHARACTERS = 86;
const SHIFT = 8;
/** The first character: #. The other numbers are the characters left out. */
const FIRST = 35;
const OMITTED = [36, 60, 92, 96];
/** } and ~. */
const MARK = 125;

/** The bytes that the text stands for, `size` of them. */
export function bytesOfText(text: string, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  let page = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= MARK) {
      page = (code - MARK + 1) * CHARACTERS;
    } else {
      let value = page + code - FIRST - SHIFT;
      for (let j = 0; j < OMITTED.length; j++) if (OMITTED[j]! < code) value--;
      bytes[at++] = value;
      page = 0;
    }
  }
  return bytes;
}
