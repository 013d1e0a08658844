/** An image and what a network takes it for, drawn side by side for a reader on a terminal. */

import { luma } from '../../data/image-levels.ts';
import type { ImageSize } from '../options/fit-options.ts';
import { greatest, percent } from '../terminal/numbers.ts';
import { colors, columns } from '../terminal/terminal.ts';
import { classLabel, shortened } from './class-labels.ts';

/** An image as the network takes it. */
interface Picture extends ImageSize {
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
 * @param image its size and a byte for each channel of each pixel
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
function previewOf(image: Picture): string[] {
  const { width, height, bytes, channels } = image;
  const pixel = (x: number, y: number) =>
    bytes.subarray((y * width + x) * channels, (y * width + x + 1) * channels);
  return Array.from({ length: Math.ceil(height / 2) }, (_, line) => {
    const pairs = Array.from({ length: width }, (_, x) => [
      pixel(x, 2 * line),
      2 * line + 1 < height ? pixel(x, 2 * line + 1) : new Uint8Array(channels),
    ]);
    if (!colors.isColorSupported) {
      const isLight = (levels: Uint8Array) => Number(brightness(levels) >= 128);
      return pairs.map(([above, below]) => ' ▄▀█'[2 * isLight(above!) + isLight(below!)]).join('');
    }
    const halves = pairs.map(
      ([above, below]) => `\x1b[38;${colourOf(above!)};48;${colourOf(below!)}m▀`,
    );
    return `${halves.join('')}\x1b[0m`;
  });
}

function brightness([red, green, blue]: Uint8Array): number {
  return green === undefined ? red! : luma(red!, green, blue!);
}

/** A pixel's colour for a terminal: of its 256 the nearest, or the exact one where it knows all. */
function colourOf(levels: Uint8Array): string {
  const [red, green, blue] = levels;
  // 232 … 255 are 24 greys.
  if (green === undefined) return `5;${232 + Math.round((red! / 255) * 23)}`;
  if (/^(?:truecolor|24bit)$/.test(process.env.COLORTERM ?? '')) return `2;${levels.join(';')}`;
  // 16 … 231 are a cube of 6 × 6 × 6.
  const [r, g, b] = [red!, green, blue!].map(stepOf) as [number, number, number];
  return `5;${16 + 36 * r + 6 * g + b}`;
}

/** The step of the cube that is nearest to a level: they are at 0, 95, 135, 175, 215 and 255. */
function stepOf(level: number): number {
  return level < 48 ? 0 : Math.max(1, Math.round((level - 55) / 40));
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
