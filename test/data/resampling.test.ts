import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resampled } from '../../src/data/resampling.ts';

const of = (width: number, height: number) => ({ width, height });
const side = fc.integer({ min: 1, max: 20 });

describe('an image in another size', () => {
  it('is itself in its own', () => {
    const levels = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect(resampled(levels, of(3, 2), of(3, 2), 1)).toEqual(levels);
    expect(resampled(levels, of(1, 2), of(1, 2), 3)).toEqual(levels);
  });

  it('has the mean over the area of each pixel where it is smaller', () => {
    const levels = Uint8Array.of(10, 20, 30, 40, 50, 60, 70, 80);
    expect([...resampled(levels, of(4, 2), of(2, 1), 1)]).toEqual([35, 55]);
    // A third and two thirds of a pixel.
    expect([...resampled(Uint8Array.of(0, 90, 210), of(3, 1), of(2, 1), 1)]).toEqual([30, 170]);
    // Lines finer than a pixel are grey, and not there or not by chance.
    const lines = Uint8Array.from({ length: 64 }, (_, i) => 255 * (i % 2));
    expect([...resampled(lines, of(64, 1), of(8, 1), 1)]).toEqual(Array(8).fill(128));
  });

  it('is interpolated where it is larger', () => {
    expect([...resampled(Uint8Array.of(0, 100), of(2, 1), of(4, 1), 1)]).toEqual([0, 25, 75, 100]);
    expect([...resampled(Uint8Array.of(0, 100), of(1, 2), of(1, 4), 1)]).toEqual([0, 25, 75, 100]);
    expect([...resampled(Uint8Array.of(7, 8, 9), of(1, 1), of(2, 2), 3)]).toEqual([
      7, 8, 9, 7, 8, 9, 7, 8, 9, 7, 8, 9,
    ]);
  });

  it('has each channel for itself', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.infiniteStream(fc.nat(255)), (w, h, w2, h2, noise) => {
        const levels = Uint8Array.from({ length: 3 * w * h }, () => noise.next().value);
        const all = resampled(levels, of(w, h), of(w2, h2), 3);
        for (const channel of [0, 1, 2]) {
          const one = (values: Uint8Array) => values.filter((_, i) => i % 3 === channel);
          expect(one(all)).toEqual(resampled(one(levels), of(w, h), of(w2, h2), 1));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('stays within its levels, and is of one level where it was', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.array(fc.nat(255), { minLength: 1 }), (...given) => {
        const [w, h, w2, h2, pattern] = given;
        const levels = Uint8Array.from({ length: w * h }, (_, i) => pattern[i % pattern.length]!);
        const changed = resampled(levels, of(w, h), of(w2, h2), 1);
        expect(changed.length).toBe(w2 * h2);
        expect(Math.min(...changed)).toBeGreaterThanOrEqual(Math.min(...levels));
        expect(Math.max(...changed)).toBeLessThanOrEqual(Math.max(...levels));
        if (new Set(levels).size === 1) expect(changed.every((v) => v === levels[0])).toBe(true);
      }),
    );
  });
});
