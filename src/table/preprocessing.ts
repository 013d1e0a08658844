/**
 * What turns the rows of a table into a network's inputs, and its outputs into answers: columns, kinds,
 * categories, fills, classes. Part of a model's file.
 */
import { callable, describe, options, outOfRange } from '../base/arguments.ts';
import type { Output } from '../core/activations.ts';
import type { Normalization } from '../core/normalization.ts';
import { MOST_CLASSES } from '../data/classes.ts';
import { Dataset, type Outputs } from '../data/dataset.ts';
import { CLASSES, classesRecord } from '../model/model.ts';
import { namesIn } from '../model/names.ts';
import { type Answer, answersIn } from './encoding/answers.ts';
import { CellMeaning } from './encoding/cell-meaning.ts';
import {
  type Contents,
  contentsOfNumbers,
  decodeContents,
  encodeContents,
  type NetworkOfTable,
  TABLE,
} from './encoding/contents-file.ts';
import {
  classesIn,
  fittedColumn,
  inputStandardization,
  targetStandardization,
} from './encoding/fitting.ts';
import { featuresOf, type InputColumn, placed, UNSEEN } from './encoding/input-column.ts';
import { type InputsOptions, inputsOfRows, type Row } from './encoding/row-values.ts';
import {
  allOf,
  categoriesOf,
  checkRows,
  columnOf,
  inputsOf,
  inputsOfColumn,
  labelsOf,
  targetsOf,
} from './encoding/table-values.ts';
import {
  decimalIn,
  type Places,
  placesIn,
  writeInputs,
  writeLabels,
} from './encoding/text-values.ts';
import type { Table } from './table.ts';

export type { Answer } from './encoding/answers.ts';
export type { NetworkOfTable } from './encoding/contents-file.ts';
export type { InputColumn } from './encoding/input-column.ts';
export type { InputsOptions, Row } from './encoding/row-values.ts';
export type { Places } from './encoding/text-values.ts';

/** What was fitted to the rows to train on. */
interface Fitted {
  readonly normalization: Normalization;
  readonly notes: readonly string[];
}

export class Preprocessing {
  declare readonly columns: readonly InputColumn[];
  /** Names of the network's inputs, in order: "age", "age missing", "sex = female". */
  declare readonly features: readonly string[];
  /** Names of the label columns. */
  declare readonly labels: readonly string[];
  /** Of classes, in order. */
  declare readonly classes: readonly string[] | undefined;
  declare readonly output: Output;
  /**
   * For `normalize` of `Network.create`: of numbers and dates mean and standard deviation in the training
   * rows, of others 0 and 1; of labels that are numbers theirs. Undefined where it was read from a model,
   * which has them.
   */
  declare readonly normalization: Normalization | undefined;
  /** For `metadata` of `network.save`. */
  declare readonly metadata: Readonly<Record<string, string>>;
  /** Remarks on the fit, each a sentence. */
  declare readonly notes: readonly string[];
  readonly #meaning: CellMeaning;

  private constructor(meaning: CellMeaning, fitted?: Fitted) {
    const { contents, classes } = meaning;
    const { columns, labels, output } = contents;
    this.#meaning = meaning;
    Object.assign(this, {
      columns,
      features: columns.flatMap(featuresOf),
      labels: labels.map(({ name }) => name),
      classes,
      output,
      normalization: fitted?.normalization,
      metadata: { data: 'table', [TABLE]: encodeContents(contents), ...classesRecord(classes) },
      notes: fitted?.notes ?? [],
    });
    Object.freeze(this);
  }

  /**
   * Learns from the rows to train on: the medians and categories of columns, whether cells are missing,
   * classes, means and standard deviations.
   *
   * @param rows the rows to train on. Default: all
   * @throws RangeError that names the table, and the column to which nothing can be fitted
   */
  static fit(table: Table, rows: Uint32Array = allOf(table)): Preprocessing {
    checkRows(table, rows);
    const { output, labels, decimal } = table;
    const fitted = table.inputs.map((column) => fittedColumn(table, column, rows));
    const columns = placed(fitted.map(({ parts }) => parts));
    const features = columns.reduce((sum, { width }) => sum + width, 0);
    if (features === 0) throw outOfRange(table.name, 'no column that is an input', 'at least one');
    const [label] = labels;
    if (label === undefined) throw outOfRange(table.name, 'no label column', 'at least one');
    const contents: Contents = {
      columns,
      labels: labels.map(({ name, number }) => ({ name, number })),
      output,
      decimal,
      width: table.columns.length,
      others: table.columns.filter(({ role }) => role === 'left out').map(({ name }) => name),
      named: table.columns.some(({ name, number }) => name !== `column ${number}`),
    };
    const classes = output === 'softmax' ? classesIn(table, label, rows) : undefined;
    const meaning = new CellMeaning(contents, classes);
    const ofColumn = (column: InputColumn) => inputsOfColumn(table, rows, meaning, column);
    const targets = classes ? undefined : targetsOf(table, rows, meaning);
    const standardised = targets && targetStandardization(table, output, targets);
    return new Preprocessing(meaning, {
      normalization: {
        inputs: inputStandardization(table, columns, ofColumn),
        ...(standardised && { targets: standardised }),
      },
      notes: fitted.flatMap(({ note }) => note ?? []),
    });
  }

