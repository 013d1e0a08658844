/**
 * Reads a table of numbers with a label in each row, row by row, into examples. csv.ts cuts the text into
 * cells.
 */
import { describe, outOfRange } from '../base/arguments.ts';
import { Dataset } from './dataset.ts';
import { counts, isComment, isRowNumber, NUMBER, type Shape, shapeOf } from './table-header.ts';

/** Options for reading a table. */
export interface TableOptions {
  /** Whether the first row is the header. Default: detected. */
  readonly header?: boolean | undefined;
  /**
   * The label column: its name, or its number, counted from 1. Default: the last.
   */
  readonly label?: string | undefined;
  /** The input columns of a trained model. Default: all but the label. */
  readonly features?: Features | undefined;
  /** Whether to read a label from each row. Default: true. */
  readonly labelled?: boolean | undefined;
  /**
   * Called with the error of a row, which is then skipped. Default: the error is thrown.
   */
  readonly onBadRow?: ((error: TableError) => void) | undefined;
}

/** The columns that a network was trained on. */
export interface Features {
  readonly count: number;
  /** Their names, if the table had a header. */
  readonly names?: readonly string[] | undefined;
  /** The labels: classes, or numbers; undefined if not known. */
  readonly labels?: readonly string[] | 'numbers' | undefined;
}

/** The contents of a table. */
export interface Table {
  /** rows × features, one row after another. */
  readonly inputs: Float64Array;
  readonly rows: number;
  /** Names of the features, if the table has a header. */
  readonly featureNames: readonly string[] | undefined;
  /** The label of each row; undefined if labels are not read. */
  readonly labels: Labels | undefined;
  /** The column of the labels, as `TableOptions` takes it. */
  readonly label: string | undefined;
  /** The number of each row in the file, counted from 1, with header and blank rows. */
  readonly records: Uint32Array;
  /** Whether the first row was detected to be data. */
  readonly isGuessed: boolean;
  /** Remarks for those who train on it. */
  readonly notes: readonly TableNote[];
}

/**
 * A remark on a table that is no error. `row names`, `row numbers`: a column without a name, or one named like
 * row numbers that counts the rows; it is not an input. `counting`: an input column that counts the rows.
 * `first row`: a first row that counts, and is read as data. `missing label`: labels among words that may
 * stand for a missing label; they are a class.
 */
export interface TableNote {
  readonly kind: 'row names' | 'row numbers' | 'counting' | 'first row' | 'missing label';
  /** From 1; undefined for a first row. */
  readonly column?: number;
  /** Name of the column, '' if it has none; undefined if there is no header. */
  readonly name?: string | undefined;
  /** For missing labels: the first one, and the number of rows. */
  readonly label?: { readonly text: string; readonly rows: number };
}

/** The text of a note. */
export function noteText({ kind, column, name, label }: TableNote): string {
  const where = `column ${column}${name ? ` (${describe(name)})` : ''}`;
  switch (kind) {
    case 'row names':
      return `${where}: ${name ? 'is' : 'has no name and is'} taken for row numbers or names, not used as an input`;
    case 'row numbers':
      return `${where}: numbers the rows, not used as an input`;
    case 'counting':
      return `${where}: counts the rows and is used as an input; remove it unless it is a measurement`;
    case 'first row':
      return 'row 1: is read as data';
    case 'missing label':
      return `${where}: labels such as ${describe(label!.text)} (${label!.rows} ${label!.rows === 1 ? 'row' : 'rows'}) are used as classes; remove these rows if they mean missing labels`;
  }
}

/** Problems for which the reader may give advice. */
export type TableProblem = 'header' | 'text' | 'missing' | 'decimal comma' | 'number' | 'many';

/** An error in a table. */
export class TableError extends RangeError {
  readonly problem: TableProblem | undefined;

  constructor({ message }: RangeError, problem?: TableProblem) {
    super(message);
    this.problem = problem;
  }
}

