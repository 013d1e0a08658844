/**
 * A table of numbers with a label in each row, as CSV files hold it, row by row, into examples.
 * What cuts the text into cells is not here.
 */
import { describe, outOfRange } from '../base/arguments.ts';
import { Dataset } from './dataset.ts';
import { counts, isComment, isRowNumber, NUMBER, type Shape, shapeOf } from './table-header.ts';

/** How a table is to be understood. */
export interface TableOptions {
  /** Whether the first row is the header. Default: detected. */
  readonly header?: boolean | undefined;
  /**
   * The column with the labels: its name, or its number, counted from 1. By default the last one.
   */
  readonly label?: string | undefined;
  /** The columns that are wanted, where the table was seen before; by default all but the label. */
  readonly features?: Features | undefined;
  /** Whether each row must have a label; where this is false, none is read. By default true. */
  readonly labelled?: boolean | undefined;
  /**
   * Takes what is wrong with a row, which is then passed over; by default it is thrown, and there is
   * no table.
   */
  readonly onBadRow?: ((error: TableError) => void) | undefined;
}

/** The columns that a network was trained on. */
export interface Features {
  readonly count: number;
  /** Their names, where the table had a header. */
  readonly names?: readonly string[] | undefined;
  /** What the labels were: these classes, or any numbers; undefined where that is not known. */
  readonly labels?: readonly string[] | 'numbers' | undefined;
}

/** What a table holds. */
export interface Table {
  /** rows × features, one row after another. */
  readonly inputs: Float64Array;
  readonly rows: number;
  /** Names of the features, where the table has a header. */
  readonly featureNames: readonly string[] | undefined;
  /** The label of each row; undefined where none was to be read. */
  readonly labels: Labels | undefined;
  /** The column of the labels, as `TableOptions` takes it. */
  readonly label: string | undefined;
  /** Where each row stands in the file: its record, counted from 1, header and blank rows too. */
  readonly records: Uint32Array;
  /** Whether the first row was taken for data, and nobody had said so. */
  readonly isGuessed: boolean;
  /** What whoever trains on it should know. */
  readonly notes: readonly TableNote[];
}

/**
 * What was found in a table that is no fault: a column without a name, or one called like row numbers
 * that counts the rows, neither of which is an input; one that is an input though it counts the
 * rows; a first row that counts, and was taken for data; labels that may say that there is none, among
 * others that are words, and so are a class.
 */
export interface TableNote {
  readonly kind: 'row names' | 'row numbers' | 'counting' | 'first row' | 'missing label';
  /** From 1; of a first row none. */
  readonly column?: number;
  /** Of the column, '' where it has none; undefined where there is no header. */
  readonly name?: string | undefined;
  /** Of missing labels: the first one, and how many there are. */
  readonly label?: { readonly text: string; readonly rows: number };
}

/** A note in words: what it is of, and what is so. */
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

/** What may be wrong with a table that its reader may have an advice for. */
export type TableProblem = 'header' | 'text' | 'missing' | 'decimal comma' | 'number' | 'many';

/** A fault in a table. */
export class TableError extends RangeError {
  readonly problem: TableProblem | undefined;

  constructor({ message }: RangeError, problem?: TableProblem) {
    super(message);
    this.problem = problem;
  }
}

/** A column of labels. */
export interface Labels {
  /** The class of each row, a place in `classNames`; undefined where there are more than 256. */
  readonly classes: Uint8Array | undefined;
  /** All that occur: numbers by size, else in the order of their UTF-16 codes. */
  readonly classNames: readonly string[];
  /** What `classNames` says for the first row of each: its record. */
  readonly firstRecords: readonly number[];
  /** The label of each row as a number; undefined where not all are numbers. */
  readonly numbers: Float64Array | undefined;
  /** The first number with a fraction. */
  readonly fraction: string | undefined;
  /** The first label that is no such number, and its record. */
  readonly firstWord: { readonly text: string; readonly record: number } | undefined;
  /** How many are none, and how many of those say that the label is missing; the first of these. */
  readonly words: number;
  readonly missing: number;
  readonly firstMissing: string | undefined;
}

/** 1 GiB of numbers. */
const MOST_VALUES = 2 ** 27;
/** Blank ones and those that are passed over included: an input without end has an end here. */
const MOST_ROWS = 2 ** 28;
const MOST_CLASSES = 256;
/** How cells say that nothing was measured. */
const MISSING = /^(?:|NA|N\/A|NaN|null|none|nil|\?|-|\.)$/i;
const DECIMAL_COMMA = /^\s*[+-]?\d*,\d+\s*$/;
/** Rows below which a column counts them by chance. */
const LEAST_TO_COUNT = 5;

/** The number of a column, counted from 0, by its name. */
type Places = ReadonlyMap<string, number>;

/** Names that an error lists at most. */
const MOST_LISTED = 20;

/** Where in a row things are. */
interface Layout extends Shape {
  /** Whether nobody said, and the first row was taken for data. */
  readonly isGuessed: boolean;
  /** The columns that are inputs, counted from 0, in the order of the inputs. */
  readonly features: readonly number[];
  readonly label: number | undefined;
  /** A column that is passed over as the label, for which nothing speaks but its place. */
  readonly passedOver: number | undefined;
}

