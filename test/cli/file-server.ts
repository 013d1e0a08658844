import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a request is answered: as a server of files would, or in a way of one's own. */
export type Behaviour = (
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
) => void;

/** Answers as servers do, also to a request for a range. */
export const proper: Behaviour = (request, response, content) => {
  const [, first] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined) {
    response.writeHead(200, { 'content-length': content.length }).end(content);
    return;
  }
  const begin = Number(first);
  const range = `bytes ${begin}-${content.length - 1}/${content.length}`;
  response.writeHead(206, { 'content-range': range }).end(content.subarray(begin));
};

/** Knows of no ranges. */
export const whole: Behaviour = (_, response, content) => {
  response.writeHead(200, { 'content-length': content.length }).end(content);
};

/** Breaks the connection off after so many bytes of each answer. */
export function breaking(after: number): Behaviour {
  return (request, response, content) => {
    const [, first = '0'] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    const begin = Number(first);
    if (begin + after >= content.length) {
      proper(request, response, content);
      return;
    }
    const range = { 'content-range': `bytes ${begin}-${content.length - 1}/${content.length}` };
    const length = { 'content-length': content.length - begin };
    response.writeHead(begin > 0 ? 206 : 200, { ...length, ...(begin > 0 && range) });
    response.write(content.subarray(begin, begin + after), () => {
      setTimeout(() => response.destroy(), 20);
    });
  };
}

/** A server of files on this machine. */
export class FileServer implements AsyncDisposable {
  readonly url: string;
  /** The range that each request asked for, by turns. */
  readonly ranges: (string | undefined)[] = [];
  behaviour: Behaviour = proper;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>, files: Map<string, Buffer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/files/`;
    server.on('request', (request, response) => {
      this.ranges.push(request.headers.range);
      const content = files.get(request.url?.replace('/files/', '') ?? '');
      if (content === undefined) response.writeHead(404).end('no such file');
      else this.behaviour(request, response, content);
    });
  }

  static async start(files: Record<string, Buffer>): Promise<FileServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FileServer(server, new Map(Object.entries(files)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
