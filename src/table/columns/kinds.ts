/** Decides what the cells of a column are: numbers, dates, categories, or nothing to learn from. */
import type { Column, ColumnKind } from '../column.ts';
import { type DateForm, dateFormOf, dateIn, isDateName } from '../dates.ts';
import { type Decimal, isMissing } from '../numbers.ts';
import { filled } from '../row-arrays.ts';
import {
  countsOf,
  MOST_ODD,
  MOSTLY,
  type NumberCells,
  numbersIn,
  type TextCells,
} from './cell-list.ts';
import { codedTexts, numberedTexts, numbersOf, type ValuesOf } from './column-values.ts';

/** What is known of a column besides its cells. */
export interface ColumnHints {
  /** '' if it has none. */
  readonly name: string;
  /** Whether it stands before the columns that have names, as the rows' own names do. */
  readonly isBeforeNames: boolean;
  readonly chosen?: Column['chosen'];
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
  /** Texts that are taken as missing. */
  readonly odd?: OddCells | undefined;
  readonly dates?: DateForm | undefined;
  /** Of numbers: what stands beside them. */
  readonly unit?: string | undefined;
  /** What whoever trains on it should know. */
  readonly note?: string | undefined;
  readonly values: ValuesOf;
}

/** With fewer cells, text may be different in all rows by chance, and numbers may count them. */
const FEWEST_TO_DIFFER = 20;
const FEWEST_TO_COUNT = 5;
/** Distinct texts by which it is seen that a column has no dates. */
const SAMPLE = 1000;
/** Usual names of a column with row numbers 1, 2, 3 … */
const ROW_NUMBERS =
  /^(?:index|idx|#|no\.?|nr\.?|obs|row(?:[ ._]?(?:id|no|nr|num|number|index))?|X(?:\.\d+)?)$/i;
/** Usual names of identifiers: id, customer_id, PassengerId. */
const IDENTIFIERS = /(?:(?:^|[ ._-])(?:id|ID|Id)|[a-z]I[dD])$/;

/** What the cells of a column are that is not the label. */
export function judge(
  cells: TextCells | NumberCells,
  hints: ColumnHints,
  decimal: Decimal,
): Judgement {
  return 'numbers' in cells ? judgeNumbers(cells, hints) : judgeTexts(cells, hints, decimal);
}

function judgeNumbers(cells: NumberCells, hints: ColumnHints): Judgement {
  const { numbers, others, otherCells } = cells;
  const values = numbersOf(numbers);
  if (isOfRows(hints, () => others.size > 0 || numberRows(numbers))) {
    return { kind: 'row names', why: 'row numbers or names', values };
  }
  const present = otherCells + numbers.length - count(numbers, Number.isNaN);
  const isMixed = otherCells > (1 - MOSTLY) * present || others.size > MOST_ODD;
  if (isMixed && hints.chosen !== 'numeric') {
    return { kind: 'text', why: 'numbers and many different texts', values };
  }
  const odd = [...others].map(([text, other]) => ({ text, ...other }));
  return numberColumn(numbers, cells.unit, oddOf(odd), hints);
}

function judgeTexts(cells: TextCells, hints: ColumnHints, decimal: Decimal): Judgement {
  const { texts, codes } = cells;
  const { chosen, name } = hints;
  const counts = countsOf(cells);
  const missing = missingTexts(texts);
  const here = [...texts.keys()].filter((i) => !missing[i] && counts[i]! > 0);
  const present = here.reduce((sum, i) => sum + counts[i]!, 0);
  const judged = (kind: ColumnKind, why?: string): Judgement => ({
    kind,
    why,
    values: codedTexts(cells, missing),
  });
  if (here.length === 0) return judged('empty', 'no value in any row');
  const numbers = numbersIn(cells, decimal, counts);
  const odd = here.filter((i) => Number.isNaN(numbers.values[i]));
  const ofRows = () =>
    filled(new Float64Array(codes.length), (row) => numbers.values[codes[row]!]!);
  const differ = () => (odd.length > 0 ? here.length > present / 2 : numberRows(ofRows()));
  if (isOfRows(hints, differ)) return judged('row names', 'row numbers or names');
  if (here.length === 1) {
    return present === codes.length
      ? judged('constant', 'one value in all rows')
      : judged('category', 'one value, or missing');
  }
  if (chosen === 'categorical') return judged('category');
  const found = (odd: readonly number[]) =>
    oddOf(odd.map((i) => ({ text: texts[i]!, cells: counts[i]!, row: codes.indexOf(i) })));
  const isFew = (odd: readonly number[]) =>
    odd.length <= MOST_ODD && odd.reduce((sum, i) => sum + counts[i]!, 0) <= (1 - MOSTLY) * present;

  const areNumbers = chosen === 'numeric' || isFew(odd);
  const mayBeDates = areNumbers ? chosen === undefined && isDateName(name) : true;
  const dates = mayBeDates ? datesIn(texts, here, name) : undefined;
  if (areNumbers && dates?.form !== 'compact') {
    const first = numbers.values[here[0]!];
    if (present === codes.length && here.every((i) => numbers.values[i] === first)) {
      return judged('constant', 'one value in all rows');
    }
    return numberColumn(ofRows(), numbers.unit, found(odd), hints);
  }
  if (dates) {
    const odd = here.filter((i) => Number.isNaN(dates.values[i]));
    if (isFew(odd)) {
      return {
        kind: 'date',
        dates: dates.form,
        odd: found(odd),
        note: dates.isAmbiguous
          ? 'has dates such as 01/02/2012, taken with the month first'
          : undefined,
        values: numberedTexts(codes, dates.values),
      };
    }
  }
  const isUnique =
    present < FEWEST_TO_DIFFER
      ? here.length === present && present >= FEWEST_TO_COUNT
      : here.length > present / 2;
  return isUnique
    ? judged('text', 'text that is different in nearly every row')
    : judged('category');
}

/** Whether what is not known to be otherwise has the numbers or names of the rows: no name above, and cells that differ. */
function isOfRows({ isBeforeNames, chosen }: ColumnHints, differ: () => boolean): boolean {
  return isBeforeNames && (chosen === undefined || chosen === 'ignore') && differ();
}

/**
 * Whether numbers are those of rows: of a table, or of several, one after the other; or whole numbers more than
 * half of which are different, with those of R, which calls row 7 drawn again 7.1.
 */
function numberRows(numbers: Float64Array): boolean {
  const first = numbers[0]!;
  const goesOn = (number: number, row: number) =>
    number === first || number === numbers[row - 1]! + 1;
  if (Number.isInteger(first) && numbers.includes(first + 2) && numbers.every(goesOn)) return true;
  // Not a Set, which takes the memory of the whole column several times.
  const sorted = numbers.slice().sort();
  let different = 0;
  let whole = Number.NaN;
  for (const [i, number] of sorted.entries()) {
    // They are last.
    if (Number.isNaN(number)) break;
    if (number !== sorted[i - 1]) different++;
    if (Number.isInteger(number)) whole = number;
    else if (Math.floor(number) !== whole) return false;
  }
  return different > numbers.length / 2;
}

/** Which of the distinct texts of a column say that there is no value. Beside a plus, a minus does not. */
export function missingTexts(texts: readonly string[]): readonly boolean[] {
  const hasPlus = texts.includes('+');
  return texts.map((text) => isMissing(text) && !(hasPlus && text === '-'));
}

/** A column of numbers: an input, unless they count the rows, or are different in all, and its name says so. */
function numberColumn(
  numbers: Float64Array,
  unit: string,
  odd: OddCells | undefined,
  { name, chosen }: ColumnHints,
): Judgement {
  const values = numbersOf(numbers);
  const isCounting = counts(numbers);
  if (chosen === undefined) {
    if (isCounting && (ROW_NUMBERS.test(name) || IDENTIFIERS.test(name))) {
      return { kind: 'row names', why: 'numbers the rows', values };
    }
    const isNumbering =
      IDENTIFIERS.test(name) || (ROW_NUMBERS.test(name) && mayNumber(numbers, name));
    if (isNumbering && areDifferent(numbers)) {
      return { kind: 'row names', why: 'a different number in every row', values };
    }
  }
  const note = isCounting
    ? 'counts the rows and is used as an input; the option ignore leaves it out'
    : undefined;
  return { kind: 'number', unit, odd, note, values };
}

/** Whether numbers count the rows. */
function counts(numbers: Float64Array): boolean {
  const [first] = numbers;
  if (numbers.length < FEWEST_TO_COUNT || !Number.isInteger(first)) return false;
  return numbers.every((number, row) => number === first! + row);
}

/**
 * Whether numbers, different in all rows, may be those of the rows of a table of which these are some, or
 * which were shuffled. Under X, R's name for a column without one, there may be coordinates.
 */
function mayNumber(numbers: Float64Array, name: string): boolean {
  const [least, most] = numbers.reduce(
    ([least, most], number) => [Math.min(least, number), Math.max(most, number)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number],
  );
  if (least < 0) return false;
  const isAscending = numbers.every((number, row) => row === 0 || number > numbers[row - 1]!);
  return !/^X/i.test(name) || isAscending || most - least < 2 * numbers.length;
}

/** Whether there is a different whole number in every row. */
function areDifferent(numbers: Float64Array): boolean {
  if (numbers.length < FEWEST_TO_DIFFER || !numbers.every(Number.isInteger)) return false;
  const sorted = numbers.slice().sort();
  return sorted.every((number, i) => i === 0 || number !== sorted[i - 1]);
}

/** The dates among texts: of each its seconds, where about half or more of them are dates. */
function datesIn(texts: readonly string[], here: readonly number[], name: string) {
  const isDate = (form: DateForm) => (text: string) => !Number.isNaN(dateIn(text, form));
  const sample = here.slice(0, SAMPLE).map((i) => texts[i]!);
  if (count(sample, isDate(dateFormOf(sample, name).form)) < sample.length / 2) return undefined;
  const found = dateFormOf(
    here.map((i) => texts[i]!),
    name,
  );
  return {
    ...found,
    values: filled(new Float64Array(texts.length), (i) => dateIn(texts[i]!, found.form)),
  };
}

function oddOf(
  odd: readonly { readonly text: string; readonly cells: number; readonly row: number }[],
): OddCells | undefined {
  if (odd.length === 0) return undefined;
  return {
    texts: odd.slice(0, MOST_ODD).map(({ text }) => text),
    cells: odd.reduce((sum, { cells }) => sum + cells, 0),
    row: odd.reduce((first, { row }) => Math.min(first, row), Number.POSITIVE_INFINITY),
  };
}

function count<T>(values: ArrayLike<T>, holds: (value: T) => boolean): number {
  let found = 0;
  for (let i = 0; i < values.length; i++) if (holds(values[i]!)) found++;
  return found;
}