/** A column of labels. */
export interface Labels {
  /** The class of each row, an index into `classNames`; undefined if there are more than 256. */
  readonly classes: Uint8Array | undefined;
  /** All labels: numbers by size, else in the order of their UTF-16 codes. */
  readonly classNames: readonly string[];
  /** The first row of each class. */
  readonly firstRecords: readonly number[];
  /** The label of each row as a number; undefined if not all are numbers. */
  readonly numbers: Float64Array | undefined;
  /** The first number with a fraction. */
  readonly fraction: string | undefined;
  /** The first label that is not a number, and its row. */
  readonly firstWord: { readonly text: string; readonly record: number } | undefined;
  /** How many are not numbers, how many of those stand for a missing label, and the first of these. */
  readonly words: number;
  readonly missing: number;
  readonly firstMissing: string | undefined;
}

/** 1 GiB of numbers. */
const MOST_VALUES = 2 ** 27;
/** Including blank and skipped rows: limits an endless input. */
const MOST_ROWS = 2 ** 28;
const MOST_CLASSES = 256;
/** Usual texts for missing values. */
const MISSING = /^(?:|NA|N\/A|NaN|null|none|nil|\?|-|\.)$/i;
const DECIMAL_COMMA = /^\s*[+-]?\d*,\d+\s*$/;
/** With fewer rows, a column may count them by chance. */
const LEAST_TO_COUNT = 5;

/** Columns, counted from 0, by name. */
type Places = ReadonlyMap<string, number>;

/** Names that an error lists, at most. */
const MOST_LISTED = 20;

/** The roles of the columns. */
interface Layout extends Shape {
  /** Whether the first row was detected to be data. */
  readonly isGuessed: boolean;
  /** The columns that are inputs, counted from 0, in the order of the inputs. */
  readonly features: readonly number[];
  readonly label: number | undefined;
  /** A column that is skipped as the label, only because of its position. */
  readonly passedOver: number | undefined;
}

/** Reads the rows of a table one after another. */
export class TableReader {
  readonly #name: string;
  readonly #options: TableOptions;
  readonly #inputs = new NumberList(Float64Array);
  readonly #records = new NumberList(Uint32Array);
  readonly #labels = new LabelList();
  #layout: Layout | undefined;
  #first: { cells: readonly string[]; record: number } | undefined;
  #record = 0;
  /** Input columns that have counted the rows so far, with the value expected in the next row. */
  #counting: { readonly column: number; readonly next: number }[] = [];
  #hasBadRows = false;

  /** @param name the table's name in an error */
  constructor(name: string, options: TableOptions = {}) {
    this.#name = name;
    this.#options = options;
  }

