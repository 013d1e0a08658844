/** The charts of the benchmarks, as SVG that is readable on a telephone: bars, and lines. */
import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';

/** Tones between light and dark, to be read on either background. */
const COLOURS = ['#e8590c', '#748ffc', '#737d88'];
const [RELUMAX, OTHER, TEXT] = COLOURS;
const GRID = '#868e9640';

const WIDTH = 480;
const [LEFT, RIGHT] = [8, WIDTH - 8];
/** Where the drawing begins, below title and subtitle. */
const TOP = 56;

/**
 * One bar.
 *
 * @typedef {object} Bar
 * @property {string} label
 * @property {number} value
 * @property {string} text beside the label
 * @property {boolean} relumax whether it is relumax's
 */

/**
 * A bar for each value, in the order given, below its label.
 *
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} chart.subtitle
 * @param {Bar[]} chart.bars
 * @param {boolean} [chart.logarithmic]
 * @param {string} [chart.format] of the numbers at the axis (d3-format)
 * @returns {string} SVG
 */
export function drawBars({ title, subtitle, bars, logarithmic = false, format = ',' }) {
  const values = bars.map(({ value }) => value);
  // Bars need somewhere to begin.
  const from = logarithmic ? 10 ** Math.floor(Math.log10(Math.min(...values) / 2)) : 0;
  const scale = (logarithmic ? scaleLog() : scaleLinear())
    .domain([from, Math.max(...values)])
    .range([LEFT, RIGHT]);
  const step = 34;
  const bottom = TOP + step * bars.length;
  const ticks = scale.ticks(5).filter((tick) => !logarithmic || Number.isInteger(Math.log10(tick)));
  const label = scale.tickFormat(5, format);
  const grid = ticks.map(
    (tick) => `${vertical(scale(tick), TOP, bottom)}
${text(label(tick), edged(scale(tick)), bottom + 18)}`,
  );
  const rows = bars.map((bar, i) => {
    const y = TOP + step * i;
    const width = Math.max(scale(bar.value) - LEFT, 2);
    return `${text(bar.label, { x: LEFT }, y + 14)}
${text(bar.text, { x: RIGHT, anchor: 'end' }, y + 14)}
<rect class="bar" x="${LEFT}" y="${y + 20}" width="${rounded(width)}" height="8" rx="2" fill="${bar.relumax ? RELUMAX : OTHER}"/>`;
  });
  return svgOf(title, subtitle, bottom + 28, [...grid, ...rows]);
}

/**
 * A line for each name over the number of images, which are spaced by their logarithms.
 *
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} chart.subtitle
 * @param {{ line: string, images: number, value: number }[]} chart.points
 * @returns {string} SVG
 */
export function drawLines({ title, subtitle, points }) {
  const counts = [...new Set(points.map(({ images }) => images))].sort((a, b) => a - b);
  const [left, bottom] = [LEFT + 32, TOP + 200];
  const across = scaleLog([counts[0] ?? 1, counts.at(-1) ?? 1], [left, RIGHT]);
  const most = Math.max(...points.map(({ value }) => value));
  const up = scaleLinear([0, most], [bottom, TOP + 8]).nice(5);
  const label = up.tickFormat(5);
  const path = line(
    (/** @type {(typeof points)[number]} */ { images }) => across(images),
    ({ value }) => up(value),
  ).digits(1);
  const horizontals = up.ticks(5).map(
    (tick) => `<path d="M${left},${rounded(up(tick))}H${RIGHT}" stroke="${GRID}"/>
${text(label(tick), { x: left - 8, anchor: 'end' }, up(tick) + 4)}`,
  );
  const verticals = counts.map(
    (count) => `${vertical(across(count), TOP, bottom)}
${text(count.toLocaleString('en'), edged(across(count)), bottom + 18)}`,
  );
  const names = [...new Set(points.map((point) => point.line))];
  const lines = names.map((name, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const own = points.filter((point) => point.line === name);
    const dots = own.map(
      ({ images, value }) =>
        `<circle cx="${rounded(across(images))}" cy="${rounded(up(value))}" r="3" fill="${colour}"/>`,
    );
    const y = bottom + 62 + 20 * i;
    return `<path class="line" d="${path(own)}" fill="none" stroke="${colour}" stroke-width="2"/>
${dots.join('')}
<circle cx="${LEFT + 6}" cy="${y - 4}" r="5" fill="${colour}"/>
${text(name, { x: LEFT + 18 }, y)}`;
  });
  const axis = text('images', { x: (left + RIGHT) / 2, anchor: 'middle' }, bottom + 38);
  const height = bottom + 54 + 20 * names.length;
  return svgOf(title, subtitle, height, [...horizontals, ...verticals, axis, ...lines]);
}

/**
 * @param {string} title
 * @param {string} subtitle
 * @param {number} height
 * @param {string[]} content
 */
function svgOf(title, subtitle, height, content) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13" fill="${TEXT}">
<g font-size="15" font-weight="bold">${text(title, { x: LEFT }, 20)}</g>
${text(subtitle, { x: LEFT }, 40)}
${content.join('\n')}
</svg>`;
}

/**
 * @param {string} content
 * @param {{ x: number, anchor?: string }} place
 * @param {number} y
 */
function text(content, { x, anchor = 'start' }, y) {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${rounded(x)}" y="${rounded(y)}" text-anchor="${anchor}">${escaped}</text>`;
}

/**
 * Where the label of a tick goes: below it, but within the picture.
 *
 * @param {number} x
 */
function edged(x) {
  if (x < LEFT + 16) return { x: LEFT, anchor: 'start' };
  return x > RIGHT - 20 ? { x: RIGHT, anchor: 'end' } : { x, anchor: 'middle' };
}

/**
 * @param {number} x
 * @param {number} from
 * @param {number} to
 */
function vertical(x, from, to) {
  return `<path d="M${rounded(x)},${from}V${to}" stroke="${GRID}"/>`;
}

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 10) / 10;
}
