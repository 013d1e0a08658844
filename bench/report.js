import CliTable from 'cli-table3';
import { machineLine } from './machine.js';
import { tablesOf } from './tables.js';

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
