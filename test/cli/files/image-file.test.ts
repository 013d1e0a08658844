import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageSize, readImage } from '../../../src/cli/files/images/image-file.ts';
import { cutOff } from '../../damage.ts';
import { blockJpeg, segment } from '../jpeg-file.ts';
import { seven } from '../picture.ts';
import { chunk, PNG_SIGNATURE } from '../png-file.ts';

const PICTURE = seven();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-png-'));
});
afterAll(() => rm(folder, { recursive: true }));

function encode(options: { colorType?: 0 | 2 | 4 | 6; bitDepth?: 8 | 16 } = {}): Buffer {
  const png = new PNG({ width: PICTURE.width, height: PICTURE.height });
  png.data.set(PICTURE.data);
  return PNG.sync.write(png, options);
}

/** A PNG of 2 × 1 pixels, from the bytes of its one row. */
function tiny(depth: number, colorType: number, row: number[], more: Buffer[] = []): Buffer {
  return Buffer.concat([
    PNG_SIGNATURE,
    chunk('IHDR', [0, 0, 0, 2, 0, 0, 0, 1, depth, colorType, 0, 0, 0]),
    ...more,
    chunk('IDAT', [...deflateSync(Uint8Array.from([0, ...row]))]),
    chunk('IEND', []),
  ]);
}

async function file(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'picture.png');
  await writeFile(path, bytes);
  return path;
}

it.each([
  [0, 8],
  [2, 8],
  [4, 8],
  [6, 8],
] as const)('reads colour type %i at %i bits', async (colorType, bitDepth) => {
  const { width, height, data } = await readImage(await file(encode({ colorType, bitDepth })));
  expect([width, height]).toEqual([PICTURE.width, PICTURE.height]);
  expect(Buffer.compare(data, PICTURE.data)).toBe(0);
});

it('reads a palette of two bits and grey of 16', async () => {
  const palette = chunk('PLTE', [255, 0, 0, 1, 2, 3, 0, 0, 0]);
  const indexed = await readImage(await file(tiny(2, 3, [0b01_00_00_00], [palette])));
  expect([...indexed.data]).toEqual([1, 2, 3, 255, 255, 0, 0, 255]);
  const deep = await readImage(await file(tiny(16, 0, [255, 255, 0x80, 0])));
  expect([...deep.data]).toEqual([255, 255, 255, 255, 128, 128, 128, 255]);
});

it.each([
  ['50,000 × 50,000', 50_000, 50_000],
  ['4097 × 4096', 4097, 4096],
  ['2³¹ − 1 × 1', 2 ** 31 - 1, 1],
])('turns down a picture that claims %s pixels by its head alone', async (_, width, height) => {
  const head = encode().subarray(0, 33);
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  const path = await file(head);
  await expect(readImage(path)).rejects.toThrow(
    `${path}: has ${width} × ${height} pixels, expected at most 16,777,216`,
  );
});

const whole = encode();
it.each([
  ['empty', Buffer.alloc(0), 'is neither a PNG nor a JPEG nor a WebP image'],
  ['text', Buffer.from('this is no picture, whatever its name'), 'is neither a PNG nor a JPEG'],
  ['of no size', Buffer.concat([whole.subarray(0, 16), Buffer.alloc(40)]), 'damaged PNG'],
  ['cut short', whole.subarray(0, whole.length - 40), 'damaged PNG'],
  ['flipped in one bit', whole.map((byte, i) => (i === 60 ? byte ^ 4 : byte)), 'damaged PNG'],
])('names a file that is %s', async (_, bytes, why) => {
  const path = await file(bytes);
  await expect(readImage(path)).rejects.toThrow(`${path}: ${why}`);
});

it('names a file that is not there, and a folder', async () => {
  const missing = join(folder, 'missing.png');
  await expect(readImage(missing)).rejects.toThrow(`${missing}: no such file or directory`);
  await expect(readImage(folder)).rejects.toThrow(`${folder}: is a folder`);
});

