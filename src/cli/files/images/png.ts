/**
 * PNG files as pixels. The structure is checked here, because the decoder takes data that end early,
 * wrong checksums, and chunks of any number and size.
 */

import { constants, crc32, inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import type { Pixels } from '../../../data/digit-image.ts';
import { MOST_DEFLATED } from '../../../data/packed.ts';
import { reason } from '../../terminal/failure.ts';
import { count } from '../../terminal/numbers.ts';
import { orientationOf, UPRIGHT } from './orientation.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** The signature, then the header chunk (PNG, 5.2, 11.2.2). */
const HEAD = SIGNATURE.length + 25;
/** Of a chunk without data: length, type and checksum. */
const EMPTY_CHUNK = 12;
/** Twice as many as the largest image has in chunks of 8192 bytes, as libpng writes them. */
const MOST_CHUNKS = 2 ** 15;

/** For each colour type (PNG, table 11.1): values a pixel, and bits that a value may have. */
const COLOUR_TYPES: Readonly<Record<number, { channels: number; depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};
const PALETTE = 3;

/** Where the seven passes of an interlaced image begin, and how far their pixels are apart (PNG, 8.1). */
const ADAM7 = [
  { left: 0, top: 0, right: 8, down: 8 },
  { left: 4, top: 0, right: 8, down: 8 },
  { left: 0, top: 4, right: 4, down: 8 },
  { left: 2, top: 0, right: 4, down: 4 },
  { left: 0, top: 2, right: 2, down: 4 },
  { left: 1, top: 0, right: 2, down: 2 },
  { left: 0, top: 1, right: 1, down: 2 },
];
const ONE_PASS = [{ left: 0, top: 0, right: 1, down: 1 }];

/** What a PNG says of itself before its pixels come. */
export interface PngHeader extends Pick<Pixels, 'width' | 'height'> {
  readonly colourType: number;
  /** Bits a value. */
  readonly depth: number;
  /** Values a pixel. */
  readonly channels: number;
  readonly isInterlaced: boolean;
}

/** Whether the bytes begin as a PNG does. */
export function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE);
}

/**
 * The header of a PNG.
 *
 * @param bytes the file, or its first `HEAD` bytes
 * @throws Error where it has none, or one that no PNG has
 */
export function pngHeader(bytes: Buffer): PngHeader {
  const chunk = bytes.subarray(SIGNATURE.length);
  if (chunk.length < HEAD - SIGNATURE.length || chunk.toString('latin1', 0, 8) !== '\0\0\0\rIHDR') {
    throw new Error('damaged PNG: found no header');
  }
  const [width, height] = [chunk.readUInt32BE(8), chunk.readUInt32BE(12)];
  const [depth, colourType, compression, filter, interlacing] = chunk.subarray(16, 21);
  const kind = COLOUR_TYPES[colourType!];
  const isZero = width === 0 || height === 0;
  if (!kind?.depths.includes(depth!) || compression || filter || interlacing! > 1 || isZero) {
    throw new Error('damaged PNG: its header has invalid values');
  }
  return {
    ...{ width, height, colourType: colourType!, depth: depth! },
    channels: kind.channels,
    isInterlaced: interlacing === 1,
  };
}

/** The orientation that its EXIF data have, 1 to 8: wherever their chunk is (PNG, 11.3.3.2). */
export function pngOrientation(bytes: Buffer): number {
  for (const { type, data } of chunksOf(bytes)) if (type === 'eXIf') return orientationOf(data);
  return UPRIGHT;
}

/**
 * The pixels of a PNG of any colour type and depth, as they are stored.
 *
 * @throws Error where it is damaged
 */
