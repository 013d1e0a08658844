/**
 * What a JavaScript export of a table's model has of this room: the build makes one text of this file, with
 * what it imports.
 */
import { type Answer, answersIn } from './answers.ts';
import { CellMeaning } from './cell-meaning.ts';
import type { Contents } from './contents-file.ts';
import { type ColumnParts, placed } from './input-column.ts';
import { inputsOfRows, type Row } from './row-values.ts';

/** Contents as a model's file has them: without where a column's inputs begin, and what most columns have not. */
type Written = Omit<Contents, 'columns'> & {
  readonly columns: readonly (Partial<ColumnParts> &
    Pick<ColumnParts, 'name' | 'number' | 'kind'>)[];
};

export interface TableModel {
  /** The numbers of rows, one row after another. */
  encode(rows: readonly Row[]): Float64Array<ArrayBuffer>;
  /** The answers in the outputs for rows. */
  answers(outputs: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>): Answer[];
}

export function tableModel(
  written: Written,
  classes: readonly string[] | undefined,
  features: number,
): TableModel {
  const parts = written.columns.map((column) => ({
    ...{ missing: false, odd: [] },
    ...column,
    ...(column.kind === 'category' && { categories: column.categories ?? [] }),
  }));
  const contents = { ...written, columns: placed(parts) };
  const meaning = new CellMeaning(contents, classes);
  const labels = contents.labels.map(({ name }) => name);
  return {
    encode: (rows) => inputsOfRows(meaning, rows, features, undefined),
    answers: (outputs) => answersIn(outputs, classes, labels),
  };
}
