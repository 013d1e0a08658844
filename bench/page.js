/** The results in the terminal, and as bench.json, bench.md and its charts. `node bench/page.js FILE DIR` draws them anew from FILE. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import CliTable from 'cli-table3';
import writeFileAtomic from 'write-file-atomic';
import { drawBars, drawLines } from './chart.js';
import { TRAINERS, tablesOf } from './tables.js';
import { formatNumber, machineLine } from './terminal.js';

/** @typedef {import('./index.js').Results} Results */

/**
 * @param {Results} results
 * @param {string} folder that is there
 */
export async function writePage(results, folder) {
  const charts = chartsOf(results);
  for (const { file, svg } of charts) await writeFileAtomic(join(folder, file), `${svg}\n`);
  await writeFileAtomic(join(folder, 'bench.md'), pageOf(results, charts));
  const json = `${JSON.stringify(results, undefined, 2)}\n`;
  await writeFileAtomic(join(folder, 'bench.json'), json);
}

/**
 * @typedef {object} Chart
 * @property {string} part the name of the table that it goes with
 * @property {string} file
 * @property {string} text what it shows, for those who do not see it
 * @property {string} svg
 */

/**
 * @param {Results} results
 * @returns {Chart[]}
 */
function chartsOf({ training, kernels, growth, threads, peak }) {
  const charts = [];
  for (const work of new Set(training?.rows.map((row) => row.work))) {
    const rows = training?.rows.filter((row) => row.work === work) ?? [];
    const bars = rows
      .map(({ trainer, timing, slower }) => ({
        label: TRAINERS[trainer],
        value: timing.ms,
        text: `${formatNumber(timing.ms)} ms${trainer === 'relumax' ? '' : `  (${slower.toFixed(1)} ×)`}`,
        relumax: trainer === 'relumax',
      }))
      .sort((a, b) => a.value - b.value);
    const subtitle = `ms an epoch of ${rows[0]?.images.toLocaleString('en')} images, logarithmic: shorter is faster`;
    charts.push({
      part: 'training',
      file: `bench-${work.replaceAll(/[^\w]+/g, '-')}.svg`,
      text: `${work}: bars of each one’s time`,
      svg: drawBars({ title: work, subtitle, bars, logarithmic: true }),
    });
  }
  const products = kernels?.filter(({ product, trainer }) => product && trainer === 'relumax');
  if (products?.length) {
    const bars = products.map(({ kernel, rate }) => ({
      label: kernel,
      value: rate / peak,
      text: `${(100 * (rate / peak)).toFixed(0)} %`,
      relumax: true,
    }));
    charts.push({
      part: 'kernels',
      file: 'bench-kernels.svg',
      text: 'Bars of the share of the peak that each product reaches',
      svg: drawBars({
        title: 'Products, as a share of the machine’s 128-bit peak',
        subtitle: 'counted densely: those that skip zeros go past it',
        bars,
        format: '.0%',
      }),
    });
  }
  if (growth?.length) {
    const points = growth.flatMap(({ work, costs }) =>
      costs.map(({ images, ns }) => ({ line: work, images, value: ns / (costs[0]?.ns ?? NaN) })),
    );
    charts.push({
      part: 'growth',
      file: 'bench-growth.svg',
      text: 'Lines of the cost of an image, by that with 1,000 images',
      svg: drawLines({
        title: 'What an image costs as the data grow',
        subtitle: 'by its cost with 1,000 images',
        points,
      }),
    });
  }
  const several = threads?.filter((row) => row.threads > 1);
  if (several?.length) {
    const bars = several.map(({ work, threads, speedup }) => ({
      label: `${work}: ${threads} threads`,
      value: speedup,
      text: `${speedup.toFixed(2)} ×`,
      relumax: true,
    }));
    charts.push({
      part: 'threads',
      file: 'bench-threads.svg',
      text: 'Bars of how many times as fast several threads are',
      svg: drawBars({
        title: 'Several threads',
        subtitle: 'times as fast as one thread',
        bars,
      }),
    });
  }
  return charts;
}

/**
 * @param {Results} results
 * @param {Chart[]} charts
 */
function pageOf(results, charts) {
  const { machine, numpy, data, peak, date } = results;
  const sections = tablesOf(results).map(({ name, title, note, head, firstNumber, rows }) => {
    const images = charts.filter(({ part }) => part === name);
    const lines = [
      row(head),
      row(head.map((_, i) => (i < firstNumber ? '---' : '---:'))),
      ...rows.map(row),
    ];
    const pictures = images.map(({ file, text }) => `![${text}](${file})`);
    return [`## ${title}`, note, ...pictures, lines.join('\n')].join('\n\n');
  });
  return `# Benchmarks

Written by \`npm run bench\`. Do not edit. [Other trainers](peers.md) are on a page of their own.

Measured on ${date}: ${machineLine(machine)}. ${numpy}. Images: ${data}.
One thread each, unless said otherwise. A time is the median of its samples; fastest and slowest stand beside it.
The peak of this machine’s 128-bit vectors is ${peak.toFixed(1)} GFLOP/s, by a probe in the same run.

JavaScript is relumax’s twin: the same network, batches and mathematics in typed arrays, written to be
fast. One form is dense; the other skips inputs that are zero, as relumax does, which shows how much
of the lead is WebAssembly and how much the zeros.

${sections.join('\n\n')}
`;
}

/** @param {string[]} cells */
function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/**
 * The results as text for the terminal.
 *
 * @param {import('./index.js').Results} results
 */
export function formatResults(results) {
  const { machine, numpy, data, peak, date } = results;
  const sections = tablesOf(results).map((table) => `${table.title}\n${textOf(table)}\n`);
  return [
    ...sections,
    `machine  ${machineLine(machine)}`,
    `peak     ${peak.toFixed(1)} GFLOP/s on 128-bit vectors, by the probe`,
    `peer     ${numpy}`,
    `data     ${data}`,
    `date     ${date}`,
  ].join('\n');
}

/** @param {import('./tables.js').Table} table without colours, numbers to the right */
function textOf({ head, firstNumber, rows }) {
  const table = new CliTable({
    head,
    colAligns: head.map((_, i) => (i < firstNumber ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows);
  return table.toString();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , file = '', folder = '.'] = process.argv;
  await writePage(JSON.parse(readFileSync(file, 'utf8')), folder);
}
