import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ImageReading, loadImageFolder } from '../../../src/cli/files/images/image-folder.ts';
import { chunk } from '../png-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relumax-images-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), bytes);
}

/** An image of one grey. */
function image(level: number, width = 3, height = 2): Buffer {
  const png = new PNG({ width, height });
  png.data.fill(level);
  for (let i = 3; i < png.data.length; i += 4) png.data[i] = 255;
  return PNG.sync.write(png);
}

const firstPixels = ({ inputs, features }: { inputs: ArrayLike<number>; features: number }) =>
  Array.from(inputs).filter((_, i) => i % features === 0);

describe('a folder of images', () => {
  it('has a class for each subfolder, in the order of the names, and its files in theirs', async () => {
    await write('dog/b.png', image(4));
    await write('dog/a.PNG', image(3));
    await write('cat/2.png', image(2));
    await write('cat/10.png', image(1));
    const { train, test, size } = await loadImageFolder(folder);
    expect(test).toBeUndefined();
    expect(size).toEqual({ width: 3, height: 2 });
    expect(train).toMatchObject({ length: 4, features: 6, classes: 2, classNames: ['cat', 'dog'] });
    expect([...train.labels]).toEqual([0, 0, 1, 1]);
    expect(firstPixels(train)).toEqual([1, 2, 3, 4]);
  });

  it('may have JPEGs among them, and what is neither beside them', async () => {
    const data = Buffer.alloc(24, 255);
    await write('a/1.jpg', jpeg.encode({ width: 3, height: 2, data }, 100).data);
    await write('a/notes.txt', 'hello');
    await write('a/.DS_Store', 'hello');
    await write('b/1.png', image(7));
    await write('.git/x', 'hello');
    await write('readme.md', 'hello');
    const { train } = await loadImageFolder(folder);
    expect(firstPixels(train)).toEqual([255, 7]);
  });

  it.each([
    ['train', 'test'],
    ['Training', 'Validation'],
  ])('may be divided into %s and %s', async (learn, judge) => {
    await write(`${learn}/a/1.png`, image(1));
    await write(`${learn}/b/1.png`, image(2));
    await write(`${judge}/a/1.png`, image(3));
    await write(`${judge}/b/1.png`, image(4));
    const { train, test } = await loadImageFolder(folder);
    expect(firstPixels(train)).toEqual([1, 2]);
    expect(firstPixels(test!)).toEqual([3, 4]);
    expect(test).toMatchObject({ classes: 2, classNames: ['a', 'b'] });
  });

  it('are brought to the size that most have, in both parts, which is said', async () => {
    await write('train/a/1.png', image(10));
    await write('train/a/2.png', image(20, 9, 9));
    await write('train/b/1.png', image(30));
    await write('test/a/1.png', image(40, 1, 1));
    await write('test/b/1.png', image(50, 100, 50));
    const { train, test, size, note } = await loadImageFolder(folder);
    expect(size).toEqual({ width: 3, height: 2 });
    expect([...train.inputs]).toEqual([10, 20, 30].flatMap((level) => Array(6).fill(level)));
    expect([...test!.inputs]).toEqual([40, 50].flatMap((level) => Array(6).fill(level)));
    expect(note).toBe('1 of 3 images were brought to 3 × 2 pixels; --size takes another size');
  });

  it('are brought to the size that is asked for', async () => {
    await write('a/1.png', image(10));
    await write('b/1.png', image(30, 5, 7));
    const { train, note, ...rest } = await loadImageFolder(folder, {
      size: { width: 4, height: 1 },
    });
    expect(rest.size).toEqual({ width: 4, height: 1 });
    expect([...train.inputs]).toEqual([10, 10, 10, 10, 30, 30, 30, 30]);
    expect(note).toBeUndefined();
  });

  it('tells how far it is, to the last image', async () => {
    for (let i = 0; i < 40; i++) await write(`${i % 2 ? 'a' : 'b'}/${i}.png`, image(i));
    const seen: [number, number][] = [];
    await loadImageFolder(folder, { onImage: (...progress) => seen.push(progress) });
    expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => [i + 1, 40]));
  });
});

describe('refuses', () => {
  const refusal = async (reading?: ImageReading) => {
    const failure = await loadImageFolder(folder, reading).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Error);
    return (failure as Error).message;
  };

  it('a damaged image', async () => {
    await write('a/1.png', image(1));
    await write('b/1.png', image(1).subarray(0, 50));
    expect(await refusal()).toContain(`${join(folder, 'b/1.png')}: damaged PNG`);
  });

  it('a class without images', async () => {
    await write('a/1.png', image(1));
    await write('b/1.txt', '');
    expect(await refusal()).toBe(
      `${join(folder, 'b')}: has no image, expected PNG, JPEG or WebP files`,
    );
  });

  it('images of another kind', async () => {
    await write('a/1.png', image(1));
    await write('a/2.gif', '');
    await write('b/1.png', image(1));
    expect(await refusal()).toBe(
      `${join(folder, 'a/2.gif')}: is an image of another kind, expected PNG, JPEG or WebP`,
    );
  });

  it('one class alone', async () => {
    await write('a/1.png', image(1));
    expect(await refusal()).toBe(
      `${folder}: has 1 subfolders, expected one for each of 2 to 256 classes`,
    );
  });

  it('a test class that training does not have, and a training class without test images', async () => {
    for (const name of ['train/a', 'train/b', 'test/a', 'test/c']) {
      await write(`${name}/1.png`, image(1));
    }
    expect(await refusal()).toContain(
      `${join(folder, 'test/c')}: found a class that no training image has`,
    );
    await rm(join(folder, 'test/c'), { recursive: true });
    expect(await refusal()).toContain(`${join(folder, 'test/b')}: no such file or directory`);
  });

  it('more pixels than memory should hold, before any is decoded', async () => {
    // It is damaged where there should be pixels.
    const head = image(0).subarray(0, 33);
    const empty = Buffer.concat([head, chunk('IDAT', []), chunk('IEND', [])]);
    for (let i = 0; i < 65; i++) await write(`${i % 2 ? 'a' : 'b'}/${i}.png`, empty);
    const size = { width: 4096, height: 4096 };
    expect(await refusal({ size })).toBe(
      `${folder}: 65 images of 4096 × 4096 are too many, expected at most 1,073,741,824 pixels in all`,
    );
  });

  it('a folder that is not there', async () => {
    await expect(loadImageFolder(join(folder, 'none'))).rejects.toThrow(
      `${join(folder, 'none')}: no such file or directory`,
    );
  });
});
