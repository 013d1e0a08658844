/** What the rows to train on teach of a table's columns: medians, categories, classes, means. */
import { describe, outOfRange } from '../../base/arguments.ts';
import type { Output } from '../../core/activations.ts';
import { MOST_STD, type Standardization } from '../../core/normalization.ts';
import { MOST_CLASSES } from '../../data/classes.ts';
import { type Column, type ColumnValues, columnText } from '../column.ts';
import { inOrder } from '../columns/label.ts';
import type { Table } from '../table.ts';
import { type ColumnParts, type InputColumn, partsOf, standardisedOf } from './input-column.ts';

/** Categories of a column that become inputs, at most. */
const MOST_CATEGORIES = 255;
/** The parts of a date. */
const PARTS = ['month', 'date', 'weekday', 'hour'] as const;
type Part = (typeof PARTS)[number];

/** The place of a column of a table in an error. */
export function placeOf(
  { name: table }: Pick<Table, 'name'>,
  { name, number }: Pick<Column, 'name' | 'number'>,
): string {
  return `${table}, ${columnText(number, name)}`;
}

/**
 * A column's cells.
 *
 * @throws RangeError where it was left out when the table was read
 */
export function cellsOf(table: Table, column: Column): ColumnValues {
  if (column.values) return column.values;
  const found = `a column that is left out (${column.why ?? column.kind})`;
  throw outOfRange(placeOf(table, column), found, 'one that is read');
}

/** What the rows teach of a column that is an input, and what whoever trains should know of it. */
export function fittedColumn(
  table: Table,
  column: Column,
  rows: Uint32Array,
): { parts: ColumnParts; note?: string } {
  const { name, number, kind, odd, dates: form, unit } = column;
  const values = cellsOf(table, column);
  const common = { name, number, odd: odd?.texts ?? [] };
  if ('codes' in values) return categoriesOf(common, values, rows);
  const present = presentIn(values.numbers, rows);
  const missing = present.length < rows.length;
  const parts = { ...common, missing, median: medianOf(present) };
  if (kind !== 'date') return { parts: { ...parts, kind: 'number', ...(unit && { unit }) } };
  const found = Object.fromEntries(PARTS.map((part) => [part, new Set<number>()])) as Record<
    Part,
    Set<number>
  >;
  for (const seconds of present) {
    const of = partsOf(seconds);
    for (const part of PARTS) found[part].add(of[part]);
  }
  const varying = (part: Part) =>
    found[part].size > 1 ? [...found[part]].sort((a, b) => a - b) : [];
  return {
    parts: {
      ...parts,
      kind: 'date',
      months: varying('month'),
      // Of the first of each month, or of January, the weekday is chance.
      weekdays: varying('date').length > 0 ? varying('weekday') : [],
      hours: varying('hour').length > 0,
      form,
    },
  };
}

function categoriesOf(
  common: Pick<ColumnParts, 'name' | 'number' | 'odd'>,
  { codes, texts }: Extract<ColumnValues, { codes: Uint32Array }>,
  rows: Uint32Array,
): { parts: ColumnParts; note?: string } {
  const counts = countsOf(codes, texts.length, rows);
  const missing = counts[0]! > 0;
  const found = [...texts.keys()].filter((i) => counts[i + 1]! > 0);
  const parts = { ...common, kind: 'category', missing } as const;
  if (found.length <= MOST_CATEGORIES) {
    return { parts: { ...parts, categories: inOrder(found.map((i) => texts[i]!)) } };
  }
  const kept = found.sort((a, b) => counts[b + 1]! - counts[a + 1]!).slice(0, MOST_CATEGORIES);
  return {
    parts: { ...parts, categories: inOrder(kept.map((i) => texts[i]!)) },
    note:
      `${columnText(common.number, common.name)} has ${found.length} categories, of which ` +
      `the ${MOST_CATEGORIES} most frequent are used`,
  };
}

/** How often each code occurs in the rows. */
function countsOf(codes: Uint32Array, texts: number, rows: Uint32Array): Uint32Array {
  const counts = new Uint32Array(texts + 1);
  for (const row of rows) counts[codes[row]!]!++;
  return counts;
}

