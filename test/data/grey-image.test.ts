import { expect, it } from 'vitest';
import { greyLevels } from '../../src/data/grey-image.ts';

const pixel = (...data: number[]) =>
  greyLevels({ width: 1, height: 1, data: Uint8Array.from(data) })[0];

it('leaves every grey as it is', () => {
  for (let level = 0; level < 256; level++) expect(pixel(level, level, level, 255)).toBe(level);
});

it.each([
  ['red', [255, 0, 0, 255], 76],
  ['green', [0, 255, 0, 255], 150],
  ['blue', [0, 0, 255, 255], 29],
  ['nothing', [0, 0, 0, 0], 255],
  ['half black', [0, 0, 0, 128], 127],
])('has %s at %o as %i', (_, data, level) => {
  expect(pixel(...data)).toBe(level);
});
