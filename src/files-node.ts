/** The bytes of a file, where this is Node; else undefined. */
export function readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> | undefined {
  // Not an import: bundlers for pages would look for the module.
  return globalThis.process?.getBuiltinModule?.('node:fs').promises.readFile(url);
}