  /**
   * Reads the next row, its cells as text. A row of one blank cell is a blank line, and is skipped.
   *
   * @throws TableError that names row and column
   */
  row(cells: readonly string[]): void {
    if (this.#record === MOST_ROWS) {
      throw outOfRange(this.#name, `more than ${MOST_ROWS} rows`, 'at most as many');
    }
    this.#record++;
    if (cells.length === 1 && cells[0]!.trim() === '') return;
    if (this.#layout !== undefined) {
      this.#take(this.#layout, cells, this.#record);
    } else if (this.#first === undefined) {
      // The second row is needed to detect a header.
      this.#first = { cells, record: this.#record };
    } else {
      this.#begin(cells);
      this.#take(this.#layout!, cells, this.#record);
    }
  }

  /**
   * The table, after all rows.
   *
   * @throws RangeError if there is no row
   */
  end(): Table {
    if (this.#first !== undefined && this.#layout === undefined) this.#begin(undefined);
    const layout = this.#layout;
    if (layout === undefined || (this.#records.length === 0 && !this.#hasBadRows)) {
      throw outOfRange(this.#name, 'no rows of data', 'at least one');
    }
    const { names, label } = layout;
    const labels = label === undefined ? undefined : this.#labels.end();
    this.#checkLabels(layout, labels);
    const numbering = this.#rowNumbers(layout);
    const numbers = new Set(numbering);
    const features = layout.features.filter((column) => !numbers.has(column));
    return {
      inputs: this.#inputsOf(layout, features),
      rows: this.#records.length,
      featureNames: names && features.map((column) => names[column]!),
      labels,
      label: label === undefined ? undefined : (names?.[label] ?? String(label + 1)),
      records: this.#records.concat(),
      isGuessed: layout.isGuessed,
      notes: this.#notes(layout, numbering, labels),
    };
  }

  /** The values of those columns; not copied if they are all columns. */
  #inputsOf({ features: all }: Layout, features: readonly number[]): Float64Array {
    const values = this.#inputs.concat();
    if (features.length === all.length) return values;
    const wanted = new Set(features);
    const places = [...all.keys()].filter((place) => wanted.has(all[place]!));
    const inputs = new Float64Array(this.#records.length * places.length);
    let at = 0;
    for (let row = 0; row < values.length; row += all.length) {
      for (const place of places) inputs[at++] = values[row + place]!;
    }
    return inputs;
  }

  /** Determines the layout from the first row and, if there is one, the second. */
  #begin(second: readonly string[] | undefined): void {
    const { cells, record } = this.#first!;
    const { header, label, features } = this.#options;
    const isOther = second !== undefined && second.length !== cells.length;
    if (isComment(cells) && (cells.length === 1 || isOther || (second && isComment(second)))) {
      throw this.#comment(cells, record);
    }
    const known = [features?.names ?? [], isName(label) ? [label] : []];
    const shape = shapeOf(cells, second, { header, known });
    this.#layout = this.#layoutOf(shape, header === undefined && shape.names === undefined);
    const data = shape.names === undefined ? cells : second;
    if (data !== undefined) this.#checkPassedOver(this.#layout, data);
    this.#counting = this.#layout.features.map((column) => ({ column, next: Number.NaN }));
    if (shape.names === undefined) this.#take(this.#layout, cells, record);
  }

  /** The columns' names, and the column of each name. */
  #columnNames({ names, rowNames }: Shape): { names?: readonly string[]; places?: Places } {
    if (names === undefined) return {};
    const all = names.map((name, i) => name || (i < rowNames ? '' : `column ${i + 1}`));
    const places = new Map<string, number>();
    for (let i = rowNames; i < all.length; i++) {
      const first = places.get(all[i]!);
      if (first !== undefined) {
        const found = `${describe(all[i])} in columns ${first + 1} and ${i + 1}`;
        throw outOfRange(`${this.#name}, header`, found, 'each name once');
      }
      places.set(all[i]!, i);
    }
    for (let i = rowNames - 1; i >= 0; i--) places.set(all[i]!, i);
    return { names: all, places };
  }

  #layoutOf(shape: Shape, isGuessed: boolean): Layout {
    const { features, labelled = true } = this.#options;
    const { names, places } = this.#columnNames(shape);
    const common = { ...shape, names, isGuessed };
    const all = Array.from({ length: shape.width }, (_, column) => column);
    const columns = all.slice(shape.rowNames);
    if (places !== undefined && features?.names !== undefined) {
      return {
        ...common,
        features: features.names.map((name) => this.#columnOf(name, places, 'column')),
        label: labelled ? this.#labelColumn(columns, places) : undefined,
        passedOver: undefined,
      };
    }
    if (features === undefined) {
      // For training, a label's number counts all columns of the file.
      const label = this.#labelColumn(all, places);
      const inputs = columns.filter((column) => column !== label);
      if (inputs.length === 0) {
        const found = `${shape.width} ${shape.width === 1 ? 'column' : 'columns'}`;
        const lead = shape.rowNames > 0 ? ', the first of them without a name' : '';
        throw outOfRange(this.#name, `${found}${lead}`, 'at least one, and the label');
      }
      return {
        ...common,
        features: inputs,
        label: labelled ? label : undefined,
        passedOver: undefined,
      };
    }
    const { count } = features;
    const withLabel = columns.length === count + 1;
    if (!withLabel && (labelled || columns.length !== count)) {
      const either = labelled ? `${count + 1}` : `${count}, or ${count + 1} with the label`;
      const expected = `${either}: the network takes ${count} numbers`;
      throw outOfRange(this.#name, `${columns.length} columns`, expected);
    }
    const label = withLabel ? this.#labelColumn(columns, places) : undefined;
    return {
      ...common,
      features: columns.filter((column) => column !== label),
      label: labelled ? label : undefined,
      passedOver: labelled ? undefined : label,
    };
  }

  /**
   * Checks by the first row that a skipped column may have labels. If another column is one too many,
   * such as row numbers, the inputs would be the wrong columns.
   */
  #checkPassedOver(layout: Layout, cells: readonly string[]): void {
    const { passedOver } = layout;
    const { count, labels } = this.#options.features ?? {};
    if (passedOver === undefined || labels === undefined) return;
    const cell = cells[passedOver]?.trim() ?? '';
    const areNumbers = labels === 'numbers';
    const isLabel = areNumbers
      ? NUMBER.test(cell)
      : labels.includes(cell) || (NUMBER.test(cell) && labels.includes(String(Number(cell))));
    if (isLabel || MISSING.test(cell)) return;
    const column = `column ${passedOver + 1}, which has the label's place`;
    const label = areNumbers ? 'a number' : 'a class of the model';
    throw outOfRange(
      this.#name,
      `${describe(cell)} in ${column}`,
      `${label}, or the ${count} inputs alone`,
    );
  }

  /** @param columns in the order in which the label's number counts them */
  #labelColumn(columns: readonly number[], places: Places | undefined): number {
    const { label } = this.#options;
    if (label === undefined) return columns.at(-1)!;
    const named = places?.get(label);
    if (named !== undefined) return named;
    if (isName(label)) return this.#columnOf(label, places, 'label column');
    const number = Number(label);
    if (number >= 1 && number <= columns.length) return columns[number - 1]!;
    const expected = `the label column’s number, 1 to ${columns.length}`;
    throw outOfRange(this.#name, `no column ${label}`, expected);
  }

  #columnOf(name: string, places: Places | undefined, what: string): number {
    const column = places?.get(name);
    if (column !== undefined) return column;
    const expected =
      places === undefined ? `a number for the ${what}, or a header` : `one of ${listed(places)}`;
    throw outOfRange(this.#name, `no ${what} ${describe(name)}`, expected);
  }

  #take(layout: Layout, cells: readonly string[], record: number): void {
    if (this.#inputs.length + layout.features.length > MOST_VALUES) {
      const found = `more than ${MOST_VALUES} numbers`;
      throw outOfRange(`${this.#name}, row ${record}`, found, 'a table of at most as many');
    }
    const { onBadRow } = this.#options;
    const { length } = this.#inputs;
    try {
      this.#add(layout, cells, record);
    } catch (error) {
      if (onBadRow === undefined || !(error instanceof TableError)) throw error;
      this.#hasBadRows = true;
      this.#inputs.cut(length);
      onBadRow(error);
    }
  }

  #add(layout: Layout, cells: readonly string[], record: number): void {
    const { features, label } = layout;
    this.#checkWidth(layout, cells, record);
    for (const column of features) {
      const value = numberIn(cells[column]!);
      if (Number.isNaN(value)) throw this.#wrongCell(layout, record, column, cells);
      this.#inputs.push(value);
    }
    if (label !== undefined) {
      const text = cells[label]!.trim();
      if (text === '') throw this.#wrongLabel(layout, record, 'an empty cell', 'a label');
      this.#labels.push(text, record);
    }
    if (this.#counting.length > 0) this.#count(cells);
    this.#records.push(record);
  }

  #checkWidth({ width, hasTail }: Layout, cells: readonly string[], record: number): void {
    const tail = cells.length === width + 1 ? cells[width]!.trim() : '';
    if (cells.length === width || (hasTail && cells.length === width + 1 && tail === '')) return;
    if (isComment(cells)) throw this.#comment(cells, record);
    const found = `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`;
    throw new TableError(
      outOfRange(`${this.#name}, row ${record}`, found, `${width}, as in the first rows`),
    );
  }

  /** Keeps those counting columns whose value is one more than in the previous row. */
  #count(cells: readonly string[]): void {
    const isFirst = this.#records.length === 0;
    this.#counting = this.#counting.flatMap(({ column, next }) => {
      const value = numberIn(cells[column]!);
      return value === next || (isFirst && Number.isInteger(value))
        ? [{ column, next: value + 1 }]
        : [];
    });
  }

  /** The columns that count the rows and have such a name, if there are other inputs. */
  #rowNumbers({ features, names }: Layout): number[] {
    if (names === undefined || this.#options.features !== undefined) return [];
    const own = this.#countingColumns().filter((column) => isRowNumber(names[column]!));
    return own.length < features.length ? own : [];
  }

  #countingColumns(): number[] {
    return this.#records.length < LEAST_TO_COUNT ? [] : this.#counting.map(({ column }) => column);
  }

  #notes(layout: Layout, rowNumbers: readonly number[], labels: Labels | undefined): TableNote[] {
    const { names, features, label, rowNames, isGuessed, passedOver } = layout;
    const noteOf = (kind: TableNote['kind']) => (column: number) => ({
      ...{ kind, column: column + 1, name: names?.[column] },
    });
    const inputs = features.length - rowNumbers.length;
    const numbers = new Set(rowNumbers);
    const counting = this.#countingColumns().filter((column) => !numbers.has(column));
    const { cells } = this.#first!;
    const countsFirst = isGuessed && counts(cells) && (Number(cells[0]) === 0 || cells.length > 2);
    const firstRow = countsFirst ? [{ kind: 'first row' } as const] : [];
    if (this.#options.features !== undefined) {
      // A model's inputs are known. But one column more than those may not be the label.
      return [...(passedOver === undefined ? [] : counting.map(noteOf('counting'))), ...firstRow];
    }
    return [
      ...[...Array(rowNames).keys()].filter((column) => column !== label).map(noteOf('row names')),
      ...rowNumbers.map(noteOf('row numbers')),
      ...(inputs > 1 ? counting.map(noteOf('counting')) : []),
      ...firstRow,
      ...missingLabels(labels).map((found) => ({
        ...noteOf('missing label')(label!),
        label: found,
      })),
    ];
  }

  /**
   * Checks that labels are not numbers with a word in the first row, a header, or with words for missing
   * ones.
   */
  #checkLabels(layout: Layout, labels: Labels | undefined): void {
    const { firstWord, words = 0, missing = 0 } = labels ?? {};
    if (firstWord === undefined || words === this.#records.length) return;
    const { text, record } = firstWord;
    if (words === missing) {
      throw this.#wrongLabel(layout, record, describe(text), 'a number, as in other rows');
    }
    const isFirst = record === this.#first!.record && this.#records.length > 2;
    if (words === 1 && isFirst && layout.isGuessed) {
      const found = `${describe(text)} above numbers`;
      const place = this.#place(layout, record, layout.label!);
      throw new TableError(outOfRange(place, found, 'a number, or a header'), 'header');
    }
  }

  #wrongLabel(layout: Layout, record: number, found: string, expected: string): TableError {
    const place = this.#place(layout, record, layout.label!);
    return new TableError(outOfRange(place, found, expected), 'missing');
  }

  #wrongCell(layout: Layout, record: number, column: number, cells: readonly string[]): TableError {
    const cell = cells[column]!;
    if (isComment(cells)) return this.#comment(cells, record);
    const isNumber = NUMBER.test(cell);
    const expected = isNumber ? 'a number up to 1.8e308' : 'a number';
    const found = cell.trim() === '' ? 'an empty cell' : describe(cell);
    const isHeader = layout.isGuessed && record === this.#first!.record;
    return new TableError(
      outOfRange(this.#place(layout, record, column), found, expected),
      isHeader ? 'header' : isNumber ? undefined : problemOf(cell),
    );
  }

  #comment(cells: readonly string[], record: number): TableError {
    const mark = cells[0]!.trim()[0];
    const found = `a comment (${describe(cells.join())})`;
    const expected = `only rows of the table: remove the lines that begin with ${mark}`;
    return new TableError(outOfRange(`${this.#name}, row ${record}`, found, expected));
  }

  #place({ names }: Layout, record: number, column: number): string {
    const name = names?.[column] ? ` (${describe(names[column])})` : '';
    return `${this.#name}, row ${record}, column ${column + 1}${name}`;
  }
}

