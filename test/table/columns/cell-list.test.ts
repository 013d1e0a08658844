import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CellList,
  fewCells,
  type NumberCells,
  type TextCells,
} from '../../../src/table/columns/cell-list.ts';

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
    expect(early.cells).toHaveProperty('numbers');
    for (const cell of cells.slice(17_000)) early.push(cell);
    const numbers = late.cells as NumberCells;
    expect(early.cells).toEqual(numbers);
    expect(numbers.numbers).toEqual(
      Float64Array.from(cells, (cell, i) => (i % 50 === 49 ? Number.NaN : Number(cell))),
    );
    expect(numbers.others).toEqual(
      new Map([
        ['low', { cells: 100, row: 149 }],
        ['5%', { cells: 100, row: 199 }],
      ]),
    );
    expect(numbers.otherCells).toBe(200);
  });

  it('are kept as texts where too few are numbers', () => {
    const list = new CellList();
    for (let i = 0; i < 40_000; i++) list.push(i % 8 ? String(i) : `x${i}`);
    list.settle('.');
    expect((list.cells as TextCells).texts).toHaveLength(40_000);
  });

  it('of few rows are those of many', () => {
    const cell = fc.constantFrom('', ' 1', '1 ', 'x', 'a text that is longer');
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 16 }), (rows) => {
        for (const column of [0, 1]) {
          const list = new CellList();
          for (const cells of rows) list.push(cells[column]!);
          expect(fewCells(rows, column, new Uint32Array(rows.length))).toEqual(list.cells);
        }
      }),
    );
  });
});
