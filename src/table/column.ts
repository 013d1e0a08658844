/** The columns of a table: what each holds, and what is done with it. */
import { describe } from '../base/arguments.ts';
import type { DateForm } from './dates.ts';

/** What a column holds. */
export type ColumnKind =
  | 'number'
  | 'category'
  | 'date'
  /** Text that is different in nearly every row. */
  | 'text'
  /** Numbers or names of the rows. */
  | 'row names'
  /** One value in all rows. */
  | 'constant'
  /** No value in any row. */
  | 'empty';

/** What is done with a column. */
export type ColumnRole = 'input' | 'label' | 'left out';

/** The cells of a column, row by row. */
export type ColumnValues =
  /** NaN where missing; of dates the seconds since 1970, UTC. */
  | { readonly numbers: Float64Array }
  /** 0 where missing, else 1 + an index into `texts`, which are in the order of their first rows. */
  | { readonly codes: Uint32Array; readonly texts: readonly string[] };

/** Texts among numbers or dates that are taken as missing. */
export interface OddTexts {
  /** Distinct ones, at most 20. */
  readonly texts: readonly string[];
  readonly cells: number;
  /** The row of the first in the file. */
  readonly record: number;
}

/** What an error or a note calls a column: one without a name is "column 3" already. */
export function columnText(number: number, name: string): string {
  const own = `column ${number}`;
  return name === own ? own : `${own} (${describe(name)})`;
}

/** A column of a table. */
export interface Column {
  /** Its name in the header, else "column 3". */
  readonly name: string;
  /** From 1. */
  readonly number: number;
  readonly kind: ColumnKind;
  readonly role: ColumnRole;
  /** Why it has the kind or is left out, in words; of a flag or option: its name in `chosen`. */
  readonly why?: string | undefined;
  readonly chosen?: 'ignore' | 'categorical' | 'numeric' | undefined;
  /** How many cells are missing. */
  readonly missing: number;
  readonly odd?: OddTexts | undefined;
  /** Of dates: how those are understood that may be several; for `dateIn`. */
  readonly dates?: DateForm | undefined;
  /** Of numbers: what stands beside them, "%" or the sign of a currency; '' where nothing does. */
  readonly unit?: string | undefined;
  /** Of columns that are left out, cells are kept only where few are distinct. */
  readonly values?: ColumnValues | undefined;
}
