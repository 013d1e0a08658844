import { expect, it } from 'vitest';
import { cellText } from '../../../../src/cli/reports/html/cells.ts';
import type { Column, ColumnKind, ColumnValues } from '../../../../src/table/column.ts';

const column = (kind: ColumnKind, values?: ColumnValues): Column => ({
  ...{ name: 'x', number: 1, kind, role: 'input', missing: 0, values },
});
const numbers = (kind: ColumnKind, ...cells: number[]) =>
  column(kind, { numbers: Float64Array.from(cells) });

it('numbers are as they came', () => {
  const cells = [0.1, -0, 1e-7, 1_700_000_000, NaN];
  const texts = cells.map((_, i) => cellText(numbers('number', ...cells), i));
  expect(texts).toEqual(['0.1', '0', '1e-7', '1700000000', '–']);
});

it('dates are days, with their time where they have one', () => {
  const dates = [
    '1998-06-12',
    '1969-12-31 23:59:59',
    '2012-01-31 00:30:00',
    '2012-01-31 12:30:00.250',
  ];
  const seconds = dates.map((text) => Date.parse(`${text.replace(' ', 'T')}Z`) / 1000);
  seconds[0] = Date.UTC(1998, 5, 12) / 1000;
  const all = numbers('date', ...seconds);
  expect(dates.map((_, i) => cellText(all, i))).toEqual(dates);
});

it('texts are cut where they are long', () => {
  const texts = ['a', 'b'.repeat(30)];
  const all = column('category', { codes: Uint32Array.of(2, 0, 1), texts });
  expect([0, 1, 2].map((i) => cellText(all, i))).toEqual([`${'b'.repeat(19)}…`, '–', 'a']);
  expect(cellText(column('text'), 0)).toBe('–');
});
