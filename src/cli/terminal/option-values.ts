/**
 * The kinds of values that options take, each with the text that it is read from and written as, and the
 * defaults of a training. Errors say what was expected; who reads the command line names the option and
 * what was found. The playground uses them too.
 */

import { type Architecture, parseArchitecture } from '../../core/architecture.ts';
import { MOST_THREADS, type Threads } from '../../core/thread-count.ts';
import type { Size } from '../../data/resampling.ts';
import type { NamedSchedule } from '../../index.ts';

/** The defaults of a training. */
export const DEFAULTS = { hiddenLayers: [10], epochs: 20, batch: 64, seed: 1, testSplit: 0.2 };

/** Of few examples, epochs are more and batches smaller, until there are enough updates. */
export const FEW = { updates: 1000, epochs: 200, batch: 8 };

export interface Kind<T> {
  /** @throws RangeError "Expected …." */
  parse(text: string): T;
  /** The text that `parse` reads the same value from. */
  format(value: T): string;
  /** All values there are, where they are few. */
  readonly choices?: readonly T[];
}

/** A kind of numbers, by the condition that they meet. */
function numbers(
  read: (text: string) => number,
  holds: (value: number) => boolean,
  expected: string,
): Kind<number> {
  return {
    parse(text) {
      const value = read(text);
      if (holds(value)) return value;
      throw new RangeError(`Expected ${expected}.`);
    },
    format: String,
  };
}

