/** Detects how a table is cut, from its beginning: what divides cells and rows, and lines before the table. */

import { isNumber } from '../numbers.ts';
import { CellCutter, type Form } from './cell-cutter.ts';

const DELIMITERS = [',', '\t', '|', ';'];
/** Rows from which the delimiter is detected. */
const ROWS_TO_TELL = 10;
/** Lines that may stand before the table. */
const MOST_LINES_BEFORE = 1000;

/** What is known of it beforehand. */
export type GivenForm = { readonly [K in 'delimiter' | 'comment']?: Form[K] | undefined };

/** @param isLast whether it is the whole table */
export function formOf(text: string, given: GivenForm, isLast: boolean): Form {
  const newline = newlineOf(text);
  const { comment } = given;
  const before = linesBefore(text, newline);
  const table = text.slice(before.at);
  const quote = hasSingleQuotes(table) ? "'" : undefined;
  const form = (delimiter: string) => ({ newline, comment, quote, delimiter });
  const delimiter = given.delimiter ?? delimiterOf(table, form, isLast);
  const isNamed = before.lines > 0 && isHeader(before, table, form(delimiter), isLast);
  return { ...form(delimiter), skipped: before.lines - Number(isNamed) };
}

/** The end of the first row. In files of old Macs it is a carriage return. */
function newlineOf(text: string): Form['newline'] {
  const [, end] = /([\r\n]\n?)/.exec(text.replace(/"[^"]*"?/g, '')) ?? [];
  return end === '\r' ? '\r' : '\n';
}

/** Whether all cells of the first row are in single quotes. */
function hasSingleQuotes(table: string): boolean {
  return /^\s*'(?:[^'\r\n]|'')*'(?:[,;|\t ]'(?:[^'\r\n]|'')*')+[\t ]*(?:[\r\n]|$)/.test(table);
}

/** Lines before a table. */
interface Before {
  readonly lines: number;
  /** Where the table begins. */
  readonly at: number;
  /** The last of those that are comments, and how many there are. */
  readonly last: string;
  readonly comments: number;
}

const NOTHING: Before = { lines: 0, at: 0, last: '', comments: 0 };

/** The lines at the beginning that are blank or comments, if there is anything else. */
function linesBefore(text: string, newline: string): Before {
  let found = NOTHING;
  for (let [line, begin] = [1, 0]; line <= MOST_LINES_BEFORE; line++) {
    const end = text.indexOf(newline, begin);
    const last = text.slice(begin, end < 0 ? text.length : end).trim();
    const isComment = /^[#%]/.test(last);
    if (last !== '' && !isComment) return found;
    if (end < 0) return NOTHING;
    begin = end + 1;
    if (isComment) found = { lines: line, at: begin, last, comments: found.comments + 1 };
  }
  return NOTHING;
}

/**
 * Whether the last comment before a table names its columns: it has as many cells as the row after it, and
 * numbers stand there, or it can hardly be anything else.
 */
function isHeader({ last, comments }: Before, table: string, form: Form, isLast: boolean): boolean {
  const names = new CellCutter(last, form, true).row();
  const [row] = cut(form.delimiter, new CellCutter(table, form, isLast)).rows;
  if (!Array.isArray(names) || names.length === 1 || names.length !== row?.length) return false;
  return row.some((cell) => isNumber(cell.trim())) || (comments === 1 && /^[#%]\S/.test(last));
}

/** Cells of the first rows for a delimiter. */
interface Cut {
  readonly delimiter: string;
  readonly rows: readonly (readonly string[])[];
  readonly isDamaged: boolean;
}

/**
 * The delimiter for which the first rows have the most similar numbers of cells; of equal ones, the one with
 * most cells. Commas inside numbers are decimal marks where another delimiter divides all rows alike.
 */
function delimiterOf(text: string, form: (delimiter: string) => Form, isLast: boolean): string {
  const cuts = DELIMITERS.map((delimiter) =>
    cut(delimiter, new CellCutter(text, form(delimiter), isLast)),
  );
  const candidates = cuts.filter((cut) => meanCells(cut) > 1.99);
  const decimals = candidates.find((cut) => cut.delimiter !== ',' && hasDecimalCommas(cut));
  if (decimals) return decimals.delimiter;
  const others = candidates.filter(({ delimiter }) => delimiter !== '\t');
  if (others.length === 0) {
    const blanks = cut(' ', new CellCutter(text, form(' '), isLast));
    const isAligned = blanks.rows.some((row) => row.length > 1) && isDividedByBlanks(text, blanks);
    if (isAligned && (candidates.length === 0 || /\S {2,}\S/.test(text.slice(0, 2 ** 12)))) {
      return ' ';
    }
  }
  candidates.sort(
    (a, b) =>
      Number(a.isDamaged) - Number(b.isDamaged) ||
      steps(a) - steps(b) ||
      meanCells(b) - meanCells(a),
  );
  return candidates[0]?.delimiter ?? ',';
}

/** Whether rows have the same number of cells, R's header without a cell for row names aside. */
function isDividedByBlanks(text: string, { rows, isDamaged }: Cut): boolean {
  if (isDamaged || rows.length < 2) return false;
  const [first, ...others] = rows.map((row) => row.length) as [number, ...number[]];
  const [width] = others as [number, ...number[]];
  return (
    width > 1 &&
    (first === width || first === width - 1) &&
    others.every((cells) => cells === width) &&
    / /.test(text.slice(0, 2 ** 12))
  );
}

function cut(delimiter: string, cutter: CellCutter): Cut {
  const rows: string[][] = [];
  let cells = cutter.row();
  for (; Array.isArray(cells) && rows.length < ROWS_TO_TELL; cells = cutter.row()) {
    if (cells.length > 1 || cells[0]!.trim() !== '') rows.push(cells);
  }
  return { delimiter, rows, isDamaged: typeof cells === 'string' };
}

/** Mean number of cells; NaN without rows. */
function meanCells({ rows }: Cut): number {
  return rows.reduce((sum, row) => sum + row.length, 0) / rows.length;
}

/** The sum of the differences between successive rows. */
function steps({ rows }: Cut): number {
  return rows.slice(1).reduce((sum, row, i) => sum + Math.abs(row.length - rows[i]!.length), 0);
}

/** Whether all rows have the same number of cells, and commas are only inside numbers. */
function hasDecimalCommas(cut: Cut): boolean {
  const withComma = cut.rows.flat().filter((cell) => cell.includes(','));
  return (
    !cut.isDamaged &&
    steps(cut) === 0 &&
    withComma.length > 0 &&
    withComma.every((cell) => isNumber(cell.trim()))
  );
}
