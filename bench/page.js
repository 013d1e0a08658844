/**
 * The results in the terminal, as bench.json, bench.md and its charts, and those of the steps as steps.json, steps.md
 * and theirs. `node bench/page.js FILE DIR` draws them anew from FILE.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import CliTable from 'cli-table3';
import writeFileAtomic from 'write-file-atomic';
import { drawBars, drawLines } from './chart.js';
import { stepCharts, stepTables, tileListing } from './steps-page.js';
import { percent, TRAINERS, tablesOf } from './tables.js';
import { formatNumber, machineLine } from './terminal.js';

/** @typedef {import('./parts.js').Results} Results */

/**
 * @param {Results} results
 * @param {string} folder that is there
 */
export async function writePage(results, folder) {
  const { steps, ...others } = results;
  if (steps) {
    const { date, machine, numpy, data, probe } = results;
    const own = { date, machine, numpy, data, probe, steps };
    await write('steps', own, stepCharts(own), stepsPageOf);
  }
  // Of the steps alone there is nothing more to say.
  if (tablesOf(others).length > 0) await write('bench', others, chartsOf(others), pageOf);

  /**
   * @param {string} stem
   * @param {Results} own
   * @param {Chart[]} charts
   * @param {(results: Results, charts: Chart[]) => string} page
   */
  async function write(stem, own, charts, page) {
    for (const { file, svg } of charts) await writeFileAtomic(join(folder, file), `${svg}\n`);
    await writeFileAtomic(join(folder, `${stem}.md`), page(own, charts));
    await writeFileAtomic(join(folder, `${stem}.json`), `${JSON.stringify(own, undefined, 2)}\n`);
  }
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
function chartsOf({ training, kernels, growth, threads, probe }) {
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
  const products = kernels?.filter(
    ({ product, trainer, executed }) => product && trainer === 'relumax' && executed,
  );
  if (products?.length) {
    const bars = products.map(({ kernel, rate, executed = 1 }) => ({
      label: kernel,
      value: (rate * executed) / probe,
      text: percent((rate * executed) / probe),
      relumax: true,
    }));
    charts.push({
      part: 'kernels',
      file: 'bench-kernels.svg',
      text: 'Bars of the share of the probe’s rate that each product reaches',
      svg: drawBars({
        title: 'Products, as a share of the probe’s rate',
        subtitle: 'of the operations that are carried out',
        bars,
        format: '.0%',
      }),
    });
  }
  if (growth?.length) {
    const points = growth.flatMap(({ work, costs }) =>
      costs.map(({ images, ns }) => ({ line: work, x: images, value: ns / (costs[0]?.ns ?? NaN) })),
    );
    charts.push({
      part: 'growth',
      file: 'bench-growth.svg',
      text: 'Lines of the cost of an image, by that with 1,000 images',
      svg: drawLines({
        title: 'What an image costs as the data grow',
        subtitle: 'by its cost with 1,000 images',
        axis: 'images',
        logarithmic: true,
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
  const { machine, numpy, data, probe, date } = results;
  const sections = tablesOf(results).map((table) => sectionOf(table, charts));
  return `# Benchmarks

Written by \`npm run bench\`. Do not edit. [Other trainers](peers.md) are on a page of their own.

Measured on ${date}: ${machineLine(machine)}. ${numpy}. Images: ${data}.
One thread each, unless said otherwise. A time is the median of its samples; fastest and slowest stand beside it.
${probeText(probe)}

JavaScript is relumax’s twin: the same network, batches and mathematics in typed arrays, written to be
fast. One form is dense; the other skips inputs that are zero, as relumax does, which shows how much
of the lead is WebAssembly and how much the zeros.

${sections.join('\n\n')}
`;
}

/**
 * @param {Results} results
 * @param {Chart[]} charts
 */
function stepsPageOf(results, charts) {
  const { machine, data, probe, date, steps } = results;
  const sections = stepTables(results).map((table) => {
    const listing = steps && table.name === 'listings' ? tileListing(steps) : [];
    return [sectionOf(table, charts), ...listing].join('\n\n');
  });
  return `# From the naive loop to the kernels

Written by \`npm run bench -- --only steps\`. Do not edit. [Why it is fast](../performance.md) explains it.

Measured on ${date}: ${machineLine(machine)}. Images: ${data}.
One thread. A time is the median of its samples; fastest and slowest stand beside it.
${probeText(probe)}
A core’s clock was ${steps?.clock.toFixed(2)} GHz, by a chain of dependent operations.

${sections.join('\n\n')}
`;
}

/** @param {number} probe */
function probeText(probe) {
  return `The probe’s rate is ${probe.toFixed(1)} GFLOP/s: what V8 gets out of one core on 128-bit vectors in registers, in the same run. It is not the processor’s peak.`;
}

/**
 * @param {import('./tables.js').Table} table
 * @param {Chart[]} charts of all tables
 */
function sectionOf({ name, title, note, head, firstNumber, rows }, charts) {
  const images = charts.filter(({ part }) => part === name);
  const lines = [
    row(head),
    row(head.map((_, i) => (i < firstNumber ? '---' : '---:'))),
    ...rows.map(row),
  ];
  const pictures = images.map(({ file, text }) => `![${text}](${file})`);
  const parts = [`## ${title}`, note, ...pictures, ...(rows.length > 0 ? [lines.join('\n')] : [])];
  return parts.join('\n\n');
}

/** @param {string[]} cells */
function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/**
 * The results as text for the terminal.
 *
 * @param {Results} results
 */
export function formatResults(results) {
  const { machine, numpy, data, probe, date } = results;
  const tables = [...tablesOf(results), ...stepTables(results)];
  const sections = tables.map((table) => `${table.title}\n${textOf(table)}\n`);
  return [
    ...sections,
    `machine  ${machineLine(machine)}`,
    `probe    ${probe.toFixed(1)} GFLOP/s on 128-bit vectors in registers`,
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
