/** What whoever trains on a table should know, a sentence each. */
import { describe } from '../../base/arguments.ts';
import { type Column, columnText } from '../column.ts';
import type { RowsHeader } from '../rows.ts';
import { counts } from '../text/header.ts';
import type { Judgement } from './kinds.ts';

/** Odd texts that a note lists, at most. */
const MOST_LISTED = 3;

/** The notes on inputs, and on the first row. */
export function notesOf(
  judged: readonly Judgement[],
  columns: readonly Column[],
  header: RowsHeader,
): string[] {
  return [
    ...columns.flatMap((column, i) => {
      const { name, number, role, odd, kind } = column;
      const notes = [judged[i]!.note, odd && oddNote(odd, kind)];
      return notes.flatMap((note) =>
        role === 'input' && note ? [`${columnText(number, name)} ${note}`] : [],
      );
    }),
    ...firstRowNotes(header),
  ];
}

/** What there is to say of a first row that may be a header. */
export function firstRowNotes({ guessed }: RowsHeader): string[] {
  const isCounting = guessed && counts(guessed) && (Number(guessed[0]) === 0 || guessed.length > 2);
  return isCounting
    ? ['row 1 is read as data; the option header takes it as the names of the columns']
    : [];
}

function oddNote({ texts, cells, record }: NonNullable<Column['odd']>, kind: string): string {
  const shown = texts.slice(0, MOST_LISTED).map((text) => describe(text));
  const more = texts.length > shown.length ? ', …' : '';
  const what = cells === 1 ? 'cell that is' : 'cells that are';
  return `has ${cells} ${what} no ${kind} (${shown.join(', ')}${more}, first in row ${record}), taken as missing`;
}
