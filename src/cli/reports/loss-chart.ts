/** The loss over the epochs as a small chart of characters. */

import asciichart from 'asciichart';
import type { EpochReport } from '../../index.ts';
import { greatest, least } from '../terminal/numbers.ts';
import { colors } from '../terminal/terminal.ts';

/** Rows of the chart between its least and its greatest value. */
const HEIGHT = 8;
/** Columns of the curve, at most: a wider one is no clearer. */
const MAX_WIDTH = 64;
/** And at least: a narrower one would tell nothing, and leave no room for what stands below it. */
const MIN_WIDTH = 30;
/** Columns of the labels to the left of the curve. */
export const MARGIN = 10;

/**
 * Training loss and held-out loss, epoch by epoch, in at most `width` columns. Without colours the
 * curves could not be distinguished, so it is the training loss alone.
 *
 * @param epochs two or more
 * @returns undefined where it is too narrow for a curve
 */
export function lossChart(epochs: readonly EpochReport[], width: number): string | undefined {
  const curve = curveWidth(width);
  if (curve === undefined) return undefined;
  const training = epochs.map((epoch) => epoch.loss);
  const heldOut = epochs.flatMap(({ validation }) => (validation ? [validation.loss] : []));
  const both = colors.isColorSupported && heldOut.length === epochs.length;
  const title = both ? `${colors.cyan('─ training')}  ${colors.yellow('─ held out')}` : 'training';
  const last = String(epochs.length);
  const middle = 'epoch'.padStart((curve + 'epoch'.length) / 2 - 1);
  const axis = `${' '.repeat(MARGIN)}1${middle}`;
  return [
    `${colors.dim('loss'.padStart(MARGIN - 2))}  ${title}`,
    ...curveLines(both ? [training, heldOut] : [training], curve),
    colors.dim(`${axis}${last.padStart(MARGIN + curve - axis.length)}`),
  ].join('\n');
}

/** Columns of a curve beside its labels in so wide a terminal; undefined where it is too narrow. */
export function curveWidth(width: number): number | undefined {
  const curve = Math.min(width - MARGIN, MAX_WIDTH);
  return curve < MIN_WIDTH ? undefined : curve;
}

/** The lines of one curve, or of a cyan and a yellow one, with the axis to their left. */
export function curveLines(losses: readonly number[][], curve: number): string[] {
  // One value more than columns: the last only ends the line to it.
  const series = losses.map((each) => stretch(each, curve + 1));
  const [most, fewest] = [greatest(series.flat()), least(series.flat())];
  // A loss that stays the same gets an axis from 0: it would have none of its own.
  const range = most - (fewest < most ? fewest : 0);
  const chart = asciichart.plot(series, {
    min: most - range,
    height: HEIGHT,
    offset: 2,
    format: (loss) => `${loss.toFixed(decimals(range))} `.padStart(MARGIN - 1),
    ...(series.length > 1 && { colors: [asciichart.cyan, asciichart.yellow] }),
  });
  return chart.split('\n').map((line) => line.trimEnd());
}

/** As many as tell the labels of two rows apart. */
function decimals(range: number): number {
  return Math.min(Math.max(Math.ceil(-Math.log10(range / HEIGHT)), 2), 6);
}

/** `values` at `count` places spread evenly from the first to the last, linear in between. */
function stretch(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, place) => {
    const at = (place / (count - 1)) * (values.length - 1);
    const before = Math.floor(at);
    const after = Math.min(before + 1, values.length - 1);
    return values[before]! + (at - before) * (values[after]! - values[before]!);
  });
}
