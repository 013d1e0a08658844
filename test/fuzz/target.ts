/** What can be fuzzed: something that makes inputs, and something that checks what becomes of one. */
import type { Dice } from './dice.ts';

/** What an input may come to; everything else is a fault. */
export type Outcome = 'accepted' | 'refused';

/** The outcome, and what it took where that was in another process. */
export type Checked = Outcome | ({ readonly outcome: Outcome } & Budget);

/** What an input may take. */
export interface Budget {
  /** Milliseconds of processor time. */
  readonly ms: number;
  /** Megabytes above what the process had before. */
  readonly mb: number;
}

/** Inputs are JSON: so that one that fails is kept as it is. */
export interface Target<Input = never> {
  readonly name: string;
  /** Share of the time that it gets, where it is not 1; of 0 it is only tried where it is asked for. */
  readonly weight?: number;
  /** Seconds after which an input hangs. Default: 30. */
  readonly patience?: number;
  make(dice: Dice): Input;
  /** @throws Fault where the input comes to neither a clear error nor the exact result */
  check(input: Input): Promise<Checked>;
  budget(input: Input): Budget;
  /** The parts that an input may fail without, for a smaller one. */
  readonly parts?: Parts<Input>;
}

/** An input as a list, and back. */
export interface Parts<Input> {
  of(input: Input): readonly unknown[];
  from(parts: readonly unknown[], input: Input): Input;
}

/** What must not be: a wrong result, an unclear error, a file that is lost. */
export class Fault extends Error {}

/** Texts of errors that say what went wrong inside, and not what is wrong with the input. */
const INTERNAL = [
  /Cannot (?:read|set|convert|destructure|access|perform|create|mix|assign|redefine|define)\b/,
  /is not (?:a function|iterable|defined|a constructor|an object|extensible)/,
  /Maximum call stack|Invalid (?:array|typed array|string|count|DataView|array buffer)/i,
  /(?:length|offset) (?:of|is|out)\b.*\b(?:out of|outside|bounds|multiple)|allocation failed/i,
  /Assertion|unreachable|\bERR_|The "?\w+"? argument|The value of "|\[object |memory access/,
  /Unexpected (?:token|end of JSON|non-whitespace)|JSON at position|could not be cloned/,
  /null function|table index|Reduce of empty|circular structure|Invalid state|\.(?:ts|js):\d+/,
];

/** What an error's text must not have: control characters, and those that change the direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
export const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/**
 * Checks that an error is one for people: one line that says what is wrong with the input.
 *
 * @throws Fault
 */
export function checkClear(error: unknown): void {
  if (error instanceof Fault) throw error;
  const { message } = error as Error;
  if (!(error instanceof Error) || typeof message !== 'string') {
    throw new Fault(`throws something that is no error: ${String(error)}`);
  }
  const internal = message.trim() === '' || INTERNAL.some((text) => text.test(message));
  if (internal) {
    const [, at = ''] = error.stack?.split('\n    at ') ?? [];
    throw new Fault(`throws an internal error: ${error.name}: ${message}\n    at ${at.trim()}`);
  }
  if (message.includes('\n')) throw new Fault(`throws an error of several lines: ${message}`);
  if (message.length > 2000) throw new Fault(`throws an error of ${message.length} characters`);
}
