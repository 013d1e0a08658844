import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { link, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download, LIMITS } from '../../../src/cli/files/download.ts';
import { breaking, FileServer, proper, whole } from '../file-server.ts';

const CONTENT = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7));
const NAME = 'train.gz';
const FILE = {
  name: NAME,
  bytes: CONTENT.length,
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
};
const PART = `${NAME}.part`;

let folder: string;
let server: FileServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-download-'));
  server = await FileServer.start({ [NAME]: CONTENT });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const never = new AbortController().signal;
const get = (options: Partial<Parameters<typeof download>[3]> = {}, mirrors = [server.url]) =>
  download(FILE, mirrors, folder, { signal: never, ...options });
const expectWhole = async () => {
  expect(await readdir(folder)).toEqual([NAME]);
  expect(CONTENT.equals(await readFile(join(folder, NAME)))).toBe(true);
};

describe('a download', () => {
  it('comes whole, and tells how far it is', async () => {
    const seen: number[] = [];
    expect(await get({ onProgress: (bytes) => seen.push(bytes) })).toBe('downloaded');
    await expectWhole();
    expect(seen.at(-1)).toBe(FILE.bytes);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(server.ranges).toEqual([undefined]);
  });

  it('is not made again', async () => {
    await get();
    expect(await get()).toBe('there');
    expect(server.ranges).toHaveLength(1);
  });

  it('goes on from what an earlier one left', async () => {
    await writeFile(join(folder, PART), CONTENT.subarray(0, 100_000));
    await get();
    await expectWhole();
    expect(server.ranges).toEqual(['bytes=100000-']);
  });

  it('goes on by itself where the connection breaks, as often as something comes', async () => {
    server.behaviour = breaking(40_000);
    await get();
    await expectWhole();
    expect(server.ranges.length).toBeGreaterThan(5);
    expect(server.ranges.slice(1).every((range) => range?.startsWith('bytes='))).toBe(true);
  });

  it('begins anew where the server knows no ranges', async () => {
    server.behaviour = whole;
    await writeFile(join(folder, PART), CONTENT.subarray(0, 100_000));
    await get();
    await expectWhole();
    expect(server.ranges).toEqual(['bytes=100000-']);
  });

  it.each([
    ['of something else', Buffer.alloc(1000, 7), ['bytes=1000-', undefined]],
    ['of something else, whole', Buffer.alloc(FILE.bytes), [undefined]],
    ['of something longer', Buffer.alloc(FILE.bytes + 1), [undefined]],
    ['empty', Buffer.alloc(0), [undefined]],
  ])('begins anew where the part is %s', async (_, part, ranges) => {
    await writeFile(join(folder, PART), part);
    await get();
    await expectWhole();
    expect(server.ranges).toEqual(ranges);
  });

  it('needs no server where the part is whole', async () => {
    await writeFile(join(folder, PART), CONTENT);
    await get();
    await expectWhole();
    expect(server.ranges).toEqual([]);
  });

  it('takes the next mirror where one fails, and what came from the first', async () => {
    const gone = `${server.url}gone/`;
    await get({}, [gone, server.url]);
    await expectWhole();
  });

  it('stops where it is told to, keeps what came, and goes on later', async () => {
    const controller = new AbortController();
    server.behaviour = (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 50_000));
    };
    const onProgress = (bytes: number) => bytes >= 50_000 && controller.abort();
    await expect(get({ signal: controller.signal, onProgress })).rejects.toThrow('aborted');
    expect(await readdir(folder)).toEqual([PART]);
    server.behaviour = proper;
    await get();
    await expectWhole();
    expect(server.ranges.at(-1)).toBe('bytes=50000-');
  });
});

