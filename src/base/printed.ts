/**
 * Bytes as text: printable ASCII that needs no escapes, one or two characters per byte. Unlike in base64,
 * equal bytes give equal text, so it compresses as well as the bytes.
 *
 * Let v = (byte + 8) mod 256, whose low values are a module's most frequent bytes. The text has character
 * number v mod 86 of the 86 from # to | without $, <, \ and `, preceded by } if 86 ≤ v < 172 or by ~ if
 * v ≥ 172.
 */

const CHARACTERS = 86;
const SHIFT = 8;
/** The first character, #, and those that are not used: $, <, \ and `. */
const FIRST = 35;
const OMITTED = [36, 60, 92, 96];
/** } and ~. */
const MARK = 125;

/** The `size` bytes that the text encodes. */
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
