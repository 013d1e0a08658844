import Table from 'cli-table3';
import { formatTime } from './format.js';

/**
 * The rows of one work as a table for the terminal.
 *
 * @param {import('./index.js').WorkResult} result
 */
export function tableOf({ work, rows }) {
  const table = new Table({
    head: ['', `median, ${work.unit}`, 'min–max', '× relumax', 'accuracy', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
    colWidths: [null, null, null, null, null, 46],
    wordWrap: true,
  });
  for (const row of rows) {
    if (row.failure !== undefined) {
      table.push([row.label, '–', '', '', '', `did not run: ${row.failure}`]);
      continue;
    }
    table.push([
      row.label,
      formatTime(row.median, work.unit),
      `${formatTime(row.min, work.unit)}–${formatTime(row.max, work.unit)}`,
      row.ratio === undefined ? '' : row.ratio.toPrecision(3),
      row.accuracy === undefined ? '' : `${(100 * row.accuracy).toFixed(2)} %`,
      row.remark ?? '',
    ]);
  }
  return `${work.title}\n${table.toString()}`;
}
