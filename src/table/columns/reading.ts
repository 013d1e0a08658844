/** Reads the rows of a table, decides what its columns and labels are, and keeps their cells. */
import { options as checkOptions, describe, oneOf, outOfRange } from '../../base/arguments.ts';
import { OUTPUTS, type Output } from '../../core/activations.ts';
import type { Column, ColumnRole, ColumnValues } from '../column.ts';
import { Faults, faultText, TableError } from '../faults.ts';
import { type Decimal, isMissing, isNumber } from '../numbers.ts';
import type { TableOptions, TableSource } from '../options.ts';
import { type RowsHeader, readRows } from '../rows.ts';
import { counts } from '../text/header.ts';
import {
  CellList,
  MANY,
  MOSTLY,
  type NumberCells,
  NumberList,
  numbersIn,
  strictNumbers,
  type TextCells,
} from './cell-list.ts';
import { type ColumnHints, type Judgement, judge } from './kinds.ts';
import { judgeLabels, type Labels } from './label.ts';
import { ColumnPlaces } from './places.ts';

/** What a table consists of. */
export interface TableContents {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly output: Output;
  readonly notes: readonly string[];
  readonly records: Uint32Array;
  readonly withoutLabel: number;
  readonly decimal: Decimal;
}

const OPTIONS = [
  'name',
  'header',
  'label',
  'ignore',
  'categorical',
  'numeric',
  'output',
  'decimal',
  'delimiter',
  'comment',
] as const satisfies readonly (keyof TableOptions)[];

/** 1 GiB of numbers. */
const MOST_CELLS = 2 ** 27;

/** @throws RangeError that names the table, and the first ten faults with row and column */
export async function readTable(
  source: TableSource,
  options: TableOptions,
): Promise<TableContents> {
  const {
    name = 'table',
    label,
    ignore,
    categorical,
    numeric,
    output,
    ...form
  } = checkOptions('options', options, OPTIONS);
  if (output !== undefined) oneOf('output', output, OUTPUTS);
  const known = typeof label === 'string' ? [label].filter((text) => !/^\d+$/.test(text)) : [];
  const { header, rows } = await readRows(source, { ...form, name, known });
  const places = new ColumnPlaces(name, header.names, header.width);
  const chosen = {
    label: label === undefined ? undefined : places.of(label, 'label'),
    ignore: places.of(ignore, 'ignored'),
    categorical: places.of(categorical, 'categorical'),
    numeric: places.of(numeric, 'numeric'),
  };
  const faults = new Faults();
  const decimal = form.decimal as Decimal | undefined;
  const cells = await cellsOf(name, header, rows, decimal, faults);
  try {
    return contentsOf(name, header, cells, chosen, output, faults);
  } catch (error) {
    faults.check(name);
    throw error;
  }
}

/** The cells of all rows, column by column. */
interface Cells {
  readonly columns: readonly (TextCells | NumberCells)[];
  readonly records: Uint32Array;
  readonly decimal: Decimal;
}

async function cellsOf(
  name: string,
  { width }: RowsHeader,
  rows: Awaited<ReturnType<typeof readRows>>['rows'],
  given: Decimal | undefined,
  faults: Faults,
): Promise<Cells> {
  const columns = Array.from({ length: width }, () => new CellList());
  const records = new NumberList(Uint32Array);
  let decimal = given;
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
    for (const column of columns) {
      if (!column.isFull) continue;
      decimal ??= decimalOf(columns);
      column.settle(decimal);
    }
  }
  if (records.length === 0) {
    faults.check(name);
    throw outOfRange(name, 'no rows of data', 'at least one');
  }
  decimal ??= decimalOf(columns);
  const own = columns.map((column) => column.numbers ?? column.texts!);
  return { columns: own, records: records.concat(), decimal };
}

/** The decimal mark: a comma where some columns are numbers with commas only, and none with points only. */
function decimalOf(columns: readonly CellList[]): Decimal {
  let balance = 0;
  for (const { texts } of columns) {
    if (texts === undefined) continue;
    const isBy = (decimal: Decimal) => {
      const { cells, present } = numbersIn(texts, decimal);
      return present > 0 && cells >= MOSTLY * present;
    };
    const has = (mark: string) => texts.texts.some((text) => text.includes(mark));
    if (has(',') && isBy(',') && !isBy('.')) balance++;
    else if (has('.') && isBy('.') && !isBy(',')) balance--;
  }
  return balance > 0 ? ',' : '.';
}

