import { describe, expect, it } from 'vitest';
import { levelsOf, luma, withChannels } from '../../src/data/image-levels.ts';

const pixel = (channels: 1 | 3, ...data: number[]) => [
  ...levelsOf({ width: 1, height: 1, data: Uint8Array.from(data) }, channels),
];

it('leaves every grey as it is', () => {
  for (let level = 0; level < 256; level++) {
    expect(pixel(1, level, level, level, 255)).toEqual([level]);
    expect(pixel(3, level, level, level, 255)).toEqual([level, level, level]);
  }
});

it.each([
  ['red', [255, 0, 0, 255], 76, [255, 0, 0]],
  ['green', [0, 255, 0, 255], 150, [0, 255, 0]],
  ['blue', [0, 0, 255, 255], 29, [0, 0, 255]],
  ['nothing', [0, 0, 0, 0], 255, [255, 255, 255]],
  ['half black', [0, 0, 0, 128], 127, [127, 127, 127]],
  ['half orange', [255, 128, 0, 128], 203, [255, 191, 127]],
])('has %s at %o as %i, and in colour as %o', (_, data, level, colour) => {
  expect(pixel(1, ...data)).toEqual([level]);
  expect(pixel(3, ...data)).toEqual(colour);
});

it('reads the pixels of an image one after another', () => {
  const data = Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255);
  const levels = levelsOf({ width: 2, height: 2, data }, 3);
  expect([...levels]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

describe('other channels', () => {
  it.each([Uint8Array, Float32Array, Float64Array])('of a %o', (Kind) => {
    const grey = Kind.of(0, 7, 200);
    const colour = withChannels(grey, 1, 3);
    expect(colour).toEqual(Kind.of(0, 0, 0, 7, 7, 7, 200, 200, 200));
    expect(withChannels(colour, 3, 3)).toBe(colour);
    const back = withChannels(colour, 3, 1);
    expect(back).toBeInstanceOf(Kind);
    for (const [i, level] of back.entries()) expect(level).toBeCloseTo(grey[i]!, 4);
  });

  it('are the brightness, to a whole level of bytes', () => {
    const colour = Uint8Array.of(255, 0, 0, 1, 2, 3);
    expect(withChannels(colour, 3, 1)).toEqual(Uint8Array.of(76, 2));
    const exact = Float64Array.of(luma(255, 0, 0), luma(1, 2, 3));
    expect(withChannels(Float64Array.from(colour), 3, 1)).toEqual(exact);
  });
});
