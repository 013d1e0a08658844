/** How figures are written. */

/** 12345 → 12,345. Not toLocaleString: loading its tables takes longer than an epoch. */
export function count(value: number): string {
  return value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 12345, rows → 12,345 rows; 1, rows → 1 row; without a noun the number alone. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${value === 1 ? noun.replace(/s$/, '') : noun}`.trimEnd();
}

/** 9912422 → 9.9 MB. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A number to so many significant digits, without zeros at its end: 0.0123456 to 3 → 0.0123. */
export function significant(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}

/** A number to so many decimals; what rounds to 0 has no sign. */
export function fixed(value: number, decimals: number): string {
  return value.toFixed(decimals).replace(/^-(?=[0.]+$)/, '');
}

/**
 * A number among others, such as a cell of a column: to the decimals that tell them apart, which are
 * fewer than 32 bits have. So 0 that was standardised and restored is 0 again, and not -1.6942e-7.
 *
 * @param std standard deviation of the numbers; undefined where they are as they came
 */
export function number(value: number, std: number | undefined): string {
  // Numbers of 32 bits have seven digits.
  if (std === undefined) return significant(value, 7);
  const decimals = Math.min(Math.max(4 - Math.floor(Math.log10(std)), 0), 100);
  return String(Number(fixed(value, decimals)));
}

/** 0.92351 → 92.35 %. */
export function percent(fraction: number, digits = 2): string {
  return `${fixed(fraction * 100, digits)} %`;
}

/** A loss in nats: four decimals. */
export function loss(nats: number): string {
  return nats.toFixed(4);
}

/** 1.234 → 1.23 s, 0.01234 → 12.3 ms, 83.4 → 1:23 min. */
export function duration(seconds: number): string {
  if (seconds < 0.1) return `${(seconds * 1000).toFixed(1)} ms`;
  return seconds < 60 ? `${seconds.toFixed(2)} s` : `${clock(seconds)} min`;
}

/** 83.4 → 1:23, 3683 → 1:01:23. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}

/** The shortest texts that read back to the same numbers, of 32 bits or of 64 as they are stored. */
export function numberTexts(values: Float32Array | Float64Array): string[] {
  return Array.from(values, values instanceof Float32Array ? shortest : String);
}

/** The shortest text that reads back to the same float32. */
export function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

/** A rate to three digits: 412345 → 412k images/s, 1234567 → 1.23M images/s. */
export function rate(perSecond: number, noun: string): string {
  const [value, unit] =
    perSecond >= 999_500
      ? [perSecond / 1e6, 'M']
      : perSecond >= 9_995
        ? [perSecond / 1e3, 'k']
        : [perSecond, ''];
  const text = unit === '' || value >= 99.95 ? count(value) : value.toPrecision(3);
  return `${text}${unit} ${noun}/s`;
}

/** Whole numbers below `length` at equal distances: at most `most`, and all where they are no more. */
export function evenly(length: number, most: number): number[] {
  const taken = Math.min(length, most);
  return Array.from({ length: taken }, (_, i) => Math.floor((i * length) / taken));
}

/** The index of the greatest value, the first of equal ones; of none −1. */
export function indexOfGreatest(values: ArrayLike<number>): number {
  let best = -1;
  for (let i = 0; i < values.length; i++) if (best < 0 || values[i]! > values[best]!) best = i;
  return best;
}

/** The greatest value; of none −Infinity. There may be more than a call takes arguments. */
export function greatest(values: Iterable<number>): number {
  let most = -Infinity;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** The least value; of none Infinity. */
export function least(values: Iterable<number>): number {
  let fewest = Infinity;
  for (const value of values) fewest = Math.min(fewest, value);
  return fewest;
}
