import { hasNodeWorkers, startNodeWorker } from './threads-node.ts';

/**
 * Starts the worker that ships with the package: `relumax/worker-thread`, a file beside this one.
 * In a page this is `new Worker(new URL('./worker-thread.js', import.meta.url))`, which Vite,
 * webpack and Parcel understand; with a bundler that does not, make the worker yourself and hand
 * it to `Network.create`.
 *
 * @throws Error where there are no workers, or a policy forbids them
 */
export function startWorker(): Worker {
  // Bun and Deno have a page's workers too, but Node's let a program end while they are there.
  const isPage =
    typeof Worker !== 'undefined' && (typeof document !== 'undefined' || !hasNodeWorkers());
  if (!isPage) return startNodeWorker(threadUrl(import.meta.url));
  return new Worker(new URL('./worker-thread.js', import.meta.url), {
    type: 'module',
    name: 'relumax',
  });
}

/** Away from `import.meta.url`, lest a bundler takes it for a second file to copy. */
function threadUrl(base: string): URL {
  return new URL('./worker-thread.js', base);
}
