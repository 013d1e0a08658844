interface Modules {
  'node:fs': typeof import('node:fs');
  'node:os': typeof import('node:os');
  'node:util': typeof import('node:util');
  'node:worker_threads': typeof import('node:worker_threads');
  'node:zlib': typeof import('node:zlib');
}

/**
 * A module of Node; undefined in other engines. It is not imported, because bundlers for pages would try to
 * resolve it.
 */
export function nodeModule<N extends keyof Modules>(name: N): Modules[N] | undefined {
  return globalThis.process?.getBuiltinModule?.(name) as Modules[N] | undefined;
}
