/** Where a network is most wrong: what it was shown, what it thought, and what it was. */
import { restored } from '../../data/normalization.ts';
import { count, number, percent } from '../numbers.ts';
import { type Html, html } from './html.ts';
import { picture } from './picture.ts';
import { inputName, outputName, type ReportData, shownInputs } from './report-data.ts';

const PICTURES = 30;
const ROWS = 15;
const THOUGHTS = 3;

/** The examples that were taken for another class, those first whose own was given least. */
export function worstMistakes(
  probabilities: Float32Array,
  labels: Uint8Array,
  classes: number,
): { example: number; taken: number; probability: number }[] {
  const mistakes = [];
  for (const [example, label] of labels.entries()) {
    const row = probabilities.subarray(example * classes, (example + 1) * classes);
    const taken = row.indexOf(Math.max(...row));
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
    return html`<section><h2>Its mistakes</h2><p>None: all ${length} were read correctly.</p></section>`;
  }
  const shown = all.slice(0, size ? PICTURES : ROWS);
  return html`<section>
<h2>Its worst mistakes</h2>
<p>${all.length} of ${length} were taken for something else. These ${shown.length} got the least for what they are.</p>
${size ? html`<ul class="mistakes">${shown.map(pictured)}</ul>` : tabled()}
</section>`;

  function thoughtsOf(example: number): string {
    const row = outputs.subarray(example * classes, (example + 1) * classes);
    const best = [...row.keys()].sort((a, b) => row[b]! - row[a]!).slice(0, THOUGHTS);
    return best.map((j) => `${outputName(data, j)} ${percent(row[j]!, 1)}`).join(', ');
  }

  function pictured({ example, taken, probability }: (typeof all)[number]): Html {
    const { inputs, features } = heldOut;
    const image = inputs.subarray(example * features, (example + 1) * features);
    const greys = greysOf(image);
    const [is, was] = [outputName(data, labels[example]!), outputName(data, taken)];
    return html`<li>${picture(size!, `${is}, taken for ${was}`, (i) => [greys[i]!, greys[i]!, greys[i]!, 255])}
<span>is <strong>${is}</strong> (${percent(probability, 1)})</span>
<span class="thought">${thoughtsOf(example)}</span></li>`;
  }

  function tabled(): Html {
    return html`${rowsTable(
      data,
      shown.map(({ example }) => example),
      ['is', 'thought'],
      (example) => [outputName(data, labels[example]!), thoughtsOf(example)],
    )}`;
  }
}

function largestErrors(data: ReportData): Html {
  const { heldOut, outputs, plan } = data;
  const width = heldOut.outputs;
  const told = restored(outputs, plan.targets);
  const are = restored(heldOut.targets!, plan.targets);
  const errors = Array.from({ length: heldOut.length }, (_, i) => {
    let squares = 0;
    for (let j = 0; j < width; j++) {
      squares += (outputs[i * width + j]! - heldOut.targets![i * width + j]!) ** 2;
    }
    return { example: i, squares };
  });
  const worst = errors.sort((a, b) => b.squares - a.squares).slice(0, ROWS);
  const numbers = (values: Float32Array, i: number) =>
    [...values.subarray(i * width, (i + 1) * width)]
      .map((value, j) => number(value, plan.targets?.deviation[j]))
      .join(', ');
  return html`<section>
<h2>Where it is most wrong</h2>
<p>The ${worst.length} of ${count(heldOut.length)} rows that it is furthest off.</p>
${rowsTable(
  data,
  worst.map(({ example }) => example),
  ['is', 'told'],
  (i) => [numbers(are, i), numbers(told, i)],
)}
</section>`;
}

/** Examples as rows, with what is said of each and its inputs as they came. */
function rowsTable(
  data: ReportData,
  examples: readonly number[],
  heads: readonly string[],
  cellsOf: (example: number) => readonly string[],
): Html {
  const { heldOut, normalization } = data;
  const { features } = heldOut;
  const { inputs, note } = shownInputs(data);
  const raw = (example: number) => {
    const row = heldOut.inputs.subarray(example * features, (example + 1) * features);
    const floats = Float32Array.from(row);
    return restored(floats, normalization);
  };
  return html`<div class="scroll" role="region" aria-label="The worst rows" tabindex="0"><table>
${note === '' ? [] : html`<caption>${note}</caption>`}
<thead><tr>${heads.map((head) => html`<th scope="col" class="words">${head}</th>`)}${inputs.map((i) => html`<th scope="col">${inputName(data, i)}</th>`)}</tr></thead>
<tbody>
${examples.map((example) => {
  const values = raw(example);
  return html`<tr>${cellsOf(example).map((cell) => html`<td class="words">${cell}</td>`)}${inputs.map((i) => html`<td>${number(values[i]!, normalization?.deviation[i])}</td>`)}</tr>
`;
})}
</tbody>
</table></div>`;
}

/** A byte for each pixel; numbers that are none are spread over the range of theirs. */
function greysOf(image: Uint8Array | Float32Array): Uint8Array {
  if (image instanceof Uint8Array) return image;
  const least = image.reduce((a, b) => Math.min(a, b), Infinity);
  const range = image.reduce((a, b) => Math.max(a, b), -Infinity) - least || 1;
  return Uint8Array.from(image, (value) => Math.round(((value - least) / range) * 255));
}
