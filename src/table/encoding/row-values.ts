/** The inputs of rows that are objects: cells by the name of their column. */
import { classOf, describe, options, outOfRange, wrongType } from '../../base/arguments.ts';
import type { CellMeaning } from './cell-meaning.ts';
import type { Contents } from './contents-file.ts';
import {
  type Category,
  type InputColumn,
  MISSING,
  UNSEEN,
  writeCategory,
  writeNumber,
} from './input-column.ts';

/** A row: cells by the name of their column. */
export type Row = Readonly<Record<string, string | number | boolean | Date | null | undefined>>;

/** The options of `inputs`. */
export interface InputsOptions {
  /** Called for each category that did not occur in training: its inputs are all 0. */
  readonly onUnseen?: (found: { row: number; column: string; value: string }) => void;
}

/**
 * The inputs of rows, one row after another.
 *
 * @throws TypeError or RangeError that names row and column
 */
export function inputsOfRows(
  meaning: CellMeaning,
  rows: readonly Row[],
  features: number,
  onUnseen: InputsOptions['onUnseen'],
): Float64Array<ArrayBuffer> {
  if (!Array.isArray(rows)) throw wrongType('rows', rows, 'an array of rows');
  // By index, for what is missing must not be passed over.
  const own: Row[] = [];
  for (let r = 0; r < rows.length; r++) {
    own.push(checkedNames(`rows[${r}]`, rows[r]!, meaning.contents));
  }
  const inputs = new Float64Array(own.length * features);
  for (const [r, row] of own.entries()) {
    for (const column of meaning.contents.columns) {
      const { name, first } = column;
      const at = r * features + first;
      const value = Object.hasOwn(row, name) ? row[name] : undefined;
      const place = `rows[${r}][${describe(name)}]`;
      if (column.kind === 'category') {
        const category = categoryIn(meaning, column, value, place);
        if (category === UNSEEN) onUnseen?.({ row: r, column: name, value: `${value}` });
        writeCategory(column, category, inputs, at);
      } else writeNumber(column, numberIn(meaning, column, value, place), inputs, at);
    }
  }
  return inputs;
}

/**
 * A misspelt name must not pass for a missing cell: a row that lacks a column has no other names than those
 * of training.
 */
function checkedNames(place: string, row: Row, { columns, labels, others }: Contents): Row {
  const names = Object.keys(options(place, row));
  const lacking = columns.find(({ name }) => !Object.hasOwn(row, name));
  if (lacking === undefined) return row;
  const known = new Set([...columns, ...labels].map(({ name }) => name).concat(others));
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return row;
  const found = `${describe(unknown)}, and no ${describe(lacking.name)}`;
  throw outOfRange(place, found, 'the names of training; null is a missing cell');
}

function categoryIn(
  meaning: CellMeaning,
  column: InputColumn,
  value: Row[string],
  place: string,
): Category {
  if (value === null || value === undefined || Number.isNaN(value)) return MISSING;
  if (typeof value === 'string') return meaning.category(column, value.trim());
  if (typeof value === 'number') return meaning.category(column, `${value}`);
  if (typeof value !== 'boolean') {
    throw wrongType(place, value, 'a string, a number, true or false');
  }
  // Tables have them as TRUE and True too.
  return column.categories!.findIndex((own) => own.toLowerCase() === `${value}`);
}

function numberIn(
  meaning: CellMeaning,
  column: InputColumn,
  value: Row[string],
  place: string,
): number {
  const isDate = column.kind === 'date';
  let found: number | undefined;
  if (value === null || value === undefined) found = Number.NaN;
  else if (typeof value === 'string') found = meaning.number(column, value.trim());
  // By the tag, since a date may come from another window.
  else if (isDate) found = classOf(value) === 'Date' ? Number(value) / 1000 : undefined;
  else if (typeof value === 'number') found = value;
  const isFilled = Number.isNaN(found) && column.median !== undefined;
  if (found !== undefined && (isFilled || Number.isFinite(found))) return found;
  throw outOfRange(place, describe(value), isDate ? 'a Date, or the text of one' : 'a number');
}
