/** WebP files, as libwebp wrote them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageSize, readImage } from '../../../src/cli/files/images/image-file.ts';
import { loadImageFolder } from '../../../src/cli/files/images/image-folder.ts';
import { levelsOf } from '../../../src/data/image-levels.ts';
import { cutOff } from '../../damage.ts';

const of = (base64: string) => Buffer.from(base64, 'base64');
/** 10, 60, 110 above 160, 210, 250, without loss. */
const GREYS = of(
  'UklGRjoAAABXRUJQVlA4TC4AAAAvAkAAAC8gJEhD3SVmhARpqLvEjJAgDXWXmJn/qAIA/KCmbQM21PmXUyP6H9ML',
);
/** The same with an orientation of 6. */
const TURNED = of(
  'UklGRm4AAABXRUJQVlA4WAoAAAAIAAAAAgAAAQAAVlA4TC4AAAAvAkAAAC8gJEhD3SVmhARpqLvEjJAgDXWXmJn/qAIA/KCmbQM21PmXUyP6H9MLRVhJRhoAAABNTQAqAAAACAABARIAAwAAAAEABgAAAAAAAA==',
);
/** The same, its first pixel half transparent. */
const TRANSPARENT = of(
  'UklGRj4AAABXRUJQVlA4TDIAAAAvAkAAEC8gJEhD3SVmhARpqLvEjJAgDXWXmBEQFD1nelQjAPhBTdsGbKjzL6dG9D+mFw==',
);
/** 16 × 16 of one colour: red 200, green 100, blue 50, with loss. */
const LOSSY = of(
  'UklGRj4AAABXRUJQVlA4IDIAAAAQAgCdASoQABAAAIAIJaACdLoB+AH6AAPIAP7kAX/6rEPkYIf9ZRf/e6V6Q1Rf97JAAA==',
);
const ANIMATED = of(
  'UklGRr4AAABXRUJQVlA4WAoAAAACAAAAAgAAAQAAQU5JTQYAAAAAAAAAAABBTk1GRgAAAAAAAAAAAAIAAAEAAAAAAAJWUDhMLgAAAC8CQAAALyAkSEPdJWaEBGmou8SMkCANdZeYmf+oAgD8oKZtAzbU+ZdTI/of0wtBTk1GRAAAAAAAAAAAAAIAAAEAAAAAAABWUDhMLAAAAC8CQAAALyAkSEPdJWaEBGmou8SMkCANdZeYmf+oAgD8QCBAGSse+CSi//EO',
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-webp-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(bytes: Uint8Array, name = 'picture'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function seen(bytes: Uint8Array) {
  const path = await file(bytes);
  const { data, ...size } = await readImage(path);
  expect(await imageSize(path)).toEqual(size);
  return { ...size, levels: [...levelsOf({ ...size, data }, 1)] };
}

describe('a WebP', () => {
  it('is read without loss', async () => {
    const levels = [10, 60, 110, 160, 210, 250];
    expect(await seen(GREYS)).toEqual({ width: 3, height: 2, levels });
  });

  it('is read with loss', async () => {
    const { width, height, data } = await readImage(await file(LOSSY));
    expect([width, height]).toEqual([16, 16]);
    for (const [i, level] of [200, 100, 50, 255].entries()) {
      expect(Math.abs(data[4 * 37 + i]! - level)).toBeLessThanOrEqual(2);
    }
  });

  it('is turned as its EXIF data say', async () => {
    const levels = [160, 10, 210, 60, 250, 110];
    expect(await seen(TURNED)).toEqual({ width: 2, height: 3, levels });
    const at = TURNED.indexOf('EXIF');
    const exif = Buffer.concat([Buffer.from('Exif\0\0'), TURNED.subarray(at + 8)]);
    const head = Buffer.from(TURNED.subarray(0, at + 8));
    head.writeUInt32LE(head.readUInt32LE(4) + 6, 4);
    head.writeUInt32LE(exif.length, at + 4);
    expect(await seen(Buffer.concat([head, exif]))).toEqual({ width: 2, height: 3, levels });
  });

  it('is blended with white where it is transparent', async () => {
    expect((await seen(TRANSPARENT)).levels.slice(0, 2)).toEqual([132, 60]);
  });

  it('may be among others in a folder', async () => {
    for (const name of ['a', 'b']) await mkdir(join(folder, 'set', name), { recursive: true });
    await file(GREYS, 'set/a/1.webp');
    await file(LOSSY, 'set/b/1.WEBP');
    const { train, size } = await loadImageFolder(join(folder, 'set'));
    expect(size).toEqual({ width: 3, height: 2 });
    expect([...train.inputs.subarray(0, 6)]).toEqual([10, 60, 110, 160, 210, 250]);
  });
});

describe('refuses', () => {
  it.each<[string, Buffer, string]>([
    ['an animation', ANIMATED, 'is an animated WebP, expected a single picture'],
    [
      'another container',
      Buffer.from(GREYS).fill('WAVE', 8, 12),
      'is neither a PNG nor a JPEG nor',
    ],
    ['an unknown chunk', Buffer.from(GREYS).fill('VP9 ', 12, 16), 'damaged WebP: found no header'],
    [
      'a size that its picture has not',
      Buffer.from(TURNED).fill(7, 24, 25),
      'damaged WebP: its image data are damaged',
    ],
    [
      'a size beyond the limit',
      Buffer.from(TURNED).fill(255, 24, 30),
      'has 16777216 × 16777216 pixels, expected at most 16,777,216',
    ],
  ])('%s', async (_, bytes, message) => {
    const path = await file(bytes);
    await expect(readImage(path)).rejects.toThrow(`${path}: ${message}`);
  });

  it.each([
    ['without loss', GREYS],
    ['with loss', LOSSY],
    ['with EXIF data', TURNED],
  ])('one cut off anywhere: %s', async (_, whole) => {
    for (const bytes of cutOff(whole)) {
      const path = await file(bytes);
      await expect(readImage(path), `${bytes.length}`).rejects.toThrow(`${path}: `);
    }
  });
});

it('is an image of its size or one line that names it, whatever its bytes are', async () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(GREYS, LOSSY, TURNED, TRANSPARENT),
      changes,
      async (whole, edits) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of edits) bytes[at % bytes.length] = value;
        const path = await file(bytes);
        const outcome = await readImage(path).catch((error: Error) => error);
        if (outcome instanceof Error) {
          expect(outcome.message.startsWith(`${path}: `)).toBe(true);
          expect(outcome.message).not.toContain('\n');
        } else expect(outcome.data.length).toBe(4 * outcome.width * outcome.height);
        // What is read after it is as before.
        expect((await seen(GREYS)).levels).toEqual([10, 60, 110, 160, 210, 250]);
      },
    ),
    { numRuns: 500 },
  );
});
