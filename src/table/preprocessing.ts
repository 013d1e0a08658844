/**
 * What turns the rows of a table into a network's inputs, and its outputs into answers: columns, kinds,
 * categories, fills, classes. Part of a model's file.
 */
import type { Output } from '../core/activations.ts';
import type { Normalization } from '../core/normalization.ts';
import type { Dataset, Outputs } from '../data/dataset.ts';
import type { ColumnKind } from './column.ts';
import type { Table } from './table.ts';

/** A row: cells by the name of their column. */
export type Row = Readonly<Record<string, string | number | boolean | Date | null | undefined>>;

/** A column that is an input, and the numbers that it becomes. */
export interface InputColumn {
  readonly name: string;
  readonly kind: Extract<ColumnKind, 'number' | 'category' | 'date'>;
  /** The first of its numbers among the network's inputs, and how many there are. */
  readonly first: number;
  readonly width: number;
  /** Of numbers and dates: what stands for a missing cell. */
  readonly median?: number | undefined;
  /** Of categories: the values that occurred in training, in order. */
  readonly categories?: readonly string[] | undefined;
}

/** What the network answers for a row. */
export type Answer =
  /** One class. */
  | {
      readonly class: string;
      readonly probability: number;
      readonly probabilities: readonly number[];
    }
  /** Numbers by the name of their column; of sigmoid outputs the probabilities. */
  | { readonly values: Readonly<Record<string, number>> };

export class Preprocessing {
  declare readonly columns: readonly InputColumn[];
  /** Names of the network's inputs, in order: "age", "age missing", "sex = female". */
  declare readonly features: readonly string[];
  /** Names of the label columns. */
  declare readonly labels: readonly string[];
  /** Of classes, in order. */
  declare readonly classes: readonly string[] | undefined;
  declare readonly output: Output;
  /** For `normalize` of `Network.create`: of numbers and dates mean and standard deviation in the training rows, of others 0 and 1; of labels that are numbers theirs. Not there where it was read from a model. */
  declare readonly normalization: Normalization | undefined;
  /** For `metadata` of `network.save`. */
  declare readonly metadata: Readonly<Record<string, string>>;

  /**
   * @param rows the rows to train on. Default: all
   */
  static fit(_table: Table, _rows?: Uint32Array): Preprocessing {
    throw new Error('not yet');
  }

  /** That of a model's metadata; undefined where it has none. */
  static of(_network: {
    readonly metadata: Readonly<Record<string, string>>;
  }): Preprocessing | undefined {
    throw new Error('not yet');
  }

  /** The examples of a table, or of some of its rows. Its columns are found by their names. */
  dataset(_table: Table, _rows?: Uint32Array): Dataset {
    throw new Error('not yet');
  }

  /**
   * The network's inputs for rows, one row after another. A column that a row has not, or that is null or
   * undefined there, is a missing cell.
   */
  inputs(_rows: readonly Row[]): Float64Array {
    throw new Error('not yet');
  }

  /** The answers in a network's outputs, row by row. */
  answers(_outputs: Outputs): Answer[] {
    throw new Error('not yet');
  }

  /**
   * Where the columns of a file are among its own: for `encode`.
   *
   * @param names of the file's header; undefined: in the order of training
   * @throws RangeError that names the columns that are not there
   */
  places(
    _name: string,
    _names: readonly string[] | undefined,
    _width: number,
    _rowNames: number,
  ): Places {
    throw new Error('not yet');
  }

  /**
   * Writes the inputs of a row of text cells.
   *
   * @returns how many of its categories are unseen
   * @throws TableError that names column, found and expected, where a cell is not a number or a date
   */
  encode(_cells: readonly string[], _places: Places, _to: Float64Array, _at: number): number {
    throw new Error('not yet');
  }
}

/** For each input column its place in a row from 0; and those of the labels, where they are there. */
export interface Places {
  readonly inputs: readonly number[];
  readonly labels: readonly number[] | undefined;
}
