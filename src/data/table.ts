/**
 * A table of numbers with a label in each row, as CSV files hold it, row by row, into examples.
 * What cuts the text into cells is not here.
 */
import { describe, outOfRange } from '../arguments.ts';
import { Dataset } from './dataset.ts';

/** How a table is to be understood. */
export interface TableOptions {
  /** Whether the first row names the columns; where it is left out, the rows tell. */
  readonly header?: boolean | undefined;
  /**
   * The column with the labels: its name, or its number, counted from 1. By default the last one.
   */
  readonly label?: string | undefined;
  /** The columns that are wanted, where the table was seen before; by default all but the label. */
  readonly features?: Features | undefined;
  /** Whether each row must have a label; where this is false, none is read. By default true. */
  readonly labelled?: boolean | undefined;
}

/** The columns that a network was trained on. */
export interface Features {
  readonly count: number;
  /** Their names, where the table had a header. */
  readonly names?: readonly string[] | undefined;
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
}

/** 1 GiB of numbers. */
const MOST_VALUES = 2 ** 27;
const MOST_CLASSES = 256;
const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** Where in a row things are. */
interface Layout {
  /** Cells in a row. */
  readonly width: number;
  /** The cells of the header, if there is one. */
  readonly names: readonly string[] | undefined;
  /** The columns that are inputs, counted from 0, in the order of the inputs. */
  readonly features: readonly number[];
  readonly label: number | undefined;
}

/** Takes the rows of a table one after another. */
export class TableReader {
  readonly #name: string;
  readonly #options: TableOptions;
  readonly #inputs = new FloatList();
  readonly #records: number[] = [];
  readonly #labels = new LabelList();
  #layout: Layout | undefined;
  #first: { cells: readonly string[]; record: number } | undefined;
  #record = 0;

  /** @param name what an error calls the table */
  constructor(name: string, options: TableOptions = {}) {
    this.#name = name;
    this.#options = options;
  }

