import * as core from '#core';
import { compileCore } from './compilation.ts';
import { unpack } from './embedded.ts';

let compiled: Promise<WebAssembly.Module> | undefined;

/** The core that is inside the JavaScript, compiled once for all networks. */
export function coreModule(): Promise<WebAssembly.Module> {
  compiled ??= unpack(core).then(compileCore);
  return compiled;
}
