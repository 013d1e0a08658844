/** Decides what the cells of a column are: numbers, dates, categories, or nothing to learn from. */

import type { ColumnKind, ColumnValues } from '../column.ts';
import { type DateForm, dateFormOf, dateIn } from '../dates.ts';
import { type Decimal, isMissing } from '../numbers.ts';
import { countsOf, MOSTLY, type NumberCells, numbersIn, type TextCells } from './cell-list.ts';

/** What is known of a column besides its cells. */
export interface ColumnHints {
  /** '' if it has none. */
  readonly name: string;
  /** Whether it stands before the columns that have names. */
  readonly isRowNames: boolean;
  readonly chosen?: 'ignore' | 'categorical' | 'numeric' | undefined;
}

/** Texts among numbers or dates, and which of the rows read has the first. */
export interface OddCells {
  readonly texts: readonly string[];
  readonly cells: number;
  readonly row: number;
}

/** What the cells of a column are. */
export interface Judgement {
  readonly kind: ColumnKind;
  readonly why?: string | undefined;
  readonly odd?: OddCells | undefined;
  readonly dates?: DateForm | undefined;
  readonly note?: string | undefined;
  /** Of some of the rows read, all where undefined. */
  values(rows?: Uint32Array): ColumnValues;
}

/** Texts that may be odd in a column of numbers, at most. */
const MOST_ODD = 20;
/** With fewer cells, text may be different in all rows by chance, and numbers may count them. */
const FEWEST_TO_DIFFER = 20;
const FEWEST_TO_COUNT = 5;
/** Usual names of a column with row numbers 1, 2, 3 … */
const ROW_NUMBERS =
  /^(?:|x|id|index|idx|#|no\.?|nr\.?|obs|row(?:[ ._]?(?:id|no|nr|num|number|index))?|.*[ ._-]id|.*[a-z]I[dD])$/;
const isRowNumber = (name: string) =>
  ROW_NUMBERS.test(name) || ROW_NUMBERS.test(name.toLowerCase());

/** What the cells of a column are that is an input. */
export function judge(
  cells: TextCells | NumberCells,
  hints: ColumnHints,
  decimal: Decimal,
): Judgement {
  return 'numbers' in cells ? judgeNumbers(cells, hints) : judgeTexts(cells, hints, decimal);
}

function judgeNumbers(cells: NumberCells, hints: ColumnHints): Judgement {
  const { numbers, others, otherCells } = cells;
  const values = (rows?: Uint32Array) => ({ numbers: taken(numbers, rows) });
  if (hints.isRowNames) return { ...rowNames(hints.name), values };
  if (counts((row) => numbers[row]!, numbers.length)) return { ...counting(hints), values };
  let present = otherCells;
  for (const number of numbers) if (!Number.isNaN(number)) present++;
  if (otherCells > (1 - MOSTLY) * present || others.size > MOST_ODD) {
    if (hints.chosen !== 'numeric') {
      return { kind: 'text', why: 'numbers and different texts', values };
    }
  }
  const odd = [...others].map(([text, other]) => ({ text, ...other }));
  return { kind: 'number', odd: oddCells(odd), values };
}

function judgeTexts(cells: TextCells, hints: ColumnHints, decimal: Decimal): Judgement {
  const { texts, codes } = cells;
  const { chosen, name } = hints;
  const counted = countsOf(cells);
  const missing = missingTexts(texts);
  const here = [...texts.keys()].filter((i) => !missing[i] && counted[i]! > 0);
  const present = here.reduce((sum, i) => sum + counted[i]!, 0);
  const category = (why?: string) => ({
    kind: 'category' as const,
    why,
    values: (rows?: Uint32Array) => coded(cells, missing, rows),
  });
  if (here.length === 0) return { ...category(), kind: 'empty', why: 'no value in any row' };
  if (hints.isRowNames) return { ...category(), ...rowNames(name) };
  if (here.length === 1 && present === codes.length) {
    return { ...category(), kind: 'constant', why: 'one value in all rows' };
  }
  if (chosen === 'categorical') return category();
  const found = numbersIn(cells, decimal, counted);
  const dated = datesIn(texts, here, name, found.cells);
  if (dated === undefined || chosen === 'numeric') {
    const odd = here.filter((i) => Number.isNaN(found.values[i]));
    if (chosen === 'numeric' || areFew(odd, counted, present)) {
      if (here.length === 1) return category('one value, or missing');
      const numbers = numbered(codes, found.values);
      const isCounting =
        present === codes.length && counts((row) => found.values[codes[row]!]!, codes.length);
      const oddHere = oddCells(oddOf(odd, cells, counted));
      if (isCounting) return { ...counting(hints), values: numbers };
      return { kind: 'number', odd: oddHere, values: numbers };
    }
  } else {
    const odd = here.filter((i) => Number.isNaN(dated.values[i]));
    if (areFew(odd, counted, present)) {
      return {
        kind: 'date',
        dates: dated.form,
        odd: oddCells(oddOf(odd, cells, counted)),
        note: dated.isAmbiguous
          ? 'dates such as 01/02/2012 are taken with the month first'
          : undefined,
        values: numbered(codes, dated.values),
      };
    }
  }
  const isUnique =
    present < FEWEST_TO_DIFFER
      ? here.length === present && present >= FEWEST_TO_COUNT
      : here.length > present / 2;
  if (isUnique)
    return { ...category(), kind: 'text', why: 'text that is different in nearly every row' };
  return category();
}

/** Which of the distinct texts of a column stand for a missing value. Where there is a plus, a minus does not. */
export function missingTexts(texts: readonly string[]): readonly boolean[] {
  const hasPlus = texts.includes('+');
  return texts.map((text) => isMissing(text) && !(hasPlus && text === '-'));
}

function rowNames(name: string) {
  const why = name === '' ? 'row numbers or names without a header' : 'row numbers or names';
  return { kind: 'row names', why } as const;
}

/** A column that counts the rows. */
function counting({ name, chosen }: ColumnHints): Omit<Judgement, 'values'> {
  if (chosen === undefined && isRowNumber(name)) {
    return { kind: 'row names', why: 'numbers the rows' };
  }
  return {
    kind: 'number',
    note: 'counts the rows and is used as an input; --ignore leaves it out',
  };
}

/** Whether numbers count the rows. */
function counts(number: (row: number) => number, rows: number): boolean {
  if (rows < FEWEST_TO_COUNT || !Number.isInteger(number(0))) return false;
  for (let row = 1; row < rows; row++) if (number(row) !== number(0) + row) return false;
  return true;
}

/** Dates among texts: the seconds of each, where most are dates. */
function datesIn(texts: readonly string[], here: readonly number[], name: string, numbers: number) {
  const present = here.map((i) => texts[i]!);
  const sample = present.slice(0, 1000);
  const found = dateFormOf(sample, name);
  if (found.form !== 'compact' && numbers > 0) return undefined;
  const isDate = (text: string) => !Number.isNaN(dateIn(text, found.form));
  if (sample.filter(isDate).length < sample.length / 2) return undefined;
  const all = dateFormOf(present, name);
  return { ...all, values: Float64Array.from(texts, (text) => dateIn(text, all.form)) };
}

/** Whether odd texts are few enough to be taken as missing. */
function areFew(odd: readonly number[], counted: Uint32Array, present: number): boolean {
  const cells = odd.reduce((sum, i) => sum + counted[i]!, 0);
  return odd.length <= MOST_ODD && cells <= (1 - MOSTLY) * present;
}

function oddOf(odd: readonly number[], { texts, codes }: TextCells, counted: Uint32Array) {
  return odd.map((i) => ({ text: texts[i]!, cells: counted[i]!, row: codes.indexOf(i) }));
}

function oddCells(
  odd: readonly { text: string; cells: number; row: number }[],
): OddCells | undefined {
  if (odd.length === 0) return undefined;
  return {
    texts: odd.slice(0, MOST_ODD).map(({ text }) => text),
    cells: odd.reduce((sum, { cells }) => sum + cells, 0),
    row: odd.reduce((first, { row }) => Math.min(first, row), Number.POSITIVE_INFINITY),
  };
}

function taken(numbers: Float64Array, rows: Uint32Array | undefined): Float64Array {
  return rows ? Float64Array.from(rows, (row) => numbers[row]!) : numbers;
}

/** The values of texts, row by row. */
function numbered(codes: Uint32Array, values: Float64Array) {
  return (rows?: Uint32Array) => ({
    numbers: Float64Array.from(rows ?? codes, (at) => values[rows ? codes[at]! : at]!),
  });
}

/** The texts of rows, those without a value apart. */
export function coded(
  { texts, codes }: TextCells,
  missing: readonly boolean[],
  rows?: Uint32Array,
  nameOf = (text: string) => text,
): { codes: Uint32Array; texts: readonly string[] } {
  const numbers = new Map<string, number>();
  const codeOf = new Uint32Array(texts.length);
  const codeFor = (code: number) => {
    if (codeOf[code] === 0 && !missing[code]) {
      const name = nameOf(texts[code]!);
      const number = numbers.get(name) ?? numbers.size + 1;
      numbers.set(name, number);
      codeOf[code] = number;
    }
    return codeOf[code]!;
  };
  const own = rows
    ? Uint32Array.from(rows, (row) => codeFor(codes[row]!))
    : codes.map((code) => codeFor(code));
  return { codes: own, texts: [...numbers.keys()] };
}