/** The whole number written in `text`; NaN where it is anything else or too large to be exact. */
function digitsOnly(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/** The finite number written in `text`; NaN where it is anything else: Number() takes "" and "0x10". */
function decimal(text: string): number {
  const value = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

export const wholeNumber = (least: number, most = 2 ** 32 - 1) =>
  numbers(
    digitsOnly,
    (value) => value >= least && value <= most,
    `a whole number from ${least} to ${most}`,
  );

export const positive = numbers(decimal, (value) => value > 0, 'a number above 0, such as 0.1');
export const fromZero = numbers(decimal, (value) => value >= 0, 'a number from 0, such as 0.01');
export const upTo = (most: number) =>
  numbers(decimal, (value) => value >= 0 && value <= most, `a number from 0 to ${most}`);

export const fraction = numbers(
  decimal,
  (value) => value > 0 && value < 1,
  'a number above 0 and below 1, such as 0.2',
);
export const fractionFromZero = numbers(
  decimal,
  (value) => value >= 0 && value < 1,
  'a number from 0 to below 1, such as 0.2',
);

/** Numbers that a check of the library accepts. */
export function checkedBy(check: (argument: string, value: number) => number): Kind<number> {
  return {
    parse(text) {
      try {
        return check('', decimal(text));
      } catch (error) {
        const [, expected] = (error as Error).message.split(', expected ');
        throw new RangeError(`Expected ${expected}.`);
      }
    },
    format: String,
  };
}

export const seed = wholeNumber(0, Number.MAX_SAFE_INTEGER);

/** Examples in a batch: a whole number of at least 1, or "full": Infinity. */
export const batchSize: Kind<number> = {
  parse(text) {
    const size = text === 'full' ? Number.POSITIVE_INFINITY : digitsOnly(text);
    if (size >= 1) return size;
    throw new RangeError('Expected a whole number of at least 1, or full.');
  },
  format: (size) => String(batchName(size)),
};

/** How many threads: a whole number, or "auto". */
export const threadCount: Kind<Threads> = {
  parse(text) {
    const threads = text === 'auto' ? text : digitsOnly(text);
    if (threads === 'auto' || (threads >= 1 && threads <= MOST_THREADS)) return threads;
    throw new RangeError(`Expected a whole number from 1 to ${MOST_THREADS}, or auto.`);
  },
  format: String,
};

/** 32, or "full" where a batch is all examples. */
export function batchName(batchSize: number): number | 'full' {
  return Number.isFinite(batchSize) ? batchSize : 'full';
}

/** "784-10-10", or "28x28-8c5s-p2-10": the input first, and what parseArchitecture says. */
export const layers: Kind<Architecture> = {
  parse(text) {
    try {
      return parseArchitecture(text);
    } catch (error) {
      const examples =
        'Expected an input and layers with hyphens between, such as 784-10-10 or 28x28-8c5s-p2-10';
      throw new RangeError(`${examples}: ${(error as Error).message}.`, { cause: error });
    }
  },
  format: ({ text }) => text,
};

const MOST_SIDE = 4096;

/** "32x24": { width: 32, height: 24 }. */
export const imageSize: Kind<Size> = {
  parse(text) {
    const [width = 0, height = 0] = /^\d+x\d+$/.test(text) ? text.split('x').map(Number) : [];
    if ([width, height].every((side) => side >= 1 && side <= MOST_SIDE)) return { width, height };
    throw new RangeError(`Expected width x height of at most ${MOST_SIDE}, such as 32x32.`);
  },
  format: ({ width, height }) => `${width}x${height}`,
};

/** "constant", "cosine", or "step:5:0.5": { name: 'step', every: 5, factor: 0.5 }. */
export const schedule: Kind<NamedSchedule> = {
  parse(text) {
    if (text === 'constant' || text === 'cosine') return text;
    const [name, every, factor, more] = text.split(':');
    if (name === 'step' && every !== undefined && factor !== undefined && more === undefined) {
      return { name, every: wholeNumber(1).parse(every), factor: positive.parse(factor) };
    }
    throw new RangeError('Expected constant, cosine, or step:EPOCHS:FACTOR.');
  },
  format: (schedule) =>
    typeof schedule === 'string' ? schedule : `step:${schedule.every}:${schedule.factor}`,
};

export const anyText: Kind<string> = { parse: (text) => text, format: (text) => text };

/** Any text but none. */
export const someText: Kind<string> = {
  parse(text) {
    if (text === '') throw new RangeError('Expected some text.');
    return text;
  },
  format: (text) => text,
};

/** What is hard to type: by its name. */
const NAMED_MARKS: Readonly<Record<string, string>> = { tab: '\t', '\\t': '\t', space: ' ' };

/** What is between the cells of a table. */
export const delimiter: Kind<string> = {
  parse(text) {
    const found = Object.hasOwn(NAMED_MARKS, text) ? NAMED_MARKS[text]! : text;
    if (/^[^"\r\n\p{L}\p{N}]$/u.test(found)) return found;
    throw new RangeError('Expected one character that is no letter, digit or quote, tab or space.');
  },
  format: (mark) => Object.keys(NAMED_MARKS).find((name) => NAMED_MARKS[name] === mark) ?? mark,
};

/** What a line begins with. */
export const mark: Kind<string> = {
  parse(text) {
    if (/^[^\s"]+$/.test(text)) return text;
    throw new RangeError('Expected a text without blanks and quotes, such as #.');
  },
  format: (text) => text,
};

/** A path: anything but nothing, which an unset variable in a script leaves. */
export const path: Kind<string> = {
  parse(text) {
    if (text === '') throw new RangeError('Expected a path.');
    return text;
  },
  format: (text) => text,
};

/** What stands for standard input where a path is expected. */
export const STDIN = '-';

/** What is read from a path is called so in messages. */
export function inputName(path: string): string {
  return path === STDIN ? 'stdin' : path;
}

/** The path of a file whose name says what it is to be. */
export const historyPath: Kind<string> = {
  parse(text) {
    if (/\.(?:csv|json)$/i.test(path.parse(text))) return text;
    throw new RangeError('Expected a name that ends with .csv or .json.');
  },
  format: (text) => text,
};

/** The address of a folder: what is asked for stands below it. */
export const folderUrl: Kind<string> = {
  parse(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      throw new RangeError('Expected an address such as https://example.org/mnist/.');
    }
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return url.href;
  },
  format: (text) => text,
};

/** One of several names or numbers; who reads the command line knows the choices and says what they are. */
export function oneOf<Choice extends string | number>(choices: readonly Choice[]): Kind<Choice> {
  return {
    choices,
    parse(text) {
      const found = choices.find((choice) => String(choice) === text);
      if (found !== undefined) return found;
      throw new RangeError(`Expected one of ${choices.join(', ')}.`);
    },
    format: String,
  };
}
