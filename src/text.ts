/** Text as UTF-8. The jsdom of Jest has neither class, but Node does. */
import { nodeModule } from './builtins-node.ts';

/** The bytes of a text. */
export function encodeText(text: string): Uint8Array {
  const { TextEncoder } = globalThis.TextEncoder ? globalThis : nodeModule('node:util')!;
  return new TextEncoder().encode(text);
}

/**
 * The text of bytes in memory of their own: browsers decode none from memory that is shared.
 *
 * @throws TypeError where they are not UTF-8
 */
export function decodeText(bytes: Uint8Array): string {
  const { TextDecoder } = globalThis.TextDecoder ? globalThis : nodeModule('node:util')!;
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
