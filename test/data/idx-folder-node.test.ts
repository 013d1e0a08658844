import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadIdxFolder } from '../../src/data/idx-folder-node.ts';

function idx(dimensions: number[], values: number[]): Uint8Array {
  const sizes = dimensions.flatMap((size) => [0, 0, size >> 8, size & 255]);
  return Uint8Array.of(0, 0, 8, dimensions.length, ...sizes, ...values);
}

const TRAIN_IMAGES = idx([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const TRAIN_LABELS = idx([3], [2, 0, 1]);
const TEST_IMAGES = idx([1, 2, 2], [21, 22, 23, 24]);
const TEST_LABELS = idx([1], [6]);
const FOUR = [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS];
const NAMES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-idx-'));
});
afterEach(() => rm(folder, { recursive: true }));

function write(name: string, bytes: Uint8Array): Promise<void> {
  return writeFile(join(folder, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes);
}

async function writeFour(names: string[]): Promise<void> {
  await Promise.all(names.map((name, i) => write(name, FOUR[i]!)));
}

async function expectFour(): Promise<void> {
  const { train, test } = await loadIdxFolder(folder);
  expect(train.inputs).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  expect(train.labels).toEqual(Uint8Array.of(2, 0, 1));
  expect(test.inputs).toEqual(Uint8Array.of(21, 22, 23, 24));
  expect(test.labels).toEqual(Uint8Array.of(6));
  expect(train).toMatchObject({ features: 4, length: 3, classes: 7 });
  expect(test).toMatchObject({ features: 4, length: 1, classes: 7 });
}

it('class names are read where there is no global decoder, as in the jsdom of Jest', async () => {
  await writeFour(NAMES);
  await write('classes.txt', Buffer.from('\ufeffä\nb\nc\nd\ne\nf\ng\n'));
  vi.stubGlobal('TextDecoder', undefined);
  try {
    expect((await loadIdxFolder(folder)).train.classNames).toEqual([...'äbcdefg']);
  } finally {
    vi.unstubAllGlobals();
  }
});

describe('the files of a folder', () => {
  it.each([
    ['plain', NAMES],
    ['gzipped', NAMES.map((name) => `${name}.gz`)],
    ['with a dot', NAMES.map((name) => name.replace('-idx', '.idx'))],
    ['some of them gzipped', NAMES.map((name, i) => (i % 2 ? `${name}.gz` : name))],
    [
      "EMNIST's",
      NAMES.map((name) => `emnist-letters-${name.replace('t10k', 'test')}`.concat('.gz')),
    ],
  ])('are found, %s', async (_, names) => {
    await writeFour(names);
    await expectFour();
  });

  it('may have others beside them', async () => {
    await writeFour(NAMES);
    await write('emnist-letters-mapping.txt', Uint8Array.of(1));
    await write('train-images-idx3-ubyte.gz.part', Uint8Array.of(1));
    await mkdir(join(folder, 'train-images.idx3-ubyte'));
    await expectFour();
  });

  it('may be links', async () => {
    await writeFour(NAMES.map((name) => `as-${name}`));
    const links = await mkdtemp(join(tmpdir(), 'relumax-idx-'));
    await Promise.all(NAMES.map((name) => symlink(join(folder, `as-${name}`), join(links, name))));
    const { train } = await loadIdxFolder(links);
    expect(train.length).toBe(3);
    await rm(links, { recursive: true });
  });

  it('are read plain where they are there gzipped as well', async () => {
    await writeFour(NAMES);
    await writeFile(join(folder, `${NAMES[0]}.gz`), 'not gzip at all');
    await expectFour();
  });

  it('are decompressed by what they hold, not by what they are called', async () => {
    await writeFour(NAMES);
    await writeFile(join(folder, NAMES[0]!), gzipSync(TRAIN_IMAGES));
    await expectFour();
  });
});

describe('classes.txt', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

  it('names the classes, of which there may be more than occur', async () => {
    await writeFour(NAMES);
    await writeFile(join(folder, 'classes.txt'), `${names.join('\n')}\n`);
    const { train, test } = await loadIdxFolder(folder);
    for (const part of [train, test]) {
      expect(part).toMatchObject({ classes: 8, classNames: names });
    }
  });

  it('must have a name for each label', async () => {
    await writeFour(NAMES);
    await writeFile(join(folder, 'classes.txt'), names.slice(0, 6).join('\n'));
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      'classes.txt: found 6 names, expected at least 7, as the labels need',
    );
  });
});

