/** Which columns of a table mattered most. */

import { count, fixed } from '../../terminal/numbers.ts';
import { measureOf, SHUFFLES } from '../importance.ts';
import { type Html, html } from './html.ts';
import { type ReportData, shortName } from './report-data.ts';

/** Columns that are shown. */
const MOST_COLUMNS = 30;

export function importanceSection({ importances, plan }: ReportData): Html | undefined {
  if (importances === undefined) return undefined;
  const { columns, examples } = importances;
  const { name: score, text: points } = measureOf(plan.output);
  const shown = columns.slice(0, MOST_COLUMNS);
  const note =
    columns.length > shown.length
      ? `The ${shown.length} of ${count(columns.length)} columns that mattered most.`
      : '';
  const most = Math.max(shown[0]?.drop ?? 0, Number.EPSILON);
  return html`<section>
<h2>Which columns mattered most</h2>
<p>Permutation importance: how much the ${score} on ${count(examples)} held-out examples falls when the values of a column are
shuffled, as mean and standard deviation of ${SHUFFLES} shuffles. Columns with the same information may each seem
unimportant, because the network still has the others. ${note}</p>
<div class="scroll" role="region" aria-label="Importance of each column" tabindex="0"><table class="bars">
<thead><tr><th scope="col">column</th><td></td><th scope="col">fall of ${score}</th><th scope="col">±</th><th scope="col">rise of loss</th></tr></thead>
<tbody>
${shown.map(({ column, drop, std, loss }) => {
  const width = Math.round((Math.max(0, drop) / most) * 100);
  return html`<tr><th scope="row">${shortName(column)}</th><td><i style="width: ${width}%"></i></td><td>${points(drop)}</td><td>${points(std)}</td><td>${fixed(loss, 4)}</td></tr>
`;
})}
</tbody>
</table></div>
</section>`;
}
