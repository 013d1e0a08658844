/** Gathers the cells of all rows of a table, column by column. */
import { describe, outOfRange } from '../../base/arguments.ts';
import { type Faults, TableError } from '../faults.ts';
import { type Decimal, isMissing, isNumber } from '../numbers.ts';
import type { RowsHeader, TableRow } from '../rows.ts';
import { CellList, fewCells, type NumberCells, type TextCells } from './cell-list.ts';
import { decimalOf } from './decimal.ts';
import { NumberList } from './number-list.ts';

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
/** Rows of a table of few, and their cells: in those, each column is one of a million rather than long. */
const FEW_ROWS = 16;
const FEW_CELLS = 2 ** 22;

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
  const cells = new GatheredCells(width, given, isCategory);
  const records = new NumberList(Uint32Array);
  for await (const batch of rows) {
    for (const row of batch) {
      if ('fault' in row) {
        faults.add(`row ${row.record}`, row.fault);
        continue;
      }
      cells.push(row.cells);
      records.push(row.record);
    }
    if (records.length * width > MOST_CELLS) {
      throw outOfRange(name, `more than ${MOST_CELLS} cells`, 'a table of at most as many');
    }
    cells.settle();
  }
  if (records.length === 0) {
    faults.check(name);
    throw outOfRange(name, 'no rows of data', 'at least one');
  }
  const all = { ...cells.end(), records: records.concat() };
  if (guessed) checkGuess(name, guessed, all);
  return all;
}

/** The cells of rows as they come in. */
class GatheredCells {
  readonly #width: number;
  readonly #isCategory: (column: number) => boolean;
  #decimal: Decimal | undefined;
  /** Rows as long as they are few: lists would take more for a column than its cells. */
  #few: (readonly string[])[] = [];
  #columns: CellList[] | undefined;

  constructor(
    width: number,
    decimal: Decimal | undefined,
    isCategory: (column: number) => boolean,
  ) {
    this.#width = width;
    this.#decimal = decimal;
    this.#isCategory = isCategory;
  }

  push(cells: readonly string[]): void {
    const columns = this.#columns;
    if (columns !== undefined) {
      for (let i = 0; i < columns.length; i++) columns[i]!.push(cells[i]!);
      return;
    }
    this.#few.push(cells);
    const { length } = this.#few;
    if (length < FEW_ROWS && length * this.#width < FEW_CELLS) return;
    this.#columns = Array.from({ length: this.#width }, () => new CellList());
    const rows = this.#few;
    this.#few = [];
    for (const row of rows) this.push(row);
  }

  /** Keeps columns as numbers where there are many. */
  settle(): void {
    for (const [i, column] of this.#columns?.entries() ?? []) {
      if (!column.isFull || this.#isCategory(i)) continue;
      this.#decimal ??= decimalOf(textsOf(cellsOf(this.#columns!)));
      column.settle(this.#decimal ?? '.');
    }
  }

  /** The cells, which are then no longer kept here. */
  end(): Pick<TableCells, 'columns' | 'decimal'> {
    const lists = this.#columns;
    const { length } = this.#few;
    const codes = new Uint32Array(lists ? 0 : this.#width * length);
    const columns = Array.from({ length: this.#width }, (_, i) => {
      if (!lists) return fewCells(this.#few, i, codes.subarray(i * length, (i + 1) * length));
      const { cells } = lists[i]!;
      // One column after another, or there would be two copies of all.
      lists[i] = new CellList();
      return cells;
    });
    this.#few = [];
    return { columns, decimal: this.#decimal ?? decimalOf(textsOf(columns)) };
  }
}

/** One column after another. */
function* cellsOf(columns: readonly CellList[]): Generator<TextCells | NumberCells> {
  for (const { cells } of columns) yield cells;
}

/** Of columns that are kept as texts, one after another: together they take much memory. */
function* textsOf(columns: Iterable<TextCells | NumberCells>): Generator<TextCells> {
  for (const cells of columns) if ('texts' in cells) yield cells;
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
