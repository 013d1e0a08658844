/** The epochs of a training as a file: CSV or JSON, by its name. */
import papa from 'papaparse';
import type { History } from '../../index.ts';

/** The bytes of a history's file. */
export function historyBytes(file: string, { epochs }: History): Uint8Array {
  const records = epochs.map(({ epoch, loss, accuracy, examples, seconds, validation }) => ({
    epoch,
    loss,
    accuracy,
    validationLoss: validation?.loss,
    validationAccuracy: validation?.accuracy,
    examples,
    seconds,
  }));
  const text = /\.json$/i.test(file)
    ? `${JSON.stringify(records, undefined, 2)}\n`
    : `${papa.unparse(withoutEmpty(records), { newline: '\n' })}\n`;
  return Buffer.from(text);
}

/** Without the columns that are empty in every row. */
function withoutEmpty(records: readonly Record<string, number | undefined>[]) {
  const names = Object.keys(records[0] ?? {}).filter((name) =>
    records.some((record) => record[name] !== undefined),
  );
  return records.map((record) => Object.fromEntries(names.map((name) => [name, record[name]])));
}
