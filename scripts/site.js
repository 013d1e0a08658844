/** A static site on a port of this machine, for the tests of pages and for `npm run test:engines`. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';

/** The headers with which a page is isolated from others, and may share memory with its workers. */
export const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

/**
 * @typedef {object} SiteInterface
 * @property {string} origin without a slash at the end
 *
 * @typedef {SiteInterface & AsyncDisposable} Site
 */

/**
 * @typedef {object} SiteOptions
 * @property {Record<string, string | Uint8Array>} [files] served as files, by their path from the
 *   root: `/index.html`
 * @property {Record<string, string>} [headers]
 * @property {(path: string) => string} [rewrite] gives the path of the file that a path stands for
 * @property {(path: string) => string | undefined} [redirect] says where a path leads, if elsewhere
 * @property {(body: string) => void} [onPost] is told what pages post
 * @property {(path: string, bytes: number) => void} [onAnswer] is told of each answer: bytes of its
 *   body; none where the browser's copy is as good
 */

/**
 * Serves `folder`, and before it the given files.
 *
 * @param {string} folder
 * @param {SiteOptions} [options]
 * @returns {Promise<Site>}
 */
export async function serveSite(folder, options = {}) {
  const {
    files = {},
    headers = {},
    rewrite = (path) => path,
    redirect,
    onPost,
    onAnswer,
  } = options;
  const server = createServer(async (request, response) => {
    if (request.method === 'POST' && onPost !== undefined) {
      onPost(await text(request));
      response.writeHead(204).end();
      return;
    }
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const asked = normalize(decodeURIComponent(pathname)).replace(/\/$/, '/index.html');
    const path = rewrite(asked);
    const location = redirect?.(asked);
    if (location !== undefined) {
      response.writeHead(302, { location, ...headers }).end();
      return;
    }
    try {
      const body = files[path] ?? (await readFile(join(folder, path)));
      const type = TYPES[extname(path)] ?? 'application/octet-stream';
      const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
      const isKnown = request.headers['if-none-match'] === etag;
      onAnswer?.(path, isKnown ? 0 : Buffer.byteLength(body));
      if (isKnown) response.writeHead(304, { etag, ...headers }).end();
      else response.writeHead(200, { 'content-type': type, etag, ...headers }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
