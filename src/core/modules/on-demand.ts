import { onDemand } from '../../base/on-demand.ts';
import { bytesOfText } from '../../base/printed.ts';
import { compileCore } from './compilation.ts';

/**
 * A core that is compiled once for all networks. Only its text is loaded on demand: the code is what the other
 * core needs too, and a bundler puts what two files share into a third.
 */
function loaded(load: () => Promise<{ size: number; text: string }>) {
  let compiled: Promise<WebAssembly.Module> | undefined;
  return async () => {
    const { size, text } = await onDemand(load());
    compiled ??= compileCore(bytesOfText(text, size));
    return compiled;
  };
}

/** The core with threads. */
export const threadedModule = loaded(() => import('#threaded-core'));

/** The core with convolution, and that with threads too. */
export const convolutionModule = loaded(() => import('#convolution-core'));
export const threadedConvolutionModule = loaded(() => import('#threaded-convolution-core'));
