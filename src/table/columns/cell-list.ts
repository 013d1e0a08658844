/** The cells of a column as they come in, in little memory: distinct texts, or numbers where they are many. */
import { type Decimal, isMissing, writtenNumber } from '../numbers.ts';
import { filled } from '../row-arrays.ts';
import { NumberList } from './number-list.ts';

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
/** Distinct texts by which it is seen that a column is text. */
const SAMPLE = 1000;
/** Of cells, the least share of numbers in a column of numbers. */
export const MOSTLY = 0.9;
/** Distinct other texts, at most, in a column of numbers. */
export const MOST_ODD = 20;
/** Other texts that are counted one by one. */
const MOST_OTHERS = 2 ** 12;

/** Cells that are kept as numbers. */
class NumberCellList {
  readonly #decimal: Decimal;
  readonly #unit: string;
  readonly #numbers = new NumberList(Float64Array);
  readonly #others = new Map<string, { cells: number; readonly row: number }>();
  #otherCells = 0;

  constructor(decimal: Decimal, unit: string) {
    this.#decimal = decimal;
    this.#unit = unit;
  }

  /** @param number what the text is with the unit; NaN if it is no such number */
  push(text: string, number = this.#numberIn(text)): void {
    if (Number.isNaN(number) && !isMissing(text)) this.#other(text);
    this.#numbers.push(number);
  }

  #numberIn(text: string): number {
    const found = writtenNumber(text, this.#decimal);
    return found?.unit === this.#unit ? found.value : Number.NaN;
  }

  #other(text: string): void {
    this.#otherCells++;
    const other = this.#others.get(text);
    if (other) other.cells++;
    else if (this.#others.size < MOST_OTHERS) {
      this.#others.set(alone(text), { cells: 1, row: this.#numbers.length });
    }
  }

  get cells(): NumberCells {
    return {
      numbers: this.#numbers.concat(),
      others: this.#others,
      otherCells: this.#otherCells,
      unit: this.#unit,
    };
  }
}

/** A substring keeps the whole text in memory; a new string, or a short one, does not. */
function alone(text: string): string {
  return text.length < 13 ? text : ` ${text}`.slice(1);
}

export class CellList {
  readonly #codes = new Map<string, number>();
  #rows = new NumberList(Uint32Array);
  #many = MANY;
  #numbers: NumberCellList | undefined;

  push(cell: string): void {
    const text = cell.trim();
    if (this.#numbers !== undefined) {
      this.#numbers.push(text);
      return;
    }
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.#codes.size;
      this.#codes.set(alone(text), code);
    }
    this.#rows.push(code);
  }

  /** Whether there are so many distinct texts that they are better kept as numbers, if they are such. */
  get isFull(): boolean {
    return this.#numbers === undefined && this.#codes.size >= this.#many;
  }

  /** The cells so far. */
  get cells(): TextCells | NumberCells {
    if (this.#numbers !== undefined) return this.#numbers.cells;
    return { texts: [...this.#codes.keys()], codes: this.#rows.concat() };
  }

  /** Keeps the cells as numbers if nearly all are. */
  settle(decimal: Decimal): void {
    this.#many *= 2;
    if (!this.#mayBeNumbers(decimal)) return;
    const cells = this.cells as TextCells;
    const found = numbersIn(cells, decimal);
    if (found.cells < MOSTLY * found.present) return;
    this.#numbers = new NumberCellList(decimal, found.unit);
    for (const code of cells.codes) this.#numbers.push(cells.texts[code]!, found.values[code]!);
    this.#codes.clear();
    this.#rows = new NumberList(Uint32Array);
  }

  /** Whether half of the first texts are numbers: of text, not all need be looked at. */
  #mayBeNumbers(decimal: Decimal): boolean {
    let [looked, found] = [0, 0];
    for (const text of this.#codes.keys()) {
      if (looked++ === SAMPLE) break;
      if (writtenNumber(text, decimal)) found++;
    }
    return found > SAMPLE / 2;
  }
}

/**
 * The cells of a column of a table of few rows.
 *
 * @param codes where their codes are written
 */
export function fewCells(
  rows: readonly (readonly string[])[],
  column: number,
  codes: Uint32Array,
): TextCells {
  const texts: string[] = [];
  for (const [row, cells] of rows.entries()) {
    const text = cells[column]!.trim();
    const code = texts.indexOf(text);
    codes[row] = code < 0 ? texts.push(alone(text)) - 1 : code;
  }
  // An array that grew has room for more.
  return { texts: texts.slice(), codes };
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