export function decodePng(bytes: Buffer, header: PngHeader): Pixels {
  const parts = [bytes.subarray(0, HEAD)];
  const packed: Buffer[] = [];
  let colours = 0;
  for (const { type, data, whole } of chunksOf(bytes)) {
    if (type === 'PLTE' && header.colourType === PALETTE) {
      if (colours > 0) throw new Error('damaged PNG: it has two palettes');
      colours = data.length / 3;
      if (!Number.isInteger(colours) || colours > 2 ** header.depth || colours === 0) {
        throw new Error('damaged PNG: its palette is damaged');
      }
    } else if (type === 'tRNS' && [0, 2, PALETTE].includes(header.colourType)) {
      const isValid =
        header.colourType === PALETTE
          ? data.length <= colours
          : data.length === 2 * header.channels;
      if (!isValid) throw new Error('damaged PNG: its transparency is damaged');
    } else if (type === 'IDAT') {
      packed.push(data);
    } else if (type !== 'IEND') {
      // The decoder needs no other; one that must be understood would change the image.
      if (isCritical(type) && type !== 'PLTE') {
        throw new Error(`damaged PNG: found an unexpected chunk, ${type}`);
      }
      continue;
    }
    parts.push(whole);
  }
  if (header.colourType === PALETTE && colours === 0) {
    throw new Error('damaged PNG: found no palette');
  }
  checkData(Buffer.concat(packed), header);
  try {
    return PNG.sync.read(Buffer.concat(parts));
  } catch (error) {
    throw new Error(`damaged PNG: ${reason(error)}`, { cause: error });
  }
}

/** Decompresses the data, which must have exactly the rows of the image. */
function checkData(packed: Buffer, header: PngHeader): void {
  const length = dataLength(header);
  const { width, height } = header;
  const cutOff = `damaged PNG: its data end before ${width} × ${height} pixels are complete`;
  // So that a few bytes that claim much cost nothing.
  if (packed.length * MOST_DEFLATED < length) throw new Error(cutOff);
  let unpacked: Buffer;
  try {
    // At least 64 bytes at a time, as zlib has it, and no more than there are.
    const chunkSize = Math.min(Math.max(64, length + 1), 2 ** 16);
    unpacked = inflateSync(packed, { maxOutputLength: length, chunkSize });
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    if (errno === constants.Z_BUF_ERROR) throw new Error(cutOff, { cause: error });
    const isLong = code === 'ERR_BUFFER_TOO_LARGE';
    const why = isLong ? `are more than ${width} × ${height} pixels` : 'are damaged';
    throw new Error(`damaged PNG: its data ${why}`, { cause: error });
  }
  if (unpacked.length < length) throw new Error(cutOff);
}

/** Bytes of all rows, with the one before each that names its filter (PNG, 7.2). */
function dataLength({ width, height, depth, channels, isInterlaced }: PngHeader): number {
  let bytes = 0;
  for (const { left, top, right, down } of isInterlaced ? ADAM7 : ONE_PASS) {
    const columns = Math.ceil((width - left) / right);
    const rows = Math.ceil((height - top) / down);
    if (columns > 0 && rows > 0) bytes += rows * (1 + Math.ceil((columns * depth * channels) / 8));
  }
  return bytes;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  /** With its length, type and checksum. */
  readonly whole: Buffer;
}

/** Whether a decoder must understand it (PNG, 5.4). */
function isCritical(type: string): boolean {
  return (type.charCodeAt(0) & 0x20) === 0;
}

/**
 * The chunks after the header, up to the end of the file, which the last of them marks.
 *
 * @throws Error where one is damaged or there are too many
 */
function* chunksOf(bytes: Buffer): Generator<Chunk> {
  let type = 'IHDR';
  let [at, chunks] = [SIGNATURE.length, 0];
  while (type !== 'IEND') {
    const left = bytes.length - at;
    const length = left < EMPTY_CHUNK ? 0 : bytes.readUInt32BE(at);
    if (left < EMPTY_CHUNK + length) throw new Error('damaged PNG: it is cut off');
    if (++chunks > MOST_CHUNKS) {
      throw new Error(`is a PNG with more than ${count(MOST_CHUNKS)} chunks`);
    }
    const whole = bytes.subarray(at, at + EMPTY_CHUNK + length);
    if (crc32(whole.subarray(4, -4)) !== whole.readUInt32BE(8 + length)) {
      throw new Error('damaged PNG: a checksum is wrong');
    }
    type = whole.toString('latin1', 4, 8);
    if (!/^[a-z]{4}$/i.test(type)) throw new Error('damaged PNG: a chunk has no name');
    if (at > SIGNATURE.length) yield { type, data: whole.subarray(8, -4), whole };
    at += whole.length;
  }
  if (at < bytes.length) {
    throw new Error(`damaged PNG: found ${count(bytes.length - at)} bytes after its end`);
  }
}
