/** What a convolutional network makes of the worst mistakes, layer by layer. */
import { architectureText } from '../../../core/architecture.ts';
import type { LayerShape } from '../../../core/layers.ts';
import type { Outputs } from '../../../index.ts';
import { type Html, html, isolated } from './html.ts';
import { worstMistakes } from './mistakes.ts';
import { outputName, picture, type ReportData, shownOf } from './report-data.ts';

const EXAMPLES = 3;
const MOST_MAPS = 16;
/** The green of what is active. */
const ACTIVE = [60, 220, 120] as const;

export function featureMapsSection(data: ReportData): Html | undefined {
  const { heldOut, outputs, plan, activations } = data;
  const { input, shapes, layers } = plan.architecture;
  const convolutions = shapes.filter(({ kind }) => kind === 'conv');
  if (!input || convolutions.length === 0 || plan.output !== 'softmax') return undefined;
  const worst = worstMistakes(outputs, heldOut.labels, heldOut.classes).slice(0, EXAMPLES);
  if (worst.length === 0) return undefined;
  const features = heldOut.features;
  return html`<section>
<h2>Feature maps of the worst mistakes</h2>
<p>What the filters of each convolution give for them, the largest value of a layer as the brightest.</p>
${worst.map(({ example, taken }) => {
  const image = heldOut.inputs.subarray(example * features, (example + 1) * features);
  const values = activations(image);
  const actual = outputName(data, heldOut.labels[example]!);
  return html`<h3>${isolated(actual)}, predicted ${isolated(outputName(data, taken))}</h3>
${convolutions.map((shape) => {
  const name = architectureText({ layers: [layers[shape.l]!] });
  const note = shownOf(MOST_MAPS, shape.output[2], 'maps');
  return html`<p>${name} ${note}</p><div class="pictures">${mapsOf(shape, values[shape.l]!)}</div>`;
})}`;
})}
</section>`;
}

/** A picture for each channel of what a layer gave, channels last. */
function mapsOf({ output }: LayerShape, values: Outputs): Html[] {
  const [height, width, channels] = output;
  let largest = 1e-30;
  for (const value of values) largest = Math.max(largest, value);
  return Array.from({ length: Math.min(channels, MOST_MAPS) }, (_, c) =>
    picture({ width, height }, `Feature map ${c + 1}`, (i) => {
      const level = Math.max(0, values[i * channels + c]!) / largest;
      const [red, green, blue] = ACTIVE.map((colour) => Math.round(colour * level));
      return [red!, green!, blue!, 255];
    }),
  );
}
