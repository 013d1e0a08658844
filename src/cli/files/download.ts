/** A file from the network, which nobody sees under its name before its hash has been checked. */

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openRegularFile } from '../../base/regular-file-node.ts';
import { reason } from '../terminal/failure.ts';
import type { PublicFile } from './public-data.ts';

/** Limits for each server, so that every download ends. */
export const LIMITS = {
  /** Connections in a row that send nothing, or too little, before the server is given up. */
  failures: 3,
  /** Connections to one server in all. */
  connections: 200,
  /** Milliseconds over which the rate is measured. */
  window: 30_000,
  /** Bytes a second, on average over a window: a third of what a telephone line brings. */
  rate: 2000,
};

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes that are there so far. */
  onProgress?(bytes: number): void;
  /** What tests shorten. */
  readonly limits?: typeof LIMITS;
}

/**
 * Downloads a file into a folder. What has arrived is kept as `name.part`, and the next call resumes
 * from there if the server can. Its size and SHA-256 are checked; then it gets its name.
 *
 * @param mirrors addresses under which it is by its name; one after another is tried
 * @returns whether it was there already
 * @throws Error that names the file and what each mirror gave; an AbortError where `signal` aborts
 */
export async function download(
  file: PublicFile,
  mirrors: readonly string[],
  folder: string,
  options: DownloadOptions,
): Promise<'downloaded' | 'there'> {
  const target = join(folder, file.name);
  const there = await hashOf(target, options.signal);
  if (there === file.sha256) return 'there';
  if (there !== undefined) {
    throw new Error(
      `${target}: found a file with the SHA-256 ${there}, expected ${file.sha256} or no file: move it away`,
    );
  }
  const part = `${target}.part`;
  const failures: string[] = [];
  for (const mirror of mirrors) {
    try {
      await fetchPart(file, new URL(file.name, mirror), part, options);
      await rename(part, target);
      return 'downloaded';
    } catch (error) {
      options.signal.throwIfAborted();
      failures.push(reason(error, new URL(mirror).host));
    }
  }
  throw new Error(`${file.name}: ${failures.join('; ')}`);
}

/** Completes the part and checks it; what is wrong for certain is removed. */
async function fetchPart(
  file: PublicFile,
  url: URL,
  part: string,
  options: DownloadOptions,
): Promise<void> {
  const kept = await sizeOf(part);
  await complete(file, url, part, options);
  let hash = await hashOf(part, options.signal);
  if (hash !== file.sha256 && kept > 0) {
    // The beginning that was there may have been of something else.
    await rm(part);
    await complete(file, url, part, options);
    hash = await hashOf(part, options.signal);
  }
  if (hash === file.sha256) return;
  await rm(part);
  throw new Error(`found the SHA-256 ${hash}, expected ${file.sha256}`);
}

/** Fetches until the part has all its bytes, from where it ends. */
async function complete(
  { bytes }: PublicFile,
  url: URL,
  part: string,
  options: DownloadOptions,
): Promise<void> {
  const { failures, connections } = options.limits ?? LIMITS;
  let left = failures;
  let made = 0;
  for (let size = await sizeOf(part); size !== bytes; ) {
    if (size > bytes) await rm(part);
    try {
      made++;
      await fetchMore(bytes, url, part, Math.min(size, bytes) % bytes, options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof BrokenConnection)) throw error;
      // One that was merely broken off, and brought something, is no failure.
      const isFailure = error.isSlow || (await sizeOf(part)) <= size;
      left = isFailure ? left - 1 : failures;
      if (left === 0) throw error.cause;
      if (made === connections) {
        throw new Error(`${reason(error.cause)}, in the last of ${made} connections`);
      }
    }
    size = await sizeOf(part);
  }
}

/** What another attempt may mend. */
class BrokenConnection extends Error {
  readonly isSlow: boolean;

  constructor(cause: unknown, isSlow: boolean) {
    super(reason(cause), { cause });
    this.isSlow = isSlow;
  }
}

