/** Pictures whose EXIF data say how the camera was held. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageSize, readImage } from '../../../src/cli/files/images/image-file.ts';
import { loadImageFolder } from '../../../src/cli/files/images/image-folder.ts';
import { levelsOf } from '../../../src/data/image-levels.ts';
import { cutOff } from '../../damage.ts';
import { exif } from '../exif.ts';
import { blockJpeg, segment } from '../jpeg-file.ts';
import { chunk, greyPng } from '../png-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-exif-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** As it is stored. */
const ROWS = [
  [10, 60, 110],
  [160, 210, 250],
];
/** As it is to be seen: CIPA DC-008, 4.6.5 A, says where the stored first row and column belong. */
const SEEN: Record<number, number[][]> = {
  // Row at the top, column at the left.
  1: ROWS,
  // Top, right.
  2: [
    [110, 60, 10],
    [250, 210, 160],
  ],
  // Bottom, right.
  3: [
    [250, 210, 160],
    [110, 60, 10],
  ],
  // Bottom, left.
  4: [
    [160, 210, 250],
    [10, 60, 110],
  ],
  // Row at the left, column at the top.
  5: [
    [10, 160],
    [60, 210],
    [110, 250],
  ],
  // Right, top.
  6: [
    [160, 10],
    [210, 60],
    [250, 110],
  ],
  // Right, bottom.
  7: [
    [250, 110],
    [210, 60],
    [160, 10],
  ],
  // Left, bottom.
  8: [
    [110, 250],
    [60, 210],
    [10, 160],
  ],
};
const ORIENTATIONS = Object.keys(SEEN).map(Number);
const XMP = segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>');
const JFIF = segment(0xe0, 'JFIF\0', Buffer.of(1, 1, 0, 0, 1, 0, 1, 0, 0));

/** A JPEG with a block of 8 × 8 pixels for each level. */
function jpegOf(...segments: Buffer[]): Buffer {
  return blockJpeg({
    ...{ width: 24, height: 16, segments },
    components: [{ id: 1, levels: ROWS.flat() }],
  });
}

const exifSegment = (data: Uint8Array) => segment(0xe1, 'Exif\0\0', data);

async function file(bytes: Uint8Array, name = 'picture'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** The rows of a picture, of every so many pixels one. */
async function rowsOf(bytes: Uint8Array, every = 1): Promise<number[][]> {
  const pixels = await readImage(await file(bytes));
  const { width, height } = pixels;
  const levels = levelsOf(pixels, 1);
  return Array.from({ length: height / every }, (_, y) =>
    Array.from({ length: width / every }, (_, x) => levels[(y * width + x) * every]!),
  );
}

describe.each(ORIENTATIONS)('an orientation of %i', (orientation) => {
  it.each(['II', 'MM'] as const)('is followed in JPEG, byte order %s', async (order) => {
    const data = exifSegment(exif(orientation, order));
    expect(await rowsOf(jpegOf(data), 8)).toEqual(SEEN[orientation]);
    // Neither the first segment nor the first APP1, and its directory further down.
    const later = exifSegment(exif(orientation, order, 26));
    expect(await rowsOf(jpegOf(JFIF, XMP, later), 8)).toEqual(SEEN[orientation]);
    // Of two, the first counts.
    const other = exifSegment(exif(orientation === 3 ? 1 : 3));
    expect(await rowsOf(jpegOf(data, other), 8)).toEqual(SEEN[orientation]);
  });

  it.each(['II', 'MM'] as const)('is followed in PNG, byte order %s', async (order) => {
    const data = chunk('eXIf', exif(orientation, order));
    expect(await rowsOf(greyPng(ROWS, { before: [data] }))).toEqual(SEEN[orientation]);
    expect(await rowsOf(greyPng(ROWS, { after: [data] }))).toEqual(SEEN[orientation]);
  });

  it('is followed by the size', async () => {
    const data = exif(orientation);
    const [width, height] = orientation > 4 ? [2, 3] : [3, 2];
    const jpeg = await file(jpegOf(exifSegment(data)));
    expect(await imageSize(jpeg)).toEqual({ width: 8 * width, height: 8 * height });
    const png = await file(greyPng(ROWS, { after: [chunk('eXIf', data)] }));
    expect(await imageSize(png)).toEqual({ width, height });
  });
});

describe('without an orientation that is one, a picture stays as it is', () => {
  const whole = exif(6);
  it.each([
    ['0', exif(0)],
    ['9', exif(9)],
    ['65,535', exif(65_535)],
    ['of another type', whole.map((byte, i) => (i === 8 + 2 + 12 + 3 ? 4 : byte))],
    ['without the number 42', whole.map((byte, i) => (i === 3 ? 43 : byte))],
    ['of another byte order', whole.map((byte, i) => (i < 2 ? 0x58 : byte))],
    ['with a directory beyond the end', whole.map((byte, i) => (i === 4 ? 255 : byte))],
    ['with a directory of no entries', whole.map((byte, i) => (i === 9 ? 0 : byte))],
  ])('EXIF data %s', async (_, data) => {
    expect(await rowsOf(jpegOf(exifSegment(data)), 8)).toEqual(ROWS);
    expect(await rowsOf(greyPng(ROWS, { before: [chunk('eXIf', data)] }))).toEqual(ROWS);
  });

  it('EXIF data cut off anywhere are followed or passed over', async () => {
    // The orientation's value ends with the tenth byte of the second entry, its entry with the 12th.
    const needed = 8 + 2 + 12 + 12;
    for (const data of cutOff(whole)) {
      const seen = data.length < needed ? ROWS : SEEN[6];
      expect(await rowsOf(jpegOf(exifSegment(data)), 8), `${data.length}`).toEqual(seen);
    }
  });

  it('a directory that claims more entries than there are', async () => {
    const data = whole.with(9, 200);
    expect(await rowsOf(jpegOf(exifSegment(data)), 8)).toEqual(SEEN[6]);
  });
});

it('is followed in folders of images, which are of one size as they are seen', async () => {
  for (const name of ['a', 'b']) await mkdir(join(folder, 'set', name), { recursive: true });
  await file(greyPng(SEEN[6]!), 'set/a/upright.png');
  await file(greyPng(ROWS, { before: [chunk('eXIf', exif(6))] }), 'set/a/turned.png');
  await file(greyPng(SEEN[8]!, { before: [chunk('eXIf', exif(3))] }), 'set/b/upside-down.png');
  const { train, size } = await loadImageFolder(join(folder, 'set'));
  expect(size).toEqual({ width: 2, height: 3 });
  const turned = SEEN[6]!.flat();
  expect([...train.inputs]).toEqual([...turned, ...turned, ...turned]);
});
