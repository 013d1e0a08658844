/** The charts of the benchmarks, as SVG that is readable on a telephone: bars, lines, and a roofline. */
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
 * A line for each name over what grows.
 *
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} chart.subtitle
 * @param {string} chart.axis what grows
 * @param {{ line: string, x: number, value: number }[]} chart.points
 * @param {boolean} [chart.logarithmic] whether x is spaced by its logarithms, with a tick at each
 * @param {string} [chart.format] of the numbers at the axis (d3-format)
 * @param {{ x: number, text: string }} [chart.mark] a place on the axis that is named
 * @returns {string} SVG
 */
export function drawLines({
  title,
  subtitle,
  axis,
  points,
  logarithmic = false,
  format = ',',
  mark,
}) {
  const places = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const [left, bottom] = [LEFT + 32, TOP + 200];
  const across = (logarithmic ? scaleLog() : scaleLinear())
    .domain([places[0] ?? 1, places.at(-1) ?? 1])
    .range([left, RIGHT]);
  const most = Math.max(...points.map(({ value }) => value));
  const up = scaleLinear([0, most], [bottom, TOP + 8]).nice(5);
  const label = up.tickFormat(5);
  const path = line(
    (/** @type {(typeof points)[number]} */ { x }) => across(x),
    ({ value }) => up(value),
  ).digits(1);
  const horizontals = up.ticks(5).map(
    (tick) => `<path d="M${left},${rounded(up(tick))}H${RIGHT}" stroke="${GRID}"/>
${text(label(tick), { x: left - 8, anchor: 'end' }, up(tick) + 4)}`,
  );
  const tickLabel = logarithmic
    ? (/** @type {number} */ tick) => tick.toLocaleString('en')
    : across.tickFormat(5, format);
  const verticals = (logarithmic ? places : across.ticks(5)).map(
    (tick) => `${vertical(across(tick), TOP, bottom)}
${text(tickLabel(tick), edged(across(tick)), bottom + 18)}`,
  );
  const names = [...new Set(points.map((point) => point.line))];
  const lines = names.map((name, i) => {
    const colour = COLOURS[i % COLOURS.length] ?? TEXT;
    const own = points.filter((point) => point.line === name);
    const dots = own.map(({ x, value }) => dot(across(x), up(value), 3, colour));
    const y = bottom + 62 + 20 * i;
    return `<path class="line" d="${path(own)}" fill="none" stroke="${colour}" stroke-width="2"/>
${dots.join('')}
${dot(LEFT + 6, y - 4, 5, colour)}
${text(name, { x: LEFT + 18 }, y)}`;
  });
  const marked = mark
    ? [
        `<path d="M${rounded(across(mark.x))},${TOP}V${bottom}" stroke="${TEXT}" stroke-dasharray="4 4"/>`,
        text(mark.text, { x: across(mark.x) + 6 }, TOP + 12),
      ]
    : [];
  const caption = text(axis, { x: (left + RIGHT) / 2, anchor: 'middle' }, bottom + 38);
  const height = bottom + 54 + 20 * names.length;
  return svgOf(title, subtitle, height, [
    ...horizontals,
    ...verticals,
    caption,
    ...lines,
    ...marked,
  ]);
}

/**
 * What computations reach below what limits them: a slope for each place that operands come from, and a ceiling,
 * both axes logarithmic. Computations are numbered; their names are below.
 *
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} chart.subtitle
 * @param {string} chart.axis
 * @param {{ name: string, rate: number }} chart.ceiling
 * @param {{ name: string, bandwidth: number }[]} chart.slopes the rate for each unit of intensity
 * @param {{ name: string, intensity: number, rate: number }[]} chart.points
 * @returns {string} SVG
 */
export function drawRoofline({ title, subtitle, axis, ceiling, slopes, points }) {
  const [left, bottom] = [LEFT + 32, TOP + 240];
  const intensities = points.map(({ intensity }) => intensity);
  const rates = points.map(({ rate }) => rate);
  const [from, to] = [Math.min(...intensities) / 2, Math.max(...intensities) * 2];
  const [least, most] = [Math.min(...rates) / 2, 1.5 * Math.max(ceiling.rate, ...rates)];
  const across = scaleLog([from, to], [left, RIGHT]);
  const up = scaleLog([least, most], [bottom, TOP + 8]);
  const [tickX, tickY] = [across.tickFormat(5, '~'), up.tickFormat(5, '~')];
  const horizontals = decades(up).map(
    (tick) => `<path d="M${left},${rounded(up(tick))}H${RIGHT}" stroke="${GRID}"/>
${text(tickY(tick), { x: left - 8, anchor: 'end' }, up(tick) + 4)}`,
  );
  const verticals = decades(across).map(
    (tick) => `${vertical(across(tick), TOP, bottom)}
${text(tickX(tick), edged(across(tick)), bottom + 18)}`,
  );
  const roofs = slopes.map(({ bandwidth }, i) => {
    // From the left edge or the lower one to the ceiling.
    const start = Math.max(from, least / bandwidth);
    const end = Math.min(to, ceiling.rate / bandwidth);
    const line = `M${rounded(across(start))},${rounded(up(start * bandwidth))}L${rounded(across(end))},${rounded(up(end * bandwidth))}`;
    return `<path class="roof" d="${line}" stroke="${COLOURS[1 + i] ?? TEXT}" stroke-width="2"/>`;
  });
  const ceilings = `<path class="roof" d="M${left},${rounded(up(ceiling.rate))}H${RIGHT}" stroke="${TEXT}" stroke-dasharray="4 4"/>`;
  const dots = points.map(
    ({ intensity, rate }, i) => `${dot(across(intensity), up(rate), 9, RELUMAX)}
<g fill="#fff" font-size="11" font-weight="bold">${text(`${i + 1}`, { x: across(intensity), anchor: 'middle' }, up(rate) + 4)}</g>`,
  );
  const legend = [
    `<path d="M${LEFT},${bottom + 57}h18" stroke="${TEXT}" stroke-dasharray="4 4"/>
${text(ceiling.name, { x: LEFT + 26 }, bottom + 62)}`,
    ...slopes.map(({ name }, i) => {
      const y = bottom + 82 + 20 * i;
      return `<path d="M${LEFT},${y - 5}h18" stroke="${COLOURS[1 + i] ?? TEXT}" stroke-width="2"/>
${text(name, { x: LEFT + 26 }, y)}`;
    }),
    ...points.map(({ name }, i) => {
      const y = bottom + 82 + 20 * (slopes.length + i);
      return `${dot(LEFT + 9, y - 4, 9, RELUMAX)}
<g fill="#fff" font-size="11" font-weight="bold">${text(`${i + 1}`, { x: LEFT + 9, anchor: 'middle' }, y)}</g>
${text(name, { x: LEFT + 26 }, y)}`;
    }),
  ];
  const caption = text(axis, { x: (left + RIGHT) / 2, anchor: 'middle' }, bottom + 38);
  const height = bottom + 74 + 20 * (slopes.length + points.length);
  const content = [...horizontals, ...verticals, caption, ceilings, ...roofs, ...dots, ...legend];
  return svgOf(title, subtitle, height, content);
}

/**
 * The ticks at 1, 2 and 5 of each decade: as many as there is room for.
 *
 * @param {import('d3-scale').ScaleLogarithmic<number, number>} scale
 */
function decades(scale) {
  return scale.ticks().filter((tick) => /^[125]/.test(tick.toExponential()));
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string | undefined} colour
 */
function dot(x, y, radius, colour) {
  return `<circle cx="${rounded(x)}" cy="${rounded(y)}" r="${radius}" fill="${colour}"/>`;
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
