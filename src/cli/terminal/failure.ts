/** Failures: one line on standard error and an exit code. */

import { getSystemErrorMap } from 'node:util';
import { describe } from '../../base/arguments.ts';
import { oneLine } from './safe-text.ts';

/** Exit codes, as shells and their users expect them. */
export const EXIT = {
  failed: 1,
  wrongUsage: 2,
  /** As after SIGPIPE, which Node ignores: 128 + the signal's number. */
  readerLeft: 141,
} as const;

/**
 * The line for `error`, without a stack trace.
 *
 * An error of the operating system is put as `name: what is wrong`; its own text would show the
 * system call instead.
 *
 * @param error whatever was thrown
 * @param name what it happened to, such as a file; an operating system error may know it itself
 */
export function reason(error: unknown, name?: string): string {
  const { code, errno, path, message } = error as NodeJS.ErrnoException;
  const system = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  const where = name ?? (system === undefined ? undefined : path);
  const text = meaningOf(code, where) ?? system ?? message ?? String(error);
  const line = where === undefined ? text : `${oneLine(where)}: ${text}`;
  return oneLine(withFlags(line.replace(/\s*\n\s*/g, ' ')));
}

/** A text of the library, with flags for the options that it names: "the option output: 'linear'". */
export function withFlags(text: string): string {
  const options = /\bthe option (comment|header|ignore|output)(?:: '(\w+)')?/g;
  return text.replace(options, (_, name: string, value?: string) =>
    value === undefined ? `--${name}` : `--${name} ${value}`,
  );
}

/** What an error of the operating system means for who named a file, where its own text is obscure. */
function meaningOf(code: string | undefined, path: string | undefined): string | undefined {
  // The system's "illegal operation on a directory" leaves open which.
  if (code === 'EISDIR') return 'is a folder, expected a file';
  const isUrl = code === 'ENOENT' && /^[a-z][a-z\d+.-]+:\/\//i.test(path ?? '');
  return isUrl ? 'is a URL, expected a file or a folder; download it first' : undefined;
}

/** An argument that turned out to be wrong only when the data was there. */
export class UsageError extends Error {}

/**
 * The error for one example that a network cannot take, by its place in a file.
 *
 * @param place of the example: a file, or a file and a row
 * @param names of its inputs, where they have any
 */
export function inputFailure(error: unknown, place: string, names?: readonly string[]): Error {
  const text = reason(error).replace(/^inputs: found example 0, for which /, '');
  const [beginning, index] = /^inputs\[(\d+)\]: /.exec(text) ?? [];
  if (beginning === undefined) return new Error(`${place}: ${text}`, { cause: error });
  const name = names?.[Number(index)];
  const input = name === undefined ? Number(index) + 1 : describe(name);
  return new Error(`${place}, input ${input}: ${text.slice(beginning.length)}`, { cause: error });
}