  /**
   * That of a model's metadata; undefined where it has none.
   *
   * @param network one that was loaded, or its metadata alone
   * @throws RangeError where the metadata are damaged, or not of such a network
   */
  static of(network: NetworkOfTable): Preprocessing | undefined {
    const { metadata, features, outputs, output } = options('network', network);
    const json = options('metadata', metadata)[TABLE];
    const contents =
      json === undefined ? contentsOfNumbers({ metadata, features, output }) : decodeContents(json);
    if (contents === undefined) return undefined;
    const classes = contents.output === 'softmax' ? classesOf(metadata) : undefined;
    const own = new Preprocessing(new CellMeaning(contents, classes));
    const count = contents.output === 'softmax' ? classes?.length : own.labels.length;
    const check = (what: string, found: unknown, expected: unknown) => {
      if (found === undefined || expected === undefined || found === expected) return;
      const place = 'model file';
      const said = `a table with the ${what} ${describe(found)}`;
      throw outOfRange(place, said, `${describe(expected)}, as the network`);
    };
    check('number of inputs', own.features.length, features);
    check('number of outputs', count, outputs);
    check('output', contents.output, output);
    return own;
  }

  /**
   * The examples of a table, or of some of its rows. Its columns are found by their names.
   *
   * @throws RangeError that names the column that is not there, or the cell that is not as in training
   */
  dataset(table: Table, rows: Uint32Array = allOf(table)): Dataset {
    checkRows(table, rows);
    const { classes, labels } = this;
    const inputs = inputsOf(table, rows, this.#meaning, this.features.length);
    if (classes) {
      const labels = labelsOf(table, rows, this.#meaning);
      return Dataset.from({ inputs, labels, classes: classes.length, classNames: classes });
    }
    const targets = targetsOf(table, rows, this.#meaning);
    return Dataset.from({ inputs, targets, outputs: labels.length, classNames: labels });
  }

  /** In how many cells of each column there is a category that did not occur in training, where there is one. */
  unseen(table: Table, rows: Uint32Array = allOf(table)): { name: string; cells: number }[] {
    checkRows(table, rows);
    return this.columns.flatMap((column) => {
      const { name, kind } = column;
      if (kind !== 'category') return [];
      const of = categoriesOf(column, table, columnOf(table, name), this.#meaning);
      const cells = rows.reduce((sum, row) => sum + Number(of(row) === UNSEEN), 0);
      return cells > 0 ? [{ name, cells }] : [];
    });
  }

  /**
   * Where the columns of a file are among its own: for `encode`.
   *
   * @param name of the file, for errors
   * @param names of the file's header; undefined: in the order of training
   * @param width how many columns it has
   * @param rowNames how many of the first have no name of their own
   * @throws RangeError that names the columns that are not there
   * @internal
   */
  places(
    name: string,
    names: readonly string[] | undefined,
    width: number,
    rowNames: number,
  ): Places {
    return placesIn(this.#meaning.contents, name, names, width, rowNames);
  }

  /**
   * The places, with the decimal mark that the first rows of the file have; where they do not say, that of
   * training.
   *
   * @internal
   */
  withDecimal(places: Places, rows: readonly (readonly string[])[]): Places {
    const { contents, classes } = this.#meaning;
    const { columns, decimal } = contents;
    const found = decimalIn({ columns, classes: classes !== undefined }, places, rows);
    return { ...places, decimal: found ?? decimal };
  }

  /**
   * Writes the inputs of a row of text cells.
   *
   * @returns how many of its categories are unseen
   * @throws TableError that names column, found and expected, where a cell is not a number or a date
   * @internal
   */
  encode(cells: readonly string[], places: Places, to: Float64Array, at: number): number {
    return writeInputs(this.#meaning, cells, places, to, at);
  }

  /**
   * Writes the labels of a row of text cells: the number of its class, or a number for each.
   *
   * @returns whether all are there
   * @throws TableError that names column, found and expected, where a label is none
   * @internal
   */
  encodeLabels(
    cells: readonly string[],
    places: Places,
    to: Uint8Array | Float64Array,
    at: number,
  ): boolean {
    return writeLabels(this.#meaning, cells, places, to, at);
  }

  /**
   * The network's inputs for rows, one row after another. A column that a row has not, or that is null or
   * undefined there, is a missing cell.
   *
   * @throws TypeError or RangeError that names row and column
   */
  inputs(rows: readonly Row[], given: InputsOptions = {}): Float64Array<ArrayBuffer> {
    const { onUnseen } = options('options', given, ['onUnseen']);
    if (onUnseen !== undefined) callable('onUnseen', onUnseen);
    return inputsOfRows(this.#meaning, rows, this.features.length, onUnseen);
  }

  /**
   * The answers in a network's outputs, row by row.
   *
   * @param outputs what `network.predict` gave
   * @throws RangeError where they are not those of whole rows
   */
  answers(outputs: Outputs): Answer[] {
    return answersIn(outputs, this.classes, this.labels);
  }
}

/** @throws RangeError where the names of the classes are damaged */
function classesOf({ [CLASSES]: json }: NetworkOfTable['metadata']): string[] {
  const classes = namesIn(json);
  const count = classes?.length ?? 0;
  if (classes && count > 0 && count <= MOST_CLASSES && new Set(classes).size === count) {
    return classes;
  }
  const found = `metadata ${describe(CLASSES)} ${describe(json)}`;
  throw outOfRange('model file', found, `at most ${MOST_CLASSES} different names in JSON`);
}
