/** Chunks of PNG files made by hand. */
import { crc32, deflateSync } from 'node:zlib';

export const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** A chunk with its length and its checksum. */
export function chunk(type: string, bytes: Iterable<number>): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), Uint8Array.from(bytes)]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** Rows of grey levels, 8 bits each, and more chunks before or after the pixels. */
export function greyPng(
  rows: readonly (readonly number[])[],
  { before = [], after = [] }: { before?: Buffer[]; after?: Buffer[] } = {},
): Buffer {
  return Buffer.concat([
    PNG_SIGNATURE,
    chunk('IHDR', [0, 0, 0, rows[0]!.length, 0, 0, 0, rows.length, 8, 0, 0, 0, 0]),
    ...before,
    chunk('IDAT', deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])))),
    ...after,
    chunk('IEND', []),
  ]);
}
