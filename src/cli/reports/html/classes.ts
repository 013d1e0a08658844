/** The confusion matrix; precision, recall and F1 of each class. */
import { count as grouped, percent } from '../../terminal/numbers.ts';
import { type ClassScores, classScores } from '../class-scores.ts';
import { type Html, html } from './html.ts';
import { type ReportData, shortLabel } from './report-data.ts';

/** A larger matrix says nothing any more. */
const MOST_CLASSES = 64;
const CONFUSIONS = 20;

/** The harmonic mean of precision and recall; 0 where both are. */
export function f1(precision: number, recall: number): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

export function classesSection({ plan, result }: ReportData): Html | undefined {
  if (result.test.recall.length === 0) return undefined;
  const classes = classScores(result.test, plan.classNames);
  const { confusion, scores } = classes;
  const names = scores.map((_, j) => shortLabel(j, classes.names));
  const shown = confusion.length > 0 && confusion.length <= MOST_CLASSES;
  return html`<section>
<h2>Class by class</h2>
<div class="pair">
${shown ? matrix(classes, names) : confusion.length > 0 ? confusionList(classes, names) : undefined}
<div class="scroll" role="region" aria-label="Scores of each class" tabindex="0">
<table>
<thead><tr><th scope="col">class</th><th scope="col">precision</th><th scope="col">recall</th><th scope="col">F1</th><th scope="col">examples</th></tr></thead>
<tbody>
${scores.map(
  (
    { precision, recall, examples },
    j,
  ) => html`<tr><th scope="row">${names[j]}</th><td>${percent(precision, 1)}</td><td>${percent(recall, 1)}</td><td>${percent(f1(precision, recall), 1)}</td><td>${examples}</td></tr>
`,
)}
</tbody>
</table>
</div>
</div>
</section>`;
}

function matrix({ confusion, scores }: ClassScores, names: readonly string[]): Html {
  return html`<div class="scroll" role="region" aria-label="Confusion matrix" tabindex="0">
<table class="matrix">
<caption>Rows are actual classes, columns predicted ones</caption>
<thead><tr><td></td>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${confusion.map((row, i) => {
  const all = scores[i]!.examples;
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
function confusionList({ confusion }: ClassScores, names: readonly string[]): Html {
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
  }) => html`<tr><th scope="row">${names[i]}</th><td>${names[j]}</td><td>${count}</td></tr>
`,
)}
</tbody>
</table></div>`;
}
