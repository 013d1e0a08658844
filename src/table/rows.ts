/** Reads a table row by row, without deciding what its columns hold: for a model that knows its own. */
import { describe, oneOf, outOfRange, wrongType } from '../base/arguments.ts';
import { faultText } from './faults.ts';
import type { TableOptions, TableSource } from './options.ts';
import { isComment, type Shape, shapeOf } from './text/header.ts';
import { QuoteError, RowCutter } from './text/row-cutter.ts';
import { piecesOf } from './text/source.ts';

/** What was found at the beginning of a table. */
export interface RowsHeader {
  /** Names of the columns; undefined where the first row is data. */
  readonly names: readonly string[] | undefined;
  readonly width: number;
  /** How many of the first columns have no name and the rows' numbers or names. */
  readonly rowNames: number;
  readonly delimiter: string;
  /** Names of classes that a first row of scikit-learn's tables has. */
  readonly classNames?: readonly string[] | undefined;
  /** Whether it was not told but detected that the first row is data; and the row. */
  readonly guessed: readonly string[] | undefined;
}

/** A row of data: its cells, or what is wrong with it. */
export type TableRow =
  | { readonly record: number; readonly cells: readonly string[] }
  | { readonly record: number; readonly fault: string };

/** How rows are read. */
export type RowsOptions = Pick<
  TableOptions,
  'name' | 'header' | 'decimal' | 'delimiter' | 'comment'
> & { readonly known?: readonly string[] };

/** Including blank and skipped rows: limits an endless input. */
const MOST_ROWS = 2 ** 28;
/** Rows from which a header is detected. */
const ROWS_TO_TELL = 100;

/**
 * Reads the rows of a table.
 *
 * @param known names; a first row that has them all is the header
 * @throws RangeError where no more can be read
 */
export async function readRows(
  source: TableSource,
  options: RowsOptions = {},
): Promise<{ header: RowsHeader; rows: AsyncIterable<readonly TableRow[]> }> {
  const { name = 'table', header, known = [] } = checkedOptions(options);
  const cutter = new RowCutter(name, formGiven(name, options));
  const batches = batchesOf(source, name, cutter);
  let begun: readonly Cut[] = [];
  while (begun.length < ROWS_TO_TELL) {
    const { done, value } = await batches.next();
    if (done) break;
    begun = [...begun, ...value];
  }
  const filled = begun.filter((row) => 'cells' in row).slice(0, ROWS_TO_TELL);
  if (filled.length === 0) {
    const bad = begun.find((row) => 'problem' in row);
    throw bad?.problem ?? outOfRange(name, 'no rows of data', 'at least one');
  }
  const shape = shapeOf(
    filled.map(({ cells }) => cells),
    { header, known: [known] },
  );
  const isData = shape.names === undefined && shape.classNames === undefined;
  checkNames(name, shape);
  return {
    header: {
      names: shape.names?.map((cell, i) => cell || (i < shape.rowNames ? '' : `column ${i + 1}`)),
      width: shape.width,
      rowNames: shape.rowNames,
      delimiter: cutter.delimiter ?? ',',
      classNames: shape.classNames,
      guessed: header === undefined && isData ? filled[0]!.cells : undefined,
    },
    rows: rowsOf(
      shape,
      begun.filter((row) => isData || row !== filled[0]),
      batches,
    ),
  };
}

function checkedOptions(options: RowsOptions): RowsOptions {
  const { delimiter, comment, decimal, header } = options;
  if (header !== undefined && typeof header !== 'boolean') {
    throw wrongType('header', header, 'true or false');
  }
  if (delimiter !== undefined && (delimiter.length !== 1 || /["\r\n]/.test(delimiter))) {
    throw outOfRange('delimiter', describe(delimiter), 'one character, " " for any blanks');
  }
  if (comment !== undefined && (comment === '' || /["\r\n]/.test(comment))) {
    throw outOfRange('comment', describe(comment), 'what the lines to skip begin with');
  }
  if (decimal !== undefined) oneOf('decimal', decimal, ['.', ',']);
  return options;
}

/** Tabs divide the cells of a file that is called so. */
function formGiven(name: string, { delimiter, comment }: RowsOptions) {
  const tab = /\.tsv(?:\.gz)?$/i.test(name) ? '\t' : undefined;
  return { delimiter: delimiter ?? tab, comment };
}

/** A row as it was cut, or why it and those after it could not be. */
type Cut =
  | { readonly record: number; readonly cells: readonly string[] }
  | { readonly record: number; readonly problem: QuoteError };

/** The rows that are not blank, as many at a time as were read. */
async function* batchesOf(
  source: TableSource,
  name: string,
  cutter: RowCutter,
): AsyncGenerator<Cut[]> {
  let isOver = false;
  const take = (piece: string | undefined) => {
    const batch: Cut[] = [];
    try {
      for (const cells of cutter.push(piece)) {
        if (cutter.rows > MOST_ROWS) {
          throw outOfRange(name, `more than ${MOST_ROWS} rows`, 'at most as many');
        }
        if (cells.length > 1 || cells[0]!.trim() !== '') batch.push({ record: cutter.rows, cells });
      }
    } catch (error) {
      if (!(error instanceof QuoteError)) throw error;
      batch.push({ record: error.record, problem: error });
      isOver = true;
    }
    return batch;
  };
  for await (const piece of piecesOf(source, name)) {
    const batch = take(piece);
    if (batch.length > 0) yield batch;
    if (isOver) return;
  }
  yield take(undefined);
}

/** The rows, checked for the number of their cells. */
async function* rowsOf(
  shape: Shape,
  begun: readonly Cut[],
  batches: AsyncIterable<readonly Cut[]>,
): AsyncGenerator<readonly TableRow[]> {
  yield begun.map((row) => checkedRow(row, shape));
  for await (const batch of batches) yield batch.map((row) => checkedRow(row, shape));
}

function checkedRow(row: Cut, { width, hasTail }: Shape): TableRow {
  const { record } = row;
  if ('problem' in row) {
    return { record, fault: `${row.problem.fault}; later rows are not read` };
  }
  const { cells } = row;
  if (cells.length === width) return row;
  const tail = cells.length === width + 1 ? cells[width]!.trim() : '-';
  if (hasTail && tail === '') return { record, cells: cells.slice(0, width) };
  return { record, fault: widthFault(cells, width) };
}

function widthFault(cells: readonly string[], width: number): string {
  if (isComment(cells)) {
    const expected = 'only rows of the table: the option comment says which lines to skip';
    return faultText(`a comment (${describe(cells.join())})`, expected);
  }
  const found = `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`;
  return faultText(found, `${width}, as in the first rows`);
}

/** @throws RangeError if two columns have the same name */
function checkNames(name: string, { names = [], rowNames }: Shape): void {
  const places = new Map<string, number>();
  for (let i = rowNames; i < names.length; i++) {
    const own = names[i] || `column ${i + 1}`;
    const first = places.get(own);
    if (first !== undefined) {
      const found = `${describe(own)} in columns ${first + 1} and ${i + 1}`;
      throw outOfRange(`${name}, header`, found, 'each name once');
    }
    places.set(own, i);
  }
}
