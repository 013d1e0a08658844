/** Reads a table into columns, and decides what each holds. */
import { checked, options as checkOptions, outOfRange, seedNumber } from '../base/arguments.ts';
import type { Output } from '../core/activations.ts';
import { splitRows, tenthsOf } from '../data/split.ts';
import type { Column } from './column.ts';
import { inOrder } from './columns/label.ts';
import { readTable, type TableContents } from './columns/reading.ts';
import type { Decimal } from './numbers.ts';
import type { TableOptions, TableSource } from './options.ts';

export type { ColumnList, TableOptions, TableSource } from './options.ts';

/** A table that was read. Rows without a label are not in it. */
export class Table {
  declare readonly name: string;
  /** How many rows it has, those without a label not counted. */
  declare readonly rows: number;
  declare readonly columns: readonly Column[];
  /** The network's output that fits the labels: softmax for classes, linear for numbers, sigmoid for several columns of 0 and 1. */
  declare readonly output: Output;
  /** Remarks for whoever trains on it, each a sentence: how the label was taken, and which option says otherwise. */
  declare readonly notes: readonly string[];
  /** The number of each row in the file, from 1, with header and blank rows. */
  declare readonly records: Uint32Array;
  /** Rows left out because a label is missing. */
  declare readonly withoutLabel: number;
  /** How it was cut: for a model's metadata. */
  declare readonly decimal: Decimal;

  private constructor(contents: TableContents) {
    Object.assign(this, contents);
  }

  /**
   * @throws RangeError that names the table, and the first ten faults with row and column
   */
  static async read(source: TableSource, options: TableOptions = {}): Promise<Table> {
    return new Table(await readTable(source, options));
  }

  /** The columns that are inputs, and those that are labels. */
  get inputs(): readonly Column[] {
    return this.columns.filter(({ role }) => role === 'input');
  }

  get labels(): readonly Column[] {
    return this.columns.filter(({ role }) => role === 'label');
  }

  /**
   * The rows to train on and those to hold out: of each class the same fraction, as of `Dataset.split`, or of
   * each tenth of the numbers by their size. A class with a single row is trained on.
   *
   * @param splitOptions.test fraction of the rows for `test`, between 0 and 1
   * @param splitOptions.seed random seed: whole number, 0 to 2⁵³ − 1 (default: 0)
   * @throws RangeError if `test` leaves either part empty
   */
  split(splitOptions: { test: number; seed?: number }): { train: Uint32Array; test: Uint32Array } {
    const { test, seed = 0 } = checkOptions('options', splitOptions, ['test', 'seed']);
    checked('test', test, 'a number between 0 and 1', (x) => x > 0 && x < 1);
    seedNumber('seed', seed);
    const parts = splitRows(this.#strata(), this.rows, test, seed);
    if (parts.test.length > 0 && parts.train.length > 0) return parts;
    const both = `a fraction that leaves some of the ${this.rows} rows in both parts`;
    throw outOfRange('test', test, both);
  }

  /** Of each row the number of its class, in the order of their names; of numbers, the tenth in which it is. */
  #strata(): Uint8Array | undefined {
    const [{ values }, ...others] = this.labels as [Column, ...Column[]];
    if (others.length > 0 || values === undefined) return undefined;
    if ('numbers' in values) return tenthsOf(values.numbers);
    const names = inOrder(values.texts);
    const numbers = values.texts.map((text) => names.indexOf(text));
    return Uint8Array.from(values.codes, (code) => numbers[code - 1]!);
  }
}
