/**
 * A column that is an input, and the numbers that it becomes: of a number or date its value, then whether
 * it was missing, then the parts of a date; of a category one number for each value, then one for a
 * missing cell.
 */
import type { ColumnKind } from '../column.ts';
import type { DateForm } from '../dates.ts';

/** A column that is an input, and the numbers that it becomes. */
export interface InputColumn {
  readonly name: string;
  /** Its place among the columns of the table that was trained on, from 1. */
  readonly number: number;
  readonly kind: Extract<ColumnKind, 'number' | 'category' | 'date'>;
  /** The first of its numbers among the network's inputs, and how many there are. */
  readonly first: number;
  readonly width: number;
  /** Of numbers and dates: what stands for a missing cell; undefined: none may be missing. */
  readonly median?: number | undefined;
  /** Whether one of its inputs says that the cell is missing: one was in training. */
  readonly missing: boolean;
  /** Of numbers and dates: texts that are taken as missing. */
  readonly odd: readonly string[];
  /** Of numbers: what stands beside them, "%" or the sign of a currency, if anything. */
  readonly unit?: string | undefined;
  /** Of categories: the values that occurred in training, in order. */
  readonly categories?: readonly string[] | undefined;
  /** Of dates: the months and weekdays that occurred in training, where they vary; 1 is January, and Monday. */
  readonly months?: readonly number[] | undefined;
  readonly weekdays?: readonly number[] | undefined;
  /** Of dates: whether the hour of the day is an input. */
  readonly hours?: boolean | undefined;
  /** Of dates: how those are understood that may be several, such as 01/02/2012. */
  readonly form?: DateForm | undefined;
}

/** A column before it is known where its inputs begin. */
export type ColumnParts = Omit<InputColumn, 'first' | 'width'>;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Seconds of a day. */
const DAY = 86400;

/** The columns one after another. */
export function placed(columns: readonly ColumnParts[]): InputColumn[] {
  let first = 0;
  return columns.map((column) => {
    const width = featuresOf(column).length;
    first += width;
    return { ...column, first: first - width, width };
  });
}

/** The names of a column's inputs. */
export function featuresOf({
  name,
  kind,
  missing,
  categories = [],
  months = [],
  weekdays = [],
  hours,
}: ColumnParts): string[] {
  const was = missing ? [`${name} missing`] : [];
  if (kind === 'category') return [...categories.map((text) => `${name} = ${text}`), ...was];
  return [
    name,
    ...was,
    ...months.map((month) => `${name} in ${MONTHS[month - 1]}`),
    ...weekdays.map((day) => `${name} on ${WEEKDAYS[day - 1]}`),
    ...(hours ? [`${name} hour`] : []),
  ];
}

/** Which inputs of a column are numbers that are standardised: the others are 0 or 1. */
export function standardisedOf({ kind, width, hours }: InputColumn): number[] {
  if (kind === 'category') return [];
  return hours ? [0, width - 1] : [0];
}

/** Month, day of the month and weekday, from 1, and hour of a date. */
export function partsOf(seconds: number): {
  month: number;
  date: number;
  weekday: number;
  hour: number;
} {
  const day = Math.floor(seconds / DAY);
  const utc = new Date(day * DAY * 1000);
  return {
    month: utc.getUTCMonth() + 1,
    date: utc.getUTCDate(),
    // 1970 began with a Thursday.
    weekday: ((((day + 3) % 7) + 7) % 7) + 1,
    hour: (seconds - day * DAY) / 3600,
  };
}

/**
 * Writes the inputs of a number or a date where they are zeros.
 *
 * @param value NaN where it is missing
 */
export function writeNumber(
  { median, missing, months = [], weekdays = [], hours, width }: InputColumn,
  value: number,
  to: Float64Array,
  at: number,
): void {
  const isMissing = Number.isNaN(value);
  to[at] = isMissing ? median! : value;
  if (missing) to[at + 1] = Number(isMissing);
  if (months.length + weekdays.length === 0 && !hours) return;
  const { month, weekday, hour } = partsOf(to[at]!);
  if (hours) to[at + width - 1] = hour;
  if (isMissing) return;
  const begin = at + 1 + Number(missing);
  const [m, d] = [months.indexOf(month), weekdays.indexOf(weekday)];
  if (m >= 0) to[begin + m] = 1;
  if (d >= 0) to[begin + months.length + d] = 1;
}

/** Where a category is among those of its column: `UNSEEN`, or `MISSING`. */
export type Category = number;
export const UNSEEN = -1;
export const MISSING = -2;

/** Writes the inputs of a category where they are zeros. */
export function writeCategory(
  { missing, width }: InputColumn,
  category: Category,
  to: Float64Array,
  at: number,
): void {
  if (category >= 0) to[at + category] = 1;
  else if (category === MISSING && missing) to[at + width - 1] = 1;
}

/** Finds texts among categories or classes; numbers may be written in another way. */
export class Texts {
  readonly #places: Map<string, number>;

  constructor(texts: readonly string[]) {
    this.#places = new Map(texts.map((text, i) => [text, i]));
  }

  /** @returns undefined where it is not there */
  placeOf(text: string): number | undefined {
    return this.#places.get(text) ?? this.#places.get(numberName(text));
  }
}

/** The name of a number, without what does not change it; other texts as they are. */
function numberName(text: string): string {
  if (!/^\s*[+-]?[\d.]+(?:e[+-]?\d+)?\s*$/i.test(text)) return text;
  const value = Number(text);
  return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? `${value}` : text;
}
