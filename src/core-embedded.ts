import { base64, size } from '#core';
import { compileCore } from './compilation.ts';
import { unpack } from './embedded.ts';

let compiled: Promise<WebAssembly.Module> | undefined;

/** The core that is inside the JavaScript, compiled once for all networks. */
export function coreModule(): Promise<WebAssembly.Module> {
  compiled ??= unpack({ base64, size }).then(compileCore);
  return compiled;
}
