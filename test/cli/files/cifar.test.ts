import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCifarFolder } from '../../../src/cli/files/cifar.ts';
import { readSource } from '../../../src/cli/files/formats.ts';
import { luma } from '../../../src/data/image-levels.ts';
import { cifarArchive, namesFile, RECORD, record, SIDE, tar } from '../cifar-files.ts';
import { events, run } from '../command.ts';

const ARCHIVE = 'cifar-10-binary.tar.gz';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-cifar-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
}

/** Another colour at each place and in each image. */
const colourAt = (image: number) => (x: number, y: number) =>
  [(x * 7 + image) % 256, (y * 5 + x) % 256, (255 - 3 * y + image) % 256] as const;

const images = (labels: readonly number[], first: number) =>
  Buffer.concat(labels.map((label, i) => record(label, colourAt(first + i))));

const FILES = {
  'data_batch_1.bin': images([3, 0], 0),
  'data_batch_2.bin': images([1], 2),
  'test_batch.bin': images([2, 2], 3),
};
const NAMES = namesFile('ant', 'bee', 'cat', 'dog');

/** The levels of images, pixel by pixel. */
const coloursOf = (...numbers: number[]) =>
  numbers.flatMap((image) =>
    Array.from({ length: SIDE ** 2 }, (_, i) => colourAt(image)(i % SIDE, Math.floor(i / SIDE))),
  );

