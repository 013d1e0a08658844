/** Tables: CSV and TSV files, read as a stream, as examples, with what there is to say about them. */

import { describe, outOfRange } from '../../base/arguments.ts';
import { openRegularFile } from '../../base/regular-file-node.ts';
import { QuoteError, RowCutter } from '../../data/csv.ts';
import {
  classesOfTable,
  isContinuous,
  noteText,
  numbersOfTable,
  type Table,
  TableError,
  type TableNote,
  type TableOptions,
  type TableProblem,
  TableReader,
} from '../../data/table.ts';
import type { Dataset, Output } from '../../index.ts';
import { reason } from '../terminal/failure.ts';
import { warn } from '../terminal/terminal.ts';

const CHUNK = 2 ** 20;

/**
 * The table in a file, or on standard input where it is undefined. Cells are divided by tabs in a .tsv
 * file; elsewhere by whichever of comma, semicolon, tab and bar divides the first rows best.
 *
 * @throws Error that begins with the file, and names row and column
 */
export async function readTable(path: string | undefined, options: TableOptions): Promise<Table> {
  const file = path ?? 'stdin';
  const reader = new TableReader(file, options);
  const cutter = new RowCutter(file, file.toLowerCase().endsWith('.tsv') ? '\t' : undefined);
  const take = (bytes: Uint8Array | undefined) => {
    for (const cells of cutter.push(bytes)) reader.row(cells);
  };
  try {
    const source = path === undefined ? process.stdin : await chunksOf(path);
    for await (const bytes of source) take(bytes);
    take(undefined);
    return reader.end();
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    const failure = new Error(reason(error, errno === undefined ? undefined : file), {
      cause: error,
    });
    if (!(error instanceof QuoteError) || options.onBadRow === undefined) throw failure;
    // The next row could begin anywhere.
    const failed = new TableError(new RangeError(`${error.message}; later rows are not read`));
    try {
      const table = reader.end();
      options.onBadRow(failed);
      return table;
    } catch {
      throw failure;
    }
  }
}

async function chunksOf(path: string): Promise<AsyncIterable<Buffer>> {
  try {
    const handle = await openRegularFile(path);
    return handle.createReadStream({ highWaterMark: CHUNK });
  } catch (error) {
    throw new Error(reason(error, path), { cause: error });
  }
}

/** How a table is to be read, and for which output. */
export interface TableReading extends TableOptions {
  /** The network's output. Default: by the labels. */
  readonly output?: Output | undefined;
}

/**
 * The examples of a table, with what a model's metadata must say for others to be read alike.
 *
 * @param divided whether it is to be divided into two parts
 * @throws Error that names the file, and says what to do where there is something
 */
export async function readTableExamples(
  file: string,
  { output, ...options }: TableReading,
  divided: boolean,
) {
  try {
    const table = await readTable(file, options);
    const { notes, records, featureNames } = table;
    const unused = notes.filter(({ kind }) => kind === 'row names' || kind === 'row numbers');
    const record = {
      label: table.label!,
      ...(featureNames && { features: JSON.stringify(featureNames) }),
      ...(unused.length > 0 && { unused: JSON.stringify(unused.map(({ name }) => name)) }),
    };
    return {
      train: examplesOf(file, table, output, divided),
      record,
      notes,
      placeOf: (example: number) => `row ${records[example]}`,
    };
  } catch (error) {
    // Only the commands that train have the options.
    throw divided ? withAdvice(error) : error;
  }
}

function examplesOf(
  file: string,
  table: Table,
  output: Output | undefined,
  divided: boolean,
): Dataset {
  const areNumbers = output === undefined ? isContinuous(table) : output !== 'softmax';
  if (!areNumbers) return classesOfTable(file, table, divided);
  if (output === 'sigmoid') checkFractions(file, table);
  return numbersOfTable(file, table);
}

/** Checks that labels are from 0 to 1, the range of a sigmoid. */
function checkFractions(file: string, { labels, label, records }: Table): void {
  const numbers = labels?.numbers ?? new Float32Array();
  const wrong = numbers.findIndex((number) => !(number >= 0 && number <= 1));
  if (wrong < 0) return;
  throw outOfRange(
    `${file}, row ${records[wrong]}, label column ${describe(label)}`,
    String(numbers[wrong]),
    'a number from 0 to 1, as --output sigmoid gives; --output linear gives others',
  );
}

const ADVICE: Record<TableProblem, string> = {
  header: 'add --header if row 1 names the columns, --no-header if it does not',
  text: 'only the label may be text (--label COLUMN); remove other columns of text, or write them as numbers',
  missing: 'fill in what is missing, or remove the row',
  'decimal comma': 'write decimals with a point',
  number: 'add --output linear to predict numbers instead of classes',
  many: 'name another column with --label if this one holds no classes',
};

/** Notes of a table that are printed: there may be one for each of a million columns. */
const MOST_NOTES = 20;

/** The error with what to do about it, where a table is at fault and there is something to do. */
export function withAdvice(error: unknown): unknown {
  const fault = error instanceof Error && error.cause instanceof TableError ? error.cause : error;
  if (!(fault instanceof TableError) || fault.problem === undefined) return error;
  return new Error(`${reason(error)}; ${ADVICE[fault.problem]}`, { cause: error });
}

/**
 * Says what the notes say, on standard error.
 *
 * @param hasOptions whether the command has the options of which there is advice
 */
export function printNotes(
  notes: readonly TableNote[],
  file: string | undefined,
  hasOptions: boolean,
): void {
  for (const note of notes.slice(0, MOST_NOTES)) {
    const advice = hasOptions && note.kind === 'first row' ? `; ${ADVICE.header}` : '';
    warn(`${file}, ${noteText(note)}${advice}`);
  }
  const others = notes.length - MOST_NOTES;
  if (others > 0) warn(`${file}: ${others} more notes like these`);
}
