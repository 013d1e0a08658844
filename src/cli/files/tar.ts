/** The files in a gzipped tar archive, one after another (POSIX.1-1988, ustar). */

import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { outOfRange } from '../../base/arguments.ts';
import { openRegularFile } from '../../base/regular-file-node.ts';
import { MOST_DEFLATED } from '../../data/packed.ts';

/** A header, and what the bytes of a file are filled up to. */
const BLOCK = 512;
/** Bytes of an unpacked archive. */
const MOST_UNPACKED = 2 ** 31;

/** A file in an archive. */
export interface TarFile {
  /** Without folders. */
  readonly name: string;
  readonly size: number;
  /** Its bytes, to be read before the next file is asked for; what is not is passed over. */
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * Reads an archive to its end, so that its checksum holds for all files.
 *
 * @throws RangeError that names the archive, or the error of the file system
 */
export async function* filesInTar(archive: string): AsyncGenerator<TarFile> {
  const handle = await openRegularFile(archive);
  const { size } = await handle.stat();
  const most = Math.min(MOST_UNPACKED, MOST_DEFLATED * size);
  const pieces = new Pieces(archive, unpacked(archive, handle), most);
  try {
    for (;;) {
      const header = await pieces.header();
      if (header === undefined) return;
      const { name, size, isFile } = parseHeader(header, archive);
      const next = pieces.position + Math.ceil(size / BLOCK) * BLOCK;
      pieces.checkLength(next);
      if (isFile) yield { name, size, chunks: pieces.chunks(pieces.position + size) };
      for await (const _ of pieces.chunks(next));
    }
  } finally {
    await pieces.close();
  }
}

function parseHeader(header: Buffer, archive: string) {
  const text = (begin: number, end: number) =>
    header.toString('latin1', begin, end).replace(/\0.*$/s, '');
  const octal = (begin: number, end: number) => {
    const digits = text(begin, end).trim();
    return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
  };
  // The checksum itself counts as eight blanks.
  const sum = header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);
  const size = octal(124, 136);
  if (octal(148, 156) !== sum || Number.isNaN(size)) throw refusal(archive, 'a damaged header');
  const type = header[156];
  // "0", or nothing in old archives.
  return { name: text(0, 100).replace(/^.*\//s, ''), size, isFile: type === 0x30 || type === 0 };
}

/** The unpacked bytes of an archive, as they come. */
class Pieces {
  /** Of the next byte. */
  position = 0;
  readonly #archive: string;
  readonly #unpacked: AsyncGenerator<Buffer>;
  readonly #most: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(archive: string, unpacked: AsyncGenerator<Buffer>, most: number) {
    this.#archive = archive;
    this.#unpacked = unpacked;
    this.#most = most;
  }

  /** @throws RangeError where that is more than an archive unpacks to */
  checkLength(length: number): void {
    if (length <= this.#most) return;
    throw outOfRange(this.#archive, `${length} bytes unpacked`, `at most ${this.#most}`);
  }

  /** The next header; undefined at the end. */
  async header(): Promise<Buffer | undefined> {
    const blocks: Buffer[] = [];
    for await (const piece of this.chunks(this.position + BLOCK)) blocks.push(piece);
    const header = Buffer.concat(blocks);
    if (header.some((byte) => byte !== 0)) return header;
    // Zeros are the end.
    while ((await this.#next(2 ** 16)) !== undefined) this.checkLength(this.position);
    return undefined;
  }

  /** What comes before a position. */
  async *chunks(end: number): AsyncGenerator<Buffer> {
    while (this.position < end) {
      const piece = await this.#next(end - this.position);
      if (piece === undefined) throw refusal(this.#archive, `an end after ${this.position} bytes`);
      yield piece;
    }
  }

  /** The next bytes, as many as there are and at most so many; undefined at the end. */
  async #next(most: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#unpacked.next();
      if (done) return undefined;
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    this.position += piece.length;
    return piece;
  }

  async close(): Promise<void> {
    await this.#unpacked.return(undefined);
  }
}

async function* unpacked(archive: string, handle: FileHandle): AsyncGenerator<Buffer> {
  const file = handle.createReadStream();
  const gunzip = createGunzip({ chunkSize: 2 ** 16 });
  // Errors come out of it, too.
  pipeline(file, gunzip, () => {});
  try {
    yield* gunzip;
  } catch (error) {
    if ('syscall' in (error as object)) throw error;
    const { message } = error as Error;
    throw refusal(archive, `gzip that cannot be decompressed (${message})`);
  }
}

function refusal(archive: string, found: string): RangeError {
  return outOfRange(archive, found, 'a complete tar archive, gzipped');
}
