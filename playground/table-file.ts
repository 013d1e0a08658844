/** Tables: CSV and TSV files with a label in each row. */
import { Dataset } from 'relumax/worker';
import { RowCutter } from '../src/data/csv.ts';
import { classesOfTable, noteText, TableReader } from '../src/data/table.ts';

/** Usual names of the label column, if it is not the last. */
const LABELS = /^(?:label|class|target|species|y)$/i;
/** Columns of the common table of MNIST's images: the label, then the pixels. */
const MNIST_COLUMNS = 785;
/** Bytes that are read at once. */
const CHUNK = 2 ** 20;

/** Whether a file's name is that of a table. */
export function isTable(name: string): boolean {
  return /\.(?:csv|tsv)$/i.test(name);
}

/**
 * The examples in a table.
 *
 * @returns label: the label column, as `relumax train --label` takes it, if it is not the last;
 *   notes: remarks on its columns
 * @throws RangeError that begins with the file's name, and names row and column
 */
export function readTable(
  name: string,
  bytes: Uint8Array,
): { all: Dataset; label: string | undefined; notes: string[] } {
  const cutter = new RowCutter(name, /tsv$/i.test(name) ? '\t' : undefined);
  let reader: TableReader | undefined;
  let label: string | undefined;
  const take = (part: Uint8Array | undefined) => {
    for (const cells of cutter.push(part)) {
      if (reader === undefined) {
        label = labelOf(cells);
        reader = new TableReader(name, { label });
      }
      reader.row(cells);
    }
  };
  for (let at = 0; at < bytes.length; at += CHUNK) take(bytes.subarray(at, at + CHUNK));
  take(undefined);
  reader ??= new TableReader(name);
  const table = reader.end();
  // Checked by the table's own Dataset, which is not that of the library's bundle.
  const { inputs, labels, classes, classNames } = classesOfTable(name, table, true);
  const all = Dataset.from({ inputs, labels, classes, classNames });
  return { all, label, notes: table.notes.map(noteText) };
}

function labelOf(first: readonly string[]): string | undefined {
  const named = first.findIndex((cell) => LABELS.test(cell.trim()));
  if (named >= 0) return named === first.length - 1 ? undefined : first[named]!.trim();
  return first.length === MNIST_COLUMNS ? '1' : undefined;
}
