import * as vega from 'vega';
import { compile } from 'vega-lite';
import { formatRatio, formatTime } from './format.js';
import { UNITS } from './works.js';

/** Tones between light and dark, to be read on either background. */
const COLOURS = { relumax: '#e8590c', peer: '#748ffc', text: '#868e96', grid: '#868e9640' };

const FONT = 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif';

/**
 * A bar for each one's time, on a logarithmic scale.
 *
 * @param {import('./index.js').WorkResult} result
 * @returns {Promise<string | undefined>} SVG; undefined where there is nothing to compare
 */
export async function drawChart({ work, rows }) {
  const ran = rows.filter((row) => row.failure === undefined);
  if (ran.length < 2) return undefined;
  const values = ran
    .map((row) => ({
      label: row.label,
      relumax: row.name === 'relumax',
      time: row.median / UNITS[work.unit],
      text: `${formatTime(row.median, work.unit)} ${work.unit}${
        row.ratio === undefined ? '' : `  (${formatRatio(row.ratio)})`
      }`,
    }))
    .sort((a, b) => a.time - b.time);
  const times = values.map(({ time }) => time);
  // Bars need somewhere to begin; room to the right for the text of the longest.
  const from = 10 ** Math.floor(Math.log10(Math.min(...times) / 2));
  const to = Math.max(...times) * (Math.max(...times) / from) ** 0.3;
  const y = {
    field: 'label',
    type: 'nominal',
    sort: null,
    title: null,
    axis: { labelLimit: 300 },
  };
  const colour = {
    condition: { test: 'datum.relumax', value: COLOURS.relumax },
    value: COLOURS.peer,
  };
  /** @type {any} */
  const spec = {
    width: 480,
    height: { step: 26 },
    background: null,
    padding: 8,
    title: { text: work.title, subtitle: `${work.unit}, logarithmic: shorter is faster` },
    data: { values },
    encoding: { y },
    layer: [
      {
        mark: { type: 'bar', height: 16, cornerRadiusEnd: 3 },
        encoding: {
          x: {
            field: 'time',
            type: 'quantitative',
            scale: { type: 'log', domain: [from, to], nice: false },
            title: null,
            axis: { values: powersOfTen(from, to), format: ',' },
          },
          x2: { datum: from },
          color: colour,
        },
      },
      {
        mark: { type: 'text', align: 'left', dx: 6, baseline: 'middle' },
        encoding: {
          x: { field: 'time', type: 'quantitative' },
          text: { field: 'text', type: 'nominal' },
        },
      },
    ],
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
        labelFontSize: 12,
        domain: false,
        ticks: false,
        labelPadding: 8,
      },
      axisX: { gridColor: COLOURS.grid },
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
