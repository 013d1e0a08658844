/** Gathers the cells of all rows of a table, column by column. */
import { describe, outOfRange } from '../../base/arguments.ts';
import { type Faults, TableError } from '../faults.ts';
import { type Decimal, isMissing, isNumber } from '../numbers.ts';
import type { RowsHeader, TableRow } from '../rows.ts';
import { CellList, type NumberCells, NumberList, type TextCells } from './cell-list.ts';
import { decimalOf } from './decimal.ts';

/** The cells of a table. */
export interface TableCells {
  readonly columns: readonly (TextCells | NumberCells)[];
  /** The number of each row in the file. */
  readonly records: Uint32Array;
  /** Undefined where the numbers do not say. */
  readonly decimal: Decimal | undefined;
}

/** 1 GiB of numbers. */
const MOST_CELLS = 2 ** 27;

/**
 * @param given the decimal mark, if it is known
 * @param isCategory whether a column's texts are kept, however many they are
 * @param faults gets those of rows
 * @throws RangeError if there are no rows, or the first one seems to be a header
 */
export async function gathered(
  name: string,
  { width, guessed }: RowsHeader,
  rows: AsyncIterable<readonly TableRow[]>,
  given: Decimal | undefined,
  isCategory: (column: number) => boolean,
  faults: Faults,
): Promise<TableCells> {
  const columns = Array.from({ length: width }, () => new CellList());
  const others = columns.filter((_, i) => !isCategory(i));
  const records = new NumberList(Uint32Array);
  let decimal = given;
  const found = () => decimalOf(textsOf(columns));
  for await (const batch of rows) {
    for (const row of batch) {
      if ('fault' in row) {
        faults.add(`row ${row.record}`, row.fault);
        continue;
      }
      for (let i = 0; i < width; i++) columns[i]!.push(row.cells[i]!);
      records.push(row.record);
    }
    if (records.length * width > MOST_CELLS) {
      throw outOfRange(name, `more than ${MOST_CELLS} cells`, 'a table of at most as many');
    }
    for (const column of others.filter(({ isFull }) => isFull)) {
      decimal ??= found();
      column.settle(decimal ?? '.');
    }
  }
  if (records.length === 0) {
    faults.check(name);
    throw outOfRange(name, 'no rows of data', 'at least one');
  }
  decimal ??= found();
  const own = columns.map((column) => column.numbers ?? column.texts!);
  const cells = { columns: own, records: records.concat(), decimal };
  if (guessed) checkGuess(name, guessed, cells);
  return cells;
}

/** Of each column that is kept as texts, one after another: together they take much memory. */
function* textsOf(columns: readonly CellList[]): Generator<TextCells> {
  for (const { texts } of columns) if (texts) yield texts;
}

/**
 * Checks a first row that was taken for data: text above numbers in all other rows is a header.
 *
 * @throws TableError that says so
 */
function checkGuess(name: string, first: readonly string[], { columns, records }: TableCells) {
  if (records.length < 2) return;
  const place = columns.findIndex((column, i) => {
    const text = first[i]!.trim();
    if (isMissing(text) || isNumber(text)) return false;
    if ('numbers' in column) return column.otherCells === 1 && column.others.has(text);
    const [, ...others] = column.texts;
    const isAlone = column.codes.indexOf(0, 1) < 0;
    return isAlone && others.some(isNumber) && others.every((t) => isNumber(t) || isMissing(t));
  });
  if (place < 0) return;
  const found = `${describe(first[place]!.trim())} above numbers`;
  const expected = 'a number, or a header; the option header says whether row 1 names the columns';
  const where = `${name}, row ${records[0]}, column ${place + 1}`;
  throw new TableError(outOfRange(where, found, expected).message);
}