/** Columns that options name, counted from 0. */
interface Chosen {
  readonly label: readonly number[] | undefined;
  readonly ignore: readonly number[];
  readonly categorical: readonly number[];
  readonly numeric: readonly number[];
}

function contentsOf(
  name: string,
  header: RowsHeader,
  cells: Cells,
  chosen: Chosen,
  output: Output | undefined,
  faults: Faults,
): TableContents {
  const { columns, records, decimal } = cells;
  const { names, rowNames, classNames } = header;
  if (header.guessed) checkGuess(name, header.guessed, cells);
  const nameOf = (i: number) => names?.[i] || `column ${i + 1}`;
  const hintsOf = (i: number, chosenAs: Column['chosen']): ColumnHints => ({
    name: names?.[i] ?? `column ${i + 1}`,
    isRowNames: i < rowNames,
    chosen: chosenAs,
  });
  const chosenAs = (i: number): Column['chosen'] =>
    (['ignore', 'categorical', 'numeric'] as const).find((how) => chosen[how].includes(i));
  let judged = columns.map((column, i) => judge(column, hintsOf(i, chosenAs(i)), decimal));
  const own = [...columns.keys()].filter(
    (i) => !chosen.ignore.includes(i) && !['row names', 'empty'].includes(judged[i]!.kind),
  );
  const labelPlaces = chosen.label ?? own.slice(-1);
  const isInput = (i: number) =>
    ['number', 'category', 'date'].includes(judged[i]!.kind) &&
    !chosen.ignore.includes(i) &&
    !labelPlaces.includes(i);
  let inputs = [...columns.keys()].filter(isInput);
  if (inputs.length === 0) {
    // What only its name says to number the rows is better than nothing.
    judged = judged.map((judgement, i) =>
      judgement.kind === 'row names' && i >= rowNames
        ? judge(columns[i]!, { ...hintsOf(i, chosenAs(i)), name: '' }, decimal)
        : judgement,
    );
    inputs = [...columns.keys()].filter(isInput);
  }
  if (inputs.length === 0 || labelPlaces.length === 0) {
    throw outOfRange(
      name,
      nothingToLearn(judged, nameOf),
      'at least one input column, and the label',
    );
  }
  for (const i of chosen.numeric) {
    strictNumbers(columns[i]!, decimal, (row, text) =>
      faults.add(
        `row ${records[row]}, column ${i + 1} (${describe(nameOf(i))})`,
        faultText(describe(text), 'a number'),
      ),
    );
  }
  const labels = judgeLabels(
    labelPlaces.map((i) => ({ name: nameOf(i), cells: columns[i]! })),
    { table: name, output, decimal, records, classNames, faults },
  );
  faults.check(name);
  const rows = rowsWith(labels);
  if (rows?.length === 0) throw outOfRange(name, 'no label in any row', 'at least one');
  const labelValues = labels.values(rows);
  const isIn = new Set(inputs);
  const made = judged.map((judgement, i): Column => {
    const place = labelPlaces.indexOf(i);
    const role: ColumnRole = place >= 0 ? 'label' : isIn.has(i) ? 'input' : 'left out';
    const values = place >= 0 ? labelValues[place]! : judgement.values(rows);
    return columnOf(judgement, values, {
      name: nameOf(i),
      number: i + 1,
      role,
      chosen: chosenAs(i),
      records,
    });
  });
  const kept = rows ? Uint32Array.from(rows, (row) => records[row]!) : records;
  return {
    name,
    rows: kept.length,
    columns: made,
    output: labels.output,
    notes: notesOf(labels, judged, made, header, records.length - kept.length),
    records: kept,
    withoutLabel: records.length - kept.length,
    decimal,
  };
}

