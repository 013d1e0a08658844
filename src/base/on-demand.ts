const NEEDED = 'a service worker may not use import(): bundle it into one file';

/**
 * The result of an `import()` of a module that is loaded on demand.
 *
 * @throws Error in a service worker, which may not use `import()`: it says what to do
 */
export function onDemand<M>(imported: Promise<M>): Promise<M> {
  return imported.catch((cause) => {
    throw 'ServiceWorkerGlobalScope' in globalThis ? new Error(NEEDED, { cause }) : cause;
  });
}
