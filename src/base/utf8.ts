import { nodeModule } from './builtins-node.ts';

/**
 * Bytes as text, a byte order mark and all. Not by the global decoder where Jest's jsdom hides it.
 *
 * @throws TypeError where they are not UTF-8
 */
export function textOf(bytes: Uint8Array): string {
  const { TextDecoder } = globalThis.TextDecoder ? globalThis : nodeModule('node:util')!;
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
