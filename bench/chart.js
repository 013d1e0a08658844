/** The charts of the benchmarks, as SVG: bars, and lines over a number of images. */
import * as vega from 'vega';
import { compile } from 'vega-lite';

/** Tones between light and dark, to be read on either background. */
const COLOURS = { relumax: '#e8590c', other: '#748ffc', text: '#868e96', grid: '#868e9640' };

const FONT = 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif';

/**
 * One bar.
 *
 * @typedef {object} Bar
 * @property {string} label
 * @property {number} value
 * @property {string} text beside the bar
 * @property {boolean} relumax whether it is relumax's
 */

/**
 * A bar for each value, in the order given.
 *
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} chart.subtitle
 * @param {Bar[]} chart.bars
 * @param {boolean} [chart.logarithmic]
 * @param {string} [chart.format] of the numbers at the axis (d3-format)
 * @returns {Promise<string>} SVG
 */
export function drawBars({ title, subtitle, bars, logarithmic = false, format = ',' }) {
  const values = bars.map(({ value }) => value);
  // Bars need somewhere to begin; room to the right for the text of the longest.
  const least = Math.min(...values);
  const most = Math.max(...values);
  const from = logarithmic ? 10 ** Math.floor(Math.log10(least / 2)) : 0;
  const to = logarithmic ? most * (most / from) ** 0.3 : most * 1.35;
  const scale = { type: logarithmic ? 'log' : 'linear', domain: [from, to], nice: false };
  const axis = logarithmic ? { values: powersOfTen(from, to), format } : { tickCount: 5, format };
  const colour = {
    condition: { test: 'datum.relumax', value: COLOURS.relumax },
    value: COLOURS.other,
  };
  return svgOf({
    title: { text: title, subtitle },
    height: { step: 26 },
    data: { values: bars },
    encoding: {
      y: { field: 'label', type: 'nominal', sort: null, title: null, axis: { labelLimit: 0 } },
    },
    layer: [
      {
        mark: { type: 'bar', height: 16, cornerRadiusEnd: 3 },
        encoding: {
          x: { field: 'value', type: 'quantitative', scale, title: null, axis },
          x2: { datum: from },
          color: colour,
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 6, baseline: 'middle' },
        encoding: {
          x: { field: 'value', type: 'quantitative' },
          text: { field: 'text', type: 'nominal' },
        },
      },
    ],
  });
}

/**
 * A line for each work over the number of images.
 *
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} chart.subtitle
 * @param {{ line: string, images: number, value: number }[]} chart.points
 * @returns {Promise<string>} SVG
 */
export function drawLines({ title, subtitle, points }) {
  const images = { field: 'images', type: 'quantitative', scale: { type: 'log' }, title: 'images' };
  const counts = [...new Set(points.map((point) => point.images))];
  return svgOf({
    title: { text: title, subtitle },
    height: 220,
    data: { values: points },
    mark: { type: 'line', point: true },
    encoding: {
      x: { ...images, axis: { values: counts, format: ',' } },
      y: { field: 'value', type: 'quantitative', scale: { domainMin: 0 }, title: null },
      color: {
        field: 'line',
        type: 'nominal',
        sort: null,
        title: null,
        scale: { range: [COLOURS.relumax, COLOURS.other, COLOURS.text] },
        legend: { orient: 'bottom', labelColor: COLOURS.text, labelLimit: 300 },
      },
    },
  });
}

/**
 * @param {object} content
 * @returns {Promise<string>}
 */
async function svgOf(content) {
  /** @type {any} */
  const spec = {
    width: 480,
    background: null,
    padding: 8,
    ...content,
    config: {
      font: FONT,
      view: { stroke: null },
      text: { color: COLOURS.text, fontSize: 12 },
      title: {
        color: COLOURS.text,
        subtitleColor: COLOURS.text,
        fontSize: 14,
        anchor: 'start',
        frame: 'group',
        offset: 12,
      },
      axis: {
        labelColor: COLOURS.text,
        titleColor: COLOURS.text,
        labelFontSize: 12,
        domain: false,
        ticks: false,
        labelPadding: 8,
        gridColor: COLOURS.grid,
      },
      axisX: { grid: true },
      axisY: { grid: false },
    },
  };
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  await view.finalize();
  return svg;
}

/**
 * @param {number} from
 * @param {number} to
 */
function powersOfTen(from, to) {
  const powers = [];
  for (let power = from; power <= to; power *= 10) powers.push(power);
  return powers;
}
