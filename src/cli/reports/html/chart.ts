/** Curves over numbers, as an SVG that takes its colours from the page. */
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { type Html, html } from './html.ts';

export type Point = readonly [number, number];

export interface Curve {
  readonly name: string;
  /** Which of the page's colours: 1 or 2, or 3 for what is behind them. */
  readonly color: number;
  readonly points: readonly Point[];
  /** Default: a line, with dots on it where there are few. */
  readonly marks?: 'line' | 'dots';
}

export interface Axis {
  readonly title: string;
  readonly domain: readonly [number, number];
  readonly format: (value: number) => string;
}

/** A value that a horizontal line marks, with what it is. */
export interface Level {
  readonly at: number;
  readonly label: string;
}

export interface VerticalAxis extends Axis {
  /** Default: none. Those outside the domain are not shown. */
  readonly levels?: readonly Level[];
}

const SIZE = { width: 560, height: 300 };
const MARGIN = { top: 12, right: 14, bottom: 42, left: 58 };
/** So few points are marked, each by itself. */
const FEW = 30;
/** Of a character of a tick. */
const WIDTH = 7.5;

/**
 * @param title what the chart shows, for those who do not see it
 * @param size in pixels, where it is not scaled; without a title of x, the room for it is the curves'
 */
export function chart(
  title: string,
  curves: readonly Curve[],
  x: Axis,
  y: VerticalAxis,
  { width, height } = SIZE,
): Html {
  const right = width - MARGIN.right;
  const bottom = height - (x.title ? MARGIN.bottom : 24);
  const up = scaleLinear(y.domain, [bottom, MARGIN.top]).nice(5);
  const ticks = up.ticks(5).map((tick) => ({ at: up(tick), text: y.format(tick) }));
  const longest = ticks.reduce((most, { text }) => Math.max(most, text.length), 0);
  const left = Math.max(MARGIN.left, WIDTH * longest + 8);
  const across = scaleLinear(x.domain, [left, right]);
  const levels = (y.levels ?? []).filter(
    ({ at }) => at >= up.domain()[0]! && at <= up.domain()[1]!,
  );
  const path = line<Point>(
    ([a]) => across(a),
    ([, b]) => up(b),
  ).defined(([, b]) => Number.isFinite(b));
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
${ticks.map(
  ({ at, text }) => html`<g class="tick"><line x1="${left}" x2="${right}" y1="${at}" y2="${at}"/>
<text x="${left - 8}" y="${at}" dy="0.32em" text-anchor="end">${text}</text></g>`,
)}
${beside(across, x.format).map(
  ({ at, text }) =>
    html`<text class="tick" x="${at}" y="${bottom + 18}" text-anchor="middle">${text}</text>`,
)}
<text class="axis" x="${(left + right) / 2}" y="${height - 6}" text-anchor="middle">${x.title}</text>
${levels.map(
  ({
    at,
    label,
  }) => html`<g class="level"><line x1="${left}" x2="${right}" y1="${up(at)}" y2="${up(at)}"/>
<text x="${right}" y="${up(at)}" dy="-0.35em" text-anchor="end">${label}</text></g>`,
)}
${curves.map(({ color, points, marks }) =>
  marks === 'dots'
    ? html`<path class="curve dots curve-${color}" d="${points.map(([a, b]) => `M${across(a).toFixed(1)} ${up(b).toFixed(1)}h0`).join('')}"/>`
    : html`<path class="curve curve-${color}" d="${path([...points]) ?? ''}"/>
${marks === 'line' || points.length > FEW ? [] : points.map(([a, b]) => html`<circle class="curve-${color}" cx="${across(a)}" cy="${up(b)}" r="2.5"/>`)}`,
)}
</svg>`;
}

/** Ticks of the horizontal axis: as many as have room beside each other. */
function beside(scale: ScaleLinear<number, number>, format: Axis['format']) {
  for (let most = 6; ; most--) {
    const ticks = scale
      .ticks(most)
      .map((tick) => ({ at: scale(tick), text: format(tick) }))
      .filter(({ text }) => text !== '');
    const longest = ticks.reduce((size, { text }) => Math.max(size, text.length), 0);
    const [first, second] = ticks;
    if (!second || second.at - first!.at >= WIDTH * (longest + 2)) return ticks;
  }
}

/** Which colour is which curve. */
export function legend(curves: readonly Curve[]): Html {
  return html`<p class="legend">${curves.map(
    ({ name, color }) => html`<span><i class="swatch swatch-${color}"></i>${name}</span> `,
  )}</p>`;
}
