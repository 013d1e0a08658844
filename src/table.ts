/** relumax/table: reads tables, and turns their rows into a network's inputs and its outputs into answers. */
export type { Hidden, Output } from './core/activations.ts';
export type { Normalization, Standardization } from './core/normalization.ts';
export type { OptimizerName } from './core/optimizers.ts';
export type {
  Dataset,
  Examples,
  Inputs,
  Numbers,
  OneHotExamples,
  Outputs,
  TargetExamples,
} from './data/dataset.ts';
export type { Column, ColumnKind, ColumnRole, ColumnValues, OddTexts } from './table/column.ts';
export type { DateForm } from './table/dates.ts';
export { type TableDefaults, type TableDefaultsOptions, tableDefaults } from './table/defaults.ts';
export type { Decimal } from './table/numbers.ts';
export {
  type Answer,
  type InputColumn,
  type InputsOptions,
  type NetworkOfTable,
  Preprocessing,
  type Row,
} from './table/preprocessing.ts';
export {
  type RowsHeader,
  type RowsOptions,
  type RowsRead,
  readRows,
  type TableRow,
} from './table/rows.ts';
export { type ColumnList, Table, type TableOptions, type TableSource } from './table/table.ts';
