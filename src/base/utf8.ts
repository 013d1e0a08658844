import { nodeModule } from './builtins-node.ts';

/**
 * Decodes UTF-8, keeping a byte order mark; by Node's decoder if Jest's jsdom hides the global one.
 *
 * @throws TypeError if the bytes are not UTF-8
 */
export function textOf(bytes: Uint8Array): string {
  const { TextDecoder } = globalThis.TextDecoder ? globalThis : nodeModule('node:util')!;
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
