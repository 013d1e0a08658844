/** Where a network is most wrong: what it was shown, what it thought, and what it was. */
import type { Inputs, Outputs } from '../../../index.ts';
import { count, indexOfGreatest, number, percent } from '../../terminal/numbers.ts';
import { type Html, html, isolated } from './html.ts';
import { coloursOf, outputName, picture, type ReportData, spreadOf } from './report-data.ts';
import { rowsTable } from './rows.ts';

const PICTURES = 30;
const ROWS = 15;
const THOUGHTS = 3;

/** The examples that were classified wrongly, by ascending probability of their actual class. */
export function worstMistakes(
  probabilities: Outputs,
  labels: Uint8Array,
  classes: number,
): { example: number; taken: number; probability: number }[] {
  const mistakes = [];
  for (const [example, label] of labels.entries()) {
    const row = probabilities.subarray(example * classes, (example + 1) * classes);
    const taken = indexOfGreatest(row);
    if (taken !== label) mistakes.push({ example, taken, probability: row[label]! });
  }
  return mistakes.sort((a, b) => a.probability - b.probability || a.example - b.example);
}

export function mistakesSection(data: ReportData): Html | undefined {
  if (data.plan.output === 'softmax') return classMistakes(data);
  return data.plan.output === 'linear' ? largestErrors(data) : undefined;
}

function classMistakes(data: ReportData): Html {
  const { heldOut, outputs, size } = data;
  const { labels, classes, length } = heldOut;
  const all = worstMistakes(outputs, labels, classes);
  if (all.length === 0) {
    return html`<section><h2>Mistakes</h2><p>None: all ${count(length)} were classified correctly.</p></section>`;
  }
  const shown = all.slice(0, size ? PICTURES : ROWS);
  return html`<section>
<h2>Worst mistakes</h2>
<p>${count(all.length)} of ${count(length)} were classified wrongly. These are the ${shown.length} whose actual class got the lowest probability.</p>
${size ? html`<ul class="mistakes">${shown.map(pictured)}</ul>` : tabled()}
</section>`;

  function thoughtsOf(example: number): Html {
    const row = outputs.subarray(example * classes, (example + 1) * classes);
    const best = [...row.keys()].sort((a, b) => row[b]! - row[a]!).slice(0, THOUGHTS);
    return html`${best.map((j, i) => html`${i > 0 ? ', ' : ''}${isolated(outputName(data, j))} ${percent(row[j]!, 1)}`)}`;
  }

  function pictured({ example, taken, probability }: (typeof all)[number]): Html {
    const { inputs, features } = heldOut;
    const image = inputs.subarray(example * features, (example + 1) * features);
    const levels = bytesOf(image);
    const { channels } = size!;
    const [red, green, blue] = coloursOf(size!).map((color) => levels.subarray(color));
    const [is, was] = [outputName(data, labels[example]!), outputName(data, taken)];
    return html`<li>${picture(size!, `${is}, predicted ${was}`, (i) => [red![i * channels]!, green![i * channels]!, blue![i * channels]!, 255])}
<span>actual <strong>${isolated(is)}</strong> (${percent(probability, 1)})</span>
<span class="thought">${thoughtsOf(example)}</span></li>`;
  }

  function tabled(): Html {
    return html`${rowsTable(
      data,
      shown.map(({ example }) => example),
      ['actual', 'predicted'],
      (example) => [outputName(data, labels[example]!), thoughtsOf(example)],
    )}`;
  }
}

function largestErrors(data: ReportData): Html {
  const { heldOut, outputs } = data;
  const width = heldOut.outputs;
  const spreads = Array.from({ length: width }, (_, j) => spreadOf(data, j));
  const targets = heldOut.targets!;
  const errors = Array.from({ length: heldOut.length }, (_, i) => {
    let squares = 0;
    for (let j = 0; j < width; j++) {
      const error = outputs[i * width + j]! - targets[i * width + j]!;
      squares += (error / spreads[j]!) ** 2;
    }
    return { example: i, squares };
  });
  const worst = errors.sort((a, b) => b.squares - a.squares).slice(0, ROWS);
  const numbers = (values: Inputs, i: number) =>
    [...values.subarray(i * width, (i + 1) * width)]
      .map((value, j) => number(value, spreads[j]))
      .join(', ');
  return html`<section>
<h2>Largest errors</h2>
<p>The ${worst.length} of ${count(heldOut.length)} rows with the largest errors.</p>
${rowsTable(
  data,
  worst.map(({ example }) => example),
  ['actual', 'predicted'],
  (i) => [numbers(targets, i), numbers(outputs, i)],
)}
</section>`;
}

/** The levels of an image as bytes; numbers that are none are spread over the range of theirs. */
function bytesOf(image: Inputs): Uint8Array {
  if (image instanceof Uint8Array) return image;
  const values = Float64Array.from(image);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const range = values.reduce((a, b) => Math.max(a, b), -Infinity) - least || 1;
  return Uint8Array.from(image, (value) => Math.round(((value - least) / range) * 255));
}
