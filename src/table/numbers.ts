/** Numbers as tables have them: of programs, and of spreadsheets. */

/** The decimal mark of numbers. */
export const DECIMALS = ['.', ','] as const;
export type Decimal = (typeof DECIMALS)[number];

/** The number in a cell, and what stands beside it: "%", or the sign of a currency. */
export interface WrittenNumber {
  readonly value: number;
  readonly unit: string;
}

/**
 * A number of a program. Cells may be very long: in no expression for them do two repetitions that match the
 * same characters follow each other, or time would be quadratic.
 */
const PLAIN: Readonly<Record<Decimal, RegExp>> = {
  '.': /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i,
  ',': /^[+-]?(?:\d+(?:,\d*)?|,\d+)(?:e[+-]?\d+)?$/i,
};

/** A number of a spreadsheet: sign, currency, groups of thousands, fraction, unit. */
const WRITTEN: Readonly<Record<Decimal, RegExp>> = {
  '.': writtenWith('\\.', ','),
  ',': writtenWith(',', '.'),
};

function writtenWith(decimal: string, group: string): RegExp {
  const thousands = `[1-9]\\d{0,2}([${group}'’ \u00a0\u202f])\\d{3}(?:\\2\\d{3})*`;
  const sign = '([+\\-−]?)';
  return new RegExp(
    `^${sign}(?:(?:${thousands}|\\d+)(?:${decimal}\\d*)?|${decimal}\\d+)(?:e[+-]?\\d+)?$`,
    'i',
  );
}

/** No number of a spreadsheet is as long. */
const LONGEST_WRITTEN = 40;
const UNIT_BEFORE = /^([+\-−]?)(\p{Sc})\s?/u;
const UNIT_AFTER = /\s?(\p{Sc}|%)$/u;

/**
 * The number that a cell is, without blanks around it.
 *
 * @returns undefined if it is none, or beyond the range of float64
 */
export function writtenNumber(text: string, decimal: Decimal): WrittenNumber | undefined {
  if (PLAIN[decimal].test(text)) {
    return finite(Number(decimal === ',' ? text.replace(',', '.') : text), '');
  }
  if (text.length > LONGEST_WRITTEN) return undefined;
  const before = UNIT_BEFORE.exec(text);
  const bare = before ? before[1]! + text.slice(before[0].length) : text;
  const after = UNIT_AFTER.exec(bare);
  if (before && after) return undefined;
  const digits = after ? bare.slice(0, after.index) : bare;
  const [, , group] = WRITTEN[decimal].exec(digits) ?? [undefined, undefined, undefined];
  if (!WRITTEN[decimal].test(digits)) return undefined;
  const joined = group === undefined ? digits : digits.replaceAll(group, '');
  return finite(
    Number(joined.replace('−', '-').replace(decimal, '.')),
    before?.[2] ?? after?.[1] ?? '',
  );
}

function finite(value: number, unit: string): WrittenNumber | undefined {
  return Number.isFinite(value) ? { value, unit } : undefined;
}

/** The number that a cell is, whatever stands beside it; NaN if it is none. */
export function numberIn(text: string, decimal: Decimal): number {
  return writtenNumber(text, decimal)?.value ?? Number.NaN;
}

/** Whether a cell is a number with one of the decimal marks. */
export function isNumber(text: string): boolean {
  return writtenNumber(text, '.') !== undefined || writtenNumber(text, ',') !== undefined;
}

/** Usual texts for missing values. */
const MISSING = /^(?:|#?N\/A|<?NA>?|NaN|null|\?|-)$/i;

/** Whether a cell, without blanks around it, says that there is no value. */
export function isMissing(text: string): boolean {
  return text.length < 5 && MISSING.test(text);
}
