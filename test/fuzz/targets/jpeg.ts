/** JPEG files, made by hand so that each pixel's value is known; baseline and progressive. */
import { crc32 } from 'node:zlib';
import jpegJs from 'jpeg-js';
import { orientationOf } from '../../../src/cli/files/images/orientation.ts';
import { exif } from '../../cli/exif.ts';
import { blockJpeg, segment } from '../../cli/jpeg-file.ts';
import type { Dice } from '../dice.ts';
import { filesTarget, must } from '../files.ts';
import { needsOf, type Picture, randomSize, readPicture, upright } from './png.ts';

const COMMENT = 0xfe;

/**
 * A picture of blocks that each have one colour. A comment keeps the levels, with a checksum of them
 * and of all that follows: where that is whole, the levels must come out.
 */
export function knownJpeg(
  dice: Dice,
  size: { width: number; height: number },
  orientation = 1,
): Buffer {
  const { width, height } = size;
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  // Without a JFIF segment these are no brightness and colours.
  const ids = dice.pick([[1], [...Buffer.from('RGB')]]);
  const components = ids.map((id) => ({
    id,
    levels: dice.list(Math.min(blocks, 64), () => dice.between(0, 255)),
  }));
  const segments = orientation === 1 ? [] : [segment(0xe1, 'Exif\0\0', exif(orientation))];
  const body = blockJpeg({ width, height, components, segments }).subarray(2);
  const levels = components.map((component) => Buffer.from(component.levels));
  const checksum = Buffer.alloc(4);
  const known = Buffer.concat([Buffer.of(ids.length), ...levels]);
  checksum.writeUInt32BE(crc32(Buffer.concat([known, body])));
  const comment = segment(COMMENT, checksum, known);
  return Buffer.concat([Buffer.of(0xff, 0xd8), comment, body]);
}

/** The pixels of such a picture as it is stored, where it is whole. */
function knownPixels(file: Buffer, { width, height }: Omit<Picture, 'data'>): Picture | undefined {
  if (file[3] !== COMMENT) return undefined;
  const length = file.readUInt16BE(4);
  const body = file.subarray(4 + length);
  const comment = file.subarray(6, 4 + length);
  const covered = Buffer.concat([comment.subarray(4), body]);
  if (comment.length < 6 || crc32(covered) !== comment.readUInt32BE()) return undefined;
  const count = comment[4]!;
  const named = (comment.length - 5) / count;
  const columns = Math.ceil(width / 8);
  const data = Uint8Array.from({ length: 4 * width * height }, (_, i) => {
    const [c, x, y] = [i % 4, (i >> 2) % width, Math.floor((i >> 2) / width)];
    if (c === 3) return 255;
    const block = (y >> 3) * columns + (x >> 3);
    return block < named ? comment[5 + (c % count) * named + block]! : 128;
  });
  return { width, height, data };
}

/**
 * A progressive picture, all of it grey: the mean of each block, then scans that add nothing to it.
 *
 * @param scans from 1; up to 63 each has frequencies of its own, more of them repeat all
 */
export function progressiveJpeg(width: number, height: number, scans: number): Buffer {
  const blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
  // A bit a block, 0: no difference, or no more frequencies.
  const nothing =
    Buffer.alloc(blocks >> 3).toString('latin1') +
    (blocks % 8 ? String.fromCharCode(0xff >> (blocks % 8)) : '');
  const data = Buffer.from(nothing, 'latin1');
  const table = (kind: number) => segment(0xc4, Buffer.of(kind, 1, ...Array(15).fill(0), 0));
  const bands = Math.min(scans, 63);
  const bandOf = (i: number) => Math.floor((63 * i) / bands);
  const scan = (first: number, last: number) => [
    segment(0xda, Buffer.of(1, 1, 0, first, last, 0)),
    data,
  ];
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    segment(0xdb, Buffer.of(0, ...Array(64).fill(8))),
    segment(0xc2, Buffer.of(8, height >> 8, height, width >> 8, width, 1, 1, 0x11, 0)),
    ...[table(0x00), table(0x10), ...scan(0, 0)],
    ...Array.from({ length: scans }, (_, i) => {
      const [first, last] = bands < scans ? [1, 63] : [bandOf(i) + 1, bandOf(i + 1)];
      return scan(first, last);
    }).flat(),
    Buffer.of(0xff, 0xd9),
  ]);
}

/** The segments before the first scan, by their markers. */
function segmentsOf(file: Buffer): { marker: number; data: Buffer }[] {
  const found: { marker: number; data: Buffer }[] = [];
  for (let at = 2; at + 4 <= file.length && file[at] === 0xff; ) {
    const marker = file[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = file.readUInt16BE(at + 2);
    found.push({ marker, data: file.subarray(at + 4, at + 2 + length) });
    if (marker === 0xda) break;
    at += 2 + length;
  }
  return found;
}

function sizeOf(file: Buffer): Omit<Picture, 'data'> | undefined {
  const frame = segmentsOf(file).findLast(({ marker }) => marker >= 0xc0 && marker <= 0xc2);
  if (frame === undefined || frame.data.length < 5) return undefined;
  return { width: frame.data.readUInt16BE(3), height: frame.data.readUInt16BE(1) };
}

/** What `readImage` is to give; of pixels that are not known, those that it has given. */
export function seenJpeg(file: Buffer, found: Picture): Picture {
  const size = sizeOf(file);
  must(size, 'a frame header');
  const segments = segmentsOf(file);
  must(segments.at(-1)?.marker === 0xda, 'a scan');
  must(file.includes(Buffer.of(0xff, 0xd9)), 'an end');
  const own = segments.find(
    ({ marker, data }) => marker === 0xe1 && data.toString('latin1', 0, 5) === 'Exif\0',
  );
  const orientation = own ? orientationOf(own.data.subarray(6)) : 1;
  const known = knownPixels(file, size);
  if (known) return upright(known, orientation);
  const [width, height] = orientation > 4 ? [size.height, size.width] : [size.width, size.height];
  must(found.data.length === 4 * width * height, `${found.data.length} bytes of pixels`);
  return { width, height, data: found.data };
}

export const jpeg = filesTarget({
  name: 'jpeg',
  onDisk: true,
  make(dice) {
    const { width, height } = randomSize(dice);
    const orientation = dice.chance(0.2) ? dice.between(1, 8) : 1;
    const kind = dice.between(0, 9);
    if (kind < 6)
      return { files: { file: knownJpeg(dice, { width, height }, orientation) }, valid: true };
    if (kind < 8) {
      const data = dice.bytes(4 * width * height);
      return { files: { file: jpegJs.encode({ width, height, data }, 75).data }, valid: true };
    }
    const isLarge = dice.chance(0.02);
    const scans = isLarge ? dice.between(50, 200) : dice.small(1, 63);
    const size = isLarge ? dice.between(1000, 2000) : width;
    const file = progressiveJpeg(size, isLarge ? size : height, scans);
    return { files: { file }, valid: scans < 12 || undefined };
  },
  read: (_, folder) => readPicture(folder),
  expected: ({ file }, found) => seenJpeg(file!, found),
  needs: ({ file }) => {
    const { width = 0, height = 0 } = sizeOf(file!) ?? {};
    return needsOf(file!, width * height);
  },
});
