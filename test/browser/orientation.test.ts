/** What a browser shows of a picture, as the oracle for what the command reads of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readImage } from '../../src/cli/files/images/image-file.ts';
import { exif } from '../cli/exif.ts';
import { blockJpeg, segment } from '../cli/jpeg-file.ts';
import { chunk, greyPng } from '../cli/png-file.ts';
import { launch } from './chromium.ts';

const LEVELS = [10, 60, 110, 160, 210, 250];
/** A brightness and two colours, as a JPEG may have them. */
const COLORS = [LEVELS, LEVELS.toReversed(), [128, 20, 240, 128, 100, 170]];

let folder: string;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-seen-'));
  browser = await launch();
  page = await browser.newPage();
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

function jpegOf(levels: number[][], ...segments: Buffer[]): Buffer {
  const components = levels.map((each, i) => ({ id: i + 1, levels: each }));
  return blockJpeg({ width: 24, height: 16, components, segments });
}

/** Width, height and RGBA as the browser shows them. */
function shown(bytes: Buffer): Promise<[number, number, number[]]> {
  return page.evaluate(
    async (data) => {
      const blob = new Blob([Uint8Array.from(data)]);
      const image = await createImageBitmap(blob, { imageOrientation: 'from-image' });
      const { width, height } = image;
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.drawImage(image, 0, 0);
      return [width, height, [...context.getImageData(0, 0, width, height).data]] as const;
    },
    [...bytes],
  ) as Promise<[number, number, number[]]>;
}

const pictures = Object.entries({
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7, 8].flatMap((orientation) =>
      (['II', 'MM'] as const).flatMap((order) => {
        const data = exif(orientation, order);
        return [
          [`JPEG ${orientation} ${order}`, jpegOf([LEVELS], segment(0xe1, 'Exif\0\0', data))],
          [
            `PNG ${orientation} ${order}`,
            greyPng([LEVELS.slice(0, 3), LEVELS.slice(3)], { before: [chunk('eXIf', data)] }),
          ],
        ] as const;
      }),
    ),
  ),
  'JPEG of brightness and colours': jpegOf(COLORS),
  'JPEG of red, green and blue': jpegOf(
    COLORS,
    segment(0xee, 'Adobe', Buffer.of(0, 100, 0, 0, 0, 0, 0)),
  ),
});

test.each(pictures)('%s', async (_, bytes) => {
  const file = join(folder, 'picture');
  await writeFile(file, bytes);
  const { width, height, data } = await readImage(file);
  const [wide, high, pixels] = await shown(bytes);
  expect([width, height]).toEqual([wide, high]);
  const off = Math.max(...pixels.map((value, i) => Math.abs(value - data[i]!)));
  // Decoders may round colours otherwise.
  expect(off).toBeLessThanOrEqual(2);
});
