/** Reads a table row by row, without deciding what its columns hold: for a model that knows its own. */
import {
  options as checkOptions,
  describe,
  oneOf,
  outOfRange,
  wrongType,
} from '../base/arguments.ts';
import { faultText } from './faults.ts';
import type { TableOptions, TableSource } from './options.ts';
import { isComment, type Shape, shapeOf, titlesIn } from './text/header.ts';
import { QuoteError, RowCutter } from './text/row-cutter.ts';
import { piecesOf } from './text/source.ts';

/** What was found at the beginning of a table. */
export interface RowsHeader {
  /** Names of the columns; undefined where the first row is data. */
  readonly names: readonly string[] | undefined;
  readonly width: number;
  /** How many of the first columns have no name of their own: often the rows' numbers or names. */
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

/** A table whose rows can be read. */
export interface RowsRead {
  readonly header: RowsHeader;
  readonly rows: AsyncIterable<readonly TableRow[]>;
  /** Remarks on how the table was read, complete after its last row. */
  readonly notes: readonly string[];
  /** Closes the source, where not all rows are read. */
  close(): Promise<void>;
}

/** How rows are read. */
export type RowsOptions = Pick<
  TableOptions,
  'name' | 'header' | 'decimal' | 'delimiter' | 'comment'
> & {
  /** Names: a first row that has them all is the header. */
  readonly known?: readonly string[];
};

/** Including blank and skipped rows: limits an endless input. */
const MOST_ROWS = 2 ** 28;
/** Rows from which a header is detected; fewer of many cells, but the title, header and data that there may be. */
const ROWS_TO_TELL = 100;
const CELLS_TO_TELL = 2 ** 18;
const FEWEST_TO_TELL = 3;

/**
 * Reads the rows of a table.
 *
 * @throws RangeError where no more can be read
 */
export async function readRows(source: TableSource, given: RowsOptions = {}): Promise<RowsRead> {
  const options = checkedOptions(given);
  const { name = 'table', header, known = [] } = options;
  const notes: string[] = [];
  const cutter = new RowCutter(name, formGiven(name, options));
  const batches = batchesOf(source, name, cutter, notes);
  const close = async () => {
    await batches.return(undefined);
  };
  try {
    const begun = await beginOf(batches);
    const filled = begun.filter((row) => 'cells' in row).slice(0, ROWS_TO_TELL);
    if (filled.length === 0) {
      const bad = begun.find((row) => 'problem' in row);
      throw bad?.problem ?? outOfRange(name, 'no rows of data', 'at least one');
    }
    const titles = header === undefined ? titlesIn(filled.map(({ cells }) => cells)) : 0;
    const [first, ...others] = filled.slice(titles) as [Filled, ...Filled[]];
    if (titles > 0) {
      const what = 'has the names of the columns; what stands above it is skipped';
      notes.push(`row ${first.record} ${what}`);
    }
    const shape = shapeOf(
      [first, ...others].map(({ cells }) => cells),
      { header, known: [known] },
    );
    const isData = shape.names === undefined && shape.classNames === undefined;
    const names = shape.names && uniqueNames(shape.names, notes);
    const { width, rowNames, classNames } = shape;
    const guessed = header === undefined && isData ? first.cells : undefined;
    const from = isData ? first.record : first.record + 1;
    return {
      header: { names, width, rowNames, delimiter: cutter.delimiter ?? ',', classNames, guessed },
      rows: rowsOf(
        shape,
        begun.filter(({ record }) => record >= from),
        batches,
      ),
      notes,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const OPTIONS = ['name', 'header', 'decimal', 'delimiter', 'comment', 'known'] as const;

/** A copy of the options, which may change while the table is read. */
function checkedOptions(given: RowsOptions): RowsOptions {
  const { known, ...own } = checkOptions('options', given, OPTIONS);
  const { name, delimiter, comment, decimal, header } = own;
  for (const [key, value] of Object.entries({ name, delimiter, comment })) {
    if (value !== undefined && typeof value !== 'string') throw wrongType(key, value, 'a string');
  }
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
  return { ...own, ...(known !== undefined && { known: checkedNames(known) }) };
}

function checkedNames(known: readonly string[]): string[] {
  // Not hole by hole, of which an array can have many.
  const names = Array.isArray(known) ? Object.values(known) : [];
  if (!Array.isArray(known) || names.length < known.length) {
    throw wrongType('known', known, 'names');
  }
  const bad = names.findIndex((name) => typeof name !== 'string');
  if (bad >= 0) throw wrongType(`known[${bad}]`, names[bad], 'a name');
  return names;
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

type Filled = Extract<Cut, { cells: unknown }>;

/** Cells that are given at once: with more, those of a block of text would all be in memory together. */
const BATCH = 2 ** 13;

/** The rows that are not blank, some at a time. */
async function* batchesOf(
  source: TableSource,
  name: string,
  cutter: RowCutter,
  notes: string[],
): AsyncGenerator<Cut[]> {
  for await (const piece of piecesOf(source, name, notes)) {
    for (const batch of batchesIn(piece, name, cutter)) {
      yield batch;
      if ('problem' in batch.at(-1)!) return;
    }
  }
  yield* batchesIn(undefined, name, cutter);
}

/** @param piece undefined: the table ends */
function* batchesIn(piece: string | undefined, name: string, cutter: RowCutter): Generator<Cut[]> {
  let batch: Cut[] = [];
  let filled = 0;
  try {
    for (const cells of cutter.push(piece)) {
      if (cutter.rows > MOST_ROWS) {
        throw outOfRange(name, `more than ${MOST_ROWS} rows`, 'at most as many');
      }
      if (cells.length === 1 && cells[0]!.trim() === '') continue;
      batch.push({ record: cutter.rows, cells });
      filled += cells.length;
      if (filled < BATCH) continue;
      yield batch;
      [batch, filled] = [[], 0];
    }
  } catch (error) {
    if (!(error instanceof QuoteError)) throw error;
    batch.push({ record: error.record, problem: error });
  }
  if (batch.length > 0) yield batch;
}

/** The first rows, as many as tell the header. */
async function beginOf(batches: AsyncGenerator<readonly Cut[]>): Promise<readonly Cut[]> {
  const begun: Cut[] = [];
  let cells = 0;
  while (begun.length < ROWS_TO_TELL && (begun.length < FEWEST_TO_TELL || cells < CELLS_TO_TELL)) {
    const { done, value } = await batches.next();
    if (done) break;
    for (const row of value) {
      begun.push(row);
      if ('cells' in row) cells += row.cells.length;
    }
  }
  return begun;
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

/** The names of the columns, those without one by their number; of equal ones each but the first with a number. */
function uniqueNames(names: readonly string[], notes: string[]): string[] {
  const own = names.map((name, i) => name || `column ${i + 1}`);
  const all = new Set(own);
  const seen = new Map<string, number>();
  return own.map((name, i) => {
    let times = seen.get(name);
    if (times === undefined) {
      seen.set(name, 0);
      return name;
    }
    let unique: string;
    do unique = `${name}.${++times}`;
    while (all.has(unique));
    seen.set(name, times);
    all.add(unique);
    notes.push(`column ${i + 1} has the name of another, and is called ${describe(unique)}`);
    return unique;
  });
}
