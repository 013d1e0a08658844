import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetFromIdx, parseIdx } from '../../src/data/idx.ts';
import { cutOff, expectCheapRefusal, tally, withByteChanged } from '../damage.ts';
import { idx } from './idx-file.ts';

describe('parseIdx', () => {
  it('reads the dimensions, big-endian, and the values', () => {
    const bytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 9, 8, 7, 6, 5, 4);
    const { dimensions, values } = parseIdx(bytes, 'a');
    expect(dimensions).toEqual([2, 3]);
    expect(values).toEqual(Uint8Array.of(9, 8, 7, 6, 5, 4));
  });

  it('returns a view of the bytes, also where they lie inside a longer buffer', () => {
    const whole = new Uint8Array(20).fill(1);
    whole.set(idx([3], [5, 6, 7]), 7);
    const { values } = parseIdx(whole.subarray(7, 18), 'a');
    expect(values).toEqual(Uint8Array.of(5, 6, 7));
    expect(values.buffer).toBe(whole.buffer);
  });

  it('gives a plain Uint8Array for a Buffer', () => {
    const { values } = parseIdx(Buffer.from(idx([1], [5])), 'a');
    expect(values.constructor).toBe(Uint8Array);
  });

  it('takes a dimension of zero, and sizes past 65,535', () => {
    expect(parseIdx(idx([0, 28, 28], []), 'a').dimensions).toEqual([0, 28, 28]);
    const long = new Uint8Array(8 + 70_000);
    long.set(idx([70_000], []));
    expect(parseIdx(long, 'a').values.length).toBe(70_000);
  });

  it('returns what was put in, for any dimensions', () => {
    const sizes = fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sizes, (dimensions) => {
        const length = dimensions.reduce((product, size) => product * size, 1);
        const values = Uint8Array.from({ length }, (_, i) => i);
        expect(parseIdx(idx(dimensions, values), 'a')).toEqual({ dimensions, values });
      }),
    );
  });

  const start = 'expected 00 00 08 and the number of dimensions, as in an IDX file';
  it.each<[string, Uint8Array, string]>([
    [
      'no bytes',
      new Uint8Array(0),
      'found 0 bytes, expected an IDX file, whose header alone takes more',
    ],
    [
      'half a magic number',
      Uint8Array.of(0, 0, 8),
      'found 3 bytes, expected an IDX file, whose header alone takes more',
    ],
    [
      'gzip',
      Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2),
      `found 1f 8b 08 00 at the start (gzip: decompress the file first), ${start}`,
    ],
    [
      'a web page',
      new TextEncoder().encode('<!DOCTYPE html>\n<title>404</title>'),
      `found 3c 21 44 4f at the start (text: perhaps a web page was saved in place of the file), ${start}`,
    ],
    [
      'other bytes',
      Uint8Array.of(0, 1, 8, 1, 0, 0, 0, 0),
      `found 00 01 08 01 at the start, ${start}`,
    ],
    [
      'an unknown type',
      Uint8Array.of(0, 0, 7, 1, 0, 0, 0, 0),
      `found 00 00 07 01 at the start, ${start}`,
    ],
    ['no dimension', Uint8Array.of(0, 0, 8, 0, 5), `found 00 00 08 00 at the start, ${start}`],
    [
      'floats',
      Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0),
      'found 32-bit floats, expected an IDX file of unsigned bytes',
    ],
    [
      'a header cut off',
      Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0),
      'found 9 bytes, expected a header of 16 for the 3 dimensions it announces',
    ],
    ['values cut off', idx([2, 2], [1, 2, 3]), 'found 3 values, expected 2 × 2 = 4'],
    ['a value too many', idx([2, 2], [1, 2, 3, 4, 5]), 'found 5 values, expected 2 × 2 = 4'],
    [
      'sizes whose product wraps round to the length in 64 bits',
      idx([2 ** 31, 2 ** 31, 4], []),
      'found 0 values, expected 2147483648 × 2147483648 × 4 = 18446744073709551616',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseIdx(bytes, 'file.idx')).toThrow(new RangeError(`file.idx: ${message}`));
  });

  it('refuses 255 of the largest dimensions', () => {
    const bytes = idx(new Array<number>(255).fill(2 ** 32 - 1), [1]);
    expect(() => parseIdx(bytes, 'a')).toThrow(RangeError);
  });

  it('refuses what is not a Uint8Array', () => {
    const array = [0, 0, 8, 0] as unknown as Uint8Array;
    expect(() => parseIdx(array, 'a')).toThrow(
      new TypeError('a: found an array of 4, expected a Uint8Array'),
    );
  });
});

