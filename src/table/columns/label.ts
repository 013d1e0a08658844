/** Decides what the labels of a table are: classes, or numbers to predict. */
import { describe, outOfRange } from '../../base/arguments.ts';
import type { Output } from '../../core/activations.ts';
import { EXAMPLES_OF_A_CLASS, FEW_CLASSES, MOST_CLASSES } from '../../data/classes.ts';
import { dateFormOf, dateIn } from '../dates.ts';
import { type Faults, faultText, TableError } from '../faults.ts';
import { type Decimal, numberIn } from '../numbers.ts';
import { filled } from '../row-arrays.ts';
import { countsOf, type NumberCells, strictNumbers, type TextCells } from './cell-list.ts';
import { codedTexts, numbersOf, type ValuesOf } from './column-values.ts';
import { missingTexts } from './kinds.ts';

/** Classes that a note lists, at most. */
const MOST_LISTED = 5;

/** A column of labels. */
export interface LabelCells {
  readonly name: string;
  readonly cells: TextCells | NumberCells;
}

/** How labels are taken. */
export interface Labels {
  readonly output: Output;
  /** Of each row whether a label is missing. */
  readonly isMissing: Uint8Array;
  /** Of each column. */
  readonly values: readonly ValuesOf[];
  /** How they were taken, where that is not plain. */
  readonly notes: readonly string[];
}

/** What else decides how labels are taken. */
export interface LabelHints {
  readonly table: string;
  readonly output: Output | undefined;
  readonly decimal: Decimal;
  /** Of the rows read. */
  readonly records: Uint32Array;
  /** Names for the classes 0, 1, 2 … */
  readonly classNames: readonly string[] | undefined;
  readonly faults: Faults;
}

/** The labels in several columns of numbers, or in one. */
export function judgeLabels(columns: readonly LabelCells[], hints: LabelHints): Labels {
  const [first] = columns as [LabelCells];
  const { output } = hints;
  const areClasses =
    output === 'softmax' || (output === undefined && columns.length === 1 && isClass(first, hints));
  if (areClasses && columns.length > 1) {
    throw outOfRange('label', `${columns.length} columns`, 'one, for classes');
  }
  return areClasses ? classes(first, hints) : numbers(columns, hints);
}

function isClass({ cells }: LabelCells, { decimal }: LabelHints): boolean {
  if (!('texts' in cells)) return false;
  const here = distinct(cells);
  const values = here.map(({ text }) => numberIn(text, decimal));
  const words = here.filter((_, i) => Number.isNaN(values[i]));
  const isWhole = here.every(
    ({ text }, i) => Number.isNaN(values[i]) || !hasFraction(text, decimal),
  );
  const rows = here.reduce((sum, { rows }) => sum + rows, 0);
  const different = new Set(values.filter((value) => !Number.isNaN(value))).size;
  if (words.length > 0) {
    // A few words among numbers to predict are faults.
    const wordRows = words.reduce((sum, { rows }) => sum + rows, 0);
    return (isWhole && different <= FEW_CLASSES) || wordRows > rows / 2;
  }
  if (!isWhole) return false;
  return different <= 2 || (different <= FEW_CLASSES && rows >= EXAMPLES_OF_A_CLASS * different);
}

/** Distinct labels that are not missing, and how many rows each has. */
function distinct(cells: TextCells): { text: string; rows: number; code: number }[] {
  const counts = countsOf(cells);
  const missing = missingTexts(cells.texts);
  return cells.texts.flatMap((text, code) =>
    missing[code] ? [] : [{ text, rows: counts[code]!, code }],
  );
}

function classes({ name, cells }: LabelCells, hints: LabelHints): Labels {
  const { decimal, table } = hints;
  const column = `${table}, label column ${describe(name)}`;
  const tooMany = () => {
    const found = `more than ${MOST_CLASSES} different labels`;
    return new TableError(outOfRange(column, found, `at most ${MOST_CLASSES} classes`).message);
  };
  if (!('texts' in cells)) throw tooMany();
  const here = distinct(cells);
  const areNumbers = here.every(({ text }) => !Number.isNaN(numberIn(text, decimal)));
  if (!areNumbers && here.length > MOST_CLASSES) throw tooMany();
  const fraction = areNumbers && here.find(({ text }) => hasFraction(text, decimal));
  if (fraction) {
    const found = `numbers such as ${fraction.text}`;
    const expected =
      "classes, in words or whole numbers; the option output: 'linear' predicts numbers";
    throw new TableError(outOfRange(column, found, expected).message);
  }
  // 1 and 1.0 are one class.
  const written = (text: string) => (areNumbers ? numberName(text, decimal) : text);
  const given = hints.classNames;
  const hasGiven = given && here.every(({ text }) => given[Number(text)] !== undefined);
  const nameOf = (text: string) => (hasGiven ? given[Number(text)]! : written(text));
  const rowsOf = new Map<string, number>();
  for (const { text, rows } of here)
    rowsOf.set(nameOf(text), (rowsOf.get(nameOf(text)) ?? 0) + rows);
  if (rowsOf.size > MOST_CLASSES) throw tooMany();
  const [only] = rowsOf.keys();
  if (rowsOf.size === 0) throw outOfRange(column, 'no label in any row', 'at least two classes');
  if (rowsOf.size === 1) {
    const found = `${describe(only)} in every row`;
    throw new TableError(outOfRange(column, found, 'at least two classes').message);
  }
  const missing = missingTexts(cells.texts);
  const once = [...rowsOf].flatMap(([label, rows]) => (rows === 1 ? [describe(label)] : []));
  const notes = [
    ...(areNumbers && !hasGiven && hints.output === undefined
      ? [
          `label column ${describe(name)} has ${rowsOf.size} different numbers, which are taken as classes; the option output: 'linear' predicts them as numbers`,
        ]
      : []),
    ...(areDates(here, name)
      ? [`label column ${describe(name)} has dates, which are taken as classes`]
      : []),
    ...(once.length > 0 ? [`label column ${describe(name)}: ${aloneNote(once)}`] : []),
  ];
  return {
    output: 'softmax',
    isMissing: filled(new Uint8Array(cells.codes.length), (row) =>
      Number(missing[cells.codes[row]!]),
    ),
    values: [codedTexts(cells, missing, nameOf)],
    notes,
  };
}

