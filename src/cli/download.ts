/** A file from the network, which nobody sees under its name before its hash has been checked. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { reason } from './failure.ts';
import type { PublicFile } from './public-data.ts';

/** How often a connection that breaks off is made again, without a byte more. */
const ATTEMPTS = 3;
/** Milliseconds without a byte after which a connection counts as broken. */
const PATIENCE = 30_000;

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Called with the bytes that are there so far. */
  onProgress?(bytes: number): void;
  /** Milliseconds without a byte after which a connection counts as broken. */
  readonly patience?: number;
}

/**
 * Downloads a file into a folder. What has arrived is kept as `name.part`, and the next call goes
 * on from there, where the server can. Its size and SHA-256 are checked; then it gets its name.
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
  const there = await hashOf(target);
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
  let hash = await hashOf(part);
  if (hash !== file.sha256 && kept > 0) {
    // The beginning that was there may have been of something else.
    await rm(part);
    await complete(file, url, part, options);
    hash = await hashOf(part);
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
  let attempts = ATTEMPTS;
  for (let size = await sizeOf(part); size !== bytes; ) {
    if (size > bytes) await rm(part);
    try {
      await fetchMore(bytes, url, part, Math.min(size, bytes) % bytes, options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof BrokenConnection)) throw error;
      // Whoever sends something each time gets as many attempts as it takes.
      attempts = (await sizeOf(part)) > size ? ATTEMPTS : attempts - 1;
      if (attempts === 0) throw error.cause;
    }
    size = await sizeOf(part);
  }
}

/** What another attempt may mend. */
class BrokenConnection extends Error {}

/** Asks once for what is missing from `begin` on, and adds what comes to the part. */
async function fetchMore(
  bytes: number,
  url: URL,
  part: string,
  begin: number,
  { signal, onProgress, patience = PATIENCE }: DownloadOptions,
): Promise<void> {
  const stall = new AbortController();
  const wait = () =>
    setTimeout(() => stall.abort(new Error(`sent nothing for ${patience / 1000} s`)), patience);
  let timer = wait();
  let handle: FileHandle | undefined;
  const broken = (error: unknown) => {
    signal.throwIfAborted();
    const cause = stall.signal.aborted ? stall.signal.reason : causeOf(error);
    throw new BrokenConnection(reason(cause), { cause });
  };
  try {
    const response = await fetch(url, {
      // A server that compresses what is compressed would give other bytes.
      headers: { 'accept-encoding': 'identity', ...(begin > 0 && { range: `bytes=${begin}-` }) },
      signal: AbortSignal.any([signal, stall.signal]),
    }).catch(broken);
    const start = startOf(response, begin, bytes);
    handle = await open(part, start === 0 ? 'w' : 'a');
    let size = start;
    const body = response.body?.getReader();
    for (;;) {
      const { value } = (await body?.read().catch(broken)) ?? {};
      if (value === undefined) break;
      clearTimeout(timer);
      timer = wait();
      size += value.length;
      if (size > bytes) throw new Error(`sends more than ${bytes} bytes`);
      await handle.writeFile(value);
      onProgress?.(size);
    }
    await handle.sync();
    if (size < bytes) broken(new Error(`ended after ${size} of ${bytes} bytes`));
  } finally {
    clearTimeout(timer);
    // Ends the connection where something is still to come.
    stall.abort();
    await handle?.close();
  }
}

/**
 * Where the bytes of an answer begin: at `begin`, or at 0 where the server takes no account of what
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
  if (status !== 200) throw new Error(`answers with status ${status}`);
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

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw new Error(reason(error, file), { cause: error });
  }
}

/** SHA-256 of a file, in hexadecimal; undefined where there is none. */
async function hashOf(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(reason(error, file), { cause: error });
  }
  return hash.digest('hex');
}
