/** The confusion matrix; precision, recall and F1 of each class. */
import { count as grouped, percent } from '../../terminal/numbers.ts';
import { byClass } from '../score.ts';
import { type Html, html } from './html.ts';
import { outputName, type ReportData } from './report-data.ts';

/** A larger matrix says nothing any more. */
const MOST_CLASSES = 64;
const CONFUSIONS = 20;

/** The harmonic mean of precision and recall; 0 where both are. */
export function f1(precision: number, recall: number): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

export function classesSection(data: ReportData): Html | undefined {
  const { precision, recall } = data.result.test;
  const confusion = byClass(data.result.test);
  if (precision.length === 0) return undefined;
  const shown = confusion.length > 0 && confusion.length <= MOST_CLASSES;
  return html`<section>
<h2>Class by class</h2>
<div class="pair">
${shown ? matrix(data) : confusion.length > 0 ? confusionList(data) : undefined}
<div class="scroll" role="region" aria-label="Scores of each class" tabindex="0">
<table>
<thead><tr><th scope="col">class</th><th scope="col">precision</th><th scope="col">recall</th><th scope="col">F1</th>${confusion.length > 0 ? html`<th scope="col">examples</th>` : undefined}</tr></thead>
<tbody>
${precision.map((value, j) => {
  const score = f1(value, recall[j]!);
  const examples = confusion[j]?.reduce((sum, count) => sum + count, 0);
  return html`<tr><th scope="row">${outputName(data, j)}</th><td>${percent(value, 1)}</td><td>${percent(recall[j]!, 1)}</td><td>${percent(score, 1)}</td>${examples === undefined ? undefined : html`<td>${examples}</td>`}</tr>
`;
})}
</tbody>
</table>
</div>
</div>
</section>`;
}

function matrix(data: ReportData): Html {
  const { confusion } = data.result.test;
  const names = confusion.map((_, j) => outputName(data, j));
  return html`<div class="scroll" role="region" aria-label="Confusion matrix" tabindex="0">
<table class="matrix">
<caption>Rows are actual classes, columns predicted ones</caption>
<thead><tr><td></td>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${confusion.map((row, i) => {
  const all = row.reduce((sum, count) => sum + count, 0);
  const cells = row.map((count, j) => {
    const fraction = all === 0 ? 0 : count / all;
    // A mistake in a hundred is to be seen.
    const heat = Math.round((i === j ? fraction : Math.min(1, 4 * fraction)) * 100);
    const kind = i === j ? 'right' : 'wrong';
    return html`<td class="${count === 0 ? 'none' : kind}" style="--heat: ${heat}%">${count === 0 ? '·' : count}</td>`;
  });
  return html`<tr><th scope="row">${names[i]}</th>${cells}</tr>
`;
})}
</tbody>
</table>
</div>`;
}

/** The most frequent mistakes, of very many classes. */
function confusionList(data: ReportData): Html {
  const { confusion } = data.result.test;
  const pairs = confusion.flatMap((row, i) =>
    row.flatMap((count, j) => (i !== j && count > 0 ? [{ i, j, count }] : [])),
  );
  const most = pairs.sort((a, b) => b.count - a.count).slice(0, CONFUSIONS);
  return html`<div class="scroll" role="region" aria-label="Most frequent mistakes" tabindex="0"><table>
<caption>${pairs.length > most.length ? `The ${most.length} most frequent of ${grouped(pairs.length)} kinds of mistakes` : 'The mistakes, the most frequent first'}</caption>
<thead><tr><th scope="col">actual</th><th scope="col">predicted</th><th scope="col">examples</th></tr></thead>
<tbody>
${most.map(
  ({
    i,
    j,
    count,
  }) => html`<tr><th scope="row">${outputName(data, i)}</th><td>${outputName(data, j)}</td><td>${count}</td></tr>
`,
)}
</tbody>
</table></div>`;
}
