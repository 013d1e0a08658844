import type { compiledOnce } from './convolution.ts';

let modules: readonly (() => Promise<WebAssembly.Module>)[] | undefined;

/**
 * The core with threads.
 *
 * @param convolves with convolution too
 * @param once not imported, for a bundler would put it into a file of its own
 */
export function threadedModule(
  convolves: boolean,
  once: typeof compiledOnce,
): Promise<WebAssembly.Module> {
  modules ??= [
    once(() => import('#threaded-core')),
    once(() => import('#threaded-convolution-core')),
  ];
  return modules[convolves ? 1 : 0]!();
}
