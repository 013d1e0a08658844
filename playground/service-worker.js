/// <reference lib="webworker" />
/**
 * Caches the page's files, so that it works offline once loaded; those for tables when the first is opened.
 * The build fills in the list of files, and a version that changes with any of them.
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
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      // So that what the first visit asks for later is kept as well.
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return;
  event.respondWith(
    caches
      .open(CACHE)
      // The settings of a run are in the page's address.
      .then(async (cache) => {
        const kept = await cache.match(event.request, { ignoreSearch: true });
        return kept ?? fetched(cache, event.request);
      }),
  );
});

/**
 * Fetches a file. One with a hash in its name, which a page asks for only now, is kept.
 *
 * @param {Cache} cache
 * @param {Request} request
 */
async function fetched(cache, request) {
  const response = await fetch(request);
  const hashed = new URL('assets/', worker.registration.scope).href;
  if (response.ok && request.url.startsWith(hashed)) await cache.put(request, response.clone());
  return response;
}
