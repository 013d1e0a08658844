import { onDemand } from '../../base/on-demand.ts';
import { bytesOfText } from '../../base/printed.ts';
import { compileCore } from './compilation.ts';

let compiled: Promise<WebAssembly.Module> | undefined;

/**
 * The core with threads, compiled once for all networks. Only its text is loaded on demand: the code is
 * what the other core needs too, and a bundler puts what two files share into a third.
 */
export async function threadedModule(): Promise<WebAssembly.Module> {
  const { size, text } = await onDemand(import('#threaded-core'));
  compiled ??= compileCore(bytesOfText(text, size));
  return compiled;
}
