/** Whether a network is right as often as it says: its most probable class, by how probable it is. */
import type { Outputs } from '../../../index.ts';
import { count, greatest, percent } from '../../terminal/numbers.ts';
import { chart, legend } from './chart.ts';
import { type Html, html } from './html.ts';
import type { ReportData } from './report-data.ts';

const BINS = 10;

export interface Bin {
  readonly examples: number;
  /** The mean of the probabilities of the most probable class, and the fraction that was correct. */
  readonly confidence: number;
  readonly accuracy: number;
}

/** Ten bins of equal width, and the expected calibration error over them (C. Guo et al., 2017). */
export function calibrationOf(
  probabilities: Outputs,
  labels: Uint8Array,
  classes: number,
): { bins: Bin[]; error: number } {
  const sums = Array.from({ length: BINS }, () => ({ examples: 0, confidence: 0, correct: 0 }));
  for (const [i, label] of labels.entries()) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    const confidence = greatest(row);
    const bin = sums[Math.min(BINS - 1, Math.floor(confidence * BINS))]!;
    bin.examples++;
    bin.confidence += confidence;
    if (row.indexOf(confidence) === label) bin.correct++;
  }
  const bins = sums.map(({ examples, confidence, correct }) => ({
    examples,
    confidence: examples === 0 ? 0 : confidence / examples,
    accuracy: examples === 0 ? 0 : correct / examples,
  }));
  const error = bins.reduce(
    (sum, bin) => sum + (bin.examples / labels.length) * Math.abs(bin.accuracy - bin.confidence),
    0,
  );
  return { bins, error };
}

export function calibrationSection({ plan, heldOut, outputs }: ReportData): Html | undefined {
  if (plan.output !== 'softmax') return undefined;
  const { bins, error } = calibrationOf(outputs, heldOut.labels, heldOut.classes);
  const filled = bins.filter(({ examples }) => examples > 0);
  const curves = [
    { name: 'perfect calibration', color: 2, points: [[0, 0] as const, [1, 1] as const] },
    {
      name: 'this network',
      color: 1,
      points: filled.map((bin) => [bin.confidence, bin.accuracy] as const),
    },
  ];
  const format = (value: number) => percent(value, 0);
  const axis = (title: string) => ({ title, domain: [0, 1] as const, format });
  const title = `Accuracy over the predicted probability; expected calibration error ${percent(error)}`;
  return html`<section>
<h2>Calibration</h2>
<p>Of the predictions with a probability of 90 %, nine in ten should be correct. The expected
calibration error is <strong>${percent(error)}</strong>.</p>
${legend(curves)}
<div class="charts">
<figure><figcaption>Accuracy</figcaption>${chart(title, curves, axis('predicted probability'), axis('accuracy'))}</figure>
<div class="scroll" role="region" aria-label="Calibration" tabindex="0"><table>
<thead><tr><th scope="col">probability</th><th scope="col">examples</th><th scope="col">mean</th><th scope="col">accuracy</th></tr></thead>
<tbody>
${bins.map(
  (
    bin,
    i,
  ) => html`<tr><th scope="row">${i * 10}–${(i + 1) * 10} %</th><td>${count(bin.examples)}</td><td>${bin.examples ? percent(bin.confidence, 1) : '–'}</td><td>${bin.examples ? percent(bin.accuracy, 1) : '–'}</td></tr>
`,
)}
</tbody>
</table></div>
</div>
</section>`;
}
