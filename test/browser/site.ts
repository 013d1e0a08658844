/** A static site on a port of this machine, from any number of folders. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
};

export interface Site extends AsyncDisposable {
  /** Without a slash at the end. */
  origin: string;
}

export interface SiteOptions {
  /** Texts that are served as files, by their path from the root: `/index.html`. */
  files?: Record<string, string>;
  headers?: Record<string, string>;
  /** The path of the file that a path stands for. */
  rewrite?: (path: string) => string;
  /** Where a path leads, if elsewhere. */
  redirect?: (path: string) => string | undefined;
  /** Told of each answer: bytes of its body; none where the browser's copy is as good. */
  onAnswer?: (path: string, bytes: number) => void;
}

/** Serves `folder`, and before it the given files. */
export async function serveSite(folder: string, options: SiteOptions = {}): Promise<Site> {
  const { files = {}, headers = {}, rewrite = (path) => path, redirect, onAnswer } = options;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
