/** The examples of a training, and those of an evaluation. */

import type { ImageShape } from '../../data/image-levels.ts';
import type { Dataset, Normalization, Output } from '../../index.ts';
import type { Preprocessing } from '../../table/preprocessing.ts';
import type { Table } from '../../table/table.ts';
import type { Source } from '../files/formats.ts';

/** A table, and what is trained on of it. */
export interface TableParts {
  readonly table: Table;
  readonly preprocessing: Preprocessing;
  /** The rows of each part. */
  readonly rows: { readonly train: Uint32Array; readonly test: Uint32Array };
  /** What whoever trains on it should know, each a sentence. */
  readonly notes: readonly string[];
}

/** The examples of one training. */
export interface TrainingData {
  readonly train: Dataset;
  readonly heldOut: Dataset;
  readonly source: Source;
  /** Of an example, where the examples are images. */
  readonly shape: ImageShape | undefined;
  /** What the network is to standardise by, if it is to. */
  readonly normalize: Dataset | Normalization | undefined;
  /** The output that was asked for, or that the examples are for. */
  readonly output: Output;
  /** What the model's metadata says of it, for `testData` to read. */
  readonly record: Readonly<Record<string, string>>;
  /** Whether a `data-sha256` of metadata is that of the source. */
  hasDigest(digest: string): boolean;
  /** Of examples that are rows of a table. */
  readonly table?: TableParts;
}

/** Examples to evaluate a model on. */
export interface TestData {
  readonly examples: Dataset;
  readonly source: Source;
  /** Which of the source's: what training held out, the test examples, or all. */
  readonly part: 'held out' | 'test' | 'all';
  /** Of a table, what whoever evaluates on it should know. */
  readonly notes?: readonly string[];
  /** Where in the source an example is: "row 12". */
  placeOf(example: number): string;
}
