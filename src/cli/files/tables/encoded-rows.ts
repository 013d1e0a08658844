/** The rows of a table in the form that a model takes, a batch at a time. */

import { describe, outOfRange } from '../../../base/arguments.ts';
import type { Places, Preprocessing } from '../../../table/preprocessing.ts';
import type { RowsOptions, RowsRead } from '../../../table/rows.ts';
import { reason, withFlags } from '../../terminal/failure.ts';
import { readTableRows } from '../table-file.ts';

/** A row that a model can take. */
export interface EncodedRow {
  readonly record: number;
  readonly cells: readonly string[];
  /** How many of its categories training did not have. */
  readonly unseen: number;
}

export interface EncodedRows {
  readonly rows: readonly EncodedRow[];
  /** Those of one row after another. */
  readonly inputs: Float64Array<ArrayBuffer>;
}

/** A table, and its rows as they come. */
export interface EncodedTable extends Pick<RowsRead, 'header' | 'notes'> {
  readonly places: Places;
  readonly batches: AsyncIterable<EncodedRows>;
}

/** The flags that say how a table is to be read where a model knows its columns. */
export type RowFlags = Partial<Pick<RowsOptions, 'header' | 'delimiter' | 'comment'>>;

/**
 * Reads a table for a model.
 *
 * @param onBadRow is given the place of a row and what is wrong with it; the row is left out
 * @throws Error that names the file, where it has not the columns or cannot be read
 */
export async function readEncodedRows(
  path: string,
  name: string,
  preprocessing: Preprocessing,
  { header: named, delimiter, comment }: RowFlags,
  onBadRow: (fault: string) => void,
): Promise<EncodedTable> {
  const known = preprocessing.columns.map((column) => column.name);
  const form = { header: named, delimiter, comment, known };
  const { header, rows, notes, close } = await readTableRows(path, form);
  const all = rows[Symbol.asyncIterator]();
  const begin = async () => {
    const places = preprocessing.places(name, header.names, header.width, header.rowNames);
    const first = await all.next();
    const begun = first.done ? [] : first.value;
    const cells = begun.flatMap((row) => ('cells' in row ? [row.cells] : []));
    return { first, places: preprocessing.withDecimal(places, cells) };
  };
  const { first, places } = await begin().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const width = preprocessing.features.length;
  async function* batches() {
    let isFirst = header.names === undefined;
    try {
      for (let next = first; !next.done; next = await all.next()) {
        const batch = next.value;
        const encoded: EncodedRow[] = [];
        const inputs = new Float64Array(batch.length * width);
        for (const row of batch) {
          if ('fault' in row) {
            onBadRow(`row ${row.record}: ${withFlags(row.fault)}`);
            continue;
          }
          if (isFirst) checkLabelPlace(name, preprocessing, places, row.cells);
          isFirst = false;
          try {
            const unseen = preprocessing.encode(row.cells, places, inputs, encoded.length * width);
            encoded.push({ ...row, unseen });
          } catch (error) {
            if (!(error instanceof RangeError)) throw error;
            onBadRow(`row ${row.record}, ${reason(error)}`);
          }
        }
        yield { rows: encoded, inputs: inputs.subarray(0, encoded.length * width) };
      }
    } finally {
      await close();
    }
  }
  return { header, notes, places, batches: batches() };
}

/**
 * Checks that a row of a table without names has a label where the model's table had it: a column more is
 * no label, and the inputs are then others, too.
 */
function checkLabelPlace(
  name: string,
  preprocessing: Preprocessing,
  places: Places,
  cells: readonly string[],
): void {
  const { classes, labels } = preprocessing;
  const [place] = places.labels ?? [];
  if (place === undefined) return;
  try {
    const to = new (classes ? Uint8Array : Float64Array)(labels.length);
    preprocessing.encodeLabels(cells, places, to, 0);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const found = `${describe(cells[place])} in column ${place + 1}, which has the label's place`;
    const expected = `a ${classes ? 'class of the model' : 'number'}, or the inputs alone`;
    throw outOfRange(name, found, expected);
  }
}

/** What there is to say of categories that training did not have. */
export function unseenNote(cells: number): string[] {
  if (cells === 0) return [];
  const found = cells === 1 ? '1 cell has a category' : `${cells} cells have a category`;
  return [`${found} that did not occur in training, and counts as none of those that did`];
}
