/** Loss and accuracy over the epochs. */
import type { EpochReport } from '../../../index.ts';
import { significant } from '../../terminal/numbers.ts';
import { type Curve, chart, legend } from './chart.ts';
import { type Html, html } from './html.ts';
import type { ReportData } from './report-data.ts';

export function curvesSection({ result }: ReportData): Html | undefined {
  const { epochs } = result.history;
  if (epochs.length < 2) return undefined;
  const loss = curvesOf(epochs, ({ loss }) => loss);
  const accuracy =
    epochs[0]!.accuracy === undefined ? undefined : curvesOf(epochs, ({ accuracy }) => accuracy!);
  return html`<section>
<h2>Training</h2>
${legend(loss)}
<div class="charts">
${figure('Loss', loss, [0, greatest(loss)], (value) => significant(value, 3))}
${accuracy ? figure('Accuracy', accuracy, rangeOf(accuracy), (value) => `${Number((value * 100).toFixed(2))} %`) : undefined}
</div>
</section>`;

  function figure(
    name: string,
    curves: Curve[],
    domain: readonly [number, number],
    format: (value: number) => string,
  ): Html {
    const ends = curves.map(({ name, points }) => `${name} ${format(points.at(-1)![1])}`);
    const title = `${name} over ${epochs.length} epochs; at the end: ${ends.join(', ')}`;
    const whole = (value: number) => (Number.isInteger(value) ? String(value) : '');
    const x = { title: 'epoch', domain: [1, epochs.length] as const, format: whole };
    return html`<figure><figcaption>${name}</figcaption>${chart(title, curves, x, { title: name, domain, format })}</figure>`;
  }
}

function curvesOf(
  epochs: readonly EpochReport[],
  measure: (values: { loss: number; accuracy?: number }) => number,
): Curve[] {
  const heldOut = epochs.flatMap(({ epoch, validation }) =>
    validation ? [[epoch, measure(validation)] as const] : [],
  );
  const training = epochs.map((report) => [report.epoch, measure(report)] as const);
  return [
    { name: 'training', color: 1, points: training },
    { name: 'held out', color: 2, points: heldOut },
  ];
}

function greatest(curves: readonly Curve[]): number {
  return valuesOf(curves).reduce((a, b) => Math.max(a, b), -Infinity);
}

function valuesOf(curves: readonly Curve[]): number[] {
  return curves.flatMap(({ points }) => points.map(([, value]) => value));
}

function rangeOf(curves: readonly Curve[]): readonly [number, number] {
  const least = valuesOf(curves).reduce((a, b) => Math.min(a, b), Infinity);
  return [least, Math.max(greatest(curves), least + 1e-6)];
}
