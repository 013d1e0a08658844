/** The inputs, and labels or targets, of the rows of a table. */
import { describe, outOfRange, typed, wrongType } from '../../base/arguments.ts';
import { type Column, columnText } from '../column.ts';
import { keptTexts } from '../columns/cell-texts.ts';
import { TableError } from '../faults.ts';
import { isNumber } from '../numbers.ts';
import type { Table } from '../table.ts';
import { type CellMeaning, expectedOf, foundIn } from './cell-meaning.ts';
import { cellsOf, placeOf } from './fitting.ts';
import { type Category, type InputColumn, writeCategory, writeNumber } from './input-column.ts';

/** The rows of a table. */
export function allOf(table: Table): Uint32Array {
  checkTable(table);
  const { rows } = table;
  return Uint32Array.from({ length: rows }, (_, row) => row);
}

/** @throws TypeError where it is none */
function checkTable(table: Table): void {
  if (!Array.isArray(table?.columns)) throw wrongType('table', table, 'a Table');
}

/** @throws TypeError or RangeError that names the first that is not a row of the table */
export function checkRows(table: Table, rows: Uint32Array): void {
  checkTable(table);
  typed('rows', rows, 'Uint32Array');
  if (rows.length === 0) throw outOfRange('rows', rows, 'at least one');
  const bad = rows.findIndex((row) => row >= table.rows);
  if (bad < 0) return;
  throw outOfRange(`rows[${bad}]`, rows[bad], `a row from 0 to ${table.rows - 1}`);
}

/** The columns of tables by their names: a table may have a million. */
const COLUMNS = new WeakMap<Table, ReadonlyMap<string, Column>>();

/** @throws RangeError where a table has no such column */
export function columnOf(table: Table, name: string): Column {
  const columns = COLUMNS.get(table) ?? new Map(table.columns.map((own) => [own.name, own]));
  COLUMNS.set(table, columns);
  const found = columns.get(name);
  if (found) return found;
  const expected = 'the columns that the model was trained on';
  throw outOfRange(table.name, `no column ${describe(name)}`, expected);
}

/**
 * The inputs of rows, one row after another.
 *
 * @throws RangeError that names the column that is not there, or the cell that is not as in training
 */
export function inputsOf(
  table: Table,
  rows: Uint32Array,
  meaning: CellMeaning,
  features: number,
): Float64Array {
  const inputs = new Float64Array(rows.length * features);
  for (const column of meaning.contents.columns) {
    writeColumn(table, rows, meaning, column, inputs, features, column.first);
  }
  return inputs;
}

/** The inputs of a column alone. */
export function inputsOfColumn(
  table: Table,
  rows: Uint32Array,
  meaning: CellMeaning,
  column: InputColumn,
): Float64Array {
  const inputs = new Float64Array(rows.length * column.width);
  writeColumn(table, rows, meaning, column, inputs, column.width, 0);
  return inputs;
}

/** @param width of a row of inputs, of which the column's begin at `first` */
function writeColumn(
  table: Table,
  rows: Uint32Array,
  meaning: CellMeaning,
  column: InputColumn,
  inputs: Float64Array,
  width: number,
  first: number,
): void {
  const own = columnOf(table, column.name);
  const write =
    column.kind === 'category'
      ? categoryWriter(column, categoriesOf(column, table, own, meaning))
      : numberWriter(column, numbersOf(column, table, own, meaning));
  for (const [example, row] of rows.entries()) write(row, inputs, example * width + first);
}

type Writer = (row: number, to: Float64Array, at: number) => void;

function categoryWriter(column: InputColumn, of: (row: number) => Category): Writer {
  return (row, to, at) => writeCategory(column, of(row), to, at);
}

function numberWriter(column: InputColumn, of: (row: number) => number): Writer {
  return (row, to, at) => writeNumber(column, of(row), to, at);
}

/** The targets of rows, one row after another. */
export function targetsOf(table: Table, rows: Uint32Array, meaning: CellMeaning): Float64Array {
  const { labels } = meaning.contents;
  const targets = new Float64Array(rows.length * labels.length);
  for (const [j, { name }] of labels.entries()) {
    const numberOf = numbersOf(undefined, table, columnOf(table, name), meaning);
    for (const [example, row] of rows.entries()) {
      targets[example * labels.length + j] = numberOf(row);
    }
  }
  return targets;
}

