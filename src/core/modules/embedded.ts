import { size, text } from '#core';
import { bytesOfText } from '../../base/printed.ts';
import { compileCore } from './compilation.ts';

let compiled: Promise<WebAssembly.Module> | undefined;

/** The core that is inside the JavaScript, compiled once for all networks. */
export function coreModule(): Promise<WebAssembly.Module> {
  compiled ??= compileCore(bytesOfText(text, size));
  return compiled;
}
