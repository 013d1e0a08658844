/** Tables: CSV and TSV files with a label in each row. */
import papa from 'papaparse';
import { Dataset } from 'relumax/worker';
import { classesOfTable, noteText, TableReader } from '../src/data/table.ts';
import { checkDelimiter } from '../src/data/table-header.ts';

/** What people call the column with the labels, where it is not the last. */
const LABELS = /^(?:label|class|target|species|y)$/i;
/** Columns of a table of MNIST's images, as it goes around: the label, then the pixels. */
const MNIST_COLUMNS = 785;

/** Whether a file's name is that of a table. */
export function isTable(name: string): boolean {
  return /\.(?:csv|tsv)$/i.test(name);
}

/**
 * The examples in a table.
 *
 * @returns label: the column with the labels, as `relumax train --label` takes it, where it is not
 *   the last; notes: what is said of its columns
 * @throws RangeError that begins with the file's name, and names row and column
 */
export function readTable(
  name: string,
  bytes: Uint8Array,
): { all: Dataset; label: string | undefined; notes: string[] } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new RangeError(`${name}: found bytes that are no UTF-8, expected text`, { cause: error });
  }
  checkDelimiter(name, text);
  const { data, errors } = papa.parse<string[]>(text, {
    delimiter: /tsv$/i.test(name) ? '\t' : '',
  });
  const damaged = errors.find(({ type }) => type === 'Quotes');
  if (damaged) {
    const row = (damaged.row ?? 0) + 1;
    throw new RangeError(
      `${name}, row ${row}: found a quote out of place, expected quotes in pairs`,
    );
  }
  const label = labelOf(data[0] ?? []);
  const reader = new TableReader(name, { label });
  for (const cells of data) reader.row(cells);
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
