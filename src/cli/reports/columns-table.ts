/** What the columns of a table hold and what is done with them, in words: said before a training. */

import type { Column } from '../../table/column.ts';
import type { InputColumn, Preprocessing } from '../../table/preprocessing.ts';
import { FLAGS, nameOf } from '../options/flags.ts';
import { count, counted, greatest, significant } from '../terminal/numbers.ts';
import { oneLine } from '../terminal/safe-text.ts';
import { colors } from '../terminal/terminal.ts';
import type { TableParts } from '../training/training-data.ts';
import { shortened } from './class-labels.ts';

/** Of more columns than these, those of a kind share a line. */
const MANY = 20;
/** Columns that are left out and get a line of their own. */
const MOST_LEFT_OUT = 10;

/** Between two parts of a line; and the least room for the last of them, which else has its own line. */
const GAP = '  ';
const LEAST_BESIDE = 36;

/** A line: which column, or how many, and what is to be said of it. */
interface Line {
  readonly name: string;
  /** Where the name alone would not say that it is that of a column. */
  readonly fullName?: string;
  readonly kind: string;
  readonly what: string;
}

/** A line for each column of a table; of many columns one for each kind. */
function linesOf({ table, preprocessing }: TableParts): Line[] {
  const { columns } = table;
  if (columns.length <= MANY) return columns.map((column) => lineOf(column, preprocessing));
  const inputs = new Map<string, Column[]>();
  for (const column of columns.filter(({ role }) => role === 'input')) {
    inputs.set(column.kind, [...(inputs.get(column.kind) ?? []), column]);
  }
  const leftOut = columns.filter(({ role }) => role === 'left out');
  const others = leftOut.length - MOST_LEFT_OUT;
  return [
    ...[...inputs].map(([kind, columns]) => summary(kind, columns, preprocessing)),
    ...leftOut.slice(0, MOST_LEFT_OUT).map((column) => lineOf(column, preprocessing)),
    ...(others > 0 ? [{ name: `${count(others)} others`, kind: '', what: 'left out' }] : []),
    ...table.labels.map((column) => lineOf(column, preprocessing)),
  ];
}

function summary(kind: string, columns: readonly Column[], preprocessing: Preprocessing): Line {
  const names = new Set(columns.map(({ name }) => name));
  const inputs = preprocessing.columns
    .filter(({ name }) => names.has(name))
    .reduce((sum, { width }) => sum + width, 0);
  const missing = columns.reduce((sum, column) => sum + column.missing, 0);
  const cells = missing === 0 ? '' : `, ${count(missing)} cells missing`;
  const [first, last] = [columns[0]!, columns.at(-1)!].map(({ name }) => shortened(name, 16));
  return {
    ...(columns.length === 1
      ? named(first!)
      : { name: `${count(columns.length)} columns, ${first} … ${last}` }),
    kind,
    what: `${counted(inputs, 'inputs')}${cells}`,
  };
}

/** What is said of a column. */
export function lineOf(column: Column, preprocessing: Preprocessing): Line {
  return { ...named(column.name), kind: column.kind, what: whatOf(column, preprocessing) };
}

/** One without a name is called "column 3" already. */
function named(name: string): Pick<Line, 'name' | 'fullName'> {
  return { name, fullName: /^column \d+$/.test(name) ? name : `column ${name}` };
}

function whatOf(column: Column, { columns, classes }: Preprocessing): string {
  const { role, name, kind, why, missing, chosen } = column;
  if (role === 'left out') {
    return `left out: ${chosen === 'ignore' ? `--${nameOf(FLAGS.ignore)}` : (why ?? kind)}`;
  }
  if (role === 'label') {
    const taken = classes ? `${count(classes.length)} classes` : 'a number';
    return `label, ${taken}${missing === 0 ? '' : `, ${count(missing)} missing: rows left out`}`;
  }
  const input = columns.find((one) => one.name === name);
  // A column may have but one value in the rows to train on.
  if (input === undefined) return 'left out: has one value in the training rows';
  const because = why === undefined ? '' : `, ${why}`;
  return `${usedAs(input)}${missingText(column, input)}${because}`;
}

function usedAs({ kind, width, categories, months, weekdays, hours }: InputColumn): string {
  if (kind === 'category')
    return `${count(categories?.length ?? width)} values, ${counted(width, 'inputs')}`;
  const parts = [
    ...(months?.length ? ['month'] : []),
    ...(weekdays?.length ? ['weekday'] : []),
    ...(hours ? ['hour'] : []),
  ];
  const also = parts.length === 0 ? '' : `, with ${parts.join(', ')}`;
  return `standardised${also}${width === 1 ? '' : `, ${counted(width, 'inputs')}`}`;
}

function missingText(column: Column, { kind, median, missing }: InputColumn): string {
  if (column.missing === 0) return '';
  const cells = column.odd ? ` (${column.odd.texts.slice(0, 3).join(', ')})` : '';
  const filled = kind === 'number' && median !== undefined;
  const own = missing ? 'a category of its own' : 'none of the categories';
  const as = filled ? `median ${significant(median, 4)}` : kind === 'category' ? own : 'median';
  return `, ${count(column.missing)} missing${cells}: ${as}`;
}

/** For a pipe or a file: "column age: number, standardised". */
export function plainColumns(parts: TableParts): string[] {
  return linesOf(parts).map(({ name, fullName = name, kind, what }) => {
    const text = [kind, what].filter((part) => part !== '').join(', ');
    return oneLine(`${fullName}: ${text}`);
  });
}

/** For a terminal: names, kinds and what is done, below one another. */
export function columnsTable(parts: TableParts, width: number): string {
  const lines = linesOf(parts);
  const longest = Math.max(8, Math.floor(width * 0.4));
  const names = lines.map(({ name }) => shortened(oneLine(name), longest));
  const nameWidth = greatest(names.map((name) => [...name].length));
  const kindWidth = greatest(lines.map(({ kind }) => kind.length));
  const beside = width - nameWidth - kindWidth - 2 * GAP.length - 2;
  const isNarrow = beside < LEAST_BESIDE;
  return lines
    .map(({ kind, what }, i) => {
      const name = names[i]! + ' '.repeat(nameWidth - [...names[i]!].length);
      const isLeftOut = what.startsWith('left out');
      const shown = wrapped(oneLine(what), isNarrow ? width - 4 : beside).map((text) =>
        isLeftOut ? colors.dim(text) : text,
      );
      const start = isNarrow ? '\n    ' : ' '.repeat(kindWidth - kind.length) + GAP;
      const indent = isNarrow ? '    ' : ' '.repeat(width - beside);
      return `  ${name}${GAP}${colors.dim(kind)}${start}${shown.join(`\n${indent}`)}`;
    })
    .join('\n');
}

/** A text as lines of words. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').map((word) => shortened(word, width))) {
    const line = lines.at(-1);
    const longer = `${line} ${word}`;
    if (line !== undefined && [...longer].length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** For a program: a column, and the inputs that it becomes. */
export function columnFields({ table, preprocessing }: TableParts): object[] {
  const inputs = new Map(preprocessing.columns.map((column) => [column.name, column]));
  return table.columns.map(({ values: _, ...column }) => {
    const { width, median, categories } =
      (column.role === 'input' && inputs.get(column.name)) || {};
    return { ...column, inputs: width, median, categories };
  });
}