/** An interlaced PNG of 8 × 8 grey pixels, whose data are so many zeros. */
function interlaced(zeros: number): Buffer {
  return Buffer.concat([
    PNG_SIGNATURE,
    chunk('IHDR', [0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 1]),
    chunk('IDAT', [...deflateSync(new Uint8Array(zeros))]),
    chunk('IEND', []),
  ]);
}

it('reads an interlaced PNG, but not one that unpacks to more than its size needs', async () => {
  // Passes of 1, 1, 1, 2, 2, 4 and 4 lines.
  const { data } = await readImage(await file(interlaced(64 + 15)));
  expect([...data.subarray(0, 8)]).toEqual([0, 0, 0, 255, 0, 0, 0, 255]);
  const bomb = await file(interlaced(50e6));
  const before = process.memoryUsage().arrayBuffers;
  await expect(readImage(bomb)).rejects.toThrow(
    `${bomb}: damaged PNG: its data are more than 8 × 8 pixels`,
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20e6);
});

describe('a JPEG', () => {
  const { width, height } = PICTURE;
  const encoded = jpeg.encode({ width, height, data: Buffer.from(PICTURE.data) }, 95).data;
  /** Where its frame header is. */
  const frame = encoded.indexOf(Buffer.of(0xff, 0xc0));

  it('is read, whatever it is called', async () => {
    const pixels = await readImage(await file(encoded));
    expect([pixels.width, pixels.height]).toEqual([width, height]);
    const differences = pixels.data.map((value, i) => Math.abs(value - PICTURE.data[i]!));
    expect(differences.reduce((a, b) => a + b) / differences.length).toBeLessThan(2);
  });

  it.each([
    [65_535, 65_535],
    [4097, 4096],
  ])('that claims %i × %i pixels is turned down before it is decoded', async (wide, high) => {
    const bytes = Buffer.from(encoded);
    bytes.writeUInt16BE(high, frame + 5);
    bytes.writeUInt16BE(wide, frame + 7);
    const path = await file(bytes);
    await expect(readImage(path)).rejects.toThrow(
      `${path}: has ${wide} × ${high} pixels, expected at most 16,777,216`,
    );
  });

  it('is read whatever its size is', { timeout: 120_000 }, async () => {
    const squares = Array.from({ length: 600 }, (_, i) => [i + 1, i + 1] as const);
    // Both sides odd, and sizes of telephones, screens and scanners.
    const others = Array.from({ length: 150 }, (_, i) => [4 * i + 1, 601 - 4 * i] as const);
    const usual = [
      [640, 480],
      [1, 65_535],
      [65_535, 256],
      [4032, 3024],
    ] as const;
    for (const [wide, high] of [...squares, ...others, ...usual]) {
      const components = [{ id: 1, levels: [77] }];
      const path = await file(blockJpeg({ width: wide, height: high, components }));
      const { data, ...size } = await readImage(path);
      expect(size).toMatchObject({ width: wide, height: high });
      expect([data.length, data[0]]).toEqual([4 * wide * high, 77]);
    }
  });

  it('has a size before anything is decoded', async () => {
    // Cut off: it would be damaged.
    const path = await file(encoded.subarray(0, encoded.length - 400));
    expect(await imageSize(path)).toEqual({ width: 100, height: 100 });
  });

  it('has the colours that its segments say', async () => {
    const JFIF = segment(0xe0, 'JFIF\0', Buffer.of(1, 1, 0, 0, 1, 0, 1, 0, 0));
    const adobe = (transform: number) =>
      segment(0xee, 'Adobe', Buffer.of(0, 100, 0, 0, 0, 0, transform));
    const colour = async (ids: string, segments: Buffer[], levels = [200, 100, 50, 0]) => {
      const components = [...ids].map((id, i) => ({
        ...{ id: id.charCodeAt(0), levels: [levels[i]!] },
      }));
      const bytes = blockJpeg({ width: 8, height: 8, components, segments });
      return [...(await readImage(await file(bytes))).data.subarray(0, 4)];
    };
    const rgb = [200, 100, 50, 255];
    // By libjpeg's rules; brightness 200, colours 100 and 50.
    const converted = [90, 255, 150, 255];
    expect(await colour('\x01\x02\x03', [adobe(0)])).toEqual(rgb);
    expect(await colour('RGB', [])).toEqual(rgb);
    expect(await colour('RGB', [JFIF])).toEqual(converted);
    expect(await colour('RGB', [adobe(1)])).toEqual(converted);
    expect(await colour('\x01\x02\x03', [])).toEqual(converted);
    expect(await colour('\x01\x02\x03', [JFIF])).toEqual(converted);
    // Adobe's CMYK is stored with 255 for no ink.
    expect(await colour('CMYK', [adobe(0)], [200, 100, 50, 255])).toEqual(rgb);
    expect(await colour('1', [], [200])).toEqual([200, 200, 200, 255]);
  });

  it('of as many pixels as are allowed is read', async () => {
    const data = Buffer.alloc(4 * 4096 * 4096, 200);
    const path = await file(jpeg.encode({ width: 4096, height: 4096, data }, 50).data);
    expect((await readImage(path)).width).toBe(4096);
  });

  it.each([
    ['cut off after its start', encoded.subarray(0, 4), 'damaged JPEG: found no frame header'],
    ['cut off before its frame', encoded.subarray(0, frame), 'damaged JPEG: found no frame header'],
    ['cut off in its image', encoded.subarray(0, encoded.length - 400), 'damaged JPEG'],
    [
      'that says to be arithmetically coded',
      encoded.map((byte, i) => (i === frame + 1 ? 0xc9 : byte)),
      'is an unsupported kind of JPEG',
    ],
    [
      'of twelve bits',
      encoded.map((byte, i) => (i === frame + 4 ? 12 : byte)),
      'is an unsupported kind of JPEG',
    ],
    [
      'of four components that are nobody’s',
      blockJpeg({
        ...{ width: 8, height: 8 },
        components: [1, 2, 3, 4].map((id) => ({ id, levels: [1] })),
      }),
      'is a JPEG image with 4 components',
    ],
    [
      'of no height',
      encoded.map((byte, i) => (i === frame + 5 || i === frame + 6 ? 0 : byte)),
      'damaged JPEG: its frame header has invalid values',
    ],
  ])('%s is named', async (_, bytes, why) => {
    const path = await file(bytes);
    await expect(readImage(path)).rejects.toThrow(`${path}: ${why}`);
  });
});

