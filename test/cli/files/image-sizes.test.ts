import { describe, expect, it } from 'vitest';
import { sizesText, usualSize } from '../../../src/cli/files/images/image-sizes.ts';

const of = (width: number, height: number) => ({ width, height });
const times = <T>(n: number, value: T): T[] => Array<T>(n).fill(value);

describe('the usual size', () => {
  it.each([
    ['the only one', [of(28, 20)], of(28, 20)],
    ['the most frequent one', [of(9, 9), of(3, 2), of(3, 2), of(8, 8)], of(3, 2)],
    ['the first of two', [of(9, 9), of(3, 2), of(3, 2), of(9, 9)], of(9, 9)],
    ['of 64 pixels at most, in its proportions', [of(4000, 3000)], of(64, 48)],
    ['at least one pixel', [of(10, 4000)], of(1, 64)],
  ])('is %s', (_, sizes, expected) => {
    expect(usualSize(sizes)).toEqual(expected);
  });

  it('is the median where hardly two images have the same', () => {
    const sizes = Array.from({ length: 41 }, (_, i) => of(20 + i, 60 - i));
    expect(usualSize(sizes)).toEqual(of(40, 40));
    expect(usualSize([...times(5, of(20, 60)), ...sizes])).toEqual(of(20, 60));
  });
});

it('is said where some images have another', () => {
  expect(sizesText(times(3, of(4, 5)), of(4, 5))).toBeUndefined();
  expect(sizesText([of(4, 5), of(5, 4)], of(4, 5))).toBe(
    '1 of 2 images were brought to 4 × 5 pixels; --size takes another size',
  );
  expect(sizesText([of(400, 500)], of(51, 64))).toMatch(/^all images were brought to 51 × 64/);
});
