/** The inputs, and labels or targets, of rows of text cells: the lines of a file. */
import { describe, outOfRange } from '../../base/arguments.ts';
import { decimalOf } from '../columns/decimal.ts';
import { TableError } from '../faults.ts';
import { type Decimal, isMissing } from '../numbers.ts';
import { type CellMeaning, expectedOf, foundIn } from './cell-meaning.ts';
import type { Contents } from './contents-file.ts';
import { type InputColumn, UNSEEN, writeCategory, writeNumber } from './input-column.ts';

/** For each input column its place in a row from 0; and those of the labels, where they are there. */
export interface Places {
  readonly inputs: readonly number[];
  readonly labels: readonly number[] | undefined;
  /** The decimal mark of the table; undefined: that of training. */
  readonly decimal?: Decimal | undefined;
}

/**
 * The decimal mark of a table; undefined where its first rows do not say.
 *
 * @param rows the first ones
 */
export function decimalIn(
  { columns, classes }: { columns: readonly InputColumn[]; classes: boolean },
  { inputs, labels = [] }: Places,
  rows: readonly (readonly string[])[],
): Decimal | undefined {
  const places = [
    ...inputs.filter((_, i) => columns[i]!.kind === 'number'),
    ...(classes ? [] : labels),
  ];
  const codes = Uint32Array.from(rows.keys());
  return decimalOf(places.map((at) => ({ texts: rows.map((row) => row[at]!.trim()), codes })));
}

/**
 * Where the columns of a file are among those that are known.
 *
 * @param name of the file, for errors
 * @param names of the file's header; undefined: in the order of training
 * @param width how many columns it has
 * @param rowNames how many of the first have no name of their own
 * @throws RangeError that names the columns that are not there
 */
export function placesIn(
  { columns, labels, named, width: all }: Contents,
  name: string,
  names: readonly string[] | undefined,
  width: number,
  rowNames: number,
): Places {
  const found = new Map(names?.map((own, i) => [own, i]));
  const lacking = columns.filter((column) => !found.has(column.name));
  if (names && lacking.length === 0) {
    const own = labels.flatMap((label) => found.get(label.name) ?? []);
    const inputs = columns.map((column) => found.get(column.name)!);
    return { inputs, labels: own.length === labels.length ? own : undefined };
  }
  if (names && named) {
    const found = `no column ${listed(lacking.map((column) => column.name))} among ${listed(names)}`;
    throw outOfRange(`${name}, header`, found, 'the columns that the model was trained on');
  }
  // By their order: all columns of training, all but the labels, or the inputs alone.
  const count = width - rowNames;
  const at = labels.flatMap(({ number }) => number ?? []);
  if (width === all && at.length === labels.length) {
    return { inputs: columns.map(({ number }) => number - 1), labels: at.map((at) => at - 1) };
  }
  if (count === columns.length) {
    return { inputs: columns.map((_, i) => rowNames + i), labels: undefined };
  }
  if (all !== undefined && width === all - at.length) {
    const before = (number: number) => at.filter((label) => label < number).length;
    const inputs = columns.map(({ number }) => number - 1 - before(number));
    return { inputs, labels: undefined };
  }
  const expected = `${columns.length}, those that the model was trained on`;
  throw outOfRange(name, `${count} columns`, expected);
}

/** Names that an error lists, at most. */
const MOST_LISTED = 10;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED).map((own) => describe(own));
  return `${shown.join()}${names.length > shown.length ? `, … (${names.length})` : ''}`;
}

/**
 * Writes the inputs of a row.
 *
 * @returns how many of its categories are unseen
 * @throws TableError that names column, found and expected, where a cell is not a number or a date
 */
export function writeInputs(
  meaning: CellMeaning,
  cells: readonly string[],
  places: Places,
  to: Float64Array,
  at: number,
): number {
  let unseen = 0;
  for (const [i, column] of meaning.contents.columns.entries()) {
    const place = places.inputs[i]!;
    const text = cells[place]!.trim();
    const begin = at + column.first;
    to.fill(0, begin, begin + column.width);
    if (column.kind === 'category') {
      const category = meaning.category(column, text);
      unseen += Number(category === UNSEEN);
      writeCategory(column, category, to, begin);
      continue;
    }
    const value = meaning.number(column, text, places.decimal);
    if (value === undefined || (Number.isNaN(value) && column.median === undefined)) {
      throw cellError('column', place, column.name, foundIn(text), expectedOf(column));
    }
    writeNumber(column, value, to, begin);
  }
  return unseen;
}

/**
 * Writes the labels of a row: the number of its class, or a number for each.
 *
 * @returns whether all are there
 * @throws TableError that names column, found and expected, where a label is none
 */
export function writeLabels(
  meaning: CellMeaning,
  cells: readonly string[],
  places: Places,
  to: Uint8Array | Float64Array,
  at: number,
): boolean {
  const { contents, classes } = meaning;
  for (const [j, place] of (places.labels ?? []).entries()) {
    const text = cells[place]!.trim();
    const value = classes ? meaning.class(text) : meaning.number(undefined, text, places.decimal);
    if (Number.isNaN(value) || (value === undefined && isMissing(text))) return false;
    if (value === undefined) {
      const number = { found: foundIn(text), expected: 'a number' };
      const { found, expected } = classes ? meaning.noClass(text) : number;
      throw cellError('label column', place, contents.labels[j]!.name, found, expected);
    }
    to[at + j] = value;
  }
  return places.labels !== undefined;
}

function cellError(
  what: string,
  place: number,
  name: string,
  found: string,
  expected: string,
): TableError {
  const at = `${what} ${place + 1} (${describe(name)})`;
  return new TableError(outOfRange(at, found, expected).message);
}