/** Takes the rows of a table one after another. */
export class TableReader {
  readonly #name: string;
  readonly #options: TableOptions;
  readonly #inputs = new NumberList(Float64Array);
  readonly #records = new NumberList(Uint32Array);
  readonly #labels = new LabelList();
  #layout: Layout | undefined;
  #first: { cells: readonly string[]; record: number } | undefined;
  #record = 0;
  /** Columns of the inputs that have counted the rows so far, and what each would be in the next. */
  #counting: { readonly column: number; readonly next: number }[] = [];
  #hasBadRows = false;

  /** @param name what an error calls the table */
  constructor(name: string, options: TableOptions = {}) {
    this.#name = name;
    this.#options = options;
  }

  /**
   * Takes the next row, its cells as text. A row of one blank cell is a blank line, and is passed
   * over.
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
      // Whether it is a header shows when the second is there.
      this.#first = { cells, record: this.#record };
    } else {
      this.#begin(cells);
      this.#take(this.#layout!, cells, this.#record);
    }
  }

  /**
   * What the rows come to, when all have been taken.
   *
   * @throws RangeError where there is none
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

  /** The values of those columns; no copy is made where they are all. */
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

  /** Settles the layout by the first row and, if there is one, the second. */
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

  /** What the columns are called, and the place of each name. */
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
      // Of a table that is new, the number is that of the file's own column.
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
   * Checks that a column which is passed over may hold labels, by the first row: where another is one
   * too many, such as the rows' numbers, the inputs would be wrong ones.
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

  /** Leaves those inputs among the counting ones that are one more than in the row before. */
  #count(cells: readonly string[]): void {
    const isFirst = this.#records.length === 0;
    this.#counting = this.#counting.flatMap(({ column, next }) => {
      const value = numberIn(cells[column]!);
      return value === next || (isFirst && Number.isInteger(value))
        ? [{ column, next: value + 1 }]
        : [];
    });
  }

  /** The columns that count the rows and are called so, where there are other inputs. */
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
      // What a model takes is settled; but one column more than that may be another than the label.
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
   * Checks that labels do not mix numbers with a first word, which was a header, or with words for
   * missing ones.
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
 * The rows as examples of the classes that their labels name.
 *
 * @param name what an error calls the table
 * @param divided whether they are to be divided into two parts, so that each class must be there
 *   twice
 * @throws RangeError where they are too many classes, one alone, or one is there once, or they are
 *   numbers that are not whole
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
 * Whether the labels of a table are targets rather than classes: some are not whole, or
 * they are more than there may be classes.
 */
export function isContinuous({ labels }: Table): boolean {
  const numbers = labels?.numbers;
  if (numbers === undefined) return false;
  return labels?.classes === undefined || labels.fraction !== undefined;
}

/**
 * The rows as examples of the number that stands for a label in each.
 *
 * @param name what an error calls the table
 * @throws RangeError where the labels are not all numbers
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

/** The number that a cell holds, in float64; NaN where it is none. */
function numberIn(cell: string): number {
  const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

/** What a class is called that is a number; those that 64 bits do not tell apart keep their own text. */
function numberName(text: string): string {
  const value = Number(text);
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? text : String(value);
}

/** Whether a number has a fraction as it is written, which 64 bits may round off. */
function hasFraction(text: string): boolean {
  return !Number.isInteger(Number(text)) || (/\.0*[1-9]/.test(text) && !/e/i.test(text));
}

/** The names for an error. */
function listed(places: Places): string {
  const names = [...places.keys()].sort((a, b) => places.get(a)! - places.get(b)!);
  const shown = names.slice(0, MOST_LISTED).map((name) => describe(name));
  return `${shown.join(', ')}${names.length > shown.length ? `, … (${names.length} columns)` : ''}`;
}

/** Labels that may say that there is none, where others are words, so that they are a class. */
function missingLabels(labels: Labels | undefined): { text: string; rows: number }[] {
  const { firstMissing: text, missing: rows, words } = labels ?? { words: 0 };
  return text === undefined || rows === words ? [] : [{ text, rows: rows! }];
}

/** Whether a column given by `label` is meant by name: what is a number may be either. */
function isName(label: string | undefined): label is string {
  return label !== undefined && !/^\d+$/.test(label);
}

type Numbers = Float64Array | Uint32Array | Uint16Array;

/** Numbers, ever more of them, without copying those that are there. */
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

  /** Takes away all after the first `length`. */
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

/** The label of each row, and the different ones among them, as far as they may be classes. */
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
      // A part of a text keeps all of that in memory, but not if it is a text of its own.
      this.#numbers.set(` ${text}`.slice(1), number);
      this.#firstRecords.push(record);
    }
    this.#rows?.push(number);
  }

  end(): Labels {
    const texts = [...this.#numbers.keys()];
    // 1 and 1.0 are one class, where all are numbers.
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

/** Not by `Uint8Array.from`, which makes an array of numbers first. */
function classesOf(texts: Uint16Array, classOf: readonly number[]): Uint8Array {
  const classes = new Uint8Array(texts.length);
  for (let row = 0; row < texts.length; row++) classes[row] = classOf[texts[row]!]!;
  return classes;
}

/** Different texts for at most 256 classes: more can only be numbers written in several ways. */
const MOST_TEXTS = 4 * MOST_CLASSES;
