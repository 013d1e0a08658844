import { nodeModule } from './builtins-node.ts';

/** The bytes of a file, where this is Node; else undefined. */
export function readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> | undefined {
  return nodeModule('node:fs')?.promises.readFile(url);
}
