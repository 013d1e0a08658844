import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellList, NumberList } from '../../../src/table/columns/cell-list.ts';

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

describe('the cells of a column', () => {
  it('are the same whether kept as texts or as numbers', () => {
    const cells = Array.from({ length: 20_000 }, (_, i) =>
      i % 50 === 49 ? ['NA', '', 'low', '5%'][(i / 50) & 3]! : ` ${i / 4} `,
    );
    const late = new CellList();
    for (const cell of cells) late.push(cell);
    expect(late.isFull).toBe(true);
    late.settle('.');
    const early = new CellList();
    for (const cell of cells.slice(0, 17_000)) early.push(cell);
    early.settle('.');
    expect(early.texts).toBeUndefined();
    for (const cell of cells.slice(17_000)) early.push(cell);
    expect(early.numbers).toEqual(late.numbers);
    expect(late.numbers!.numbers).toEqual(
      Float64Array.from(cells, (cell, i) => (i % 50 === 49 ? Number.NaN : Number(cell))),
    );
    expect(late.numbers!.others).toEqual(
      new Map([
        ['low', { cells: 100, row: 149 }],
        ['5%', { cells: 100, row: 199 }],
      ]),
    );
    expect(late.numbers!.otherCells).toBe(200);
  });

  it('are kept as texts where too few are numbers', () => {
    const list = new CellList();
    for (let i = 0; i < 40_000; i++) list.push(i % 8 ? String(i) : `x${i}`);
    list.settle('.');
    expect(list.texts!.texts).toHaveLength(40_000);
    expect(list.numbers).toBeUndefined();
  });
});
