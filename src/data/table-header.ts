/** Detects the shape of a table from its first two rows: header, row names, delimiter. */
import { describe, outOfRange } from '../base/arguments.ts';

/** The columns of a table before it is known which of them are inputs. */
export interface Shape {
  /** Cells in a row, without an empty last one. */
  readonly width: number;
  /** The header's cells, '' for columns without a name; undefined where the first row is data. */
  readonly names: readonly string[] | undefined;
  /** Whether rows end with a delimiter, so that they have an empty cell more. */
  readonly hasTail: boolean;
  /** How many of the first columns have the rows' numbers or names. */
  readonly rowNames: number;
}

/** What is known of the header beforehand. */
export interface HeaderHints {
  /** Whether the first row is one; undefined: detected. */
  readonly header?: boolean | undefined;
  /** Lists of names; a row with all names of a list is a header. */
  readonly known: readonly (readonly string[])[];
}

/**
 * A number. Cells may be very long: in no expression for them do two repetitions that match the same
 * characters follow each other, or time would be quadratic.
 */
export const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** Names of pandas for a column without one, and of R’s collections for row names. */
const ROW_NAMES = /^(?:Unnamed: \d+(?:\.\d+)*|row[ ._]?names)$/i;
/** Usual names of a column with row numbers 1, 2, 3 … */
const ROW_NUMBERS =
  /^(?:id|index|idx|#|no\.?|nr\.?|obs|row(?:[ ._]?(?:id|no|nr|num|number|index))?)$/i;

const isNumber = (cell: string | undefined) => cell !== undefined && NUMBER.test(cell);
const isBlank = (cell: string | undefined) => cell === undefined || cell.trim() === '';

/** Whether a name is one for row numbers. */
export function isRowNumber(name: string): boolean {
  return ROW_NUMBERS.test(name);
}

/** Whether a row looks like a comment. */
export function isComment(cells: readonly string[]): boolean {
  return /^\s*[#%]/.test(cells[0]!);
}

/**
 * Checks that a table's cells are not separated by blanks.
 *
 * @param name the table's name in an error
 * @param text its beginning
 * @throws RangeError if the cells of its first lines are
 */
export function checkDelimiter(name: string, text: string): void {
  const lines = text.slice(0, 2 ** 16).split(/[\r\n]+/, 100);
  const [first, second] = lines.filter((line) => line.trim() !== '' && !isComment([line]));
  if (first === undefined || second === undefined) return;
  if (![first, second].every((line) => !/[,;\t|]/.test(line) && /\S +\S/.test(line.trim()))) return;
  throw outOfRange(
    name,
    `cells with blanks between them (${describe(first.trim())})`,
    `commas, semicolons, tabs or bars: tr -s ' ' ',' replaces blanks`,
  );
}

/** The shape, from the first row and, if there is one, the second. */
export function shapeOf(
  first: readonly string[],
  second: readonly string[] | undefined,
  hints: HeaderHints,
): Shape {
  const hasTail = first.length > 1 && isBlank(first.at(-1)) && isBlank(second?.[first.length - 1]);
  const cells = hasTail ? first.slice(0, -1) : first;
  const isLonger = second?.length === cells.length + 1;
  // Rows of R's write.table begin with a name, for which its header has no cell.
  const hasRowNames = isLonger && !hasTail && cells.length > 1 && !isBlank(second?.at(-1));
  const header = hasRowNames ? ['', ...cells] : cells;
  const isKnown = hints.known.some((names) => hasAll(cells, names));
  const isHeader = hints.header ?? (isKnown || looksLikeHeader(header, second, !hasRowNames));
  if (!isHeader) return { width: cells.length, names: undefined, hasTail, rowNames: 0 };
  const names = header.map((cell) => cell.trim());
  const named = names.findIndex((name) => name !== '' && !ROW_NAMES.test(name));
  return {
    ...{ width: names.length, names, hasTail: hasTail || (isLonger && !hasRowNames) },
    rowNames: Math.max(0, named),
  };
}

/** Whether a row counts up by one from a whole number: 0, 1, 2 … */
export function counts(cells: readonly string[]): boolean {
  return (
    cells.length > 1 &&
    cells.every((cell, i) => /^\s*\d+\s*$/.test(cell) && Number(cell) === Number(cells[0]) + i)
  );
}

function hasAll(cells: readonly string[], names: readonly string[]): boolean {
  const own = new Set(cells.map((cell) => cell.trim()));
  return names.length > 0 && names.every((name) => own.has(name));
}

/**
 * Whether the first row names the columns: where the second row has numbers, the first has none;
 * or it has none at all. pandas numbers columns from 0 that it was given no names for, and writes
 * nothing over the rows' own numbers.
 *
 * @param isWhole whether its first cell is its own
 */
function looksLikeHeader(
  first: readonly string[],
  second: readonly string[] | undefined,
  isWhole: boolean,
): boolean {
  if (!first.some(isNumber)) return true;
  if (second === undefined) return false;
  const [lead = '', ...others] = first;
  const numbers = isNumber(others.at(-1)) ? others : others.slice(0, -1);
  const isNumbered = Number(numbers[0]) === 0 && (numbers.length === 1 || counts(numbers));
  const isUnnamed = isWhole && (isBlank(lead) || ROW_NAMES.test(lead)) && !isBlank(second[0]);
  if (isUnnamed && isNumbered) return true;
  return (
    second.some(isNumber) &&
    !first.some((cell, column) => isNumber(cell) && isNumber(second[column]))
  );
}
