/**
 * What `import()` gives of a file that few need.
 *
 * @param method whoever asked for it
 * @throws Error that says what to do in a service worker, which may import nothing on demand
 */
export async function onDemand<M>(method: string, imported: Promise<M>): Promise<M> {
  try {
    return await imported;
  } catch (cause) {
    if (!('ServiceWorkerGlobalScope' in globalThis)) throw cause;
    const how = 'bundle it into one file, as "esbuild --bundle" does';
    throw new Error(`${method}: a service worker may not use import(): ${how}`, { cause });
  }
}
