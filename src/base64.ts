/**
 * The bytes that `text` stands for: base64 with the standard alphabet and its padding (RFC 4648
 * §4). The compiled core and the bundled digits travel in this form inside the JavaScript.
 *
 * @throws DOMException (InvalidCharacterError) where `text` is not base64
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
