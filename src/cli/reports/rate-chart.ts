/** The loss over the logarithm of the learning rate as a small chart of characters. */

import { greatest, least } from '../terminal/numbers.ts';
import { colors } from '../terminal/terminal.ts';
import type { Point } from '../training/range-test.ts';
import { curveLines, curveWidth, MARGIN } from './loss-chart.ts';

/** Losses beyond the least are drawn to so many times the greatest before it. */
const HEADROOM = 1.2;

/**
 * The smoothed loss, in at most `width` columns, and below it the place of a suggestion.
 *
 * @param points two or more
 * @param suggested index of a point, if one is suggested
 * @param text what is written beside its mark
 * @returns undefined where it is too narrow for a curve
 */
export function rateChart(
  points: readonly Point[],
  suggested: number | undefined,
  text: string,
  width: number,
): string | undefined {
  const curve = curveWidth(width);
  if (curve === undefined) return undefined;
  const first = points[0]!.learningRate.toPrecision(2);
  const last = points.at(-1)!.learningRate.toPrecision(2);
  const middle = 'learning rate'.padStart((curve + 'learning rate'.length) / 2 - first.length);
  const axis = `${' '.repeat(MARGIN)}${Number(first)}${middle}`;
  const end = String(Number(last)).padStart(MARGIN + curve - axis.length);
  const losses = points.map(({ smoothed }) => smoothed);
  const lowest = losses.indexOf(least(losses));
  // A divergence, drawn to its height, would leave one row for all that comes before.
  const ceiling = HEADROOM * greatest(losses.slice(0, lowest + 1));
  const lines = [
    `${colors.dim('loss'.padStart(MARGIN - 2))}  smoothed`,
    ...curveLines([losses.map((loss) => Math.min(loss, ceiling))], curve),
  ];
  if (suggested !== undefined) {
    const place = MARGIN + Math.round((suggested / (points.length - 1)) * (curve - 1));
    const isLeft = place + 2 + text.length > MARGIN + curve;
    const mark = isLeft ? `${text} ▲`.padStart(place + 1) : `${' '.repeat(place)}▲ ${text}`;
    lines.push(colors.bold(colors.green(mark)));
  }
  return [...lines, colors.dim(`${axis}${end}`)].join('\n');
}