function problemOf(cell: string): TableProblem {
  if (MISSING.test(cell.trim())) return 'missing';
  return DECIMAL_COMMA.test(cell) ? 'decimal comma' : 'text';
}

/**
 * The rows as examples of classes.
 *
 * @param name the table's name in an error
 * @param divided whether they will be split into two parts, so each class must occur twice
 * @throws RangeError if there are too many classes, only one class, or a class with one row, or if the
 *   labels are numbers with fractions
 */
export function classesOfTable(name: string, table: Table, divided: boolean): Dataset {
  const { classes, classNames, firstRecords, numbers, fraction } = table.labels!;
  const column = `${name}, label column ${describe(table.label)}`;
  if (classes === undefined) {
    const found = `more than ${MOST_CLASSES} different labels`;
    const error = outOfRange(column, found, `at most ${MOST_CLASSES} classes`);
    throw new TableError(error, numbers ? 'number' : 'many');
  }
  if (numbers && fraction !== undefined) {
    const expected = 'classes, in words or whole numbers';
    throw new TableError(outOfRange(column, `numbers such as ${fraction}`, expected), 'number');
  }
  if (divided) {
    if (classNames.length === 1) {
      throw outOfRange(column, `${describe(classNames[0])} in every row`, 'at least two classes');
    }
    const counts = new Uint32Array(classNames.length);
    for (const label of classes) counts[label]!++;
    const once = counts.indexOf(1);
    if (once >= 0) {
      const found = `${describe(classNames[once])} only in row ${firstRecords[once]}`;
      const expected = 'each class at least twice, to train on and to hold out';
      const isHeader = table.isGuessed && firstRecords[once] === table.records[0];
      const problem = isHeader ? 'header' : numbers ? 'number' : undefined;
      throw new TableError(outOfRange(column, found, expected), problem);
    }
  }
  return Dataset.from({
    inputs: table.inputs,
    labels: classes,
    classes: classNames.length,
    classNames,
  });
}