/** The class of each row. */
export function labelsOf(table: Table, rows: Uint32Array, meaning: CellMeaning): Uint8Array {
  const column = columnOf(table, meaning.contents.labels[0]!.name);
  const textOf = textsOf(cellsOf(table, column));
  const labels = new Uint8Array(rows.length);
  for (const [example, row] of rows.entries()) {
    const text = textOf(row);
    const label = meaning.class(text);
    if (label === undefined) {
      const { found, expected } = meaning.noClass(text);
      throw cellError(table, row, column, found, expected);
    }
    labels[example] = label;
  }
  return labels;
}

/** The text of a cell in a row; '' where it is missing. */
function textsOf(values: ReturnType<typeof cellsOf>): (row: number) => string {
  if ('codes' in values) return (row) => values.texts[values.codes[row]! - 1] ?? '';
  return (row) => (Number.isNaN(values.numbers[row]!) ? '' : `${values.numbers[row]}`);
}

/** The category of a column of a table in a row. */
export function categoriesOf(
  own: InputColumn,
  table: Table,
  column: Column,
  meaning: CellMeaning,
): (row: number) => Category {
  const values = cellsOf(table, column);
  // Code 0 is a missing cell.
  const cells =
    keptTexts(values) ??
    ('codes' in values ? { codes: values.codes, texts: ['', ...values.texts] } : undefined);
  if (cells === undefined) {
    checkNumerals(own, table, column);
    const textOf = textsOf(values);
    return (row) => meaning.category(own, textOf(row));
  }
  const { codes, texts } = cells;
  const all = Int32Array.from(texts, (text) => meaning.category(own, text));
  return (row) => all[codes[row]!]!;
}

/** @throws RangeError where numbers no longer say which category they are: 01234, read as 1234 */
function checkNumerals(own: InputColumn, table: Table, column: Column): void {
  const lost = own.categories!.find((text) => isNumber(text) && `${Number(text)}` !== text);
  if (lost === undefined) return;
  const expected = `categories such as ${describe(lost)}; the option categorical reads them`;
  throw outOfRange(placeOf(table, column), 'numbers', expected);
}

/** The number of a column of a table in a row: NaN where it is missing and may be. */
function numbersOf(
  own: InputColumn | undefined,
  table: Table,
  column: Column,
  meaning: CellMeaning,
): (row: number) => number {
  const values = cellsOf(table, column);
  const given = 'numbers' in values ? values.numbers : undefined;
  const mayMiss = own?.median !== undefined;
  const checked = (row: number, value: number | undefined, text: string) => {
    if (value !== undefined && (mayMiss || !Number.isNaN(value))) return value;
    throw cellError(table, row, column, foundIn(text), expectedOf(own));
  };
  const kept = keptTexts(values);
  const trained = meaning.contents.decimal;
  // Where nothing says what 1.234 is, it is what it was in training.
  const isSaid = kept?.decimal !== undefined || table.decimal === trained;
  if (given && (own === undefined || (isReadAs(own, column) && (isSaid || !kept)))) {
    return (row) => checked(row, given[row], '');
  }
  if (kept) {
    const { codes, texts, decimal = trained } = kept;
    const numbers = texts.map((text) => meaning.number(own, text, decimal));
    return (row) => checked(row, numbers[codes[row]!], texts[codes[row]!]!);
  }
  if (given && own?.kind === 'number') {
    const found = column.unit ? `numbers with ${describe(column.unit)}` : 'other texts';
    throw outOfRange(placeOf(table, column), found, 'numbers as in training');
  }
  const textOf = textsOf(values);
  return (row) => checked(row, meaning.number(own, textOf(row)), textOf(row));
}

/** Whether the cells of a column were read as those of training: the same texts as the same numbers. */
function isReadAs(own: InputColumn, { kind, dates, unit, odd }: Column): boolean {
  const isOwnKind =
    own.kind === 'date'
      ? kind === 'date' && (dates ?? 'month first') === (own.form ?? 'month first')
      : kind === 'number' && (!unit || unit === own.unit);
  return isOwnKind && (odd?.texts ?? []).every((text) => own.odd.includes(text));
}

function cellError(
  table: Table,
  row: number,
  { name, number }: Column,
  found: string,
  expected: string,
): TableError {
  const place = `${table.name}, row ${table.records[row]}, ${columnText(number, name)}`;
  return new TableError(outOfRange(place, found, expected).message);
}
