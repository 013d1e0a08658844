import { size, text } from '#core';
import { compileCore } from './compilation.ts';
import { bytesOfText } from './printed.ts';

let compiled: Promise<WebAssembly.Module> | undefined;

/** The core that is inside the JavaScript, compiled once for all networks. */
export function coreModule(): Promise<WebAssembly.Module> {
  compiled ??= compileCore(bytesOfText(text, size));
  return compiled;
}
