/** Tables made by hand: column by column, without reading. */
import type { Output } from '../../src/core/activations.ts';
import type { Column, ColumnValues } from '../../src/table/column.ts';
import { Table } from '../../src/table/table.ts';

/** Codes and distinct texts; '' is missing. */
export function texts(...cells: string[]): ColumnValues {
  const distinct = [...new Set(cells.filter((cell) => cell !== ''))];
  return { codes: Uint32Array.from(cells, (cell) => distinct.indexOf(cell) + 1), texts: distinct };
}

/** NaN is missing. */
export function numbers(...cells: number[]): ColumnValues {
  return { numbers: Float64Array.from(cells) };
}

/** Dates in ISO 8601; '' is missing. */
export function dates(...cells: string[]): ColumnValues {
  return numbers(...cells.map((cell) => Date.parse(cell) / 1000));
}

type Given = ColumnValues & Partial<Omit<Column, 'values'>>;

/** A table whose last column is the label. */
export function tableOf(columns: Record<string, Given>, output: Output = 'softmax'): Table {
  const entries = Object.entries(columns);
  const made = entries.map(([name, given], i): Column => {
    const isLabel = i === entries.length - 1;
    const { kind = 'codes' in given ? 'category' : 'number', role, ...rest } = given;
    const number = i + 1;
    const values = 'codes' in given ? given : { numbers: given.numbers };
    return {
      ...{ name, number, kind, role: role ?? (isLabel ? 'label' : 'input'), missing: 0 },
      ...rest,
      values,
    };
  });
  const [first] = Object.values(columns);
  const rows = 'codes' in first! ? first.codes.length : first!.numbers.length;
  return Object.assign(Object.create(Table.prototype), {
    ...{ name: 't.csv', rows, columns: made, output, notes: [], withoutLabel: 0, decimal: '.' },
    records: Uint32Array.from({ length: rows }, (_, row) => row + 2),
  });
}
