/** relumax/table: reads tables, and turns their rows into a network's inputs and its outputs into answers. */
export type { Column, ColumnKind, ColumnRole } from './table/column.ts';
export { type TableDefaults, type TableDefaultsOptions, tableDefaults } from './table/defaults.ts';
export { type Answer, type InputColumn, Preprocessing, type Row } from './table/preprocessing.ts';
export { type RowsHeader, readRows, type TableRow } from './table/rows.ts';
export { Table, type TableOptions, type TableSource } from './table/table.ts';
