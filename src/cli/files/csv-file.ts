/** CSV and TSV files, read as a stream: the table that they make is never there as text. */

import { openRegularFile } from '../../base/regular-file-node.ts';
import { QuoteError, RowCutter } from '../../data/csv.ts';
import { type Table, TableError, type TableOptions, TableReader } from '../../data/table.ts';
import { reason } from '../terminal/failure.ts';

const CHUNK = 2 ** 20;

/**
 * The table in a file, or on standard input where it is undefined. Cells are divided by tabs in a .tsv
 * file; elsewhere by whichever of comma, semicolon, tab and bar divides the first rows best.
 *
 * @throws Error that begins with the file, and names row and column
 */
export async function readTable(path: string | undefined, options: TableOptions): Promise<Table> {
  const file = path ?? 'stdin';
  const reader = new TableReader(file, options);
  const cutter = new RowCutter(file, file.toLowerCase().endsWith('.tsv') ? '\t' : undefined);
  const take = (bytes: Uint8Array | undefined) => {
    for (const cells of cutter.push(bytes)) reader.row(cells);
  };
  try {
    const source = path === undefined ? process.stdin : await chunksOf(path);
    for await (const bytes of source) take(bytes);
    take(undefined);
    return reader.end();
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    const failure = new Error(reason(error, errno === undefined ? undefined : file), {
      cause: error,
    });
    if (!(error instanceof QuoteError) || options.onBadRow === undefined) throw failure;
    // Nothing tells where the next row begins.
    const told = new TableError(new RangeError(`${error.message}; later rows are not read`));
    try {
      const table = reader.end();
      options.onBadRow(told);
      return table;
    } catch {
      throw failure;
    }
  }
}

async function chunksOf(path: string): Promise<AsyncIterable<Buffer>> {
  try {
    const handle = await openRegularFile(path);
    return handle.createReadStream({ highWaterMark: CHUNK });
  } catch (error) {
    throw new Error(reason(error, path), { cause: error });
  }
}
