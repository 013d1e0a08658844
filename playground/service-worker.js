/// <reference lib="webworker" />
/**
 * Caches the page's files, so that it works offline once loaded. The build fills in the list of files,
 * and a version that changes with any of them.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
const PREFIX = 'relumax-playground-';
const CACHE = `${PREFIX}%VERSION%`;

/** @type {string[]} */
const files = /** @type {any} */ ('%FILES%');

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) => Promise.all(files.map((file) => keep(cache, file)))),
  );
});

/**
 * Caches a file. A file with a hash in its name never changes, so it is taken from the browser's cache
 * whatever its expiry. Other files are revalidated, so that a new version does not cache an old page.
 *
 * @param {Cache} cache
 * @param {string} file
 */
function keep(cache, file) {
  const isHashed = file.startsWith('assets/');
  const mode = isHashed ? 'force-cache' : 'no-cache';
  return (
    cache
      .add(new Request(file, { cache: mode }))
      // The browser's cache may contain an error response.
      .catch(() => cache.add(new Request(file, { cache: 'reload' })))
  );
}

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith(PREFIX) && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name)))),
  );
});

worker.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return;
  event.respondWith(
    caches
      .open(CACHE)
      // The settings of a run are in the page's address.
      .then((cache) => cache.match(event.request, { ignoreSearch: true }))
      .then((kept) => kept ?? fetch(event.request)),
  );
});
