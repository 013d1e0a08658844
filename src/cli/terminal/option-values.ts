/**
 * The values of the command line's options, from their text. Each function throws commander's
 * InvalidArgumentError, which names the option and what was found, and ends with exit code 2.
 */

import { InvalidArgumentError } from 'commander';

/** Layer sizes, the input's first: "784-10-10" → [784, 10, 10]. */
export function layerSizes(text: string): number[] {
  const sizes = text.split('-').map(digitsOnly);
  if (sizes.length < 2 || sizes.some((size) => !(size >= 1))) {
    throw new InvalidArgumentError(
      'Expected two or more whole numbers of at least 1 with hyphens between, such as 784-10-10.',
    );
  }
  return sizes;
}

/** Passes over the examples: a whole number from 1 to 2³² − 1. */
export function epochs(text: string): number {
  return wholeNumber(text, 1, 2 ** 32 - 1);
}

/** A seed: a whole number from 0 to 2⁵³ − 1. */
export function seed(text: string): number {
  return wholeNumber(text, 0, Number.MAX_SAFE_INTEGER);
}

/** Examples in a batch: a whole number of at least 1, or "full" → Infinity. */
export function batchSize(text: string): number {
  if (text === 'full') return Number.POSITIVE_INFINITY;
  const size = digitsOnly(text);
  if (!(size >= 1)) {
    throw new InvalidArgumentError('Expected a whole number of at least 1, or full.');
  }
  return size;
}

/** A step length: a finite number above 0. */
export function learningRate(text: string): number {
  const value = decimal(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError('Expected a number above 0, such as 0.1.');
  }
  return value;
}

/** A number from 0. */
export function fromZero(text: string): number {
  const value = decimal(text);
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError('Expected a number from 0, such as 0.01.');
  }
  return value;
}

/** A share of the examples: above 0 and below 1. */
export function share(text: string): number {
  const value = decimal(text);
  if (!(value > 0 && value < 1)) {
    throw new InvalidArgumentError('Expected a number above 0 and below 1, such as 0.2.');
  }
  return value;
}

/** A share that may be none: from 0 to below 1. */
export function shareFromZero(text: string): number {
  const value = decimal(text);
  if (!(value >= 0 && value < 1)) {
    throw new InvalidArgumentError('Expected a number from 0 to below 1, such as 0.2.');
  }
  return value;
}

/** A number that a check of the library accepts. */
export function checkedBy(
  check: (argument: string, value: number) => number,
): (text: string) => number {
  return (text) => {
    try {
      return check('', decimal(text));
    } catch (error) {
      const [, expected] = (error as Error).message.split(', expected ');
      throw new InvalidArgumentError(`Expected ${expected}.`);
    }
  };
}

/** A path: anything but nothing, which an unset variable in a script leaves. */
export function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path.');
  return text;
}

/** A whole number from `least` to `most`. */
export function wholeNumber(text: string, least: number, most: number): number {
  const value = digitsOnly(text);
  if (!(value >= least && value <= most)) {
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  }
  return value;
}

/** The whole number written in `text`; NaN where it is anything else or too large to be exact. */
function digitsOnly(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/** The number written in `text`; NaN where it is anything else: Number() takes "" and "0x10". */
export function decimal(text: string): number {
  return /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}