describe('refuses', () => {
  const refusal = async (options = {}) => {
    const failure = await get(options).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Error);
    const { host } = new URL(server.url);
    return (failure as Error).message.replace(`${NAME}: ${host}: `, '');
  };

  it('another content of the same length, and leaves nothing of it', async () => {
    const other = Buffer.alloc(FILE.bytes, 1);
    server.behaviour = (request, response) => proper(request, response, other);
    const hash = createHash('sha256').update(other).digest('hex');
    expect(await refusal()).toBe(`found the SHA-256 ${hash}, expected ${FILE.sha256}`);
    expect(await readdir(folder)).toEqual([]);
  });

  it('a file of another length, before it comes', async () => {
    server.behaviour = (_, response) => {
      response.writeHead(200, { 'content-length': 1e12 });
      response.write('x');
    };
    expect(await refusal()).toBe('has a file of 1000000000000 bytes, expected 300000');
    await writeFile(join(folder, PART), CONTENT.subarray(0, 10));
    server.behaviour = (_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 10-99/100' }).end(Buffer.alloc(90));
    };
    expect(await refusal()).toBe('sends the range bytes 10-99/100, not from 10 of 300000');
  });

  it('a stream without end', async () => {
    server.behaviour = (_, response) => {
      response.writeHead(200);
      const more = () => {
        if (response.destroyed) return;
        response.write(Buffer.alloc(100_000), () => setImmediate(more));
      };
      more();
    };
    expect(await refusal()).toBe('sends more than 300000 bytes');
  });

  it('a page that tells of an error', async () => {
    server.behaviour = (_, response) => response.writeHead(503).end('<html>later</html>');
    expect(await refusal()).toBe('answers with status 503');
    expect(server.ranges).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('what is encoded, for its bytes would be others', async () => {
    server.behaviour = (_, response, content) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(content);
    expect(await refusal()).toBe('sends the file encoded (gzip)');
  });

  it('to wait for a server that sends nothing more', async () => {
    server.behaviour = (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 1000));
    };
    const limits = { ...LIMITS, window: 100, rate: 10 };
    expect(await refusal({ limits })).toBe('sent nothing in 0.1 s, expected at least 1');
    expect(await readdir(folder)).toEqual([PART]);
  });

  it('to wait for a server that drips', async () => {
    server.behaviour = (_, response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      const drip = () => {
        if (response.destroyed) return;
        response.write('x');
        setTimeout(drip, 5);
      };
      drip();
    };
    const limits = { ...LIMITS, window: 200, rate: 5000 };
    expect(await refusal({ limits })).toMatch(/^sent \d+ bytes in 0\.2 s, expected at least 1000$/);
    expect(server.ranges).toHaveLength(LIMITS.failures);
  });

  it('to try for ever where two servers take turns, one that knows ranges and one that does not', async () => {
    let turn = 0;
    server.behaviour = (request, response, content) => {
      const begin = Number(/\d+/.exec(request.headers.range ?? '0')![0]);
      turn++;
      if (turn % 2 === 1) breaking(100)(request, response, content);
      else if (begin > 0) {
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.subarray(0, 50), () => setTimeout(() => response.destroy(), 5));
      }
    };
    const limits = { ...LIMITS, connections: 20 };
    expect(await refusal({ limits })).toMatch(/, in the last of 20 connections$/);
    expect(server.ranges).toHaveLength(20);
  });

  it.each(['a link', 'a link that leads nowhere', 'a hard link'])(
    'to write through %s in place of the part',
    async (kind) => {
      const other = join(folder, 'other');
      if (kind !== 'a link that leads nowhere') await writeFile(other, 'mine');
      if (kind === 'a hard link') await link(other, join(folder, PART));
      else await symlink(other, join(folder, PART));
      const found =
        kind === 'a hard link' ? 'a file that has other names too' : 'what is no regular file';
      expect(await refusal()).toBe(
        `${join(folder, PART)}: found ${found}, expected a file or nothing: move it away`,
      );
      expect(await readFile(other, 'utf8').catch(() => undefined)).toBe(
        kind === 'a link that leads nowhere' ? undefined : 'mine',
      );
      expect(server.ranges).toEqual([]);
    },
  );

  it.skipIf(process.platform === 'win32')('a pipe for a part, or for the file', async () => {
    for (const name of [PART, NAME]) {
      execFileSync('mkfifo', [join(folder, name)]);
      await expect(get()).rejects.toThrow(/is a pipe, expected a file|what is no regular file/);
      await rm(join(folder, name));
    }
  });

  it('to try for ever where each connection breaks at once', async () => {
    server.behaviour = (_, response) => response.destroy();
    expect(await refusal()).toMatch(/closed|reset|hang up/);
    expect(server.ranges).toHaveLength(3);
  });

  it('to touch a file that somebody else has put there', async () => {
    await writeFile(join(folder, NAME), 'mine');
    await expect(get()).rejects.toThrow(
      `${join(folder, NAME)}: found a file with the SHA-256 ${createHash('sha256').update('mine').digest('hex')}, expected ${FILE.sha256} or no file: move it away`,
    );
    expect(await readFile(join(folder, NAME), 'utf8')).toBe('mine');
  });

  it('with the reason of each mirror', async () => {
    const nobody = await FileServer.start({});
    const gone = new URL(nobody.url);
    await nobody[Symbol.asyncDispose]();
    await expect(get({}, [`${server.url}gone/`, gone.href])).rejects.toThrow(
      `${NAME}: ${new URL(server.url).host}: answers with status 404; ${gone.host}: connection refused`,
    );
  });
});
