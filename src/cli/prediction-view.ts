/** An image and what a network takes it for, drawn side by side for a reader on a terminal. */

import { FIELD } from '../data/digit-image.ts';
import { classLabel } from './class-labels.ts';
import { percent } from './numbers.ts';
import { colors } from './terminal.ts';

/** Classes that get a line; of more, the most probable ones. */
const LINES = 10;
/** Characters of a bar for a probability of 1. */
const BAR = 24;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * @param name of the image
 * @param image 784 bytes, 0 is background
 * @param probabilities one a class
 * @param best the most probable class
 * @param classNames what the classes are called, if they have names
 */
export function predictionView(
  name: string,
  image: Uint8Array,
  probabilities: readonly number[],
  best: number,
  classNames: readonly string[] | undefined,
): string {
  const preview = previewOf(image);
  const lines = [
    `${name}  ${colors.dim('→')}  ${colors.bold(colors.green(classLabel(best, classNames)))}`,
    '',
    ...barsOf(probabilities, best, classNames),
  ];
  const above = Math.floor((preview.length - lines.length) / 2);
  return preview.map((row, i) => `  ${row}   ${lines[i - above] ?? ''}`.trimEnd()).join('\n');
}

/** 14 lines of 28 characters, two pixels in each: the upper half block over its background. */
function previewOf(image: Uint8Array): string[] {
  return Array.from({ length: FIELD / 2 }, (_, line) => {
    const upper = image.subarray(2 * line * FIELD, (2 * line + 1) * FIELD);
    const lower = image.subarray((2 * line + 1) * FIELD, (2 * line + 2) * FIELD);
    const pairs = Array.from(upper, (above, x) => [above, lower[x]!] as const);
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

function barsOf(
  probabilities: readonly number[],
  best: number,
  classNames: readonly string[] | undefined,
): string[] {
  const shown = [...probabilities.keys()]
    .sort((a, b) => probabilities[b]! - probabilities[a]!)
    .slice(0, LINES)
    .sort((a, b) => a - b);
  const labels = shown.map((label) => classLabel(label, classNames));
  const labelWidth = Math.max(...labels.map((label) => label.length));
  return shown.map((label, i) => {
    const probability = probabilities[label]!;
    const eighths = Math.round(probability * BAR * 8);
    const bar = '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
    const style = label === best ? colors.green : colors.cyan;
    const value = percent(probability, 1).padStart(7);
    return `${labels[i]!.padStart(labelWidth)} ${value}  ${style(bar)}`;
  });
}
