/** Detects the shape of a table from its first rows: header, row names, delimiters at the end of rows. */
import { isMissing, isNumber } from '../numbers.ts';

/** The columns of a table before it is known what they hold. */
export interface Shape {
  /** Cells in a row, without an empty last one. */
  readonly width: number;
  /** The header's cells, '' for columns without a name; undefined where the first row is data. */
  readonly names: readonly string[] | undefined;
  /** Whether rows end with a delimiter, so that they have an empty cell more. */
  readonly hasTail: boolean;
  /** How many of the first columns have no name of their own: often the rows' numbers or names. */
  readonly rowNames: number;
  /** Names of classes, as scikit-learn's own tables have them in their first row, which is no data. */
  readonly classNames?: readonly string[] | undefined;
}

/** What is known of the header beforehand. */
export interface HeaderHints {
  /** Whether the first row is one; undefined: detected. */
  readonly header?: boolean | undefined;
  /** Lists of names; a row with all names of a list is a header. */
  readonly known: readonly (readonly string[])[];
}

/** Names of pandas for a column without one, and of R’s collections for row names. */
const ROW_NAMES = /^(?:Unnamed: \d+(?:\.\d+)*|row[ ._]?names)$/i;

const isNumberCell = (cell: string | undefined) => cell !== undefined && isNumber(cell.trim());
const isBlank = (cell: string | undefined) => cell === undefined || cell.trim() === '';

/** Whether a row looks like a comment. */
export function isComment(cells: readonly string[]): boolean {
  return /^\s*[#%]/.test(cells[0]!);
}

/** @param rows the first rows that are not blank, at least one */
export function shapeOf(rows: readonly (readonly string[])[], hints: HeaderHints): Shape {
  const [first, second] = rows as [readonly string[], (readonly string[])?];
  const classNames = hints.header === undefined ? classNamesOf(first, second) : undefined;
  if (classNames) {
    const { length } = second!;
    return { width: length, names: undefined, hasTail: false, rowNames: 0, classNames };
  }
  const hasTail = first.length > 1 && isBlank(first.at(-1)) && isBlank(second?.[first.length - 1]);
  const cells = hasTail ? first.slice(0, -1) : first;
  const isLonger = second?.length === cells.length + 1;
  // Rows of R's write.table begin with a name, for which its header has no cell.
  const hasRowNames = isLonger && !hasTail && cells.length > 1 && !isBlank(second?.at(-1));
  const header = hasRowNames ? ['', ...cells] : cells;
  const isKnown = hints.known.some((names) => hasAll(cells, names));
  const others = rows.slice(1);
  const isHeader = hints.header ?? (isKnown || looksLikeHeader(header, others, !hasRowNames));
  if (!isHeader) return { width: cells.length, names: undefined, hasTail, rowNames: 0 };
  // NumPy writes "# " before the names.
  const lead = Number(hasRowNames);
  const names = header.map((cell, i) =>
    (i === lead ? cell.replace(/^\s*[#%]\s/, '') : cell).trim(),
  );
  const named = names.findIndex((name) => name !== '' && !ROW_NAMES.test(name));
  return {
    ...{ width: names.length, names, hasTail: hasTail || (isLonger && !hasRowNames) },
    rowNames: Math.max(0, named),
  };
}

/** Titles above a table that are skipped, at most. */
const MOST_TITLES = 10;

/**
 * How many rows stand above the header: titles, most of whose cells are blank, where the row after them has
 * text in all its cells, and is itself followed by a row as long.
 */
export function titlesIn(rows: readonly (readonly string[])[]): number {
  const filled = (cells: readonly string[]) => cells.filter((cell) => !isBlank(cell)).length;
  for (let titles = 1; titles <= MOST_TITLES; titles++) {
    const [title, header, data] = rows.slice(titles - 1);
    if (title === undefined || header === undefined || data === undefined) return 0;
    if (2 * filled(title) >= header.length && 2 * filled(title) >= data.length) return 0;
    const isHeader = filled(header) === header.length && !header.some(isNumberCell);
    if (isHeader && header.length > 2 && data.length === header.length) return titles;
  }
  return 0;
}

/**
 * The names of classes in a first row of scikit-learn's own tables: the number of rows, that of features,
 * then the names.
 */
function classNamesOf(
  [rows = '', features = '', ...names]: readonly string[],
  second: readonly string[] | undefined,
): readonly string[] | undefined {
  const isWhole = /^\d+$/.test(rows) && /^\d+$/.test(features);
  const isOfSecond = second !== undefined && Number(features) === second.length - 1;
  if (!isWhole || !isOfSecond || names.length < 2) return undefined;
  if (names.some((name) => isBlank(name) || isNumberCell(name))) return undefined;
  return second.every((cell) => isNumberCell(cell)) ? names.map((name) => name.trim()) : undefined;
}

/** Whether a row counts up by one from a whole number: 0, 1, 2 … */
export function counts(cells: readonly string[]): boolean {
  return (
    cells.length > 1 &&
    cells.every((cell, i) => /^\s*\d+\s*$/.test(cell) && Number(cell) === Number(cells[0]) + i)
  );
}

function hasAll(cells: readonly string[], names: readonly string[]): boolean {
  if (names.length === 0) return false;
  const own = new Set(cells.map((cell) => cell.trim()));
  return names.every((name) => own.has(name));
}

/**
 * Whether the first row names the columns: where the second row has numbers, the first has none;
 * or it has none at all, nor any text that occurs below it. pandas numbers columns from 0 that it was given
 * no names for, and writes nothing over the rows' own numbers.
 *
 * @param isWhole whether its first cell is its own
 */
function looksLikeHeader(
  first: readonly string[],
  others: readonly (readonly string[])[],
  isWhole: boolean,
): boolean {
  const [second] = others;
  const isNamed = (cell: string, column: number) =>
    !isMissing(cell.trim()) && !isNumberCell(cell) && isNumberCell(second?.[column]);
  if (!first.some(isNumberCell)) return first.some(isNamed) || !isData(first, others);
  if (second === undefined) return false;
  const [lead = '', ...rest] = first;
  const numbers = isNumberCell(rest.at(-1)) ? rest : rest.slice(0, -1);
  const isNumbered = Number(numbers[0]) === 0 && (numbers.length === 1 || counts(numbers));
  const isUnnamed = isWhole && (isBlank(lead) || ROW_NAMES.test(lead)) && !isBlank(second[0]);
  if (isUnnamed && isNumbered) return true;
  return (
    second.some(isNumberCell) &&
    !first.some((cell, column) => isNumberCell(cell) && isNumberCell(second[column]))
  );
}

/**
 * Whether a row of text is data: one of its cells says that it is missing, or stands below it in the same
 * column.
 */
function isData(first: readonly string[], others: readonly (readonly string[])[]): boolean {
  return first.some((cell, column) => {
    const text = cell.trim();
    if (text === '') return false;
    return isMissing(text) || others.some((row) => row[column]?.trim() === text);
  });
}