describe('CIFAR-10’s binary files', () => {
  it.each([
    ['plain', () => write({ ...FILES, 'batches.meta.txt': NAMES, 'readme.html': Buffer.of(1) })],
    ['packed', () => write({ [ARCHIVE]: cifarArchive({ 'batches.meta.txt': NAMES, ...FILES }) })],
    [
      'in another order',
      () => write({ [ARCHIVE]: cifarArchive(reversed({ ...FILES, 'batches.meta.txt': NAMES })) }),
    ],
  ])('are read %s, in colour and in grey', async (_, writeAll) => {
    await writeAll();
    const { train, test, shape } = await loadCifarFolder(folder, 3);
    expect(shape).toEqual([32, 32, 3]);
    expect([...train.labels]).toEqual([3, 0, 1]);
    expect([...test!.labels]).toEqual([2, 2]);
    for (const part of [train, test]) {
      expect(part).toMatchObject({ classes: 4, classNames: ['ant', 'bee', 'cat', 'dog'] });
    }
    expect([...train.inputs]).toEqual(coloursOf(0, 1, 2).flat());
    expect([...test!.inputs]).toEqual(coloursOf(3, 4).flat());
    const grey = await loadCifarFolder(folder, 1);
    expect(grey.shape).toEqual([32, 32, 1]);
    const levels = coloursOf(0, 1, 2).map((colour) => Math.round(luma(...colour)));
    expect([...grey.train.inputs]).toEqual(levels);
  });

  it('need neither names nor test images, and more than ten come by their numbers', async () => {
    const batches = Array.from({ length: 11 }, (_, i) => [
      `data_batch_${i + 1}.bin`,
      images([i], i),
    ]);
    await write(Object.fromEntries(batches));
    const { train, test } = await loadCifarFolder(folder, 1);
    expect(test).toBeUndefined();
    expect([...train.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(train).toMatchObject({ classes: 11, classNames: undefined });
  });

  it('are known by their names, and read in grey unless colour is asked for', async () => {
    await write(FILES);
    await mkdir(join(folder, 'cifar-10-batches-bin'));
    const grey = await readSource(folder, {});
    expect(grey).toMatchObject({
      ...{ source: { data: 'cifar', folder }, shape: [32, 32, 1] },
      record: { data: 'cifar', size: '32x32' },
    });
    const colour = await readSource(folder, { channels: 3 });
    expect(colour).toMatchObject({ shape: [32, 32, 3], record: { size: '32x32x3' } });
  });

  it('train a network, which is evaluated on the test images and takes image files', async () => {
    const bright = (label: number) => record(label, () => [255 * label, 99, 255 * (1 - label)]);
    const many = Buffer.concat(Array.from({ length: 40 }, (_, i) => bright(i % 2)));
    const files = { 'data_batch_1.bin': many, 'test_batch.bin': many.subarray(0, 10 * RECORD) };
    await write({ [ARCHIVE]: cifarArchive({ ...files, 'batches.meta.txt': namesFile('a', 'b') }) });
    const cwd = folder;
    const args = ['train', '-d', '.', '--channels', '3', '-e', '3', '-o', 'm.st', '--json'];
    const { stdout, stderr } = await run(args, { cwd });
    expect(stderr).toBe('');
    expect(events(stdout)[0]).toMatchObject({
      ...{ data: 'cifar', layers: [3072, 10, 2], examples: 40, heldOut: 10 },
    });
    const evaluated = await run(['evaluate', 'm.st', '-d', '.'], { cwd });
    expect(evaluated.stdout).toContain('., the test files');
    const input = Buffer.alloc(3072, Buffer.of(255, 99, 0));
    const predicted = await run(['predict', 'm.st'], { cwd, input });
    expect(predicted.stdout).toMatch(/^stdin\tb\t/);
  });
});

describe('refused is', () => {
  const refusal = async () => {
    const failure = await loadCifarFolder(folder, 3).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Error);
    return (failure as Error).message.replaceAll(folder, 'FOLDER');
  };

  it.each<[string, Record<string, Uint8Array>, string]>([
    [
      'a gap',
      { 'data_batch_1.bin': images([0], 0), 'data_batch_3.bin': images([0], 0) },
      'FOLDER: found no data_batch_2.bin, expected data_batch_1.bin and those that follow it, or cifar',
    ],
    ['a test file alone', { 'test_batch.bin': images([0], 0) }, 'found no data_batch_1.bin'],
    [
      'half an image',
      { 'data_batch_1.bin': images([0, 1], 0).subarray(0, RECORD + 9) },
      'FOLDER/data_batch_1.bin: found 3082 bytes, expected images of 3073 bytes each, at least one',
    ],
    ['nothing', { 'data_batch_1.bin': Buffer.of() }, 'FOLDER/data_batch_1.bin: found 0 bytes'],
    [
      'a label without a name',
      { ...FILES, 'batches.meta.txt': namesFile('a', 'b', 'c') },
      'FOLDER/batches.meta.txt: found 3 names, expected at least 4, as the labels need',
    ],
    [
      'a name twice',
      { ...FILES, 'batches.meta.txt': namesFile('a', 'b', 'a', 'd') },
      'FOLDER/batches.meta.txt: found "a" on lines 1 and 3, expected each name once',
    ],
    [
      'an archive with a gap',
      { [ARCHIVE]: cifarArchive({ 'data_batch_2.bin': images([0], 0) }) },
      'FOLDER: found no data_batch_1.bin',
    ],
    [
      'half an image in an archive',
      { [ARCHIVE]: cifarArchive({ 'data_batch_1.bin': images([0], 0).subarray(1) }) },
      `FOLDER/${ARCHIVE}, data_batch_1.bin: found 3072 bytes`,
    ],
    [
      'a file twice',
      {
        [ARCHIVE]: gzipSync(
          tar(
            ['a/', 'b/'].map((path) => ({
              name: `${path}data_batch_1.bin`,
              bytes: images([0], 0),
            })),
          ),
        ),
      },
      `FOLDER/${ARCHIVE}, data_batch_1.bin: found a second file of this name, expected one`,
    ],
    ['what is no gzip', { [ARCHIVE]: images([0], 0) }, 'found gzip that cannot be decompressed'],
    ['what is no tar', { [ARCHIVE]: gzipSync(images([0], 0)) }, 'found a damaged header, expected'],
    ['an empty archive', { [ARCHIVE]: gzipSync(Buffer.of()) }, 'found an end after 0 bytes'],
    [
      'an archive that is cut off',
      { [ARCHIVE]: gzipSync(gunzipSync(cifarArchive(FILES)).subarray(0, 2000)) },
      `FOLDER/${ARCHIVE}: found an end after 2000 bytes, expected a complete tar archive, gzipped`,
    ],
    [
      'gzip that is cut off',
      { [ARCHIVE]: cifarArchive(FILES).subarray(0, -4) },
      'found gzip that cannot be decompressed (unexpected end of file)',
    ],
  ])('%s', async (_, files, message) => {
    await write(files);
    expect(await refusal()).toContain(message);
  });

  it('any other byte in a header', async () => {
    const whole = gunzipSync(cifarArchive(FILES));
    for (const at of [0, 124, 135, 156, 257, 511]) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1;
      await write({ [ARCHIVE]: gzipSync(damaged) });
      expect(await refusal()).toContain('found a damaged header');
    }
  });

  it('a folder in the place of a file', async () => {
    await mkdir(join(folder, 'data_batch_1.bin'));
    expect(await refusal()).toBe('FOLDER/data_batch_1.bin: is a folder, expected a file');
  });

  it('data without test images, unless some are to be split off', async () => {
    await write({ 'data_batch_1.bin': images([0, 1, 0, 1, 0, 1, 0, 1], 0) });
    const { code, stderr } = await run(['train', '-d', folder], {});
    expect(code).toBe(1);
    expect(stderr).toContain('found only training files, expected test_batch.bin, or --test-split');
    const split = await run(['train', '-d', folder, '-e', '1', '-t', '0.25'], {});
    expect(split.code).toBe(0);
  });
});

function reversed<T>(files: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(files).reverse());
}
