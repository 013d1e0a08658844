/** The cells of a column as they come in, in little memory: distinct texts, or numbers where they are many. */
import { type Decimal, isMissing, writtenNumber } from '../numbers.ts';
import { filled } from '../row-arrays.ts';

type Numbers = Float64Array | Uint32Array;

/** A growing list of numbers that does not copy those that it has. */
export class NumberList<T extends Numbers> {
  /** Small at first: a table may have a million columns. */
  static readonly #FIRST = 16;
  static readonly #LARGEST = 2 ** 14;
  readonly #type: new (
    length: number,
  ) => T;
  readonly #blocks: T[] = [];
  #last: T;
  #place = 0;
  #full = 0;

  constructor(type: new (length: number) => T) {
    this.#type = type;
    this.#last = new type(NumberList.#FIRST);
  }

  get length(): number {
    return this.#full + this.#place;
  }

  push(value: number): void {
    const { length } = this.#last;
    if (this.#place === length) {
      this.#blocks.push(this.#last);
      this.#full += length;
      this.#last = new this.#type(Math.min(2 * length, NumberList.#LARGEST));
      this.#place = 0;
    }
    this.#last[this.#place++] = value;
  }

  concat(): T {
    const whole = new this.#type(this.length);
    let at = 0;
    for (const block of this.#blocks) {
      whole.set(block, at);
      at += block.length;
    }
    whole.set(this.#last.subarray(0, this.#place), at);
    return whole;
  }
}

/** The cells of a column by their distinct texts. */
export interface TextCells {
  /** Distinct texts without blanks around them, in the order of their first rows. */
  readonly texts: readonly string[];
  /** Of each row an index into `texts`. */
  readonly codes: Uint32Array;
}

/** The cells of a column of which nearly all are numbers, most of them different. */
export interface NumberCells {
  /** NaN where there is none. */
  readonly numbers: Float64Array;
  /** What is no number and not missing: how often, and in which row first. */
  readonly others: ReadonlyMap<string, { cells: number; readonly row: number }>;
  readonly otherCells: number;
  readonly unit: string;
}

/** Distinct texts from which a column of numbers keeps them no longer. */
export const MANY = 2 ** 14;
/** Of cells, the least share of numbers in a column of numbers. */
export const MOSTLY = 0.9;
/** Distinct other texts, at most, in a column of numbers. */
export const MOST_ODD = 20;
/** Other texts that are counted one by one. */
const MOST_OTHERS = 2 ** 12;

export class CellList {
  readonly #codes = new Map<string, number>();
  #rows = new NumberList(Uint32Array);
  #many = MANY;
  #numbers: NumberList<Float64Array> | undefined;
  #decimal: Decimal = '.';
  #unit = '';
  readonly #others = new Map<string, { cells: number; readonly row: number }>();
  #otherCells = 0;

  push(cell: string): void {
    const text = cell.trim();
    if (this.#numbers !== undefined) {
      this.#pushNumber(text, this.#numbers);
      return;
    }
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.#codes.size;
      // A substring keeps the whole text in memory; a new string does not.
      this.#codes.set(text.length < 13 ? text : ` ${text}`.slice(1), code);
    }
    this.#rows.push(code);
  }

  #pushNumber(text: string, numbers: NumberList<Float64Array>): void {
    const found = writtenNumber(text, this.#decimal);
    if (found !== undefined && found.unit === this.#unit) {
      numbers.push(found.value);
      return;
    }
    if (!isMissing(text)) this.#other(text, numbers.length);
    numbers.push(Number.NaN);
  }

  #other(text: string, row: number, cells = 1): void {
    this.#otherCells += cells;
    const other = this.#others.get(text);
    if (other) other.cells += cells;
    else if (this.#others.size < MOST_OTHERS) this.#others.set(` ${text}`.slice(1), { cells, row });
  }

  /** Whether there are so many distinct texts that they are better kept as numbers, if they are such. */
  get isFull(): boolean {
    return this.#numbers === undefined && this.#codes.size >= this.#many;
  }

  /** The cells so far; undefined if they are kept as numbers. */
  get texts(): TextCells | undefined {
    if (this.#numbers !== undefined) return undefined;
    return { texts: [...this.#codes.keys()], codes: this.#rows.concat() };
  }

  /** The cells, if they are kept as numbers. */
  get numbers(): NumberCells | undefined {
    if (this.#numbers === undefined) return undefined;
    return {
      numbers: this.#numbers.concat(),
      others: this.#others,
      otherCells: this.#otherCells,
      unit: this.#unit,
    };
  }

  /** Keeps the cells as numbers if nearly all are. */
  settle(decimal: Decimal): void {
    this.#many *= 2;
    const cells = this.texts!;
    const found = numbersIn(cells, decimal);
    if (found.cells < MOSTLY * found.present) return;
    const numbers = new NumberList(Float64Array);
    [this.#decimal, this.#unit, this.#numbers] = [decimal, found.unit, numbers];
    for (const [row, code] of cells.codes.entries()) {
      numbers.push(found.values[code]!);
      if (Number.isNaN(found.values[code]) && !isMissing(cells.texts[code]!)) {
        this.#other(cells.texts[code]!, row);
      }
    }
    this.#codes.clear();
    this.#rows = new NumberList(Uint32Array);
  }
}

/** How often each text occurs. */
export function countsOf({ texts, codes }: TextCells): Uint32Array {
  const counts = new Uint32Array(texts.length);
  for (const code of codes) counts[code]!++;
  return counts;
}

/** The numbers among texts. */
export interface NumbersFound {
  /** Of each text its number; NaN if it is none, or not with the unit of most. */
  readonly values: Float64Array;
  readonly unit: string;
  /** How many cells are such numbers, and how many are not missing. */
  readonly cells: number;
  readonly present: number;
}

export function numbersIn(
  cells: TextCells,
  decimal: Decimal,
  counts = countsOf(cells),
): NumbersFound {
  const written = cells.texts.map((text) => writtenNumber(text, decimal));
  const units = new Map<string, number>();
  let present = 0;
  for (const [i, number] of written.entries()) {
    if (!isMissing(cells.texts[i]!)) present += counts[i]!;
    if (number) units.set(number.unit, (units.get(number.unit) ?? 0) + counts[i]!);
  }
  const [unit, own] = [...units].reduce((most, next) => (next[1] > most[1] ? next : most), ['', 0]);
  const values = filled(new Float64Array(written.length), (i) => {
    const number = written[i];
    return number?.unit === unit ? number.value : Number.NaN;
  });
  return { values, unit, cells: own, present };
}

/**
 * The numbers of a column that has no other texts, row by row; NaN where they are missing.
 *
 * @param fault called for each cell that is neither a number nor missing
 */
export function strictNumbers(
  cells: TextCells | NumberCells,
  decimal: Decimal,
  fault: (row: number, text: string) => void,
): Float64Array {
  if ('numbers' in cells) {
    for (const [text, { row }] of cells.others) fault(row, text);
    return cells.numbers;
  }
  const { texts, codes } = cells;
  const { values } = numbersIn(cells, decimal);
  const isWrong = texts.map((text, i) => Number.isNaN(values[i]) && !isMissing(text));
  if (isWrong.includes(true)) {
    for (const [row, code] of codes.entries()) if (isWrong[code]) fault(row, texts[code]!);
  }
  return filled(new Float64Array(codes.length), (row) => values[codes[row]!]!);
}
