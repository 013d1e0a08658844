/** What the columns of a table hold, and what was done with each. */

import { count } from '../../terminal/numbers.ts';
import { lineOf } from '../columns-table.ts';
import { type Html, html } from './html.ts';
import { type ReportData, shortName, shownOf } from './report-data.ts';

const MOST_COLUMNS = 200;

export function columnsSection({ plan }: ReportData): Html | undefined {
  if (plan.table === undefined) return undefined;
  const { table, preprocessing, notes } = plan.table;
  const { columns } = table;
  const shown = columns.slice(0, MOST_COLUMNS);
  return html`<section>
<h2>Columns</h2>
<p>The table has ${count(table.rows)} rows with a label. ${shownOf(shown.length, columns.length, 'columns')}</p>
${notes.length > 0 ? html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>` : undefined}
<div class="scroll" role="region" aria-label="Columns" tabindex="0"><table>
<thead><tr><th scope="col">column</th><th scope="col" class="words">holds</th><th scope="col" class="words">used as</th><th scope="col">missing</th></tr></thead>
<tbody>
${shown.map((column) => {
  const { name, kind, what } = lineOf(column, preprocessing);
  return html`<tr><th scope="row">${shortName(name)}</th><td class="words">${kind}</td><td class="words">${what}</td><td>${count(column.missing)}</td></tr>
`;
})}
</tbody>
</table></div>
</section>`;
}
