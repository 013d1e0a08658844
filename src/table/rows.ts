/** Reads a table row by row, without deciding what its columns hold: for a model that knows its own. */
import type { TableOptions, TableSource } from './table.ts';

/** What was found at the beginning of a table. */
export interface RowsHeader {
  /** Names of the columns; undefined where the first row is data. */
  readonly names: readonly string[] | undefined;
  readonly width: number;
  /** How many of the first columns have no name and the rows' numbers or names. */
  readonly rowNames: number;
  readonly delimiter: string;
}

/** A row of data: its cells, or what is wrong with it. */
export type TableRow =
  | { readonly record: number; readonly cells: readonly string[] }
  | { readonly record: number; readonly fault: string };

/**
 * Reads the rows of a table.
 *
 * @param known names; a first row that has them all is the header
 * @throws RangeError where no more can be read
 */
export async function readRows(
  _source: TableSource,
  _options: Pick<TableOptions, 'name' | 'header' | 'decimal' | 'delimiter' | 'comment'> & {
    readonly known?: readonly string[];
  },
): Promise<{ header: RowsHeader; rows: AsyncIterable<readonly TableRow[]> }> {
  throw new Error('not yet');
}
