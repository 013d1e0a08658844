/**
 * The texts of a column's cells, kept where a model of another table may mean something else by them: dates
 * such as 01/02/2012, 5 %, odd texts, a minus, and 1,234 where no other number says what the comma is.
 */
import type { ColumnValues } from '../column.ts';
import type { Decimal } from '../numbers.ts';
import type { NumberCells, TextCells } from './cell-list.ts';
import { hasMarks } from './decimal.ts';
import type { Judgement } from './kinds.ts';

interface KeptTexts extends TextCells {
  /** The decimal mark, where the table says it. */
  readonly decimal: Decimal | undefined;
}

const TEXTS = new WeakMap<ColumnValues, KeptTexts>();

/**
 * @param rows those of the table among those read; undefined: all
 * @param decimal the mark, where the table says it
 */
export function keepTexts(
  values: ColumnValues,
  cells: TextCells | NumberCells,
  { kind, odd, unit }: Judgement,
  rows: Uint32Array | undefined,
  decimal: Decimal | undefined,
): void {
  if (!('texts' in cells)) return;
  const { texts, codes } = cells;
  const isSaid = decimal !== undefined || !hasMarks(cells);
  const isPlain =
    kind === 'number' ? !odd && !unit && isSaid : kind !== 'date' && !texts.includes('-');
  if (isPlain) return;
  const own = rows ? Uint32Array.from(rows, (row) => codes[row]!) : codes;
  TEXTS.set(values, { texts, codes: own, decimal });
}

/** The texts that were kept. */
export function keptTexts(values: ColumnValues): KeptTexts | undefined {
  return TEXTS.get(values);
}
