import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import CliTable from 'cli-table3';
import writeFileAtomic from 'write-file-atomic';
import { drawBars } from '../chart.js';
import { formatNumber, machineLine } from '../terminal.js';
import { UNITS } from './works.js';

/**
 * Writes peers.json, peers.md and a chart for each work, peers-1.svg and so on.
 *
 * @param {import('./index.js').Results} results
 * @param {string} folder
 */
export async function writePage(results, folder) {
  const charts = [];
  for (const result of results.works) {
    const svg = chartOf(result);
    if (svg) charts.push({ file: chartName(result), svg });
  }
  for (const { file, svg } of charts) await writeFileAtomic(join(folder, file), `${svg}\n`);
  await writeFileAtomic(join(folder, 'peers.md'), pageOf(results));
  const json = `${JSON.stringify(results, undefined, 2)}\n`;
  await writeFileAtomic(join(folder, 'peers.json'), json);
}

/**
 * A bar for each one's time; undefined where there is nothing to compare.
 *
 * @param {import('./index.js').WorkResult} result
 */
function chartOf({ work, rows }) {
  const ran = rows.filter((row) => row.failure === undefined);
  if (ran.length < 2) return undefined;
  const bars = ran
    .map((row) => {
      const ratio = row.ratio === undefined ? '' : `  (${formatRatio(row.ratio)})`;
      return {
        label: labelOf(work, row),
        relumax: row.name === 'relumax',
        value: row.median / UNITS[work.unit],
        text: `${formatTime(row.median, work.unit)} ${work.unit}${ratio}`,
      };
    })
    .sort((a, b) => a.value - b.value);
  const subtitle = `${work.unit}, logarithmic: shorter is faster`;
  return drawBars({ title: work.title, subtitle, bars, logarithmic: true });
}

/** @param {import('./index.js').WorkResult} result */
function chartName({ work }) {
  return `peers-${work.id}.svg`;
}

/**
 * "PyTorch, 2 threads", where their number differs.
 *
 * @param {import('./works.js').Work} work
 * @param {import('./index.js').Row} row
 */
function labelOf({ threads: counts }, { label, threads }) {
  if (!counts) return label;
  return `${label}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

/** @param {import('./index.js').Results} results */
function pageOf(results) {
  const { machine, date, data } = results;
  return `# relumax and its peers

Written by \`npm run bench:peers\`. Do not edit. [relumax alone](bench.md), its kernels and its twin in
plain JavaScript are on a page of their own.

Measured on ${date}: ${machineLine(machine)}. Images: ${data}.

Everyone runs on one thread, or on as many as its row says, in a process of its own, on the same images,
with the same network, batch size, learning rate, plain gradient descent and initial weights, in the way
that its own documentation says is fastest; what differs is said below. Whoever trains in batches takes
the images in a new random order each epoch. The data are in memory, in the form that each likes best,
before the clock starts, and the first repetition is not counted. A ratio is the peer's median time,
divided by relumax's with as many threads; relumax is measured before the peers and after them. Accuracy
is that of the test images, after ten iterations of the full batch, and after one epoch elsewhere.

${results.works.map(sectionOf).join('\n')}
## How each was run

| | version | |
| --- | --- | --- |
${peersOf(results)}

"By hand" uses the library as one for matrices, without what computes gradients in it.
`;
}

/** @param {import('./index.js').WorkResult} result */
function sectionOf(result) {
  const { work, rows, drift } = result;
  const training = work.kind === 'epoch' || work.kind === 'accuracy';
  const accuracy = training ? ' accuracy |' : '';
  const head = `| | median, ${work.unit} | min–max | × relumax |${accuracy} |
| --- | ---: | ---: | ---: |${training ? ' ---: |' : ''} --- |`;
  const lines = rows.map((row) => {
    const label = labelOf(work, row);
    const name = row.name === 'relumax' ? `**${label}**` : label;
    if (row.failure !== undefined) {
      return `| ${name} | – | | |${training ? ' |' : ''} did not run: ${escaped(row.failure)} |`;
    }
    const times = `${formatTime(row.min, work.unit)}–${formatTime(row.max, work.unit)}`;
    const ratio = row.ratio === undefined ? '1' : formatRatio(row.ratio);
    const share = training ? ` ${formatShare(row.accuracy)} |` : '';
    return `| ${name} | ${formatTime(row.median, work.unit)} | ${times} | ${ratio} |${share} ${row.remark ?? ''} |`;
  });
  const chart = rows.some((row) => row.ratio !== undefined)
    ? `![${work.title}: bars of each one's time](${chartName(result)})\n\n`
    : '';
  const drifted =
    drift === undefined
      ? ''
      : `\nrelumax took ${formatNumber(100 * drift)} % of its time before the peers again after them.\n`;
  return `## ${work.title}\n\n${chart}${head}\n${lines.join('\n')}\n${drifted}`;
}

/** @param {import('./index.js').Results} results */
function peersOf({ works }) {
  const rows = works.flatMap((result) => result.rows).filter(({ version }) => version);
  const byName = new Map(rows.map((row) => [row.name, row]));
  return [...byName.values()]
    .map(({ label, version, how }) => `| ${label} | ${version} | ${escaped(how ?? '')} |`)
    .join('\n');
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/**
 * The rows of one work as a table for the terminal.
 *
 * @param {import('./index.js').WorkResult} result
 */
export function tableOf({ work, rows }) {
  const table = new CliTable({
    head: ['', `median, ${work.unit}`, 'min–max', '× relumax', 'accuracy', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
    colWidths: [null, null, null, null, null, 46],
    wordWrap: true,
  });
  for (const row of rows) {
    if (row.failure !== undefined) {
      table.push([labelOf(work, row), '–', '', '', '', `did not run: ${row.failure}`]);
      continue;
    }
    table.push([
      labelOf(work, row),
      formatTime(row.median, work.unit),
      `${formatTime(row.min, work.unit)}–${formatTime(row.max, work.unit)}`,
      row.ratio === undefined ? '' : row.ratio.toPrecision(3),
      row.accuracy === undefined ? '' : `${(100 * row.accuracy).toFixed(2)} %`,
      row.remark ?? '',
    ]);
  }
  return `${work.title}\n${table.toString()}`;
}

/**
 * @param {number} ms
 * @param {import('./works.js').Work['unit']} unit
 */
export function formatTime(ms, unit) {
  return formatNumber(ms / UNITS[unit]);
}

/**
 * A peer's time in those of relumax: below 1 where the peer is faster.
 *
 * @param {number} ratio
 */
export function formatRatio(ratio) {
  if (ratio < 1) return `${ratio.toFixed(2)} ×`;
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio).toLocaleString('en')} ×`;
}

/** @param {number} [share] */
export function formatShare(share) {
  return share === undefined ? '–' : `${(100 * share).toFixed(1)} %`;
}

// node page.js peers.json FOLDER draws everything anew.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , file = '', folder = '.'] = process.argv;
  await writePage(JSON.parse(readFileSync(file, 'utf8')), folder);
}
