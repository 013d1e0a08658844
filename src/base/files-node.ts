import { nodeModule } from './builtins-node.ts';

/** The bytes of a file; undefined if this is not Node. */
export function readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> | undefined {
  return nodeModule('node:fs')?.promises.readFile(url);
}
