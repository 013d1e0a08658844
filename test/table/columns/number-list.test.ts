import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberList } from '../../../src/table/columns/number-list.ts';

describe('a list of numbers', () => {
  it('has those that were pushed, however many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000 }), (length) => {
        const list = new NumberList(Float64Array);
        for (let i = 0; i < length; i++) list.push(i / 2);
        expect(list.length).toBe(length);
        expect(list.concat()).toEqual(Float64Array.from({ length }, (_, i) => i / 2));
      }),
      { numRuns: 20 },
    );
  });
});
