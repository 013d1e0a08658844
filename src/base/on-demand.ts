const NEEDED = 'a service worker may not use import(): bundle it into one file';

/**
 * What `import()` gives of a file that few need.
 *
 * @throws Error that says what to do in a service worker, which may import nothing on demand
 */
export function onDemand<M>(imported: Promise<M>): Promise<M> {
  return imported.catch((cause) => {
    throw 'ServiceWorkerGlobalScope' in globalThis ? new Error(NEEDED, { cause }) : cause;
  });
}