/**
 * Whether the labels of a table are targets rather than classes: numbers with fractions, or more different
 * numbers than the most classes.
 */
export function isContinuous({ labels }: Table): boolean {
  const numbers = labels?.numbers;
  if (numbers === undefined) return false;
  return labels?.classes === undefined || labels.fraction !== undefined;
}

/**
 * The rows as examples with their labels as targets.
 *
 * @param name the table's name in an error
 * @throws RangeError if the labels are not all numbers
 */
export function numbersOfTable(name: string, table: Table): Dataset {
  const { numbers, firstWord } = table.labels!;
  if (numbers === undefined) {
    const { text, record } = firstWord!;
    const isHeader = table.isGuessed && record === table.records[0];
    throw new TableError(
      outOfRange(
        `${name}, row ${record}, label column ${describe(table.label)}`,
        describe(text),
        'numbers in all rows',
      ),
      isHeader ? 'header' : undefined,
    );
  }
  const { inputs, label } = table;
  return Dataset.from({ inputs, targets: numbers, outputs: 1, classNames: [label!] });
}

/** The number in a cell, in float64; NaN if it is not a number. */
function numberIn(cell: string): number {
  const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

/** The class name for a number; numbers beyond 2⁵³ − 1 keep their text. */
function numberName(text: string): string {
  const value = Number(text);
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? text : String(value);
}

/** Whether a number is written with a fraction, which float64 may round off. */
function hasFraction(text: string): boolean {
  return !Number.isInteger(Number(text)) || (/\.0*[1-9]/.test(text) && !/e/i.test(text));
}

/** The names for an error. */
function listed(places: Places): string {
  const names = [...places.keys()].sort((a, b) => places.get(a)! - places.get(b)!);
  const shown = names.slice(0, MOST_LISTED).map((name) => describe(name));
  return `${shown.join(', ')}${names.length > shown.length ? `, … (${names.length} columns)` : ''}`;
}

/** Labels that may stand for a missing label, if others are words: they are a class. */
function missingLabels(labels: Labels | undefined): { text: string; rows: number }[] {
  const { firstMissing: text, missing: rows, words } = labels ?? { words: 0 };
  return text === undefined || rows === words ? [] : [{ text, rows: rows! }];
}

/** Whether `label` can only be a name; digits may be a name or a number. */
function isName(label: string | undefined): label is string {
  return label !== undefined && !/^\d+$/.test(label);
}

type Numbers = Float64Array | Uint32Array | Uint16Array;

/** A growing list of numbers that does not copy those that it has. */
class NumberList<T extends Numbers> {
  static readonly #BLOCK = 2 ** 17;
  readonly #type: new (
    length: number,
  ) => T;
  readonly #blocks: T[] = [];
  length = 0;

  constructor(type: new (length: number) => T) {
    this.#type = type;
  }

  /** Removes all after the first `length`. */
  cut(length: number): void {
    this.length = length;
    this.#blocks.length = Math.ceil(length / NumberList.#BLOCK);
  }

  push(value: number): void {
    const place = this.length % NumberList.#BLOCK;
    if (place === 0) this.#blocks.push(new this.#type(NumberList.#BLOCK));
    this.#blocks.at(-1)![place] = value;
    this.length++;
  }

  concat(): T {
    const whole = new this.#type(this.length);
    for (const [i, block] of this.#blocks.entries()) {
      const begin = i * NumberList.#BLOCK;
      whole.set(block.subarray(0, this.length - begin), begin);
    }
    return whole;
  }
}

