/** Reads a table: its rows, what its columns are, and their cells. */
import {
  options as checkOptions,
  describe,
  oneOf,
  outOfRange,
  wrongType,
} from '../../base/arguments.ts';
import { OUTPUTS, type Output } from '../../core/activations.ts';
import type { Column, ColumnRole, ColumnValues } from '../column.ts';
import { Faults, faultText } from '../faults.ts';
import type { Decimal } from '../numbers.ts';
import type { TableOptions, TableSource } from '../options.ts';
import { type RowsHeader, readRows } from '../rows.ts';
import { MANY, strictNumbers } from './cell-list.ts';
import { keepTexts } from './cell-texts.ts';
import { gathered, type TableCells } from './gathering.ts';
import type { Judgement } from './kinds.ts';
import { judgeLabels } from './label.ts';
import { notesOf } from './notes.ts';
import { type ChosenColumns, chosenColumns, rolesOf } from './roles.ts';

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

/** Those that name columns. */
const LISTS: readonly string[] = ['label', 'ignore', 'categorical', 'numeric'];

/** @throws RangeError that names the table, and the first ten faults with row and column */
export async function readTable(source: TableSource, given: TableOptions): Promise<TableContents> {
  const options = copyOf(checkOptions('options', given, OPTIONS));
  const { name = 'table', header, delimiter, comment, label, output } = options;
  if (output !== undefined) oneOf('output', output, OUTPUTS);
  const decimal = options.decimal as Decimal | undefined;
  const known = (typeof label === 'string' ? [label] : (label ?? [])).filter(isName);
  const form = { name, header, decimal, delimiter, comment, known };
  const { header: found, rows, notes, close } = await readRows(source, form);
  const faults = new Faults();
  try {
    const chosen = chosenColumns(name, found, options);
    const isCategory = (i: number) => chosen.as.get(i) === 'categorical';
    const cells = await gathered(name, found, rows, decimal, isCategory, faults);
    const contents = contentsOf(name, found, cells, chosen, output, faults);
    return { ...contents, notes: [...notes, ...contents.notes] };
  } catch (error) {
    faults.check(name);
    throw error;
  } finally {
    await close();
  }
}

/**
 * The options, which may change while the table is read.
 *
 * @throws TypeError where one is no list of columns and should be
 */
function copyOf(options: TableOptions): TableOptions {
  const entries = OPTIONS.map((name) => {
    const value: unknown = options[name];
    if (!LISTS.includes(name) || value === undefined || typeof value === 'string') {
      return [name, value];
    }
    // Not hole by hole, of which an array can have many.
    const list = Array.isArray(value) ? Object.values(value) : [];
    if (Array.isArray(value) && list.length === value.length && !(name === 'label' && !list[0])) {
      return [name, list];
    }
    throw wrongType(name, value, 'names or numbers of columns, as text');
  });
  return Object.fromEntries(entries);
}

/** Whether a column's `label` can only be a name; digits may be a name or a number. */
function isName(label: unknown): label is string {
  return typeof label === 'string' && !/^\d+$/.test(label);
}

function contentsOf(
  name: string,
  header: RowsHeader,
  cells: TableCells,
  chosen: ChosenColumns,
  output: Output | undefined,
  faults: Faults,
): TableContents {
  const { columns, records, decimal = '.' } = cells;
  const nameOf = (i: number) => header.names?.[i] || `column ${i + 1}`;
  const roles = rolesOf(name, header, cells, chosen, nameOf);
  checkNumeric(cells, chosen, nameOf, faults);
  const labels = judgeLabels(
    roles.labels.map((i) => ({ name: nameOf(i), cells: columns[i]! })),
    { ...{ table: name, output, decimal, records, faults }, classNames: header.classNames },
  );
  faults.check(name);
  const rows = rowsWith(labels.isMissing);
  const kept = rows ? Uint32Array.from(rows, (row) => records[row]!) : records;
  if (kept.length === 0) throw outOfRange(name, 'no label in any row', 'at least one');
  const ofLabels = new Map(roles.labels.map((i, place) => [i, labels.values[place]!]));
  const made = roles.judged.map((judgement, i): Column => {
    const label = ofLabels.get(i);
    const values = (label ?? judgement.values)(rows);
    const role = label ? 'label' : roles.inputs.has(i) ? 'input' : 'left out';
    if (!label) keepTexts(values, columns[i]!, judgement, rows, cells.decimal);
    return {
      ...{ name: nameOf(i), number: i + 1, chosen: chosen.as.get(i) },
      ...columnOf(judgement, values, role, chosen.as.get(i), records),
    };
  });
  const withoutLabel = records.length - kept.length;
  return {
    ...{ name, columns: made, rows: kept.length, records: kept, withoutLabel, decimal },
    output: labels.output,
    notes: [
      ...labels.notes,
      ...(withoutLabel > 0 ? [leftOut(withoutLabel)] : []),
      ...notesOf(roles.judged, made, header),
    ],
  };
}

const leftOut = (rows: number) =>
  rows === 1 ? '1 row without a label is left out' : `${rows} rows without a label are left out`;

/** Checks the columns that are said to be numbers. */
function checkNumeric(
  { columns, decimal = '.', records }: TableCells,
  { as }: ChosenColumns,
  nameOf: (column: number) => string,
  faults: Faults,
): void {
  for (const [i, how] of as) {
    if (how !== 'numeric') continue;
    strictNumbers(columns[i]!, decimal, (row, text) => {
      const place = `row ${records[row]}, column ${i + 1} (${describe(nameOf(i))})`;
      faults.add(place, faultText(describe(text), 'a number'));
    });
  }
}

/** The rows with all labels; undefined: all rows. */
function rowsWith(isMissing: Uint8Array): Uint32Array | undefined {
  if (!isMissing.includes(1)) return undefined;
  return Uint32Array.from(isMissing.keys()).filter((row) => isMissing[row] === 0);
}

function columnOf(
  { kind, why, odd, dates, unit }: Judgement,
  values: ColumnValues,
  role: ColumnRole,
  chosen: Column['chosen'],
  records: Uint32Array,
): Omit<Column, 'name' | 'number' | 'chosen'> {
  const missing = missingIn(values);
  if (role === 'label') {
    return { kind: 'codes' in values ? 'category' : 'number', role, missing, values };
  }
  const isSmall = chosen !== 'ignore' && 'codes' in values && values.texts.length <= MANY;
  return {
    ...{ kind, role, why, missing, dates, unit },
    odd: odd && { texts: odd.texts, cells: odd.cells, record: records[odd.row]! },
    values: role === 'input' || isSmall ? values : undefined,
  };
}

function missingIn(values: ColumnValues): number {
  return 'codes' in values
    ? values.codes.reduce((sum, code) => sum + Number(code === 0), 0)
    : values.numbers.reduce((sum, number) => sum + Number(Number.isNaN(number)), 0);
}
