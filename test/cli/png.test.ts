import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPng } from '../../src/cli/png.ts';
import { seven } from './picture.ts';

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
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', [0, 0, 0, 2, 0, 0, 0, 1, depth, colorType, 0, 0, 0]),
    ...more,
    chunk('IDAT', [...deflateSync(Uint8Array.from([0, ...row]))]),
    chunk('IEND', []),
  ]);
}

function chunk(type: string, bytes: number[]): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), Uint8Array.from(bytes)]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(bytes.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
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
  const { width, height, data } = await readPng(await file(encode({ colorType, bitDepth })));
  expect([width, height]).toEqual([PICTURE.width, PICTURE.height]);
  expect(Buffer.compare(data, PICTURE.data)).toBe(0);
});

it('reads a palette of two bits and grey of 16', async () => {
  const palette = chunk('PLTE', [255, 0, 0, 1, 2, 3, 0, 0, 0]);
  const indexed = await readPng(await file(tiny(2, 3, [0b01_00_00_00], [palette])));
  expect([...indexed.data]).toEqual([1, 2, 3, 255, 255, 0, 0, 255]);
  const deep = await readPng(await file(tiny(16, 0, [255, 255, 0x80, 0])));
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
  await expect(readPng(path)).rejects.toThrow(
    `${path}: has ${width} × ${height} pixels, expected at most 16,777,216`,
  );
});

const whole = encode();
it.each([
  ['empty', Buffer.alloc(0), 'is not a PNG image'],
  ['text', Buffer.from('this is not a picture, whatever its name'), 'is not a PNG image'],
  ['of no size', Buffer.concat([whole.subarray(0, 16), Buffer.alloc(40)]), 'damaged PNG'],
  ['cut short', whole.subarray(0, whole.length - 40), 'damaged PNG'],
  ['flipped in one bit', whole.map((byte, i) => (i === 60 ? byte ^ 4 : byte)), 'damaged PNG'],
])('names a file that is %s', async (_, bytes, why) => {
  const path = await file(bytes);
  await expect(readPng(path)).rejects.toThrow(`${path}: ${why}`);
});

it('names a file that is not there, and a folder', async () => {
  const missing = join(folder, 'missing.png');
  await expect(readPng(missing)).rejects.toThrow(`${missing}: no such file or directory`);
  await expect(readPng(folder)).rejects.toThrow(`${folder}: is a folder`);
});
