/**
 * The texts of a column's cells, kept where a model of another table may mean something else by them: dates
 * such as 01/02/2012, 5 %, odd texts, and a minus.
 */
import type { ColumnValues } from '../column.ts';
import type { NumberCells, TextCells } from './cell-list.ts';
import type { Judgement } from './kinds.ts';

const TEXTS = new WeakMap<ColumnValues, TextCells>();

/** @param rows those of the table among those read; undefined: all */
export function keepTexts(
  values: ColumnValues,
  cells: TextCells | NumberCells,
  { kind, odd, unit }: Judgement,
  rows: Uint32Array | undefined,
): void {
  if (!('texts' in cells)) return;
  const { texts, codes } = cells;
  const isPlain = kind === 'number' ? !odd && !unit : kind !== 'date' && !texts.includes('-');
  if (isPlain) return;
  const own = rows ? Uint32Array.from(rows, (row) => codes[row]!) : codes;
  TEXTS.set(values, { texts, codes: own });
}

/** The texts that were kept. */
export function keptTexts(values: ColumnValues): TextCells | undefined {
  return TEXTS.get(values);
}