  /**
   * Takes the next row, its cells as text. A row of one blank cell is a blank line, and is passed
   * over.
   *
   * @throws RangeError that names row and column
   */
  row(cells: readonly string[]): void {
    this.#record++;
    if (cells.length === 1 && cells[0]!.trim() === '') return;
    if (this.#layout !== undefined) {
      this.#add(this.#layout, cells, this.#record);
    } else if (this.#first === undefined) {
      // Whether it is a header shows when the second is there.
      this.#first = { cells, record: this.#record };
    } else {
      this.#begin(cells);
      this.#add(this.#layout!, cells, this.#record);
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
    if (layout === undefined || this.#records.length === 0) {
      throw outOfRange(this.#name, 'no rows of data', 'at least one');
    }
    const { names, features, label } = layout;
    return {
      inputs: this.#inputs.concat(),
      rows: this.#records.length,
      featureNames: names && features.map((column) => names[column]!),
      labels: label === undefined ? undefined : this.#labels.end(),
      label: label === undefined ? undefined : (names?.[label] ?? String(label + 1)),
      records: Uint32Array.from(this.#records),
    };
  }

  /** Settles the layout by the first row and, if there is one, the second. */
  #begin(second: readonly string[] | undefined): void {
    const { cells, record } = this.#first!;
    const options = this.#options;
    const isHeader =
      options.header ??
      (isName(options.label) && cells.some((cell) => cell.trim() === options.label)
        ? true
        : looksLikeHeader(cells, second));
    const names = isHeader ? this.#columnNames(cells) : undefined;
    this.#layout = this.#layoutOf(cells.length, names);
    if (!isHeader) this.#add(this.#layout, cells, record);
  }

  #columnNames(cells: readonly string[]): string[] {
    const names = cells.map((cell, i) => cell.trim() || `column ${i + 1}`);
    const twice = names.findIndex((name, i) => names.indexOf(name) < i);
    if (twice >= 0) {
      const columns = `${names.indexOf(names[twice]!) + 1} and ${twice + 1}`;
      throw outOfRange(
        `${this.#name}, header`,
        `${describe(names[twice])} in columns ${columns}`,
        'each name once',
      );
    }
    return names;
  }

  #layoutOf(width: number, names: readonly string[] | undefined): Layout {
    const { features, labelled = true } = this.#options;
    const byName = names !== undefined && features?.names !== undefined;
    if (byName) {
      const columns = features.names.map((name) => this.#columnOf(name, names, 'column'));
      return {
        ...{ width, names, features: columns },
        label: labelled ? this.#labelColumn(width, names) : undefined,
      };
    }
    const count = features?.count ?? width - 1;
    const withLabel = width === count + 1;
    if (features !== undefined && !withLabel && (labelled || width !== count)) {
      const either = labelled ? `${count + 1}` : `${count}, or ${count + 1} with the label`;
      const expected = `${either}: the network takes ${count} numbers`;
      throw outOfRange(this.#name, `${width} columns`, expected);
    }
    if (count < 1) throw outOfRange(this.#name, `${width} column`, 'at least one, and the label');
    const label = withLabel ? this.#labelColumn(width, names) : undefined;
    const columns = Array.from({ length: width }, (_, column) => column);
    return {
      ...{ width, names, features: columns.filter((column) => column !== label) },
      label: labelled ? label : undefined,
    };
  }

  #labelColumn(width: number, names: readonly string[] | undefined): number {
    const { label } = this.#options;
    if (label === undefined) return width - 1;
    if (names?.includes(label)) return names.indexOf(label);
    if (isName(label)) return this.#columnOf(label, names, 'label column');
    const number = Number(label);
    if (number >= 1 && number <= width) return number - 1;
    throw outOfRange(this.#name, `no column ${label}`, `the label column’s number, 1 to ${width}`);
  }

  #columnOf(name: string, names: readonly string[] | undefined, what: string): number {
    const column = names?.indexOf(name) ?? -1;
    if (column >= 0) return column;
    const expected =
      names === undefined
        ? `a number for the ${what}, or a header`
        : `one of ${names.map((other) => describe(other)).join(', ')}`;
    throw outOfRange(this.#name, `no ${what} ${describe(name)}`, expected);
  }

  #add(layout: Layout, cells: readonly string[], record: number): void {
    const { width, features, label } = layout;
    if (cells.length !== width) {
      throw outOfRange(
        `${this.#name}, row ${record}`,
        `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`,
        `${width}, as in the first row`,
      );
    }
    if (this.#inputs.length + features.length > MOST_VALUES) {
      const found = `more than ${MOST_VALUES} numbers`;
      throw outOfRange(`${this.#name}, row ${record}`, found, 'a table of at most as many');
    }
    for (const column of features) {
      const cell = cells[column]!;
      const value = numberIn(cell);
      if (Number.isNaN(value)) throw this.#wrongCell(layout, record, column, cell);
      this.#inputs.push(value);
    }
    if (label !== undefined) {
      const text = cells[label]!.trim();
      if (text === '') {
        throw outOfRange(this.#place(layout, record, label), 'an empty cell', 'a label');
      }
      this.#labels.push(text, record);
    }
    this.#records.push(record);
  }

  #wrongCell(layout: Layout, record: number, column: number, cell: string): RangeError {
    const isNumber = NUMBER.test(cell);
    const expected = isNumber ? 'a number up to 1.8e308' : 'a number';
    const found = cell.trim() === '' ? 'an empty cell' : describe(cell);
    return outOfRange(this.#place(layout, record, column), found, expected);
  }

  #place({ names }: Layout, record: number, column: number): string {
    const name = names === undefined ? '' : ` (${describe(names[column])})`;
    return `${this.#name}, row ${record}, column ${column + 1}${name}`;
  }
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
  const { classes, classNames, firstRecords } = table.labels!;
  const column = `${name}, label column ${describe(table.label)}`;
  if (classes === undefined) {
    const found = `more than ${MOST_CLASSES} different labels`;
    throw outOfRange(column, found, `at most ${MOST_CLASSES} classes`);
  }
  const fraction = classNames.find(
    (label) => NUMBER.test(label) && !Number.isInteger(Number(label)),
  );
  if (fraction !== undefined && classNames.every((label) => NUMBER.test(label))) {
    const expected = 'classes, in words or whole numbers';
    throw outOfRange(column, `numbers such as ${fraction}`, expected);
  }
  if (divided) {
    if (classNames.length === 1) {
      throw outOfRange(column, `${describe(classNames[0])} in every row`, 'at least two classes');
    }
    const counts = new Uint32Array(classNames.length);
    for (const label of classes) counts[label]!++;
    const once = counts.indexOf(1);
    if (once >= 0) {
      const found = `${describe(classNames[once])} in row ${firstRecords[once]} alone`;
      throw outOfRange(column, found, 'each class twice: to learn from, and to hold out');
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
 * Whether the labels of a table are numbers to be learnt rather than classes: some are not whole, or
 * they are more than there may be classes.
 */
export function isContinuous({ labels }: Table): boolean {
  const numbers = labels?.numbers;
  if (numbers === undefined) return false;
  return labels?.classes === undefined || numbers.some((number) => !Number.isInteger(number));
}

/**
 * The rows as examples of the number that stands for a label in each.
 *
 * @param name what an error calls the table
 * @throws RangeError where the labels are not all numbers
 */
export function numbersOfTable(name: string, table: Table): Dataset {
  const { numbers, classNames } = table.labels!;
  if (numbers === undefined) {
    const bad = classNames.find((text) => !Number.isFinite(numberIn(text))) ?? 'others';
    throw outOfRange(
      `${name}, label column ${describe(table.label)}`,
      describe(bad),
      'numbers in all rows',
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

/** Whether a column given by `label` is meant by name: what is a number may be either. */
function isName(label: string | undefined): label is string {
  return label !== undefined && !/^\d+$/.test(label);
}

/**
 * Whether the first row names the columns: where the second row has numbers, the first has none;
 * or it has none at all.
 */
function looksLikeHeader(first: readonly string[], second: readonly string[] | undefined): boolean {
  const isNumber = (cell: string | undefined) => cell !== undefined && NUMBER.test(cell);
  if (!first.some(isNumber)) return true;
  return (
    second?.some(isNumber) === true &&
    !first.some((cell, column) => isNumber(cell) && isNumber(second[column]))
  );
}

/** Numbers, ever more of them, without copying those that are there. */
class FloatList {
  static readonly #BLOCK = 2 ** 17;
  readonly #blocks: Float64Array[] = [];
  length = 0;

  push(value: number): void {
    const place = this.length % FloatList.#BLOCK;
    if (place === 0) this.#blocks.push(new Float64Array(FloatList.#BLOCK));
    this.#blocks.at(-1)![place] = value;
    this.length++;
  }

  concat(): Float64Array {
    const whole = new Float64Array(this.length);
    for (const [i, block] of this.#blocks.entries()) {
      const begin = i * FloatList.#BLOCK;
      whole.set(block.subarray(0, this.length - begin), begin);
    }
    return whole;
  }
}

/** The label of each row, and the different ones among them, as far as they may be classes. */
class LabelList {
  readonly #numbers = new Map<string, number>();
  readonly #firstRecords: number[] = [];
  #rows: number[] | undefined = [];
  #values: FloatList | undefined = new FloatList();

  push(text: string, record: number): void {
    const value = numberIn(text);
    if (Number.isNaN(value)) this.#values = undefined;
    this.#values?.push(value);
    let number = this.#numbers.get(text);
    if (number === undefined) {
      if (this.#numbers.size === MOST_TEXTS) this.#rows = undefined;
      number = this.#numbers.size;
      if (this.#rows === undefined) return;
      this.#numbers.set(text, number);
      this.#firstRecords.push(record);
    }
    this.#rows?.push(number);
  }

  end(): Labels {
    const texts = [...this.#numbers.keys()];
    // 1 and 1.0 are one class, where all are numbers.
    const areNumbers = texts.every((text) => !Number.isNaN(numberIn(text)));
    const names = areNumbers ? texts.map((text) => String(Number(text))) : texts;
    const classNames = [...new Set(names)].sort(
      areNumbers ? (a, b) => Number(a) - Number(b) : undefined,
    );
    const tooMany = this.#rows === undefined || classNames.length > MOST_CLASSES;
    const classOf = names.map((name) => classNames.indexOf(name));
    return {
      classes: tooMany ? undefined : Uint8Array.from(this.#rows!, (number) => classOf[number]!),
      classNames,
      firstRecords: classNames.map((name) => this.#firstRecords[names.indexOf(name)]!),
      numbers: this.#values?.concat(),
    };
  }
}

/** Different texts for at most 256 classes: more can only be numbers written in several ways. */
const MOST_TEXTS = 4 * MOST_CLASSES;
