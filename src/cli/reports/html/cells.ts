/** The cells of a table as text, as they came. */

import type { Column } from '../../../table/column.ts';
import { shortName } from './report-data.ts';

const MISSING = '–';

/** @param row from 0, of those that the table kept */
export function cellText({ kind, values }: Column, row: number): string {
  if (values === undefined) return MISSING;
  if ('codes' in values) {
    const code = values.codes[row]!;
    return code === 0 ? MISSING : shortName(values.texts[code - 1]!);
  }
  const value = values.numbers[row]!;
  if (Number.isNaN(value)) return MISSING;
  return kind === 'date' ? dateText(value) : String(value);
}

/** Seconds since 1970 as "2012-01-31", with the time where it is not midnight. */
function dateText(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString();
  return text
    .replace(/\.000Z$/, 'Z')
    .replace(/T00:00:00Z$/, '')
    .replace('T', ' ')
    .replace('Z', '');
}
