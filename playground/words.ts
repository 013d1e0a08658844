/** Formatting of numbers and names. */

/** 0.9153 is 91.5 %. What is not quite 100 % is > 99.9 %, and what is not quite 0 % is < 0.1 %. */
export function percent(fraction: number, digits = 1): string {
  if (!Number.isFinite(fraction)) return '–';
  const step = 10 ** -digits;
  const rounded = Number((100 * fraction).toFixed(digits));
  const [sign, shown] =
    fraction < 1 && rounded === 100
      ? ['> ', 100 - step]
      : fraction > 0 && rounded === 0
        ? ['< ', step]
        : ['', 100 * fraction];
  return `${sign}${shown.toFixed(digits)} %`;
}

/** 12345 is 12,345. */
export function count(number: number): string {
  return number.toLocaleString('en');
}

/** A few significant digits: 0.0123, 1.23, −12.3, 1,230. */
export function short(number: number): string {
  if (!Number.isFinite(number)) return '–';
  const size = Math.abs(number);
  if (size === 0) return '0';
  if (size >= 1000) return count(Math.round(number)).replace('-', '−');
  if (size < 0.0005) return number.toExponential(1).replace(/-/g, '−');
  return number.toFixed(size < 0.1 ? 4 : size < 10 ? 2 : 1).replace('-', '−');
}

/**
 * A name inside a sentence: right-to-left text must not change the order of the other words. Names of
 * ASCII alone stay unchanged, so they are copied unchanged.
 */
export function named(name: string): string {
  return /^[ -~]*$/.test(name) ? name : `\u2068${name}\u2069`;
}

/** A number among others, with four decimals or three digits: 0.0123, 12.3456, −1.23e−6, 12,345. */
export function exact(number: number): string {
  if (!Number.isFinite(number)) return '–';
  const size = Math.abs(number);
  const words =
    size === 0
      ? '0'
      : size < 0.001
        ? number.toExponential(2)
        : size < 1000
          ? number.toFixed(4)
          : number.toLocaleString('en', { maximumFractionDigits: 1 });
  return words.replace(/-/g, '−');
}
