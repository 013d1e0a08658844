import { onDemand } from '../../base/on-demand.ts';
import { bytesOfText } from '../../base/printed.ts';
import { compileCore } from './compilation.ts';

/**
 * Gives a core that is loaded on demand, compiled once for all networks. Only its text is loaded: the code is
 * what the other core needs too, and a bundler puts what two files share into a third.
 */
export function compiledOnce(load: () => Promise<{ size: number; text: string }>) {
  let compiled: Promise<WebAssembly.Module> | undefined;
  return async () => {
    const { size, text } = await onDemand(load());
    compiled ??= compileCore(bytesOfText(text, size));
    return compiled;
  };
}

/** The core with convolution. */
export const convolutionModule = compiledOnce(() => import('#convolution-core'));