function areDates(labels: readonly { text: string }[], name: string): boolean {
  const texts = labels.map(({ text }) => text);
  const { form } = dateFormOf(texts, name);
  return texts.every((text) => !Number.isNaN(dateIn(text, form)));
}

function aloneNote(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED).join(', ');
  const more = names.length > MOST_LISTED ? ` and ${names.length - MOST_LISTED} more` : '';
  const have = names.length === 1 ? 'has' : 'have';
  return `${shown}${more} ${have} a single row, which is trained on and never held out`;
}

function numbers(columns: readonly LabelCells[], hints: LabelHints): Labels {
  const all = columns.map((column) => labelNumbers(column, hints));
  const { length } = all[0]!;
  const isMissing = new Uint8Array(length);
  for (const values of all) {
    for (let row = 0; row < length; row++) if (Number.isNaN(values[row])) isMissing[row] = 1;
  }
  const areBits = all.every((values) =>
    values.every((value) => Number.isNaN(value) || value === 0 || value === 1),
  );
  const output = hints.output ?? (columns.length > 1 && areBits ? 'sigmoid' : 'linear');
  const isWhole = all.every((values) =>
    values.every((value) => Number.isNaN(value) || Number.isInteger(value)),
  );
  if (output === 'sigmoid') checkShares(columns, all, hints);
  const isDoubtful = hints.output === undefined && columns.length === 1 && isWhole;
  return {
    output,
    isMissing,
    values: all.map(numbersOf),
    notes: isDoubtful
      ? [
          `label column ${describe(columns[0]!.name)} has whole numbers, which are predicted as numbers; the option output: 'softmax' takes them as classes`,
        ]
      : [],
  };
}

/** Labels as numbers, row by row; NaN where they are missing. */
function labelNumbers({ name, cells }: LabelCells, hints: LabelHints): Float64Array {
  const { decimal, records, faults } = hints;
  return strictNumbers(cells, decimal, (row, text) =>
    faults.add(
      `row ${records[row]}, label column ${describe(name)}`,
      faultText(describe(text), 'a number'),
    ),
  );
}

/** Checks that labels are from 0 to 1, the range of a sigmoid. */
function checkShares(
  columns: readonly LabelCells[],
  all: readonly Float64Array[],
  { records, faults }: LabelHints,
): void {
  for (const [i, values] of all.entries()) {
    for (const [row, value] of values.entries()) {
      if (value < 0 || value > 1) {
        const place = `row ${records[row]}, label column ${describe(columns[i]!.name)}`;
        const expected =
          "a number from 0 to 1, for the option output: 'sigmoid'; the option output: 'linear' takes any";
        faults.add(place, faultText(String(value), expected));
      }
    }
  }
}

/** The class name for a number; numbers beyond 2⁵³ − 1 keep their text. */
function numberName(text: string, decimal: Decimal): string {
  const value = numberIn(text, decimal);
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? text : String(value);
}

/** Whether a number is written with a fraction, which float64 may round off. */
function hasFraction(text: string, decimal: Decimal): boolean {
  if (!Number.isInteger(numberIn(text, decimal))) return true;
  return (decimal === '.' ? /\.0*[1-9]/ : /,0*[1-9]/).test(text) && !/e/i.test(text);
}

/** Names of classes in order: numbers by size, else by their UTF-16 codes. */
export function inOrder(names: readonly string[]): string[] {
  const sorted = [...names].sort();
  const areNumbers = names.every((name) => !Number.isNaN(numberIn(name, '.')));
  return areNumbers ? sorted.sort((a, b) => numberIn(a, '.') - numberIn(b, '.')) : sorted;
}