/** The numbers in the rows that are there. */
function presentIn(numbers: Float64Array, rows: Uint32Array): Float64Array {
  const found = new Float64Array(rows.length);
  let count = 0;
  for (const row of rows) {
    const value = numbers[row]!;
    if (!Number.isNaN(value)) found[count++] = value;
  }
  return found.subarray(0, count);
}

/** The one in the middle, or the mean of the two there; 0 of none. The values are sorted. */
function medianOf(values: Float64Array): number {
  const sorted = values.sort();
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0;
  if (sorted.length % 2 === 1 || sorted.length === 0) return high;
  return sorted[middle - 1]! / 2 + high / 2;
}

/**
 * The classes in the rows of a label column, in order.
 *
 * @throws RangeError where there are too many, or but one
 */
export function classesIn(table: Table, column: Column, rows: Uint32Array): string[] {
  const values = cellsOf(table, column);
  const place = placeOf(table, column);
  const found =
    'codes' in values
      ? textsIn(values, rows)
      : new Set(Array.from(presentIn(values.numbers, rows), String));
  if (found.size > MOST_CLASSES) {
    throw outOfRange(place, `${found.size} different labels`, `at most ${MOST_CLASSES} classes`);
  }
  const [only] = found;
  if (found.size < 2) {
    throw outOfRange(place, `${describe(only)} in every row`, 'at least two classes');
  }
  return inOrder([...found]);
}

function textsIn(
  { codes, texts }: Extract<ColumnValues, { codes: Uint32Array }>,
  rows: Uint32Array,
): Set<string> {
  const counts = countsOf(codes, texts.length, rows);
  return new Set(texts.filter((_, i) => counts[i + 1]! > 0));
}

/**
 * Mean and standard deviation of each input that is a number or a date, and 0 and 1 of the others.
 *
 * @param inputsOf a column: rows × its width
 * @throws RangeError that names the column where a standard deviation is too large
 */
export function inputStandardization(
  table: Table,
  columns: readonly InputColumn[],
  inputsOf: (column: InputColumn) => Float64Array,
): Standardization {
  const features = columns.reduce((sum, { width }) => sum + width, 0);
  const mean = new Float64Array(features);
  const std = new Float64Array(features).fill(1);
  for (const column of columns) {
    const places = standardisedOf(column);
    const inputs = places.length > 0 ? inputsOf(column) : undefined;
    for (const place of places) {
      const i = column.first + place;
      const own = standardizationOf(inputs!, place, column.width);
      [mean[i], std[i]] = [own.mean, checkedStd(table, column, own.std)];
    }
  }
  return { mean, std };
}

/** The same of each label, where the network is to predict numbers. */
export function targetStandardization(
  table: Table,
  output: Output,
  targets: Float64Array,
): Standardization | undefined {
  if (output !== 'linear') return undefined;
  const { labels } = table;
  const all = labels.map((label, i) => {
    const { mean, std } = standardizationOf(targets, i, labels.length);
    return { mean, std: checkedStd(table, label, std) };
  });
  return {
    mean: Float64Array.from(all, ({ mean }) => mean),
    std: Float64Array.from(all, ({ std }) => std),
  };
}

function checkedStd(table: Table, column: Pick<Column, 'name' | 'number'>, std: number): number {
  if (std <= MOST_STD) return std;
  const found = `numbers with a standard deviation of ${std}`;
  throw outOfRange(placeOf(table, column), found, `one of at most ${MOST_STD}`);
}

/** Mean and standard deviation of a column of rows, as `normalize` of a network has them. */
function standardizationOf(values: Float64Array, column: number, columns: number) {
  const rows = values.length / columns;
  const first = values[column]!;
  const meanOf = (make: (value: number) => number) => {
    let sum = 0;
    for (let i = column; i < values.length; i += columns) sum += make(values[i]!);
    return sum / rows;
  };
  let varies = false;
  const mean = meanOf((value) => {
    varies ||= value !== first;
    return value;
  });
  if (!varies) return { mean: first, std: 1 };
  return { mean, std: Math.sqrt(meanOf((value) => (value - mean) ** 2)) || 1 };
}
