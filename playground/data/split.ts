/** What a network is trained and tested on. */
import type { Preprocessing, Table } from 'relumax/table';
import type { Dataset, Normalization } from 'relumax/worker';

/** Training and held-out examples. */
export interface Split {
  readonly train: Dataset;
  readonly test: Dataset;
  /** What a new network standardises by, if it does. */
  readonly normalize?: Dataset | Normalization;
  /** Of a table. */
  readonly table?: TableSplit;
}

/** The held-out rows of a table, and what makes inputs of them. */
export interface TableSplit {
  readonly table: Table;
  readonly preprocessing: Preprocessing;
  /** The numbers of the held-out rows in the table, and in the file, from 1. */
  readonly rows: Uint32Array;
  readonly records: Uint32Array;
}