describe('loadIdxFolder refuses', () => {
  it('what is not a path', async () => {
    await expect(loadIdxFolder(3 as unknown as string)).rejects.toThrow(
      new TypeError('folder: found 3, expected the path of a folder'),
    );
  });

  it('a folder that is not there', async () => {
    await expect(loadIdxFolder(join(folder, 'none'))).rejects.toThrow(/ENOENT.*none/);
  });

  it('an empty folder', async () => {
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      new RangeError(
        `folder: found no ${NAMES.join(', no ')} in ${JSON.stringify(folder)}, ` +
          'expected the four files of a dataset, each plain or gzipped (.gz)',
      ),
    );
  });

  it('a missing file', async () => {
    await writeFour(NAMES.slice(0, 3));
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      `folder: found no t10k-labels-idx1-ubyte in ${JSON.stringify(folder)}`,
    );
  });

  it("a missing file of EMNIST's, by its name there", async () => {
    await writeFour(['emnist-letters-train-images-idx3-ubyte']);
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      'no emnist-letters-train-labels-idx1-ubyte, no emnist-letters-test-images-idx3-ubyte',
    );
  });

  it('several datasets', async () => {
    await writeFour(NAMES);
    await writeFour(NAMES.map((name) => `emnist-mnist-${name}.gz`));
    await writeFour(NAMES.map((name) => `emnist-letters-${name}.gz`));
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      new RangeError(
        `folder: found 3 datasets in ${JSON.stringify(folder)} ` +
          '(emnist-letters, emnist-mnist, one without a prefix), ' +
          'expected one: give each a folder of its own',
      ),
    );
  });

  it('two files for the same purpose', async () => {
    await writeFour(NAMES);
    await write('test-labels-idx1-ubyte', TEST_LABELS);
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      new RangeError(
        `folder: found both t10k-labels-idx1-ubyte and test-labels-idx1-ubyte in ` +
          `${JSON.stringify(folder)}, expected one file of test labels`,
      ),
    );
  });

  it('parts whose images differ in size', async () => {
    await writeFour(NAMES);
    await write(NAMES[2]!, idx([1, 3, 2], [1, 2, 3, 4, 5, 6]));
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      new RangeError(
        't10k-images-idx3-ubyte: found images of 6 pixels, expected 4, as in train-images-idx3-ubyte',
      ),
    );
  });

  it('labels that do not match the images', async () => {
    await writeFour(NAMES);
    await write(NAMES[1]!, idx([2], [2, 0]));
    await expect(loadIdxFolder(folder)).rejects.toThrow(
      'train-labels-idx1-ubyte: found 2 labels, expected 3, one for each image of train-images-idx3-ubyte',
    );
  });

  const name = 'train-images-idx3-ubyte.gz';
  const packed = gzipSync(TRAIN_IMAGES);
  const wrongSum = Buffer.from(packed);
  wrongSum[packed.length - 8]! ^= 1;
  it.each<[string, Uint8Array, string]>([
    ['cut off', packed.subarray(0, -5), 'unexpected end of file'],
    ['with a wrong checksum', wrongSum, 'incorrect data check'],
    [
      'with other bytes after its end',
      Buffer.concat([packed, Buffer.from('more')]),
      'incorrect header',
    ],
  ])('gzip %s', async (_, bytes, reason) => {
    await writeFour([name, ...NAMES.slice(1)]);
    await writeFile(join(folder, name), bytes);
    const error = await loadIdxFolder(folder).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RangeError);
    expect(String(error)).toContain(`${name}: found gzip that cannot be decompressed (`);
    expect(String(error)).toContain(reason);
  });

  it('gzip of nothing but its first bytes', async () => {
    await writeFour([name, ...NAMES.slice(1)]);
    await writeFile(join(folder, name), packed.subarray(0, 2));
    await expect(loadIdxFolder(folder)).rejects.toThrow(`${name}: found 0 bytes, expected an IDX`);
  });

  it('a web page that was saved under the name', async () => {
    await writeFour([name, ...NAMES.slice(1)]);
    await writeFile(join(folder, name), '<html><body>404 Not Found</body></html>');
    await expect(loadIdxFolder(folder)).rejects.toThrow(`${name}: found 3c 68 74 6d at the start`);
  });
});
