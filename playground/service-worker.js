/// <reference lib="webworker" />
/**
 * Keeps the page's files, so that it works without a network once it has been loaded. The build
 * fills in which files there are, and a version that changes with any of them.
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
 * Keeps a file. What the page has loaded is taken from the browser's cache, whatever the host says of
 * how long that may be: a name with a hash has one content. Of other files the host is asked whether
 * they have changed, lest a new version keeps an old page.
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
      // An error may be in the browser's cache as well.
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
