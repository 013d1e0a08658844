/** How far predicted numbers are from the actual ones: over each other, and what is left. */

import { count, evenly, fixed, number, significant } from '../../terminal/numbers.ts';
import { type Axis, type Curve, chart, type Point } from './chart.ts';
import { type Html, html, isolated } from './html.ts';
import { outputName, type ReportData, shownOf, spreadOf } from './report-data.ts';

/** Numbers that have charts. */
const MOST_CHARTS = 8;
/** More dots than these cover each other. */
const MOST_DOTS = 2000;

/** Of one number, held-out example by example. */
interface Pairs {
  readonly actual: Float64Array;
  readonly predicted: Float64Array;
}

export function residualsSection(data: ReportData): Html | undefined {
  const { plan, heldOut } = data;
  if (plan.output !== 'linear') return undefined;
  const all = Array.from({ length: heldOut.outputs }, (_, j) => pairsOf(data, j));
  const note = shownOf(MOST_CHARTS, all.length, 'numbers');
  return html`<section>
<h2>Predicted and actual</h2>
<p>A residual is the actual value minus the predicted one. The better the fit, the closer the dots are to the lines. ${note}</p>
<div class="scroll" role="region" aria-label="Errors of each number" tabindex="0"><table>
<thead><tr>${['number', 'R²', 'RMSE', 'mean absolute error', 'mean residual'].map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${all.map((pairs, j) => rowOf(data, pairs, j))}
</tbody>
</table></div>
${all.slice(0, MOST_CHARTS).map((pairs, j) => chartsOf(data, pairs, j))}
</section>`;
}

function pairsOf({ heldOut, outputs }: ReportData, j: number): Pairs {
  const { length, outputs: width } = heldOut;
  const targets = heldOut.targets!;
  return {
    actual: Float64Array.from({ length }, (_, i) => targets[i * width + j]!),
    predicted: Float64Array.from({ length }, (_, i) => outputs[i * width + j]!),
  };
}

function rowOf(data: ReportData, { actual, predicted }: Pairs, j: number): Html {
  const { r2, rmse } = data.result.test;
  const mean = (of: (residual: number) => number) =>
    actual.reduce((sum, value, i) => sum + of(value - predicted[i]!), 0) / actual.length;
  const inUnits = (value: number) => number(value, spreadOf(data, j));
  const cells = [
    fixed(r2![j]!, 4),
    significant(rmse![j]!, 4),
    inUnits(mean(Math.abs)),
    inUnits(mean((residual) => residual)),
  ];
  return html`<tr><th scope="row">${outputName(data, j)}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`;
}

function chartsOf(data: ReportData, { actual, predicted }: Pairs, j: number): Html {
  const { heldOut } = data;
  const name = outputName(data, j);
  const shown = evenly(actual.length, MOST_DOTS);
  const isShown = (...values: number[]) => values.every(Number.isFinite);
  const dots = (x: Float64Array, y: (i: number) => number): Curve => ({
    ...{ name: '', color: 1, marks: 'dots' },
    points: shown.flatMap((i) => (isShown(x[i]!, y(i)) ? [[x[i]!, y(i)] as const] : [])),
  });
  const fit = dots(actual, (i) => predicted[i]!);
  const rest = dots(predicted, (i) => actual[i]! - predicted[i]!);
  const both = rangeOf(fit.points.flat());
  const across = rangeOf(rest.points.map(([x]) => x));
  const few = shown.length < actual.length ? `, ${count(shown.length)} of them shown` : '';
  const title = (what: string) => `${what} of ${name} for ${count(actual.length)} examples${few}`;
  const line = (...points: Point[]): Curve => ({ name: '', color: 2, marks: 'line', points });
  return html`${heldOut.outputs > 1 ? html`<h3>${isolated(name)}</h3>` : undefined}
<div class="charts">
${figure('Predicted', title('Predicted over actual values'), [line([both[0], both[0]], [both[1], both[1]]), fit], axis('actual', both), axis('predicted', both))}
${figure('Residual', title('Residuals over predicted values'), [line([across[0], 0], [across[1], 0]), rest], axis('predicted', across), axis('residual', rangeOf([0, ...rest.points.map(([, y]) => y)])))}
</div>`;
}

function figure(caption: string, title: string, curves: readonly Curve[], x: Axis, y: Axis): Html {
  return html`<figure><figcaption>${caption}</figcaption>${chart(title, curves, x, y)}</figure>`;
}

function axis(title: string, domain: readonly [number, number]): Axis {
  return { title, domain, format: tick };
}

/** A tick's number: the shorter of its two forms where it is long. */
function tick(value: number): string {
  const text = significant(value, 12);
  const short = Number(text).toExponential();
  return text.length > 10 && short.length < text.length ? short : text;
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  let [from, to] = [Infinity, -Infinity];
  for (const value of values) [from, to] = [Math.min(from, value), Math.max(to, value)];
  return from <= to ? [from, to] : [0, 1];
}