/** The rows with all labels; undefined: all rows. */
function rowsWith({ isMissing }: Labels): Uint32Array | undefined {
  if (!isMissing.includes(1)) return undefined;
  return Uint32Array.from(isMissing.keys()).filter((row) => isMissing[row] === 0);
}

/** What else a column is made of. */
type Frame = Pick<Column, 'name' | 'number' | 'role' | 'chosen'> & {
  readonly records: Uint32Array;
};

function columnOf(
  { kind, why, odd, dates }: Judgement,
  values: ColumnValues,
  { records, ...frame }: Frame,
): Column {
  const isLabel = frame.role === 'label';
  const missing =
    'codes' in values
      ? values.codes.reduce((sum, code) => sum + Number(code === 0), 0)
      : values.numbers.reduce((sum, value) => sum + Number(Number.isNaN(value)), 0);
  const isKept =
    frame.role !== 'left out' ||
    (frame.chosen !== 'ignore' && 'codes' in values && values.texts.length <= MANY);
  return {
    ...frame,
    kind: isLabel ? ('codes' in values ? 'category' : 'number') : kind,
    why: isLabel ? undefined : why,
    missing,
    odd:
      odd && !isLabel
        ? { texts: odd.texts, cells: odd.cells, record: records[odd.row]! }
        : undefined,
    dates,
    values: isKept ? values : undefined,
  };
}

function nothingToLearn(judged: readonly Judgement[], nameOf: (i: number) => string): string {
  const columns = judged.slice(0, 5).map(({ kind, why }, i) => {
    return `${describe(nameOf(i))}: ${why ?? kind}`;
  });
  const more = judged.length > columns.length ? ', …' : '';
  return `${judged.length} ${judged.length === 1 ? 'column' : 'columns'} (${columns.join(', ')}${more})`;
}

/**
 * Checks a first row that was taken for data: text above numbers in all other rows is a header.
 *
 * @throws TableError that says so
 */
function checkGuess(name: string, first: readonly string[], { columns, records }: Cells): void {
  if (records.length < 2) return;
  for (const [i, column] of columns.entries()) {
    const text = first[i]?.trim() ?? '';
    if (text === '' || isMissing(text) || isNumber(text)) continue;
    const isAlone =
      'numbers' in column
        ? column.otherCells === 1 && column.others.has(text)
        : column.texts.every((other) => other === text || isNumber(other) || isMissing(other)) &&
          column.codes.indexOf(column.codes[0]!, 1) < 0 &&
          column.texts.some(isNumber);
    if (!isAlone) continue;
    const expected =
      'a number, or a header; the option header says whether row 1 names the columns';
    const place = `${name}, row ${records[0]}, column ${i + 1}`;
    throw new TableError(outOfRange(place, `${describe(text)} above numbers`, expected).message);
  }
}

function notesOf(
  labels: Labels,
  judged: readonly Judgement[],
  columns: readonly Column[],
  { guessed }: RowsHeader,
  withoutLabel: number,
): string[] {
  const isCounting = guessed && counts(guessed) && (Number(guessed[0]) === 0 || guessed.length > 2);
  const ofColumns = columns.flatMap(({ name, number, role, odd, kind }, i) => {
    if (role !== 'input') return [];
    const column = `column ${number} (${describe(name)})`;
    const { note } = judged[i]!;
    return [
      ...(note === undefined ? [] : [`${column} ${note}`]),
      ...(odd === undefined ? [] : [`${column} ${oddNote(odd, kind)}`]),
    ];
  });
  return [
    ...labels.notes,
    ...(withoutLabel > 0
      ? [`${withoutLabel} ${withoutLabel === 1 ? 'row' : 'rows'} without a label left out`]
      : []),
    ...ofColumns,
    ...(isCounting ? ['row 1 is read as data; --header takes it as the names of the columns'] : []),
  ];
}

function oddNote({ texts, cells, record }: NonNullable<Column['odd']>, kind: string): string {
  const shown = texts.slice(0, 3).map((text) => describe(text));
  const more = texts.length > shown.length ? ', …' : '';
  const what = cells === 1 ? 'cell that is no' : 'cells that are no';
  return `has ${cells} ${what} ${kind} (${shown.join(', ')}${more}, first in row ${record}), taken as missing`;
}
