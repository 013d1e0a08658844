/** Tables on disk or on standard input, plain or gzipped. */

import { openRegularFile } from '../../base/regular-file-node.ts';
import type { RowsOptions, RowsRead } from '../../table/rows.ts';
import type { Table, TableOptions } from '../../table/table.ts';
import { reason, withFlags } from '../terminal/failure.ts';
import { inputName, STDIN } from '../terminal/option-values.ts';
import { warn } from '../terminal/terminal.ts';

const CHUNK = 2 ** 20;

/**
 * The table in a file, or on standard input.
 *
 * @throws Error that begins with the file, and names rows and columns
 */
export async function readTable(path: string, options: TableOptions): Promise<Table> {
  // Loaded here because other data need no tables.
  const { Table } = await import('../../table/table.ts');
  return opened(path, options, (source, named) => Table.read(source, named));
}

/**
 * The rows of a table in a file, or on standard input, as `readRows` gives them.
 *
 * @throws Error that begins with the file
 */
export async function readTableRows(path: string, options: RowsOptions): Promise<RowsRead> {
  const { readRows } = await import('../../table/rows.ts');
  return opened(path, options, readRows);
}

async function opened<T>(
  path: string,
  options: TableOptions,
  read: (source: AsyncIterable<Uint8Array>, options: TableOptions) => Promise<T>,
): Promise<T> {
  const name = inputName(path);
  try {
    return await read(await chunksOf(path), { ...options, name });
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    throw new Error(reason(error, errno === undefined ? undefined : name), { cause: error });
  }
}

async function chunksOf(path: string): Promise<AsyncIterable<Buffer>> {
  if (path === STDIN) return process.stdin;
  const handle = await openRegularFile(path);
  return handle.createReadStream({ highWaterMark: CHUNK });
}

/** Notes of a table that are printed: there may be one for each of a million columns. */
const MOST_NOTES = 20;

/** Says what the notes say, on standard error. */
export function printNotes(notes: readonly string[], file: string | undefined): void {
  for (const note of notes.slice(0, MOST_NOTES)) warn(`${file}: ${withFlags(note)}`);
  const others = notes.length - MOST_NOTES;
  if (others > 0) warn(`${file}: ${others} more notes like these`);
}
