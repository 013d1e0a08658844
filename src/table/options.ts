/** How a table is to be read, and from what. */
import type { Output } from '../core/activations.ts';

/** Names, or numbers from 1, of columns: a list, or one text with commas between them. */
export type ColumnList = string | readonly string[];

/** Options for reading a table. */
export interface TableOptions {
  /** The table's name in errors. Default: "table". */
  readonly name?: string | undefined;
  /** Whether the first row has the names of the columns. Default: detected. */
  readonly header?: boolean | undefined;
  /** The label column, or several columns of numbers. Default: the last that is neither ignored nor empty. */
  readonly label?: ColumnList | undefined;
  /** Columns to leave out. */
  readonly ignore?: ColumnList | undefined;
  /** Columns that are categories, whatever they look like. */
  readonly categorical?: ColumnList | undefined;
  /** Columns that are numbers. */
  readonly numeric?: ColumnList | undefined;
  /** The network's output. Default: by the label. */
  readonly output?: Output | undefined;
  /** The decimal mark of numbers, "." or ",". Default: detected. */
  readonly decimal?: string | undefined;
  /** What divides the cells of a row, " " for any blanks. Default: detected. */
  readonly delimiter?: string | undefined;
  /** What the lines begin with that are skipped. Default: none; lines with # or % before the table are skipped. */
  readonly comment?: string | undefined;
}

/** Text of a table, or its bytes in UTF-8, gzipped or not. */
export type TableSource =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;
