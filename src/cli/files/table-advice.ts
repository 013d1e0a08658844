/** What to do about a table: the options that mend its faults, and what to know of its columns. */

import { noteText, TableError, type TableNote, type TableProblem } from '../../data/table.ts';
import { reason } from '../terminal/failure.ts';
import { warn } from '../terminal/terminal.ts';

const ADVICE: Record<TableProblem, string> = {
  header: 'add --header if row 1 names the columns, --no-header if it does not',
  text: 'only the label may be text (--label COLUMN); remove other columns of text, or write them as numbers',
  missing: 'fill in what is missing, or remove the row',
  'decimal comma': 'write decimals with a point',
  number: 'add --output linear to predict numbers instead of classes',
  many: 'name another column with --label if this one holds no classes',
};

/** Notes of a table that are printed: there may be one for each of a million columns. */
const MOST_NOTES = 20;

/** The error with what to do about it, where a table is at fault and there is something to do. */
export function withAdvice(error: unknown): unknown {
  const fault = error instanceof Error && error.cause instanceof TableError ? error.cause : error;
  if (!(fault instanceof TableError) || fault.problem === undefined) return error;
  return new Error(`${reason(error)}; ${ADVICE[fault.problem]}`, { cause: error });
}

/**
 * Says what the notes say, on standard error.
 *
 * @param hasOptions whether the command has the options of which there is advice
 */
export function printNotes(
  notes: readonly TableNote[],
  file: string | undefined,
  hasOptions: boolean,
): void {
  for (const note of notes.slice(0, MOST_NOTES)) {
    const advice = hasOptions && note.kind === 'first row' ? `; ${ADVICE.header}` : '';
    warn(`${file}, ${noteText(note)}${advice}`);
  }
  const others = notes.length - MOST_NOTES;
  if (others > 0) warn(`${file}: ${others} more notes like these`);
}
