/**
 * Tells when a worker is terminated: browsers give no event then, and the answers that are still to
 * come would be waited for without end.
 */

const terminated = new WeakSet<Worker>();
const callbacks = new WeakMap<Worker, (() => void) | undefined>();

/**
 * Notices from now on when a worker's `terminate` is called.
 *
 * @param callback called then, or at once where it has been called already
 */
export function onTermination(worker: Worker, callback?: () => void): void {
  const isWatched = callbacks.has(worker);
  callbacks.set(worker, callback);
  if (terminated.has(worker)) callback?.();
  if (isWatched) return;
  const { terminate } = worker;
  worker.terminate = () => {
    terminated.add(worker);
    callbacks.get(worker)?.();
    return terminate.call(worker);
  };
}
