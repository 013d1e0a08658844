interface Modules {
  'node:fs': typeof import('node:fs');
  'node:util': typeof import('node:util');
  'node:worker_threads': typeof import('node:worker_threads');
  'node:zlib': typeof import('node:zlib');
}

/**
 * A module of Node, where this is Node; else undefined. It is not imported, for bundlers of pages
 * would look for it.
 */
export function nodeModule<N extends keyof Modules>(name: N): Modules[N] | undefined {
  return globalThis.process?.getBuiltinModule?.(name) as Modules[N] | undefined;
}
