/**
 * Bytes as text: printable ASCII that needs no escapes, one or two characters per byte. Unlike in base64,
 * equal bytes give equal text, so it compresses as well as the bytes.
 *
 * A letter from a to z, and {, stands for its own code, so that names in a module compress with those in
 * the code that calls it. The 60 characters from the space to _ without ", $, < and \ stand for −10 … 49,
 * a module's most frequent bytes. After |, } or ~ each stands for 62, 124 or 186 more, modulo 256.
 */

/** The first letter, and |. */
const LETTERS = 97;
const MARK = 124;
const STEP = 62;
/** The code of the space, and what it stands for: −10. */
const SHIFT = 32 + 10;
/** ", $, <, \ and `. */
const OMITTED = [34, 36, 60, 92, 96];

/** The `size` bytes that the text encodes. */
export function bytesOfText(text: string, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  let more = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= MARK) {
      more = (code - MARK + 1) * STEP;
    } else {
      let value = more + code;
      if (code < LETTERS) {
        value -= SHIFT;
        for (let j = 0; j < OMITTED.length; j++) if (OMITTED[j]! < code) value--;
      }
      bytes[at++] = value;
      more = 0;
    }
  }
  return bytes;
}
