/** The part of a JavaScript export that a table's model has: rows with names in, answers with names out. */
import { text } from '#table-model';
import type { Preprocessing } from '../../../table/preprocessing.ts';
import { jsonText } from '../../terminal/safe-text.ts';

/** The code, which calls `predict`. */
export function jsTable({ columns, metadata, classes, features, output }: Preprocessing): string {
  const shown = columns.map(({ name, kind, categories }) => ({ name, kind, categories }));
  const answers =
    output === 'softmax'
      ? '{ class, probability, probabilities }: of the most probable class its name, and of all their probabilities'
      : `{ values }: the ${output === 'sigmoid' ? 'probability of each output' : 'numbers'} by name`;
  return `/** The columns of a row, and of categories those that occurred in training. */
export const columns = ${scriptText(shown)};

/**
 * The answer for a row of the table, or for each of several.
 *
 * @param {object | object[]} rows cells by the name of their column: numbers, text, true or false, Dates; what is
 *   null or not there is a missing cell
 * @returns ${answers}
 * @throws {TypeError | RangeError} that names row and column, where a cell is none of its column's kind
 */
export function answer(rows) {
  const all = Array.isArray(rows) ? rows : [rows];
  const answers = all.length > 0 ? model.answers(predict(encode(all))) : [];
  return Array.isArray(rows) ? answers : answers[0];
}

/** What \`predict\` takes for rows of the table: their numbers, in the order of the network's inputs. */
export function encode(rows) {
  return model.encode(rows);
}

${text}
const model = table.tableModel(
  ${scriptText(JSON.parse(metadata.table!))},
  ${classes ? 'classes' : 'undefined'},
  ${features.length},
);
`;
}

/** As JSON that may also stand in a page: there `</script>` and `<!--` in a name would be markup. */
export function scriptText(value: unknown): string {
  return jsonText(value).replaceAll('<', '\\u003c');
}