describe('datasetFromIdx', () => {
  const images = { name: 'images.idx', bytes: idx([3, 1, 2], [1, 2, 3, 4, 5, 6]) };
  const labels = { name: 'labels.idx', bytes: idx([3], [0, 4, 1]) };

  it('joins images and labels, without copying', () => {
    const dataset = datasetFromIdx({ images, labels });
    expect(dataset).toMatchObject({ length: 3, features: 2, classes: 5 });
    expect(dataset.inputs).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(dataset.labels).toEqual(Uint8Array.of(0, 4, 1));
    expect(dataset.inputs.buffer).toBe(images.bytes.buffer);
    expect(dataset.labels.buffer).toBe(labels.bytes.buffer);
  });

  it('takes the number of classes', () => {
    expect(datasetFromIdx({ images, labels, classes: 10 }).classes).toBe(10);
  });

  it('takes images of two dimensions and of four', () => {
    const flat = { name: 'a', bytes: idx([3, 2], [1, 2, 3, 4, 5, 6]) };
    const colour = { name: 'a', bytes: idx([3, 1, 1, 2], [1, 2, 3, 4, 5, 6]) };
    expect(datasetFromIdx({ images: flat, labels }).features).toBe(2);
    expect(datasetFromIdx({ images: colour, labels }).features).toBe(2);
  });

  const named = (name: string, dimensions: number[], values: number[]) => ({
    name,
    bytes: idx(dimensions, values),
  });
  it.each<[string, Parameters<typeof datasetFromIdx>[0], string]>([
    [
      'labels for images',
      { images: labels, labels },
      'labels.idx: found 1 dimension, expected images: at least 2 dimensions',
    ],
    [
      'images for labels',
      { images, labels: images },
      'images.idx: found 3 dimensions, expected labels: 1 dimension',
    ],
    [
      'too few labels',
      { images, labels: named('l.gz', [2], [0, 1]) },
      'l.gz: found 2 labels, expected 3, one for each image of images.idx',
    ],
    [
      'no example',
      { images: named('i', [0, 28, 28], []), labels: named('l', [0], []) },
      'i: found 0 images, expected at least 1',
    ],
    [
      'images without pixels',
      { images: named('i', [3, 28, 0], []), labels },
      'i: found images of 28 × 0, expected at least one pixel',
    ],
    [
      'a label past the classes',
      { images, labels, classes: 4 },
      'labels.idx: found label 4 at example 1, expected a class from 0 to 3',
    ],
    [
      'no class',
      { images, labels, classes: 0 },
      'classes: found 0, expected a whole number from 1 to 256',
    ],
    [
      'a damaged image file',
      { images: { name: 'i', bytes: images.bytes.subarray(0, 21) }, labels },
      'i: found 5 values, expected 3 × 1 × 2 = 6',
    ],
    [
      'a damaged label file',
      { images, labels: { name: 'l', bytes: labels.bytes.subarray(0, 10) } },
      'l: found 2 values, expected 3 = 3',
    ],
  ])('refuses %s', (_, files, message) => {
    expect(() => datasetFromIdx(files)).toThrow(new RangeError(message));
  });
});

describe('a damaged file', () => {
  const images = idx([3, 1, 2], [1, 2, 3, 4, 5, 6]);
  const labels = idx([3], [0, 4, 1]);
  const read = (parts: { images: Uint8Array; labels: Uint8Array }) =>
    datasetFromIdx({
      images: { name: 'images', bytes: parts.images },
      labels: { name: 'labels', bytes: parts.labels },
    });

  it('is refused wherever it is cut off', async () => {
    const ofImages = await tally(cutOff(images), (bytes) => read({ images: bytes, labels }));
    expect(ofImages).toEqual({ read: 0, refused: images.length });
    const ofLabels = await tally(cutOff(labels), (bytes) => read({ images, labels: bytes }));
    expect(ofLabels).toEqual({ read: 0, refused: labels.length });
  });

  it('is refused where a byte of its header is another, and read where one of its values is', async () => {
    const ofImages = await tally(withByteChanged(images, 16), (bytes) =>
      read({ images: bytes, labels }),
    );
    expect(ofImages.read).toBe(0);
    expect(ofImages.refused).toBeGreaterThan(100);
    const ofLabels = await tally(withByteChanged(labels, 8), (bytes) =>
      read({ images, labels: bytes }),
    );
    expect(ofLabels.read).toBe(0);
    const all = await tally(withByteChanged(labels), (bytes) => read({ images, labels: bytes }));
    expect(all.refused).toBe(ofLabels.refused);
    expect(all.read).toBeGreaterThan(20);
  });

  it('is refused at once where it claims what no memory holds', () => {
    const bytes = idx([2 ** 32 - 1, 2 ** 32 - 1], [1, 2, 3]);
    expectCheapRefusal(() => parseIdx(bytes, 'a'), 'found 3 values, expected');
  });
});
