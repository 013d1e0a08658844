/** An image and what a network takes it for, drawn side by side for a reader on a terminal. */

import type { Size } from '../files/images/image-file.ts';
import { greatest, percent } from '../terminal/numbers.ts';
import { colors, columns } from '../terminal/terminal.ts';
import { classLabel, shortened } from './class-labels.ts';

/** An image as the network takes it. */
interface Picture extends Size {
  readonly bytes: Uint8Array;
}

/** A wider image would leave no room for what is said of it. */
const WIDEST = 40;
/** Classes that get a line; of more, the most probable ones. */
const LINES = 10;
/** Characters of a bar for a probability of 1, at most and at least. */
const BAR = 24;
const LEAST_BAR = 6;
/** Characters of a label that are shown in any case. */
const LEAST_LABEL = 20;
/** Characters before the image, and between it and what is said of it. */
const [INDENT, GAP] = [2, 3];
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * @param name of the image
 * @param image its size and a byte for each pixel
 * @param probabilities one a class
 * @param best the most probable class
 * @param classNames what the classes are called, if they have names
 */
export function predictionView(
  name: string,
  image: Picture,
  probabilities: readonly number[],
  best: number,
  classNames: readonly string[] | undefined,
): string {
  const shown = mostProbable(probabilities);
  const beside = image.width + GAP;
  const width = columns() - INDENT - ' 100.0 %  '.length;
  const forLabels = width - LEAST_BAR - (image.width <= WIDEST ? beside : 0);
  const labels = shown.map((label) =>
    shortened(classLabel(label, classNames), Math.max(LEAST_LABEL, forLabels)),
  );
  const labelWidth = greatest(labels.map((label) => label.length));
  // What is left for the image and the bars, beside labels and percentages.
  const room = width - labelWidth;
  const isDrawn = image.width <= WIDEST && room - beside >= LEAST_BAR;
  const preview = isDrawn ? previewOf(image) : [];
  const size = Math.max(LEAST_BAR, Math.min(BAR, isDrawn ? room - beside : room));
  const lines = [
    `${name}  ${colors.dim('→')}  ${colors.bold(colors.green(classLabel(best, classNames)))}`,
    '',
    ...shown.map((label, i) => {
      const style = label === best ? colors.green : colors.cyan;
      const probability = probabilities[label]!;
      const value = percent(probability, 1).padStart(7);
      return `${labels[i]!.padStart(labelWidth)} ${value}  ${style(barOf(probability, size))}`;
    }),
  ];
  const height = Math.max(preview.length, lines.length);
  const above = Math.floor((height - lines.length) / 2);
  const margin = isDrawn ? ' '.repeat(beside) : '';
  return Array.from({ length: height }, (_, i) => {
    const row = preview[i] === undefined ? margin : preview[i] + ' '.repeat(GAP);
    return `${' '.repeat(INDENT)}${row}${lines[i - above] ?? ''}`.trimEnd();
  }).join('\n');
}

/** A line for two rows, two pixels in each character: the upper half block over its background. */
function previewOf({ width, height, bytes }: Picture): string[] {
  return Array.from({ length: Math.ceil(height / 2) }, (_, line) => {
    const upper = bytes.subarray(2 * line * width, (2 * line + 1) * width);
    const lower = bytes.subarray((2 * line + 1) * width, (2 * line + 2) * width);
    const pairs = Array.from(upper, (above, x) => [above, lower[x] ?? 0] as const);
    if (!colors.isColorSupported) {
      return pairs.map(([above, below]) => ' ▄▀█'[2 * (above >> 7) + (below >> 7)]).join('');
    }
    const halves = pairs.map(([above, below]) => `\x1b[38;5;${grey(above)};48;5;${grey(below)}m▀`);
    return `${halves.join('')}\x1b[0m`;
  });
}

/** The colour of a terminal's 256 that is nearest to a grey: 232 … 255 are 24 of them. */
function grey(level: number): number {
  return 232 + Math.round((level / 255) * 23);
}

/** The classes that get a line, in their order. */
function mostProbable(probabilities: readonly number[]): number[] {
  return [...probabilities.keys()]
    .sort((a, b) => probabilities[b]! - probabilities[a]!)
    .slice(0, LINES)
    .sort((a, b) => a - b);
}

/** A bar of up to `size` characters, to an eighth of one. */
function barOf(probability: number, size: number): string {
  const eighths = Math.round(probability * size * 8);
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
}
