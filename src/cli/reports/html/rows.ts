/** Examples as rows of a table, with what is said of each. */

import { number } from '../../terminal/numbers.ts';
import { cellText } from './cells.ts';
import { type Html, html } from './html.ts';
import {
  inputName,
  MOST_COLUMNS,
  type ReportData,
  shortName,
  shownInputs,
  shownOf,
} from './report-data.ts';

/** What is shown of each example: titles of columns, and its cells. */
interface Shown {
  readonly titles: readonly string[];
  readonly note: string;
  cellsOf(example: number): readonly string[];
}

/**
 * Examples with what they hold: the cells of a table as they came, else their inputs.
 *
 * @param heads titles of what is said of them, and that for each
 */
export function rowsTable(
  data: ReportData,
  examples: readonly number[],
  heads: readonly string[],
  saidOf: (example: number) => readonly (string | Html)[],
): Html {
  const { titles, note, cellsOf } = data.plan.table ? cellsShown(data) : inputsShown(data);
  return html`<div class="scroll" role="region" aria-label="The worst rows" tabindex="0"><table>
${note === '' ? [] : html`<caption>${note}</caption>`}
<thead><tr>${heads.map((head) => html`<th scope="col" class="words">${head}</th>`)}${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${examples.map(
  (example) =>
    html`<tr>${saidOf(example).map((cell) => html`<td class="words">${cell}</td>`)}${cellsOf(example).map((cell) => html`<td>${cell}</td>`)}</tr>
`,
)}
</tbody>
</table></div>`;
}

/** The row's number in the file, and its cells in the columns that are inputs. */
function cellsShown({ plan }: ReportData): Shown {
  const { table, rows } = plan.table!;
  const columns = table.inputs.slice(0, MOST_COLUMNS);
  return {
    titles: ['row', ...columns.map(({ name }) => shortName(name))],
    note: shownOf(columns.length, table.inputs.length, 'columns'),
    cellsOf: (example) => {
      const row = rows.test[example]!;
      return [String(table.records[row]!), ...columns.map((column) => cellText(column, row))];
    },
  };
}

function inputsShown(data: ReportData): Shown {
  const { features, inputs: values } = data.heldOut;
  const spreads = data.normalization?.inputs?.std;
  const { inputs, note } = shownInputs(data);
  return {
    titles: inputs.map((i) => inputName(data, i)),
    note,
    cellsOf: (example) => inputs.map((i) => number(values[example * features + i]!, spreads?.[i])),
  };
}
