/** Dates and times as tables have them, in seconds since 1970, UTC. */

/** How dates are understood that may be several: 01/02/2012, and 20120102. */
export type DateForm = 'month first' | 'day first' | 'compact';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** No date is as long. */
const LONGEST = 64;

const WEEKDAY = '(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\\s)?';
const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\\.?';
const CLOCK = '(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?(?:\\s?([ap])\\.?m\\.?)?';
const ZONE = '(?:\\s?(Z|UTC|GMT|[+-]\\d{2}:?\\d{2}|[+-]\\d{2}))?';
const TIME = `(?:(?:T|,?\\s)${CLOCK}${ZONE})?`;

/** A way to write the day, and where year, month and day are in it. */
type Order = readonly ['y' | 'm' | 'd', 'y' | 'm' | 'd', ('y' | 'm' | 'd')?];

const FORMS: readonly { readonly day: string; readonly order: Order; readonly of?: DateForm }[] = [
  { day: '(\\d{4})-(\\d{1,2})(?:-(\\d{1,2}))?', order: ['y', 'm', 'd'] },
  { day: '(\\d{4})/(\\d{1,2})/(\\d{1,2})', order: ['y', 'm', 'd'] },
  { day: '(\\d{4})\\.(\\d{1,2})\\.(\\d{1,2})', order: ['y', 'm', 'd'] },
  { day: '(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4})', order: ['d', 'm', 'y'] },
  { day: '(\\d{1,2})[/-](\\d{1,2})[/-](\\d{4}|\\d{2})', order: ['m', 'd', 'y'], of: 'month first' },
  { day: '(\\d{1,2})[/-](\\d{1,2})[/-](\\d{4}|\\d{2})', order: ['d', 'm', 'y'], of: 'day first' },
  { day: `${WEEKDAY}${MONTH}\\s(\\d{1,2})(?:st|nd|rd|th)?,?\\s(\\d{4})`, order: ['m', 'd', 'y'] },
  {
    day: `${WEEKDAY}(\\d{1,2})(?:st|nd|rd|th)?[ -]${MONTH},?[ -](\\d{4}|\\d{2})`,
    order: ['d', 'm', 'y'],
  },
  { day: '(\\d{4})(\\d{2})(\\d{2})', order: ['y', 'm', 'd'], of: 'compact' },
];

const READERS = FORMS.map(({ day, order, of }) => ({
  pattern: new RegExp(`^${day}${TIME}$`, 'i'),
  order,
  of,
}));
const TIME_OF_DAY = new RegExp(`^${CLOCK}$`, 'i');

/**
 * The date in a cell, without blanks around it, in seconds since 1970, UTC; a time without a date is that of
 * the first day. A date without a zone is one in UTC.
 *
 * @returns NaN if it is none
 */
export function dateIn(text: string, form: DateForm): number {
  if (text.length > LONGEST || !/^[\da-z]/i.test(text)) return Number.NaN;
  const clock = TIME_OF_DAY.exec(text);
  if (clock) return timeOf(clock.slice(1));
  for (const { pattern, order, of } of READERS) {
    if (of !== undefined && of !== form) continue;
    const found = pattern.exec(text);
    if (found === null) continue;
    const [, first, second, third, ...time] = found as (string | undefined)[];
    const parts = { y: '', m: '', d: '1' };
    for (const [i, part] of [first, second, third].entries()) parts[order[i]!] = part ?? '1';
    return dayOf(parts) + (time[0] === undefined ? 0 : timeOf(time));
  }
  return Number.NaN;
}

/** Seconds of a day that there is; else NaN. */
function dayOf({ y, m, d }: { y: string; m: string; d: string }): number {
  // As spreadsheets and POSIX have it, 69 is 1969, and 68 is 2068.
  const year = y.length > 2 ? Number(y) : Number(y) + (Number(y) < 69 ? 2000 : 1900);
  const named = MONTHS.indexOf(m.slice(0, 3).toLowerCase());
  const month = named < 0 ? Number(m) - 1 : named;
  const day = Number(d);
  if (year < 1000) return Number.NaN;
  const date = new Date(Date.UTC(year, month, day));
  const isReal = date.getUTCMonth() === month && date.getUTCDate() === day;
  return isReal ? date.getTime() / 1000 : Number.NaN;
}

/** Seconds of a time of the day, after midnight UTC; NaN if there is no such time. */
function timeOf([h, min, s = '0', fraction, half, zone]: readonly (string | undefined)[]): number {
  const [hours, minutes, seconds] = [Number(h), Number(min), Number(s)];
  if (minutes > 59 || seconds > 60) return Number.NaN;
  if (half !== undefined ? hours < 1 || hours > 12 : hours > 24) return Number.NaN;
  const hour = half === undefined ? hours : (hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  const rest = fraction === undefined ? 0 : Number(`0.${fraction}`);
  return 3600 * hour + 60 * minutes + seconds + rest - offsetOf(zone);
}

/** Seconds that a zone is ahead of UTC. */
function offsetOf(zone = 'Z'): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (hours === undefined) return 0;
  return (sign === '-' ? -60 : 60) * (60 * Number(hours) + Number(minutes ?? 0));
}

/** How the dates of a column are written. */
export interface DatesFound {
  readonly form: DateForm;
  /** Whether they could as well be days first. */
  readonly isAmbiguous: boolean;
}

/** Whether a column's name says that digits alone are dates: 20120131. */
export function isDateName(name: string): boolean {
  return /date|datum|fecha|day/i.test(name);
}

/**
 * The form by which most of some texts are dates.
 *
 * @param name of the column
 */
export function dateFormOf(texts: readonly string[], name: string): DatesFound {
  const areCompact =
    isDateName(name) &&
    texts.some((text) => /^\d{8}$/.test(text)) &&
    texts.every((text) => !Number.isNaN(dateIn(text, 'compact')));
  if (areCompact) return { form: 'compact', isAmbiguous: false };
  const slashed = texts.filter((text) => /^\d{1,2}[/-]\d{1,2}[/-]\d/.test(text));
  const fitting = (form: DateForm) =>
    slashed.filter((text) => !Number.isNaN(dateIn(text, form))).length;
  const [month, day] = [fitting('month first'), fitting('day first')];
  const isDifferent = (text: string) =>
    !Object.is(dateIn(text, 'month first'), dateIn(text, 'day first'));
  return {
    form: day > month ? 'day first' : 'month first',
    isAmbiguous: month === day && slashed.some(isDifferent),
  };
}
