/** Decides which columns of a table are inputs, and which labels. */
import { describe, outOfRange } from '../../base/arguments.ts';
import type { Column } from '../column.ts';
import type { TableOptions } from '../options.ts';
import type { RowsHeader } from '../rows.ts';
import type { TableCells } from './gathering.ts';
import { type Judgement, judge } from './kinds.ts';
import { ColumnPlaces } from './places.ts';

/** Columns that options name. */
export interface ChosenColumns {
  /** Counted from 0; undefined if none is named. */
  readonly labels: readonly number[] | undefined;
  /** What was said of others. */
  readonly as: ReadonlyMap<number, NonNullable<Column['chosen']>>;
}

/** @throws RangeError if there is no such column, or two things are said of one */
export function chosenColumns(
  name: string,
  { names, width }: RowsHeader,
  options: Pick<TableOptions, 'label' | 'ignore' | 'categorical' | 'numeric'>,
): ChosenColumns {
  const places = new ColumnPlaces(name, names, width);
  const { label } = options;
  const labels = label === undefined ? undefined : places.of(label, 'label');
  const as = new Map<number, NonNullable<Column['chosen']>>();
  for (const how of ['ignore', 'categorical', 'numeric'] as const) {
    for (const i of places.of(options[how], how)) {
      const other = labels?.includes(i) ? 'label' : as.get(i);
      // A label is a number or a class by the output.
      if (other === 'label' && how !== 'ignore') continue;
      if (other !== undefined) {
        const column = names?.[i] ? describe(names[i]) : `column ${i + 1}`;
        throw outOfRange(name, `${column} in both ${other} and ${how}`, 'it in one of them');
      }
      as.set(i, how);
    }
  }
  return { labels, as };
}

/** What each column is, and which are labels and inputs, counted from 0. */
export interface Roles {
  readonly judged: readonly Judgement[];
  readonly labels: readonly number[];
  readonly inputs: ReadonlySet<number>;
}

const INPUTS: readonly string[] = ['number', 'category', 'date'];

/**
 * @param nameOf the name of a column
 * @throws RangeError if there is nothing to learn from
 */
export function rolesOf(
  name: string,
  { names, rowNames }: RowsHeader,
  { columns, decimal = '.' }: TableCells,
  chosen: ChosenColumns,
  nameOf: (column: number) => string,
): Roles {
  const judgedAs = (i: number, name = names?.[i] ?? '') =>
    judge(columns[i]!, { name, isBeforeNames: i < rowNames, chosen: chosen.as.get(i) }, decimal);
  const all = [...columns.keys()];
  const isIgnored = (i: number) => chosen.as.get(i) === 'ignore';
  const judged = all.map((i) => judgedAs(i));
  const isLast = (i: number) => !isIgnored(i) && !['row names', 'empty'].includes(judged[i]!.kind);
  const labels = chosen.labels ?? all.filter(isLast).slice(-1);
  const others = new Set(all.filter((i) => !isIgnored(i)));
  for (const i of labels) others.delete(i);
  const inputsOf = (judged: readonly Judgement[]) =>
    new Set([...others].filter((i) => INPUTS.includes(judged[i]!.kind)));
  const inputs = inputsOf(judged);
  if (inputs.size > 0) return { judged, labels, inputs };
  // What only its name says to number the rows is better than nothing.
  const again = all.map((i) => (judged[i]!.kind === 'row names' ? judgedAs(i, '') : judged[i]!));
  const found = inputsOf(again);
  if (found.size > 0 && labels.length > 0) return { judged: again, labels, inputs: found };
  const expected = 'at least one input column, and the label';
  throw outOfRange(name, nothingIn(judged, nameOf), expected);
}

/** Columns that an error lists, at most. */
const MOST_LISTED = 5;

function nothingIn(judged: readonly Judgement[], nameOf: (column: number) => string): string {
  const shown = judged
    .slice(0, MOST_LISTED)
    .map(({ kind, why }, i) => `${describe(nameOf(i))}: ${why ?? kind}`);
  const more = judged.length > shown.length ? ', …' : '';
  return `${judged.length} ${judged.length === 1 ? 'column' : 'columns'} (${shown.join(', ')}${more})`;
}
