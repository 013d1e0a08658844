/** What each unit of the first layer looks for. */
import type { TrainedShape } from '../../../core/layers.ts';
import type { ImageSize } from '../../options/fit-options.ts';
import { fixed } from '../../terminal/numbers.ts';
import { type Html, html } from './html.ts';
import {
  coloursOf,
  inputName,
  picture,
  type ReportData,
  shownInputs,
  shownOf,
} from './report-data.ts';

const MOST_PICTURES = 100;
const MOST_UNITS = 40;
/** For and against. */
const [BLUE, RED] = [
  [38, 110, 220],
  [216, 60, 40],
] as const;

export function weightsSection(data: ReportData): Html {
  const { plan, parameters } = data;
  const { weights } = parameters[0]!;
  const first = plan.architecture.trained[0]!;
  const size = seenBy(first, data);
  const units = first.weights[0]!;
  const inputs = weights.length / units;
  const unit = first.kind === 'conv' ? 'filter' : 'unit';
  const most = size ? MOST_PICTURES : MOST_UNITS;
  const shown = Math.min(units, most);
  const notes = [shownOf(shown, units, `${unit}s`), ...(size ? [] : [shownInputs(data).note])];
  const rows = Array.from({ length: shown }, (_, j) => {
    const own = weights.subarray(j * inputs, (j + 1) * inputs);
    const row = plan.architecture.input ? channelsLast(own, first.input[2]) : own;
    const largest = row.reduce((sum, value) => Math.max(sum, Math.abs(value)), 1e-30);
    return { row, largest };
  });
  const isColour = size !== undefined && size.channels > 1;
  const content = size
    ? html`<div class="pictures">${rows.map((row, j) =>
        picture(
          size,
          `Weights of ${unit} ${j + 1}`,
          isColour ? coloursOfWeights(size, row) : signs(row),
        ),
      )}</div>`
    : weightsTable(data, rows);
  const legend = isColour
    ? html`those of red, green and blue in their colours, 0 as half of the brightness`
    : html`<span class="for">positive</span> in blue and <span class="against">negative</span> in red`;
  return html`<section>
<h2>Weights of the first layer</h2>
<p>Each ${unit}’s weights, ${legend}, relative to the ${unit}’s largest. ${notes.join(' ')}</p>
${content}
</section>`;
}

/** The size of what a unit of the first layer sees: the image, or a window of it; undefined where it is none. */
function seenBy(first: TrainedShape, { plan, size }: ReportData): ImageSize | undefined {
  const { kind, weights, input } = first;
  if (!plan.architecture.input) return size;
  const [height, width] = kind === 'conv' ? weights.slice(2) : input;
  return { height: height!, width: width!, channels: input[2] };
}

/** Weights channel by channel, in the order of pictures: pixel by pixel. */
function channelsLast(weights: Float32Array, channels: number): Float32Array {
  const pixels = weights.length / channels;
  return weights.map((_, i) => weights[(i % channels) * pixels + Math.floor(i / channels)]!);
}

interface Row {
  readonly row: Float32Array;
  readonly largest: number;
}

type Pixel = readonly [number, number, number, number];

function signs({ row, largest }: Row): (i: number) => Pixel {
  return (i) => {
    const fraction = row[i]! / largest;
    return [...(fraction > 0 ? BLUE : RED), Math.round(Math.abs(fraction) * 255)];
  };
}

/** A weight for each colour of a pixel, as that colour's level. */
function coloursOfWeights(size: ImageSize, { row, largest }: Row): (i: number) => Pixel {
  const [red, green, blue] = coloursOf(size);
  const level = (i: number) => Math.round((1 + row[i]! / largest) * 127.5);
  return (pixel) => {
    const i = pixel * size.channels;
    return [level(i + red), level(i + green), level(i + blue), 255];
  };
}

function weightsTable(data: ReportData, rows: readonly Row[]): Html {
  const { inputs } = shownInputs(data);
  return html`<div class="scroll" role="region" aria-label="Weights of the first layer" tabindex="0"><table class="matrix">
<thead><tr><th scope="col">unit</th>${inputs.map((input) => html`<th scope="col">${inputName(data, input)}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ({ row, largest }, j) => html`<tr><th scope="row">${j + 1}</th>${inputs.map((input) => {
    const weight = row[input]!;
    const heat = Math.round((Math.abs(weight) / largest) * 100);
    return html`<td class="${weight > 0 ? 'right' : 'wrong'}" style="--heat: ${heat}%">${fixed(weight, 2)}</td>`;
  })}</tr>
`,
)}
</tbody>
</table></div>`;
}
