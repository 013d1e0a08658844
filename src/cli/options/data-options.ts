/** The options that say which data a command trains on. */
import type { Command } from 'commander';
import { DATA_HELP, isTable } from '../files/source.ts';
import { UsageError } from '../terminal/failure.ts';
import { inputOption } from './file-options.ts';

export interface DataChoice {
  data?: string;
  label?: string;
  header?: boolean;
}

export function addDataOptions(command: Command): Command {
  return command
    .addOption(inputOption('-d, --data <path>', DATA_HELP))
    .option('--label <column>', 'label column of a table, by name or number (default: the last)')
    .option('--header', 'the first row of a table has the column names (default: detected)')
    .option('--no-header', 'the first row of a table is data');
}

/**
 * How a table is to be understood.
 *
 * @throws UsageError unless the data is a table, which alone has columns and a header, where either
 *   is spoken of
 */
export function tableOptions({ data, label, header }: DataChoice) {
  const isAsked = label !== undefined || header !== undefined;
  if (isAsked && !(data !== undefined && isTable(data))) {
    const option = label === undefined ? '--header' : '--label';
    throw new UsageError(
      `${option}: found no table to use it on, expected --data with a .csv or .tsv`,
    );
  }
  return { label, header };
}
