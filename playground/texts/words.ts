/** Formatting of numbers and names, in the language of the page. What is copied, or typed in, is not formatted. */
import { language } from './languages.ts';
import type { Language } from './tables.ts';

/** In French as narrow as the one before a colon; else the usual ones. */
const BEFORE_PERCENT: Readonly<Record<Language, string>> = {
  en: ' ',
  de: '\u00a0',
  fr: '\u202f',
  es: '\u00a0',
};

/** Digits after the decimal point, at most. */
const MOST_DIGITS = 4;

/** How numbers are written in a language; negative ones with a minus sign, not a hyphen. */
export function numbersIn(written: Language) {
  const format = (options: Intl.NumberFormatOptions) => {
    // Made when it is first needed: each takes a millisecond or more, which the page's start would wait for.
    let made: Intl.NumberFormat | undefined;
    return (number: number) => {
      made ??= new Intl.NumberFormat(written, options);
      return made.format(number).replace('-', '−');
    };
  };
  const whole = format({ maximumFractionDigits: 0 });
  const fixed = Array.from({ length: MOST_DIGITS + 1 }, (_, digits) => {
    const rounded = format({
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: false,
    });
    // Rounded as the command rounds: of 91.55 %, 0.9155 has a little less, which Intl does not see.
    return (number: number) => rounded(Number(number.toFixed(digits)));
  });
  const all = format({ maximumSignificantDigits: 17, useGrouping: false });
  const tenths = format({ maximumFractionDigits: 1 });
  const seven = format({ maximumSignificantDigits: 7 });
  const powerOfTen = (number: number, digits: number) =>
    number.toExponential(digits).replace('.', fixed[1]!(0.5).charAt(1)).replace(/-/g, '−');

  /** 12345 is 12,345. */
  const count = (number: number) => whole(number);

  /** With so many digits after the point, up to 4: 3.0. */
  const decimal = (number: number, digits: number) => fixed[digits]!(number);

  /** 0.9153 is 91.5 %; what is not quite 100 % is > 99.9 %, and what is not quite 0 % is < 0.1 %. */
  const percent = (fraction: number, digits = 1) => {
    if (!Number.isFinite(fraction)) return '–';
    const [step, shown] = [10 ** -digits, decimal(100 * fraction, digits)];
    const words =
      fraction < 1 && shown === decimal(100, digits)
        ? `> ${decimal(100 - step, digits)}`
        : fraction > 0 && shown === decimal(0, digits)
          ? `< ${decimal(step, digits)}`
          : shown;
    return `${words}${BEFORE_PERCENT[written]}%`;
  };

  /** All its digits: 0.001. */
  const exact = (number: number) => all(number);

  /** A few significant digits: 0.0123, 1.23, −12.3, 1,230. */
  const short = (number: number) => {
    if (!Number.isFinite(number)) return '–';
    const size = Math.abs(number);
    if (size === 0) return '0';
    if (size >= 1000) return count(number);
    if (size < 0.0005) return powerOfTen(number, 1);
    return decimal(number, size < 0.1 ? 4 : size < 10 ? 2 : 1);
  };

  /** As many digits as tell one row's answer from another's. */
  const precise = (number: number) => {
    const size = Math.abs(number);
    if (size < 1000) return short(number);
    return size < 1e15 ? seven(number) : powerOfTen(number, 4);
  };

  /** One of many numbers, with four decimals or three digits: 0.0123, 12.3456, −1.23e−6, 12,345.6. */
  const entry = (number: number) => {
    if (!Number.isFinite(number)) return '–';
    const size = Math.abs(number);
    if (size === 0) return '0';
    if (size < 0.001) return powerOfTen(number, 2);
    return size < 1000 ? decimal(number, 4) : tenths(number);
  };

  return { count, decimal, percent, exact, short, precise, entry };
}

export const { count, decimal, percent, exact, short, precise, entry } = numbersIn(language);

/**
 * A name inside a sentence: right-to-left text must not change the order of the other words. Names of
 * ASCII alone stay unchanged, so they are copied unchanged.
 */
export function named(name: string): string {
  return /^[ -~]*$/.test(name) ? name : `\u2068${name}\u2069`;
}