/** The label of each row, and the distinct labels while there are few enough for classes. */
class LabelList {
  readonly #numbers = new Map<string, number>();
  readonly #firstRecords: number[] = [];
  #rows: NumberList<Uint16Array> | undefined = new NumberList(Uint16Array);
  #values: NumberList<Float64Array> | undefined = new NumberList(Float64Array);
  #fraction: string | undefined;
  #firstWord: Labels['firstWord'];
  #words = 0;
  #missing = 0;
  #firstMissing: string | undefined;

  push(text: string, record: number): void {
    const value = numberIn(text);
    if (Number.isNaN(value)) {
      this.#values = undefined;
      this.#firstWord ??= { text, record };
      this.#words++;
      if (MISSING.test(text)) {
        this.#missing++;
        this.#firstMissing ??= text;
      }
    } else if (this.#fraction === undefined && hasFraction(text)) {
      this.#fraction = text;
    }
    this.#values?.push(value);
    let number = this.#numbers.get(text);
    if (number === undefined) {
      if (this.#numbers.size === MOST_TEXTS) this.#rows = undefined;
      number = this.#numbers.size;
      if (this.#rows === undefined) return;
      // A substring keeps the whole text in memory; a new string does not.
      this.#numbers.set(` ${text}`.slice(1), number);
      this.#firstRecords.push(record);
    }
    this.#rows?.push(number);
  }

  end(): Labels {
    const texts = [...this.#numbers.keys()];
    // If all are numbers, 1 and 1.0 are one class.
    const areNumbers = texts.every((text) => !Number.isNaN(numberIn(text)));
    const names = areNumbers ? texts.map(numberName) : texts;
    const classNames = [...new Set(names)].sort();
    if (areNumbers) classNames.sort((a, b) => Number(a) - Number(b));
    const tooMany = this.#rows === undefined || classNames.length > MOST_CLASSES;
    const places = new Map(classNames.map((name, i) => [name, i]));
    const classOf = names.map((name) => places.get(name)!);
    const firsts = new Map<string, number>();
    for (const [i, name] of names.entries()) {
      if (!firsts.has(name)) firsts.set(name, this.#firstRecords[i]!);
    }
    return {
      classes: tooMany ? undefined : classesOf(this.#rows!.concat(), classOf),
      classNames,
      firstRecords: classNames.map((name) => firsts.get(name)!),
      numbers: this.#values?.concat(),
      fraction: this.#fraction,
      firstWord: this.#firstWord,
      words: this.#words,
      missing: this.#missing,
      firstMissing: this.#firstMissing,
    };
  }
}

/** Not by `Uint8Array.from`, which creates an array of numbers first. */
function classesOf(texts: Uint16Array, classOf: readonly number[]): Uint8Array {
  const classes = new Uint8Array(texts.length);
  for (let row = 0; row < texts.length; row++) classes[row] = classOf[texts[row]!]!;
  return classes;
}

/** Distinct texts for at most 256 classes: numbers may be written in several ways. */
const MOST_TEXTS = 4 * MOST_CLASSES;