/** Asks once for what is missing from `begin` on, and adds what comes to the part. */
async function fetchMore(
  bytes: number,
  url: URL,
  part: string,
  begin: number,
  { signal, onProgress, limits: { window, rate } = LIMITS }: DownloadOptions,
): Promise<void> {
  const stall = new AbortController();
  let inWindow = 0;
  // Measured in whole windows, so that a server may take its time to begin.
  const timer = setInterval(() => {
    const least = (rate * window) / 1000;
    if (inWindow < least) {
      const sent = `sent ${inWindow === 0 ? 'nothing' : `${inWindow} bytes`} in ${window / 1000} s`;
      stall.abort(new Error(`${sent}, expected at least ${least}`));
    }
    inWindow = 0;
  }, window);
  let handle: FileHandle | undefined;
  const broken = (error: unknown) => {
    signal.throwIfAborted();
    const isSlow = stall.signal.aborted;
    throw new BrokenConnection(isSlow ? stall.signal.reason : causeOf(error), isSlow);
  };
  try {
    const response = await fetch(url, {
      // A server that compresses what is compressed would give other bytes.
      headers: { 'accept-encoding': 'identity', ...(begin > 0 && { range: `bytes=${begin}-` }) },
      signal: AbortSignal.any([signal, stall.signal]),
    }).catch(broken);
    const start = startOf(response, begin, bytes);
    await checkPart(part);
    const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_NOFOLLOW = 0 } = constants;
    const mode = start === 0 ? O_TRUNC : O_APPEND;
    handle = await open(part, O_WRONLY | O_CREAT | O_NOFOLLOW | mode);
    let size = start;
    const body = response.body?.getReader();
    for (;;) {
      const { value } = (await body?.read().catch(broken)) ?? {};
      if (value === undefined) break;
      inWindow += value.length;
      size += value.length;
      if (size > bytes) throw new Error(`sends more than ${bytes} bytes`);
      await handle.writeFile(value);
      onProgress?.(size);
    }
    await handle.sync();
    if (size < bytes) broken(new Error(`ended after ${size} of ${bytes} bytes`));
  } finally {
    clearInterval(timer);
    // Ends the connection where something is still to come.
    stall.abort();
    await handle?.close();
  }
}

/**
 * Where the bytes of a response begin: at `begin`, or at 0 where the server takes no account of what
 * was asked for.
 */
function startOf({ status, headers }: Response, begin: number, bytes: number): number {
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw new Error(`sends the file encoded (${encoding})`);
  if (status === 206) {
    const [, first, total] =
      /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '') ?? [];
    if (Number(first) === begin && Number(total) === bytes) return begin;
    throw new Error(
      `sends the range ${headers.get('content-range')}, not from ${begin} of ${bytes}`,
    );
  }
  if (status !== 200) throw new Error(`responds with status ${status}`);
  const length = headers.get('content-length');
  if (length !== null && Number(length) !== bytes) {
    throw new Error(`has a file of ${length} bytes, expected ${bytes}`);
  }
  return 0;
}

/** What was behind "fetch failed" and "terminated"; of several tries to connect, the first. */
function causeOf(error: unknown): unknown {
  const { cause = error } = error as Error;
  return cause instanceof AggregateError ? cause.errors[0] : cause;
}

/** Bytes of a part; 0 where there is none. */
async function sizeOf(part: string): Promise<number> {
  return (await checkPart(part))?.size ?? 0;
}

/**
 * Checks that a part is a file of its own: by a link something else would be written.
 *
 * @throws Error that names it
 */
async function checkPart(part: string) {
  const stats = await lstat(part).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(reason(error, part), { cause: error });
  });
  if (stats !== undefined && (!stats.isFile() || stats.nlink > 1)) {
    const found = stats.isFile() ? 'a file that has other names too' : 'what is no regular file';
    throw new Error(`${part}: found ${found}, expected a file or nothing: move it away`);
  }
  return stats;
}

/** SHA-256 of a file, in hexadecimal; undefined where there is none. */
async function hashOf(file: string, signal: AbortSignal): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    const handle = await openRegularFile(file);
    await pipeline(handle.createReadStream(), hash, { signal });
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(reason(error, file), { cause: error });
  }
  return hash.digest('hex');
}