describe('whatever is in the file', () => {
  const small = { width: 9, height: 7, data: Buffer.alloc(9 * 7 * 4, 77) };
  const png = new PNG({ width: 9, height: 7 });
  png.data.set(small.data);
  const originals = [PNG.sync.write(png), interlaced(79), jpeg.encode(small, 80).data];

  it.each([0, 1])('is one line that names it, wherever a PNG is cut off: %i', async (which) => {
    const original = originals[which]!;
    for (const bytes of cutOff(original)) {
      const path = await file(bytes as Buffer);
      await expect(readImage(path), `${bytes.length}`).rejects.toThrow(path);
    }
  });

  it.each([0, 1, 2])('is an image of its size or one line that names it: %i', async (which) => {
    const original = originals[which]!;
    const place = fc.nat({ max: original.length - 1 });
    const mutated = fc
      .array(fc.tuple(place, fc.nat({ max: 255 })), { minLength: 1, maxLength: 5 })
      .map((changes) => {
        const bytes = Buffer.from(original);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    const cut = place.map((length) => original.subarray(0, length));
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, cut), async (bytes) => {
        const path = await file(bytes);
        const outcome = await readImage(path).catch((error: Error) => error);
        if (outcome instanceof Error) {
          expect(outcome.message.startsWith(path)).toBe(true);
          expect(outcome.message).not.toContain('\n');
        } else {
          expect(outcome.data.length).toBe(4 * outcome.width * outcome.height);
        }
      }),
      { numRuns: 200 },
    );
  });
});
