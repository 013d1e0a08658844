import { cpus } from 'node:os';
import Table from 'cli-table3';

/**
 * How long one trainer took for one work.
 *
 * @typedef {object} Row
 * @property {string} work
 * @property {string} trainer
 * @property {number} ms median of the samples
 * @property {number} fastest in ms
 * @property {number} slowest in ms
 * @property {number} samples
 * @property {number} imagesPerSecond at the median
 * @property {number} gflops at the median, counted densely (works.js)
 * @property {number | undefined} speedOfTwin how many times as fast as the twin it is
 * @property {number | undefined} speedOfNumpy likewise, as NumPy
 */

/**
 * All that a run of the benchmarks found out.
 *
 * @typedef {object} Results
 * @property {string} machine
 * @property {string} node
 * @property {string} numpy
 * @property {string} data
 * @property {import('./equality.js').Difference[]} equality
 * @property {Row[]} rows
 * @property {{ work: string, ms: number }[]} copying what `fit` takes besides its epochs, median
 */

/** The processor and what runs on it, in words. */
export function describeMachine() {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return {
    machine: `${model} × ${processors.length}, ${process.platform} ${process.arch}`,
    node: `Node ${process.versions.node}, V8 ${process.versions.v8}`,
  };
}

/**
 * The results as text.
 *
 * @param {Results} results
 */
export function formatResults({ machine, node, numpy, data, equality, rows, copying }) {
  const lines = [
    'Before the timing: relative difference of relumax from the others, trained by the same updates',
    formatEquality(equality),
    'One epoch of training, one thread; GFLOP/s counted densely',
    formatRows(rows),
    'Besides its epochs, fit takes once, mostly to copy the images in:',
    ...copying.map(({ work, ms }) => `  ${work}: ${ms.toFixed(1)} ms`),
    '',
    `machine  ${machine}`,
    `runtime  ${node}`,
    `peer     ${numpy}`,
    `data     ${data}`,
  ];
  return lines.join('\n');
}

/** @param {import('./equality.js').Difference[]} equality */
function formatEquality(equality) {
  const table = newTable(['work', 'updates', 'twin: W¹', 'b¹', 'W²', 'b²', 'NumPy: loss'], 2);
  for (const { work, updates, twin, numpy } of equality) {
    table.push([work, updates, ...twin.map(exponential), numpy ? exponential(numpy) : '–']);
  }
  return table.toString();
}

/** @param {Row[]} rows */
function formatRows(rows) {
  const head = ['work', 'trainer', 'median ms', 'min – max', 'n', 'images/s', 'GFLOP/s'];
  const table = newTable([...head, '× twin', '× NumPy'], 3);
  let previous = '';
  for (const row of rows) {
    table.push([
      row.work === previous ? '' : row.work,
      row.trainer,
      row.ms.toFixed(1),
      `${row.fastest.toFixed(1)} – ${row.slowest.toFixed(1)}`,
      row.samples,
      Math.round(row.imagesPerSecond).toLocaleString('en'),
      row.gflops.toFixed(1),
      row.speedOfTwin?.toFixed(2) ?? '–',
      row.speedOfNumpy?.toFixed(2) ?? '–',
    ]);
    previous = row.work;
  }
  return table.toString();
}

/**
 * A table without colours, whose columns from `firstNumber` on are aligned to the right.
 *
 * @param {string[]} head
 * @param {number} firstNumber
 */
function newTable(head, firstNumber) {
  return new Table({
    head,
    colAligns: head.map((_, i) => (i < firstNumber ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
}

/** @param {number} value */
function exponential(value) {
  return value.toExponential(1);
}
