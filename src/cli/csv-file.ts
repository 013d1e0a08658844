/** CSV and TSV files, read as a stream: the table that they make is never there as text. */

import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import papa from 'papaparse';
import { type Table, TableError, type TableOptions, TableReader } from '../data/table.ts';
import { checkDelimiter } from '../data/table-header.ts';
import { reason } from './failure.ts';
import { count } from './numbers.ts';

/** What a row may take, in characters: a quote that is never closed makes a row of all the rest. */
const LONGEST_ROW = 2 ** 24;
const CHUNK = 2 ** 20;

/**
 * The table in a file, or on standard input where it is undefined. Cells are divided by tabs in a .tsv file; elsewhere by whichever of comma,
 * semicolon, tab and bar divides the first rows best.
 *
 * @throws Error that begins with the file, and names row and column
 */
export async function readTable(path: string | undefined, options: TableOptions): Promise<Table> {
  const file = path ?? 'stdin';
  const reader = new TableReader(file, options);
  let unread = 0;
  let rows = 0;
  let isBegun = false;

  async function* text() {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const decode = (bytes?: Buffer) => {
      try {
        return decoder.decode(bytes, { stream: bytes !== undefined });
      } catch (error) {
        throw new Error(`${file}: is not UTF-8 text`, { cause: error });
      }
    };
    const source =
      path === undefined ? process.stdin : createReadStream(path, { highWaterMark: CHUNK });
    for await (const bytes of source) {
      if (unread > LONGEST_ROW) {
        const found = `is longer than ${count(LONGEST_ROW)} characters; is a quote not closed?`;
        throw new Error(`${file}: row ${rows + 1} ${found}`);
      }
      const part = decode(bytes);
      unread += part.length;
      if (part === '') continue;
      if (!isBegun) checkDelimiter(file, part);
      isBegun = true;
      yield part;
    }
    const rest = decode();
    if (rest !== '') yield rest;
  }

  return new Promise((resolve, reject) => {
    const stream = Readable.from(text());
    // What is settled first counts: a parser that is told to stop says that it is complete.
    const fail = (error: unknown) => {
      reject(new Error(reason(error), { cause: error }));
      stream.destroy();
    };
    // Where a row is not quoted well, it cannot be told where the next one begins.
    const stop = (error: Error) => {
      try {
        if (options.onBadRow === undefined) throw error;
        const table = reader.end();
        options.onBadRow(
          new TableError(new RangeError(`${error.message}; later rows are not read`)),
        );
        resolve(table);
        stream.destroy();
      } catch {
        fail(error);
      }
    };
    papa.parse<string[]>(stream as unknown as File, {
      delimiter: file.toLowerCase().endsWith('.tsv') ? '\t' : '',
      chunk({ data, errors }, parser) {
        if (data.length > 0) unread = 0;
        try {
          // A row that is not quoted well is told of here, by its place among these.
          const damaged = errors.find(({ type }) => type === 'Quotes');
          for (const [i, cells] of data.entries()) {
            if (damaged?.row === i) {
              stop(new Error(`${file}, row ${rows + 1}: ${quoteProblem(damaged.code)}`));
              parser.abort();
              return;
            }
            rows++;
            reader.row(cells);
          }
        } catch (error) {
          fail(error);
          parser.abort();
        }
      },
      complete() {
        try {
          resolve(reader.end());
        } catch (error) {
          fail(error);
        }
      },
      error: fail,
    });
  });
}

function quoteProblem(code: string): string {
  return code === 'MissingQuotes'
    ? 'found a quote that is not closed, expected another'
    : 'found a quote inside a cell, expected the cell to begin with it, or two for one';
}
