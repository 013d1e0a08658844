/** Numbers and names as the page says them. */

/** 0.9153 is 91.5 %. */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : '–';
}

/** 12345 is 12,345. */
export function count(number: number): string {
  return number.toLocaleString('en');
}

/** As many digits as an eye takes in: 0.0123, 1.23, −12.3, 1,230. */
export function short(number: number): string {
  if (!Number.isFinite(number)) return '–';
  const size = Math.abs(number);
  if (size === 0) return '0';
  if (size >= 1000) return count(Math.round(number)).replace('-', '−');
  if (size < 0.0005) return number.toExponential(1).replace(/-/g, '−');
  return number.toFixed(size < 0.1 ? 4 : size < 10 ? 2 : 1).replace('-', '−');
}

/**
 * A name among other words: what is written from right to left must not change their order. Names of
 * ASCII alone are as they are, so that they are copied as such.
 */
export function named(name: string): string {
  return /^[ -~]*$/.test(name) ? name : `\u2068${name}\u2069`;
}
